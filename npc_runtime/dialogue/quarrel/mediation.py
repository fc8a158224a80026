"""Mediation: what a line of somebody who is no party changes.

How well a party takes it depends on how the party stands to the mediator and on what is said; from that follow its
heat, how much it holds to its side, and for a few turns how much it is drawn to peace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.argument import MAX_HEAT, Argument
from npc_runtime.dialogue.quarrel.intervention import Intervened, Intervention, InterventionKind
from npc_runtime.errors import Conflict
from npc_runtime.memory.relations import NEUTRAL, Numbers

_STRANGER = 0.35  # the authority of somebody who is nothing to a party
_WEARING = 0.75  # each later line of the same mediator counts that much of the one before
_FADING = 0.7  # each turn after it, an intervention pulls that much less
_PULL: dict[InterventionKind, float] = {
    "calm": 1.0, "rule": 0.8, "evidence": 0.3, "side": 0.3, "joke": 0.5, "threaten": 0.8, "insult": 1.0, "other": 0.0,
}  # fmt: skip
_FEARED = 0.35


def standing(numbers: Numbers) -> float:
    """What a mediator's word is worth to a party, from -1 to 1."""
    liked = 0.35 * numbers.affinity + 0.45 * numbers.trust + 0.3 * numbers.respect
    return max(-1.0, min(1.0, _STRANGER + liked + 0.15 * numbers.fear))


def mediated(argument: Argument, said: Intervention, toward: Mapping[str, Numbers]) -> Argument:
    """The argument after an intervention; `toward` is how each party stands to who made it.

    Raises Conflict for an argument that has ended, or a mediator who is a party.
    """
    if argument.ending:
        raise Conflict(f'argument "{argument.id}" has ended', hint="there is nothing left to mediate")
    if any(party.id == said.by for party in argument.parties):
        raise Conflict(f'{said.by} is a party of argument "{argument.id}"', hint="only somebody else can mediate")
    before = sum(earlier.said.by == said.by for earlier in argument.interventions)
    taken: dict[str, float] = {}
    for party in argument.present:
        value = _taken(argument, said, party.id, toward.get(party.id, NEUTRAL))
        taken[party.id] = round(value * _WEARING**before, 4)
    for id, value in taken.items():
        heat, resolve = _moved(argument, said, id, value)
        argument = argument.moved(id, heat, resolve)
    heard = Intervened(said, argument.turn, taken)
    return replace(argument, interventions=(*argument.interventions, heard))


def urged(argument: Argument, party: str) -> float:
    """How much mediation draws a party to peace now, from -1, away from it, to 1."""
    pull = sum(
        _PULL[heard.said.kind] * heard.taken.get(party, 0.0) * _FADING ** (argument.turn - heard.turn)
        for heard in argument.interventions
    )
    return max(-1.0, min(1.0, pull))


def _taken(argument: Argument, said: Intervention, party: str, numbers: Numbers) -> float:
    worth, heat = standing(numbers), argument.stances[party].heat / MAX_HEAT
    binds, aimed = said.against in ("", party), said.side != party
    if said.kind == "calm":
        return worth * (1 - 0.35 * heat) if worth > 0 else worth
    if said.kind == "rule":
        return worth * (1 - 0.3 * heat) - (0.25 if said.against == party else 0.0) + (0.1 if not binds else 0.0)
    if said.kind == "side":
        if not aimed:
            return 0.3 + 0.5 * max(0.0, worth)
        # Taking sides against what everybody has just heard is worse than taking sides.
        unjust = 0.25 * max(-1, min(1, _shown(argument, party) - _shown(argument, said.side)))
        return worth - 0.4 - unjust
    if said.kind == "evidence":
        if said.against == party:
            return 0.9 * worth
        return 0.3 if said.against else 0.0
    if said.kind == "threaten":
        if not binds:
            return 0.0
        return numbers.fear if numbers.fear >= _FEARED else -0.25 - 0.55 * heat
    if said.kind == "joke":
        return worth * (1 - 2.2 * heat) if worth > 0 else -0.3
    if said.kind == "insult":
        return -0.8 if binds else -0.3
    return 0.0


def _moved(argument: Argument, said: Intervention, party: str, taken: float) -> tuple[float, float]:
    """What that does to a party's heat and resolve."""
    stance, aimed = argument.stances[party], said.against in ("", party)
    cooled = -1.1 * taken if taken > 0 else -0.9 * taken * (1 + 0.4 * argument.party(party).temper.hot)
    if said.kind == "side" and said.side == party:
        return (-0.2, 0.12)
    if said.kind == "side":
        # Who thinks much of the mediator gives way; anybody else digs in.
        return (max(0.1, cooled), -0.4 * max(0.0, taken + 0.3) if taken > -0.3 else 0.1)
    if said.kind == "evidence":
        if said.against != party:
            return (-0.1, 0.03)
        strength = (0.55 if said.known else 0.4) * (1 + 0.3 * argument.party(party).temper.just)
        return (-0.2 * taken, -strength * taken if taken > 0 else 0.0)
    if said.kind == "rule" and aimed:
        return (cooled, -0.5 * taken if taken > 0 else 0.08)
    if said.kind == "threaten":
        return (cooled, -0.35 * taken * stance.resolve if taken > 0 else 0.05 if taken else 0.0)
    return (cooled, -0.08 * taken if taken > 0 else -0.06 * taken)


def _shown(argument: Argument, party: str) -> int:
    """How many facts a party has brought forward."""
    return sum(said.move is Move.CITE and said.speaker == party for said in argument.spoken)
