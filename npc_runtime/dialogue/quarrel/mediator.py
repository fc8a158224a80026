"""What a mediator means, and for or against whom: a closed choice of the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from npc_runtime.dialogue.generation.choices import Line, Side, mediator
from npc_runtime.dialogue.generation.choosing import Choosing
from npc_runtime.dialogue.generation.parser import Decided
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.intervention import Intervention, InterventionKind
from npc_runtime.dialogue.quarrel.names import marked
from npc_runtime.dialogue.quarrel.party import Party
from npc_runtime.engine.request import Option, Priority
from npc_runtime.language.wording import Wording

_NAMED = re.compile(r"<(\d)>")
HEARD = 3  # lines of the quarrel, that a model reads
_WHOM: dict[InterventionKind, tuple[int, int]] = {
    "calm": (0, 0), "rule": (0, 1), "side": (1, 1), "evidence": (1, 1), "joke": (0, 0), "threaten": (0, 1),
    "insult": (0, 1), "other": (0, 0),
}  # fmt: skip
"""How many parties go with a kind, at least and at most: whom it is for, or whom it binds or speaks against."""


async def understood(
    argument: Argument, read: Intervention, heard: Sequence[Line], wording: Wording, choosing: Choosing
) -> Intervention:
    """What a line said into the argument means to a model; `read` is what its words tell, `heard` was said before."""
    sides = [_side(argument, place, wording) for place in range(len(argument.parties))]
    prompt = mediator(sides, heard[-HEARD:], Line(read.name, read.text), argument.language)
    choice = await choosing.choose(prompt, kinds(len(sides)), priority=Priority.PLAYER, seed=argument.seed)
    if choice is None:
        return read
    kind = cast(InterventionKind, choice.word)
    place = about(choice, read.text, argument.parties)
    whom = "" if place is None else argument.parties[place].id
    side = whom if kind == "side" else ""
    against = _opponent(argument, whom) if kind == "side" else whom
    same = (kind, against) == (read.kind, read.against)
    return replace(read, kind=kind, side=side, against=against, known=read.known and same)


def about(choice: Decided, text: str, parties: Sequence[Party]) -> int | None:
    """The place of the party that a line is for or against: the only one that it names, or the one that was chosen."""
    named = set(_NAMED.findall(marked(text, parties)))
    if len(named) == 1 and _WHOM[cast(InterventionKind, choice.word)][1]:
        return int(named.pop())
    return choice.numbers[0] - 1 if choice.numbers else None


def kinds(parties: int) -> tuple[Option, ...]:
    """What may be chosen where so many quarrel."""
    numbers = tuple(range(1, parties + 1))
    return tuple(Option(kind, numbers if most else (), least, most) for kind, (least, most) in _WHOM.items())


def _side(argument: Argument, place: int, wording: Wording) -> Side:
    """A party as others speak of it."""
    party = argument.parties[place]
    complaint = next(iter(party.complaints.values()), None)
    if complaint is None:
        return Side(party.name, argument.topic, "")
    others = [other.id for other in argument.parties]

    def told(text: str) -> str:
        return wording.text(wording.own(text, party.id, others))

    # It goes on with a sentence, and a claim opens one.
    demand = complaint.demand[:1] + told(complaint.demand)[1:]
    return Side(party.name, told(complaint.grievance), demand)


def _opponent(argument: Argument, whom: str) -> str:
    """The only other party, if there is but one."""
    others = [party.id for party in argument.parties if party.id != whom]
    return others[0] if len(others) == 1 else ""
