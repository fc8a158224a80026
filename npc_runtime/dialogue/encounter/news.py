"""What somebody has to tell: a fact, what it is about, whom it concerns, and whether it is good or bad."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.english.terms import stem, word_set
from npc_runtime.language.language import Language
from npc_runtime.language.scripts import UNSPACED_LETTER
from npc_runtime.memory.recall import Memory

SAME = 0.75  # share of the words of the shorter one from which on two tell of the same

_TOLD = re.compile(r"^.{1,64}? (?:told|tells) (?:you|[A-Z][^ ]*(?: [A-Z][^ ]*)*) that (?P<clause>.+)$")
_BAD = frozenset(
    map(
        stem,
        word_set(
            "dead die died death kill killed murder murdered drown drowned bury buried sick ill fever plague "
            "hurt wounded blood steal stole stolen thief rob robbed robbers lose lost missing gone fell fall "
            "fallen break broke broken burn burnt burned fire flood ruin ruined spoil spoiled rot hunger starve "
            "wolf wolves lie lied liar cheat cheats quarrel quarrelled fight fought curse cursed weep wept fear "
            "debt owe owes poison war ghost attack attacked blame blames insult insulted"
        ),
    )
)
_GOOD = frozenset(
    map(
        stem,
        word_set(
            "born birth wed wedding marry married betrothed found find mend mended heal healed recover "
            "recovered feast harvest gift win won return returned rescue rescued save saved peace friend "
            "friends laugh dance sing rich treasure bloom safe better agreed forgave forgiven thank thanked "
            "reconcile reconciled"
        ),
    )
)


@dataclass(frozen=True)
class News:
    """A fact to tell. `concerns` are entity ids of those it names."""

    fact: Memory
    concerns: frozenset[str] = frozenset()
    wanted: bool = False  # it is about what the encounter is about
    language: Language = field(default=ENGLISH, compare=False)

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
        """Whether a hearer is glad or sorry to hear it, as far as the words tell: English ones."""
        if not self.language.reads:
            return ""
        words = topic(self.text)
        bad, good = len(words & _BAD), len(words & _GOOD)
        return "bad" if bad > good else "good" if good > bad else ""


def news(fact: Memory, names: Mapping[str, str], *, wanted: bool = False, language: Language = ENGLISH) -> News:
    """A fact with whom it names; `names` are display names by id."""
    said = clause(fact.text)
    concerned = (
        id for id, name in names.items() if any(_named(form, said) for form in {name, name.split(" ")[0]} if form)
    )
    return News(fact, frozenset(concerned), wanted, language)


def _named(name: str, text: str) -> bool:
    """Whether a name stands in a text; in scripts without spaces, letters are all there is to go by."""
    if UNSPACED_LETTER.match(name):
        return name in text
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def clause(text: str) -> str:
    """What is told, without by whom: "Odile told you that the mill burnt." -> "the mill burnt."."""
    found = _TOLD.match(text)
    return found["clause"] if found else text


@lru_cache(maxsize=2048)
def topic(text: str, language: Language = ENGLISH) -> frozenset[str]:
    """The words that say what a text is about, whoever told it."""
    return frozenset(language.terms(clause(text)))


def same(one: str, two: str, language: Language = ENGLISH) -> bool:
    """Whether two texts tell of the same, in whoever's words."""
    first, second = topic(one, language), topic(two, language)
    if not first or not second:
        return clause(one) == clause(two)
    return len(first & second) >= SAME * min(len(first), len(second))
