"""Belief: how sure a character is of news, from everybody who told it of the matter, and from what it saw itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from npc_runtime.dialogue.gossip.claims import news_of
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import News, denies, same

SUREST = 0.95  # what hearsay comes to at most, however many tell of it
OWN = ("witnessed", "taught")  # what nobody needs to have told


@dataclass(frozen=True)
class Known:
    """A memory with the news in it."""

    entry: Entry
    news: News

    @property
    def origin(self) -> str:
        """Whom the news came from at first, as far as its owner knows; the owner, of what it saw itself."""
        return self.entry.origin if self.entry.how == "told" else self.entry.owner


def read(entries: Iterable[Entry], names: Mapping[str, str]) -> list[Known]:
    """Memories with their news; `names` are display names by id."""
    return [Known(entry, news_of(entry, names)) for entry in entries]


def belief(of: Known, known: Sequence[Known]) -> float:
    """How sure the owner of some memories is of the news in one of them, from 0 to 1.

    Several origins make it surer, as independent witnesses do: 1 - (1 - a)(1 - b). The same origin through several
    mouths counts once. What was seen stands by itself; hearsay loses by whoever denies it.
    """
    alike = [other for other in known if agree(of.news, other.news)]
    own = [other.entry.confidence for other in alike if other.entry.how in OWN]
    if of.entry.how in OWN or own:
        return max([*own, of.entry.confidence])
    doubt = _together([of, *alike])
    sure = min(SUREST, 1 - doubt)
    denials = [other for other in known if _contradict(of.news, other.news)]
    return round(sure * _together(denials), 3)


def _together(known: Sequence[Known]) -> float:
    """The chance that all of them are wrong, where each origin counts by its surest mouth."""
    surest: dict[str, float] = {}
    for one in known:
        surest[one.origin] = max(surest.get(one.origin, 0.0), one.entry.confidence)
    wrong = 1.0
    for confidence in surest.values():
        wrong *= 1 - confidence
    return wrong


def agree(one: News, other: News) -> bool:
    """Whether two say the same, or deny the same."""
    if bool(one.denies) != bool(other.denies):
        return False
    return same(one.denies, other.denies) if one.denies else same(one.root, other.root)


def repeats(one: News, other: News) -> bool:
    """Whether somebody who knows the one learns nothing from the other; what is so instead is something new."""
    return one.corrects == other.corrects and agree(one, other)


def _contradict(one: News, other: News) -> bool:
    if one.denies:
        return not other.denies and denies(one.denies, other.root)
    return bool(other.denies) and denies(other.denies, one.root)
