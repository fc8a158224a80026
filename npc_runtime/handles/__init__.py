"""What a client holds in its hands: a world, its characters, and what they reply."""

from npc_runtime.handles.encounter import Encounter, Line
from npc_runtime.handles.lore import LoreAnswer
from npc_runtime.handles.memory import FORGET_SECONDS
from npc_runtime.handles.npc import Npc
from npc_runtime.handles.quarrel import Quarrel, Turn
from npc_runtime.handles.reply import REPLY_SECONDS, Action, Piece, Reply
from npc_runtime.handles.world import World

__all__ = [
    "FORGET_SECONDS",
    "REPLY_SECONDS",
    "Action",
    "Encounter",
    "Line",
    "LoreAnswer",
    "Npc",
    "Piece",
    "Quarrel",
    "Reply",
    "Turn",
    "World",
]
