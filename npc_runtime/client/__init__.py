"""The Python client: find or start the daemon, spawn characters, talk.

    async with connect() as runtime:
        village = await runtime.open_world("save-1", pack="hollowmere")
        mira = await village.spawn("mira", at="smithy")
        async for piece in mira.say("player:alex", "Any news of the bridge?"):
            print(piece.text, end="", flush=True)

Errors of the daemon are raised as the classes of `npc_runtime.errors`. One client belongs to one event loop.
"""

from npc_runtime.client.handles.encounter import Encounter
from npc_runtime.client.handles.lore import LoreAnswer
from npc_runtime.client.handles.npc import Npc
from npc_runtime.client.handles.quarrel import Quarrel
from npc_runtime.client.handles.reply import Action, Piece, Reply
from npc_runtime.client.handles.scene import Turn
from npc_runtime.client.handles.world import World
from npc_runtime.client.runtime import Runtime, connect
from npc_runtime.client.session import Restored

__all__ = [
    "Action",
    "Encounter",
    "LoreAnswer",
    "Npc",
    "Piece",
    "Quarrel",
    "Reply",
    "Restored",
    "Runtime",
    "Turn",
    "World",
    "connect",
]
