"""A member of an encounter: who it is, how it stands to the others, and what it has to tell each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from npc_runtime.dialogue.encounter.news import News, same
from npc_runtime.dialogue.policy.relations import feeling
from npc_runtime.memory.relations import NEUTRAL, Numbers

_TALKATIVE: dict[str, float] = {
    "gossipy": 0.5, "boastful": 0.35, "cheeky": 0.3, "curious": 0.3, "dramatic": 0.3, "warm-hearted": 0.25,
    "kind": 0.1, "polite": 0.1, "sarcastic": 0.1, "scholarly": 0.05, "formal": -0.1, "proud": -0.1,
    "gloomy": -0.25, "gruff": -0.3, "lazy": -0.15, "stubborn": -0.1, "timid": -0.35,
}  # fmt: skip
_MOODS: dict[str, float] = {
    "cheerful": 0.3, "amused": 0.2, "nervous": -0.1, "irritated": -0.15, "suspicious": -0.15, "weary": -0.2,
    "grieving": -0.3,
}  # fmt: skip
NOSY = frozenset({"curious", "gossipy"})


@dataclass(frozen=True)
class Member:
    """Somebody in an encounter. `toward`, `met` and `news` are by the id of another member."""

    id: str
    name: str
    traits: tuple[str, ...] = ()
    mood: str = "calm"
    toward: Mapping[str, Numbers] = field(default_factory=dict)
    met: Mapping[str, int] = field(default_factory=dict)  # game seconds since they talked last; absent: they never did
    strangers: frozenset[str] = frozenset()  # those whose name it does not know
    news: Mapping[str, tuple[News, ...]] = field(default_factory=dict)  # what it may tell that one, best first
    own: tuple[News, ...] = ()  # of itself, for small talk: what it wants
    knows: tuple[str, ...] = ()  # what it learned last, as texts

    @property
    def talkative(self) -> float:
        """How readily it speaks: 0.3 to 1.8, and 1 for most."""
        return max(0.3, min(1.8, 1 + sum(_TALKATIVE.get(t, 0.0) for t in self.traits) + _MOODS.get(self.mood, 0.0)))

    def numbers(self, other: str) -> Numbers:
        """How it stands to another member."""
        return self.toward.get(other, NEUTRAL)

    def feels(self, other: str) -> str:
        """The same as a word: one of FEELINGS."""
        return feeling(self.numbers(other))

    def has_heard(self, news: News) -> bool:
        """Whether it knows of this already."""
        return any(same(text, news.text, news.language) for text in self.knows)

    def is_nosy(self) -> bool:
        """Whether it asks for more."""
        return bool(NOSY.intersection(self.traits))
