"""Who was passed over long enough counts for more. A pure function of seconds, so that no queue needs a timer."""

from __future__ import annotations

from npc_runtime.engine.request import Priority

AGEING_SECONDS = 4.0
"""Passed over for so long one is served as the class above. A reply has 20 s unless a game says otherwise."""


def standing(priority: Priority, passed_over: float) -> Priority:
    """The class as which somebody is served who got nothing computed for so many seconds.

    Nobody rises to a player: who waits for its first words is a person, and all others end by their deadlines.
    """
    if priority is Priority.PLAYER:
        return priority
    return Priority(max(Priority.BYSTANDER, priority - int(passed_over / AGEING_SECONDS)))
