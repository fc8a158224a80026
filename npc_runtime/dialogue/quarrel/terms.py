"""The terms of a compromise, in words."""

from __future__ import annotations

from npc_runtime.dialogue.moves import Move
from npc_runtime.dialogue.prompt import flatten
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.complaint import as_told

_RULING_LIMIT = 120  # characters
_ENDS = (".", "!", "?", "…")


def terms(argument: Argument, one: str, two: str) -> str:
    """What two parties settle on: a mediator's ruling, half of what was asked, or that it is forgotten."""
    first, second = argument.party(one), argument.party(two)
    for heard in reversed(argument.interventions):
        if heard.said.kind == "rule" and min(heard.taken.get(one, 0.0), heard.taken.get(two, 0.0)) > 0:
            ruling = flatten(heard.said.text, _RULING_LIMIT)
            return f'They do as {heard.said.name} said: "{ruling}{"" if ruling.endswith(_ENDS) else "."}"'
    bargained = any(said.move is Move.BARGAIN and {said.speaker, said.toward} == {one, two} for said in argument.spoken)
    if not bargained:
        return f"{first.name} and {second.name} shake hands and let it rest."
    claimant, other = (first, second) if first.position == "claims" else (second, first)
    demand = as_told(claimant.complaints[other.id].demand, claimant.name)
    if argument.stances[claimant.id].resolve >= argument.stances[other.id].resolve:
        return f"{other.name} will {demand}, and {claimant.name} will say no more about it."
    return f"{other.name} will make good a part of it, and {claimant.name} will let the rest go."
