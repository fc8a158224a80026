"""What somebody has to tell: a fact, whom it concerns, and whether it is good or bad."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from npc_runtime.language.claim import content, ids
from npc_runtime.language.wording import Wording
from npc_runtime.memory.news import alike
from npc_runtime.memory.recall import Memory


@dataclass(frozen=True)
class News:
    """A fact to tell, with what it claims. `concerns` are the ids of those it is about, besides the teller."""

    fact: Memory
    claim: str
    wording: Wording = field(compare=False, repr=False)
    concerns: frozenset[str] = frozenset()
    wanted: bool = False  # it is about what the encounter is about

    @property
    def text(self) -> str:
        """The fact as the teller knows it."""
        return self.fact.text

    @property
    def hearsay(self) -> bool:
        """Whether the teller has it from somebody else."""
        return self.fact.kind == "told"

    @property
    def mood(self) -> Literal["good", "bad", ""]:
        """Whether a hearer is glad or sorry to hear it, as far as the words tell."""
        return self.wording.language.tone(content(self.claim))

    @property
    def spoken(self) -> str:
        """In plain words, as its teller would say it."""
        text = self.wording.language.first_person(self.text)
        return text if self.wording.language.ends(text) or not text[-1].isascii() else f"{text}."

    def is_of(self, claim: str) -> bool:
        """Whether it tells of the same as a claim."""
        return alike(self.claim, claim, self.wording.language)


def news(fact: Memory, teller: str, wording: Wording, *, wanted: bool = False) -> News:
    """A fact of the teller's, an id, as news."""
    claim = fact.entry.passed_on.claim if fact.entry else wording.own(fact.text, teller)
    return News(fact, claim, wording, frozenset(ids(claim)) - {teller}, wanted)
