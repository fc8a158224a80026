"""The outcome of an argument: how it ended, how everybody feels about it, and what they remember of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from npc_runtime.dialogue.policy.actions import Action
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.complaint import about
from npc_runtime.dialogue.quarrel.ending import Ending
from npc_runtime.dialogue.quarrel.party import Party, listed
from npc_runtime.errors import Conflict
from npc_runtime.language.claim import reference
from npc_runtime.memory.relations import NAMES, Numbers

_AGREED = Numbers(0.12, 0.08, -0.02, 0.05)
_INSULTED = Numbers(-0.06, -0.01, 0.0, -0.03)  # for each time
_FOUND_OUT = Numbers(0.0, -0.05, 0.0, -0.03)  # by who gave in before evidence
_MUTUAL = ("agreed", "stalemate", "apart")


@dataclass(frozen=True)
class Outcome:
    """What an argument leaves behind. Relations and memories cover all parties."""

    argument: str
    ending: Ending
    relations: tuple[Change, ...]
    memories: Mapping[str, str]  # by party, as it tells it: "You gave in to {npc:mira} over the stolen hammer."
    bystanders: str  # what anybody in earshot remembers, as a claim
    importance: float  # of these memories, 0 to 1
    action: Action | None = None  # proposed to the game, for `ending.by`


def outcome(argument: Argument) -> Outcome:
    """The outcome of an argument that has ended. Raises Conflict for one that has not."""
    ending = argument.ending
    if ending is None:
        raise Conflict(f'argument "{argument.id}" is still going on', hint="stop it first, or let it end")
    violent = ending.kind == "blows"
    return Outcome(
        argument.id,
        ending,
        tuple(changes(argument, ending)),
        {party.id: remembered(argument, ending, party) for party in argument.parties},
        witnessed(argument, ending),
        round(min(1.0, 0.4 + 0.3 * argument.stakes + 0.3 * violent), 2),
        Action("attack", (ending.to,)) if violent else None,
    )


@dataclass(frozen=True)
class Change:
    """What moved one relation, as `Relation.move` takes it."""

    npc: str
    toward: str
    by: Numbers
    reason: str  # as its owner tells it: "{npc:tom} gave in to you over the stolen hammer."


@dataclass(frozen=True)
class _Ways:
    """One way for two parties to part: what it does to each, and how each tells it."""

    doer: Numbers
    other: Numbers
    doer_says: str
    other_says: str


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
        who=reference(other.id), what=about(argument.topic, party, argument.parties)
    )
    return Change(party.id, other.id, _scaled(by, 0.6 + 0.8 * argument.stakes), reason)


def _toward_mediator(argument: Argument, ending: Ending, party: Party, mediator: str) -> Iterator[Change]:
    heard = [each for each in argument.interventions if each.said.by == mediator and party.id in each.taken]
    if not heard:
        return
    name, taken = reference(mediator), sum(each.taken[party.id] for each in heard) / len(heard)
    kinds = {each.said.kind for each in heard if each.said.against in ("", party.id) or each.said.side == party.id}
    others = listed(reference(other.id) for other in argument.parties if other.id != party.id)
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


def remembered(argument: Argument, ending: Ending, party: Party) -> str:
    """What a party remembers, from its own side: "You gave in to Mira over the stolen hammer." """
    what = about(argument.topic, party, argument.parties)
    ways: dict[tuple[str, bool], list[str]] = {}
    for other in argument.parties:
        if other.id != party.id:
            how, doer = parting(argument, ending, party.id, other.id)
            ways.setdefault((how, doer == party.id and how not in _MUTUAL), []).append(reference(other.id))
    sentences = [_between_them(how, mine, listed(others), what) for (how, mine), others in ways.items()]
    if ending.terms and party.id in (ending.by, ending.to):
        sentences.append(ending.terms)
    return " ".join([*sentences, *_mediators(argument)])


def witnessed(argument: Argument, ending: Ending) -> str:
    """What anybody in earshot remembers: "Mira and Tom quarrelled over the stolen hammer; Tom gave in." """
    end = "they could not agree"
    if ending.kind != "stalemate":
        by, to = reference(ending.by), reference(ending.to)
        end = {
            "concede": f"{by} gave in",
            "compromise": f"{by} and {to} made peace",
            "walk_away": f"{by} walked away",
            "blows": f"{by} raised a hand against {to}",
        }[ending.kind]
    names = listed(reference(party.id) for party in argument.parties)
    first = f"{names} quarrelled over {about(argument.topic, None, argument.parties)}; {end}."
    return " ".join([first, *([ending.terms] if ending.terms else []), *_mediators(argument)])


def _between_them(how: str, mine: bool, other: str, what: str) -> str:
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
    names = dict.fromkeys(reference(heard.said.by) for heard in argument.interventions if heard.said.kind != "other")
    return [f"{listed(names)} stepped in."] if names else []
