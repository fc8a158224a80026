"""What two parties agree on when they end a quarrel: in words, and as the game carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from npc_runtime.dialogue.generation.prompt import flatten
from npc_runtime.dialogue.policy.actions import Action
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.complaint import as_told
from npc_runtime.dialogue.quarrel.ending import Ending
from npc_runtime.dialogue.quarrel.party import Party
from npc_runtime.language.claim import unreferring

_RULING_LIMIT = 120  # characters
_ENDS = (".", "!", "?", "…")


@dataclass(frozen=True)
class Agreement:
    """What is to be done: all that was asked for, a part of it, what a mediator said, or nothing (it rests)."""

    kind: Literal["whole", "part", "ruling", "rest"]
    text: str  # a sentence; empty where one simply gave in
    by: str = ""  # who makes it good: a party's id; empty: both, or nobody
    to: str = ""  # toward whom
    demand: str = ""  # what was asked for, as anybody tells it: "give the hammer back"
    action: Action | None = None  # the same for the game, where it said so


def settled(argument: Argument, ending: Ending) -> Agreement | None:
    """What an argument that has ended comes to; None where nobody agreed to anything."""
    if ending.kind == "compromise":
        return agreed(argument, ending.by, ending.to)
    if ending.kind != "concede":
        return None
    winner, loser = argument.party(ending.to), argument.party(ending.by)
    return _made_good(argument, winner, loser, "whole", "") if winner.position == "claims" else Agreement("rest", "")


def agreed(argument: Argument, one: str, two: str) -> Agreement:
    """What two parties settle on: a mediator's ruling, half of what was asked, or that it is forgotten."""
    say = argument.language.phrases.text
    first, second = argument.party(one), argument.party(two)
    for heard in reversed(argument.interventions):
        if heard.said.kind == "rule" and min(heard.taken.get(one, 0.0), heard.taken.get(two, 0.0)) > 0:
            ruling = flatten(unreferring(heard.said.text), _RULING_LIMIT)
            stop = "" if ruling.endswith(_ENDS) or argument.language.ends(ruling) else "."
            return Agreement("ruling", say("outcome.terms.ruling", name=heard.said.name, ruling=ruling + stop))
    bargained = any(said.move is Move.BARGAIN and {said.speaker, said.toward} == {one, two} for said in argument.spoken)
    if not bargained:
        return Agreement("rest", say("outcome.terms.rest", one=first.name, two=second.name))
    claimant, other = (first, second) if first.position == "claims" else (second, first)
    names = {"claimant": claimant.name, "other": other.name}
    if argument.stances[claimant.id].resolve >= argument.stances[other.id].resolve:
        demand = _demand(argument, claimant, other)
        return _made_good(argument, claimant, other, "whole", say("outcome.terms.whole", demand=demand, **names))
    return _made_good(argument, claimant, other, "part", say("outcome.terms.part", **names))


def _made_good(
    argument: Argument, claimant: Party, other: Party, kind: Literal["whole", "part"], text: str
) -> Agreement:
    return Agreement(kind, text, other.id, claimant.id, _demand(argument, claimant, other), claimant.amends)


def _demand(argument: Argument, claimant: Party, other: Party) -> str:
    return as_told(claimant.complaints[other.id].demand, claimant.name, argument.language)
