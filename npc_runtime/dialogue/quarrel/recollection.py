"""What parties and bystanders remember of an argument, in sentences."""

from __future__ import annotations

from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.complaint import about
from npc_runtime.dialogue.quarrel.ending import Ending
from npc_runtime.dialogue.quarrel.feelings import parting
from npc_runtime.dialogue.quarrel.party import Party, listed

_MUTUAL = ("agreed", "stalemate", "apart")


def remembered(argument: Argument, ending: Ending, party: Party) -> str:
    """What a party remembers, from its own side: "You gave in to Mira over the stolen hammer." """
    what = about(argument.topic, party, argument.parties)
    ways: dict[tuple[str, bool], list[str]] = {}
    for other in argument.parties:
        if other.id != party.id:
            how, doer = parting(argument, ending, party.id, other.id)
            ways.setdefault((how, doer == party.id and how not in _MUTUAL), []).append(other.name)
    sentences = [_between(how, mine, listed(others), what) for (how, mine), others in ways.items()]
    if ending.terms and party.id in (ending.by, ending.to):
        sentences.append(ending.terms)
    return " ".join([*sentences, *_mediators(argument)])


def witnessed(argument: Argument, ending: Ending) -> str:
    """What anybody in earshot remembers: "Mira and Tom quarrelled over the stolen hammer; Tom gave in." """
    end = "they could not agree"
    if ending.kind != "stalemate":
        by, to = argument.party(ending.by).name, argument.party(ending.to).name
        end = {
            "concede": f"{by} gave in",
            "compromise": f"{by} and {to} made peace",
            "walk_away": f"{by} walked away",
            "blows": f"{by} raised a hand against {to}",
        }[ending.kind]
    names = listed(party.name for party in argument.parties)
    first = f"{names} quarrelled over {about(argument.topic, None, argument.parties)}; {end}."
    return " ".join([first, *([ending.terms] if ending.terms else []), *_mediators(argument)])


def _between(how: str, mine: bool, other: str, what: str) -> str:
    if how == "conceded":
        return f"You gave in to {other} over {what}." if mine else f"{other} gave in to you over {what}."
    if how == "agreed":
        return f"You quarrelled with {other} over {what} and made peace."
    if how == "walked away":
        who = f"you walked away from {other}" if mine else f"{other} walked away from you"
        return f"You quarrelled with {other} over {what}, and {who}."
    if how == "blows":
        who = f"you raised your hand against {other}" if mine else f"{other} raised a hand against you"
        return f"You quarrelled with {other} over {what}, and {who}."
    if how == "stalemate":
        return f"You quarrelled with {other} over {what} and could not agree."
    return f"You quarrelled with {other} over {what}."


def _mediators(argument: Argument) -> list[str]:
    names = dict.fromkeys(heard.said.name for heard in argument.interventions if heard.said.kind != "other")
    return [f"{listed(names)} stepped in."] if names else []
