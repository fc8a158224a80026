"""How parties stand to each other, and to whoever mediated, after an argument."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from npc_runtime.dialogue.moves import Move
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.complaint import about
from npc_runtime.dialogue.quarrel.ending import Ending
from npc_runtime.dialogue.quarrel.party import Party, listed
from npc_runtime.memory.relations import NAMES, Numbers


@dataclass(frozen=True)
class Change:
    """What moved one relation, as `Relation.move` takes it."""

    npc: str
    toward: str
    by: Numbers
    reason: str  # in the second person: "Tom gave in to you over the stolen hammer."


@dataclass(frozen=True)
class _Ways:
    """One way for two parties to part: what it does to each, and how each tells it."""

    doer: Numbers
    other: Numbers
    doer_says: str
    other_says: str


_AGREED = Numbers(0.12, 0.08, -0.02, 0.05)
_WAYS: dict[str, _Ways] = {
    "conceded": _Ways(
        Numbers(0.04, 0.02, 0.02, 0.06), Numbers(0.1, 0.04, 0.0, 0.02),
        "You gave in to {who} over {what}.", "{who} gave in to you over {what}.",
    ),
    "agreed": _Ways(
        _AGREED, _AGREED,
        "You made peace with {who} over {what}.", "{who} made peace with you over {what}.",
    ),
    "walked away": _Ways(
        Numbers(-0.12, -0.06, 0.02, -0.03), Numbers(-0.14, -0.06, 0.0, -0.08),
        "You walked away from {who} over {what}.", "{who} walked away from you over {what}.",
    ),
    "blows": _Ways(
        Numbers(-0.3, -0.15, -0.02, -0.05), Numbers(-0.4, -0.3, 0.25, -0.1),
        "You raised your hand against {who} over {what}.", "{who} raised a hand against you over {what}.",
    ),
    "stalemate": _Ways(
        Numbers(-0.08, -0.05), Numbers(-0.08, -0.05),
        "You and {who} could not agree over {what}.", "You and {who} could not agree over {what}.",
    ),
    "apart": _Ways(
        Numbers(-0.03, -0.02), Numbers(-0.03, -0.02),
        "You quarrelled with {who} over {what}.", "You quarrelled with {who} over {what}.",
    ),
}  # fmt: skip
_INSULTED = Numbers(-0.06, -0.01, 0.0, -0.03)  # for each time
_FOUND_OUT = Numbers(0.0, -0.05, 0.0, -0.03)  # by who gave in before evidence


def changes(argument: Argument, ending: Ending) -> Iterator[Change]:
    """One change for every directed pair of parties, and one for every party toward every mediator it noticed."""
    for party in argument.parties:
        for other in argument.parties:
            if other.id != party.id:
                yield _between(argument, ending, party, other)
    for mediator in dict.fromkeys(heard.said.by for heard in argument.interventions):
        for party in argument.parties:
            yield from _toward_mediator(argument, ending, party, mediator)


def parting(argument: Argument, ending: Ending, one: str, two: str) -> tuple[str, str]:
    """How two parties parted, a key of the ways, and which of them did it."""
    if ending.kind == "blows" and {one, two} == {ending.by, ending.to}:
        return "blows", ending.by
    for doer, other in ((one, two), (two, one)):
        if argument.stances[doer].left and argument.stances[doer].to == other:
            return argument.stances[doer].left, doer
    still = {one, two} <= {party.id for party in argument.present}
    return "stalemate" if still and ending.kind == "stalemate" else "apart", one


def _between(argument: Argument, ending: Ending, party: Party, other: Party) -> Change:
    how, doer = parting(argument, ending, party.id, other.id)
    ways = _WAYS[how]
    mine = doer == party.id
    by = ways.doer if mine else ways.other
    insults = sum(
        said.speaker == other.id and said.toward == party.id and said.move is Move.INSULT for said in argument.spoken
    )
    by = _sum(by, _INSULTED, times=min(insults, 4))
    if how == "conceded" and not mine and party.position == "claims":
        by = _sum(by, _FOUND_OUT)
    reason = (ways.doer_says if mine else ways.other_says).format(
        who=other.name, what=about(argument.topic, party, argument.parties)
    )
    return Change(party.id, other.id, _scaled(by, 0.6 + 0.8 * argument.stakes), reason)


def _toward_mediator(argument: Argument, ending: Ending, party: Party, mediator: str) -> Iterator[Change]:
    heard = [each for each in argument.interventions if each.said.by == mediator and party.id in each.taken]
    if not heard:
        return
    name, taken = heard[-1].said.name, sum(each.taken[party.id] for each in heard) / len(heard)
    kinds = {each.said.kind for each in heard if each.said.against in ("", party.id) or each.said.side == party.id}
    others = listed(other.name for other in argument.parties if other.id != party.id)
    peace = ending.kind in ("concede", "compromise")
    proofs = [each.said for each in heard if each.said.kind == "evidence"]
    sides = [each.said for each in heard if each.said.kind == "side"]
    if "insult" in kinds:
        by, reason = Numbers(-0.2, -0.08, 0.0, -0.1), f"{name} mocked you while you quarrelled with {others}."
    elif "threaten" in kinds:
        by, reason = Numbers(-0.15, -0.1, 0.15, 0.0), f"{name} threatened you while you quarrelled with {others}."
    elif any(said.side == party.id for said in sides):
        by, reason = Numbers(0.12, 0.06, 0.0, 0.03), f"{name} took your side against {others}."
    elif sides:
        by, reason = Numbers(-0.12, -0.06), f"{name} took sides against you when you quarrelled with {others}."
    elif any(said.side == party.id for said in proofs):
        by, reason = Numbers(0.08, 0.06, 0.0, 0.03), f"{name} spoke for you when you quarrelled with {others}."
    elif any(said.against == party.id for said in proofs):
        by, reason = Numbers(-0.06, -0.02), f"{name} spoke against you when you quarrelled with {others}."
    elif peace and taken > 0:
        by, reason = Numbers(0.08, 0.06, 0.0, 0.1), f"{name} helped to make peace between you and {others}."
    elif taken < 0:
        by, reason = Numbers(-0.06, -0.04, 0.0, -0.03), f"{name} meddled when you quarrelled with {others}."
    else:
        by, reason = Numbers(0.02, 0.02, 0.0, 0.02), f"{name} spoke up when you quarrelled with {others}."
    yield Change(party.id, mediator, _scaled(by, 1.0), reason)


def _sum(one: Numbers, two: Numbers, times: float = 1.0) -> Numbers:
    return Numbers(*(getattr(one, name) + times * getattr(two, name) for name in NAMES))


def _scaled(by: Numbers, times: float) -> Numbers:
    return Numbers(*(round(times * getattr(by, name), 4) for name in NAMES))
