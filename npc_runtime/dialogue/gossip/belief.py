"""Belief: how sure a character is of news, from everybody who told it of the matter, and from what it saw itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from npc_runtime.language.claim import REFERENCE, ids
from npc_runtime.language.language import Language
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import News, denies, same

SUREST = 0.95  # what hearsay comes to at most, however many tell of it
OWN = ("witnessed", "taught")  # what nobody needs to have told


@dataclass(frozen=True)
class Known:
    """A memory with the news in it."""

    entry: Entry

    @cached_property
    def news(self) -> News:
        """What of it is passed on."""
        return self.entry.passed_on

    @property
    def origin(self) -> str:
        """Whom the news came from at first, as far as its owner knows; the owner, of what it saw itself."""
        return self.entry.origin if self.entry.how == "told" else self.entry.owner


def belief(of: Known, known: Sequence[Known], language: Language) -> float:
    """How sure the owner of some memories is of the news in one of them, from 0 to 1.

    Several origins make it surer, as independent witnesses do: 1 - (1 - a)(1 - b). The same origin through several
    mouths counts once. What was seen stands by itself; hearsay loses by whoever denies it.
    """
    alike = [other for other in known if agree(of.news, other.news, language)]
    own = [other.entry.confidence for other in alike if other.entry.how in OWN]
    if of.entry.how in OWN or own:
        return max([*own, of.entry.confidence])
    doubt = _together([of, *alike])
    sure = min(SUREST, 1 - doubt)
    denials = [other for other in known if _contradict(of.news, other.news, language)]
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


def agree(one: News, other: News, language: Language) -> bool:
    """Whether two say the same, or deny the same."""
    if bool(one.denies) != bool(other.denies):
        return False
    return same(one.denies or one.root, other.denies or other.root, language)


def repeats(one: News, other: News, language: Language) -> bool:
    """Whether somebody who knows the one learns nothing from the other; what is so instead is something new."""
    return one.corrects == other.corrects and agree(one, other, language)


def _contradict(one: News, other: News, language: Language) -> bool:
    if one.denies:
        return not other.denies and denies(one.denies, other.root, language)
    return bool(other.denies) and denies(other.denies, one.root, language)


def accused(news: News) -> str:
    """The id of whoever a claim says did something: whom the game named, or else whoever it begins with; or nothing."""
    about = ids(news.denies or news.root)
    if news.doer in about:
        return news.doer
    opening = REFERENCE.match(news.denies or news.root)
    return opening["id"] if opening else ""
