"""The services of the wire, built in one place."""

from __future__ import annotations

from npc_runtime.dialogue import creatures
from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.feedback.file import FeedbackFile
from npc_runtime.dialogue.generation.sketch import Sketching
from npc_runtime.dialogue.stage.stage import Stage
from npc_runtime.wire.arguing import Arguing
from npc_runtime.wire.budget import Budget
from npc_runtime.wire.creatures import Creatures
from npc_runtime.wire.encountering import Encountering
from npc_runtime.wire.journal import Journal
from npc_runtime.wire.lifecycle import Lifecycle
from npc_runtime.wire.lore import Lore
from npc_runtime.wire.memories import Memories
from npc_runtime.wire.saves import Saves
from npc_runtime.wire.session import Sessions
from npc_runtime.wire.state import State
from npc_runtime.wire.talk import Talk
from npc_runtime.wire.village import Village
from npc_runtime.world.worlds import Worlds


def services(
    worlds: Worlds,
    director: Director,
    sessions: Sessions,
    lifecycle: Lifecycle,
    feedback: FeedbackFile,
    sketching: Sketching,
    budget: Budget,
) -> list[object]:
    """All but `Greeting` and `Lifecycle`, which stand on their own."""
    village = Village(worlds, director, sessions, lifecycle)
    stage = Stage(director)
    talk = Talk(worlds, director, stage, sessions, feedback)
    return [
        village,
        talk,
        State(director, sessions),
        Memories(director, feedback),
        Saves(director, sessions, lifecycle),
        Journal(director),
        Lore(director, talk),
        Creatures(director, village, creatures.Creatures(sketching, director.seed)),
        Arguing(director, stage, sessions, talk),
        Encountering(director, stage, sessions, talk),
        budget,
    ]
