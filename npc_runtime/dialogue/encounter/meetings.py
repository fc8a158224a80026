"""Who talked with whom last, and of what: so that nobody tells the same again, or greets twice in an hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from npc_runtime.dialogue.encounter.news import News
from npc_runtime.errors import StorageError
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.news import alike

RECORD = "meeting/"
TOPICS_KEPT = 24  # of one pair, latest last


@dataclass(frozen=True)
class Met:
    """When two talked last, and the claims they told each other, with the game time of each."""

    at: int
    topics: tuple[tuple[str, int], ...] = ()


@dataclass
class Meetings:
    """The meetings of one world's characters, by pair; each pair's ids in order."""

    pairs: dict[tuple[str, str], Met] = field(default_factory=dict)

    def since(self, one: str, two: str, now: int) -> int | None:
        """Game seconds since the two talked last; None when they never did."""
        met = self.pairs.get(_pair(one, two))
        return None if met is None else max(0, now - met.at)

    def told(self, one: str, two: str, news: News, now: int, cooldown: int) -> bool:
        """Whether the two talked of this within the cool-down, in game seconds."""
        met = self.pairs.get(_pair(one, two))
        return met is not None and any(now - at < cooldown and news.is_of(before) for before, at in met.topics)

    def meet(self, one: str, two: str, now: int, claim: str = "", language: Language = ENGLISH) -> dict[str, Any]:
        """The two talked, of a claim if of anything; gives the record that changed."""
        pair = _pair(one, two)
        topics = self.pairs[pair].topics if pair in self.pairs else ()
        if claim:
            others = ((before, at) for before, at in topics if not alike(before, claim, language))
            topics = (*others, (claim, now))[-TOPICS_KEPT:]
        self.pairs[pair] = Met(now, topics)
        return {_key(pair): _record(self.pairs[pair])}

    def load(self, records: Mapping[str, Any]) -> None:
        """Replaces all by what was kept. Raises StorageError."""
        found = {}
        for key, record in records.items():
            if key.startswith(RECORD):
                one, _, two = key.removeprefix(RECORD).partition("/")
                try:
                    found[one, two] = Met(
                        int(record["at"]), tuple((str(text), int(at)) for text, at in record["topics"])
                    )
                except (KeyError, TypeError, ValueError) as error:
                    raise StorageError(f'the record "{key}" cannot be read: {error!r}') from None
        self.pairs = found

    def state(self) -> dict[str, Any]:
        """All records, by key."""
        return {_key(pair): _record(met) for pair, met in self.pairs.items()}

    def forget(self, naming: Naming) -> None:
        """Takes out every topic that names somebody."""
        self.pairs = {
            pair: Met(met.at, tuple(topic for topic in met.topics if not naming.in_text(topic[0])))
            for pair, met in self.pairs.items()
        }


def _pair(one: str, two: str) -> tuple[str, str]:
    return (one, two) if one < two else (two, one)


def _key(pair: tuple[str, str]) -> str:
    return RECORD + "/".join(pair)


def _record(met: Met) -> dict[str, Any]:
    return {"at": met.at, "topics": [list(topic) for topic in met.topics]}
