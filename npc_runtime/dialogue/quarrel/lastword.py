"""The last word: what somebody said into an argument during the turn that ended it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.course import after, next_turn
from npc_runtime.dialogue.quarrel.intervention import Intervention
from npc_runtime.dialogue.quarrel.mediation import mediated
from npc_runtime.memory.relations import Numbers

_QUIETLY = ("concede", "compromise", "walk_away")  # what a party may still do without another line


def last_word(argument: Argument, said: Intervention, toward: Mapping[str, Numbers]) -> Argument:
    """The argument that has ended, after a line that came during its last turn; `toward` as in `mediated`.

    Everybody takes it as they would have before. Where the limits ended it in a stalemate, whoever is next still has
    its choice, without words: to give in, make peace or leave.
    """
    ending = argument.ending
    assert ending is not None, "it goes on"
    heard = mediated(replace(argument, ending=None), said, toward)
    if ending.kind == "stalemate" and ending.cause in ("turns", "time", "words"):
        limits = argument.limits
        room = replace(limits, turns=limits.turns + 2, seconds=2 * limits.seconds + 60, tokens=2 * limits.tokens + 60)
        quiet = after(replace(heard, limits=room), next_turn(heard))
        if quiet.ending is not None and quiet.ending.kind in _QUIETLY:
            return replace(quiet, limits=limits, spoken=argument.spoken)
    return replace(heard, ending=ending)
