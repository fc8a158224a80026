"""A member of an encounter: who it is, how it stands to the others, and what it has to tell each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from npc_runtime.dialogue.encounter.news import News, same
from npc_runtime.dialogue.policy.relations import feeling
from npc_runtime.memory.relations import NEUTRAL, Numbers
from npc_runtime.persona.temper import Temper, temper


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

    @cached_property
    def temper(self) -> Temper:
        """What traits and mood come to."""
        return temper(self.traits, self.mood)

    @property
    def talkative(self) -> float:
        """How readily it speaks: 0.3 to 1.8, and 1 for most."""
        return max(0.3, min(1.8, 1 + self.temper.talkative))

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
        return self.temper.curious > 0
