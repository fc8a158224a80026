"""The outcome of an argument: how it ended, how everybody feels about it, and what they remember of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from npc_runtime.dialogue.policy.actions import Action
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.agreement import Agreement, settled
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.quarrel.complaint import about
from npc_runtime.dialogue.quarrel.ending import Ending
from npc_runtime.dialogue.quarrel.party import Party
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
    agreed: Agreement | None = None  # what the game may carry out


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
        settled(argument, ending),
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
    """One way for two parties to part: what it does to each."""

    doer: Numbers
    other: Numbers


_WAYS: dict[str, _Ways] = {
    "conceded": _Ways(Numbers(0.04, 0.02, 0.02, 0.06), Numbers(0.1, 0.04, 0.0, 0.02)),
    "agreed": _Ways(_AGREED, _AGREED),
    "walked away": _Ways(Numbers(-0.12, -0.06, 0.02, -0.03), Numbers(-0.14, -0.06, 0.0, -0.08)),
    "blows": _Ways(Numbers(-0.3, -0.15, -0.02, -0.05), Numbers(-0.4, -0.3, 0.25, -0.1)),
    "stalemate": _Ways(Numbers(-0.08, -0.05), Numbers(-0.08, -0.05)),
    "apart": _Ways(Numbers(-0.03, -0.02), Numbers(-0.03, -0.02)),
}


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
    what = about(argument.topic, party, argument.parties, argument.language)
    told = "own" if mine else "other"
    reason = argument.language.phrases.text(f"outcome.reason.{how}.{told}", who=reference(other.id), what=what)
    return Change(party.id, other.id, _scaled(by, 0.6 + 0.8 * argument.stakes), reason)


def _toward_mediator(argument: Argument, ending: Ending, party: Party, mediator: str) -> Iterator[Change]:
    heard = [each for each in argument.interventions if each.said.by == mediator and party.id in each.taken]
    if not heard:
        return
    name, taken = reference(mediator), sum(each.taken[party.id] for each in heard) / len(heard)
    kinds = {each.said.kind for each in heard if each.said.against in ("", party.id) or each.said.side == party.id}
    others = argument.language.listed([reference(other.id) for other in argument.parties if other.id != party.id])
    peace = ending.kind in ("concede", "compromise")
    proofs = [each.said for each in heard if each.said.kind == "evidence"]
    sides = [each.said for each in heard if each.said.kind == "side"]
    if "insult" in kinds:
        by, did = Numbers(-0.2, -0.08, 0.0, -0.1), "insult"
    elif "threaten" in kinds:
        by, did = Numbers(-0.15, -0.1, 0.15, 0.0), "threaten"
    elif any(said.side == party.id for said in sides):
        by, did = Numbers(0.12, 0.06, 0.0, 0.03), "side"
    elif sides:
        by, did = Numbers(-0.12, -0.06), "sides"
    elif any(said.side == party.id for said in proofs):
        by, did = Numbers(0.08, 0.06, 0.0, 0.03), "for"
    elif any(said.against == party.id for said in proofs):
        by, did = Numbers(-0.06, -0.02), "against"
    elif peace and taken > 0:
        by, did = Numbers(0.08, 0.06, 0.0, 0.1), "peace"
    elif taken < 0:
        by, did = Numbers(-0.06, -0.04, 0.0, -0.03), "meddled"
    else:
        by, did = Numbers(0.02, 0.02, 0.0, 0.02), "spoke"
    reason = argument.language.phrases.text(f"outcome.mediator.{did}", name=name, others=others)
    yield Change(party.id, mediator, _scaled(by, 1.0), reason)


def _sum(one: Numbers, two: Numbers, times: float = 1.0) -> Numbers:
    return Numbers(*(getattr(one, name) + times * getattr(two, name) for name in NAMES))


def _scaled(by: Numbers, times: float) -> Numbers:
    return Numbers(*(round(times * getattr(by, name), 4) for name in NAMES))


def remembered(argument: Argument, ending: Ending, party: Party) -> str:
    """What a party remembers, from its own side: "You gave in to Mira over the stolen hammer." """
    language = argument.language
    what = about(argument.topic, party, argument.parties, language)
    ways: dict[tuple[str, bool], list[str]] = {}
    for other in argument.parties:
        if other.id != party.id:
            how, doer = parting(argument, ending, party.id, other.id)
            ways.setdefault((how, doer == party.id and how not in _MUTUAL), []).append(reference(other.id))
    sentences = [
        language.phrases.text(
            f"outcome.remembered.{how}.{'own' if mine else 'other'}", other=language.listed(others), what=what
        )
        for (how, mine), others in ways.items()
    ]
    if ending.terms and party.id in (ending.by, ending.to):
        sentences.append(ending.terms)
    return language.gap.join([*sentences, *_mediators(argument)])


def witnessed(argument: Argument, ending: Ending) -> str:
    """What anybody in earshot remembers: "Mira and Tom quarrelled over the stolen hammer; Tom gave in." """
    language = argument.language
    said = {
        "names": language.listed([reference(party.id) for party in argument.parties]),
        "what": about(argument.topic, None, argument.parties, language),
    }
    if ending.kind != "stalemate":
        said |= {"by": reference(ending.by), "to": reference(ending.to)}
    first = language.phrases.text(f"outcome.witnessed.{ending.kind}", **said)
    return language.gap.join([first, *([ending.terms] if ending.terms else []), *_mediators(argument)])


def _mediators(argument: Argument) -> list[str]:
    names = dict.fromkeys(reference(heard.said.by) for heard in argument.interventions if heard.said.kind != "other")
    listed = argument.language.listed(list(names))
    return [argument.language.phrases.text("outcome.stepped_in", names=listed)] if names else []
