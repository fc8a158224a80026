"""News: what of a memory is passed on, and when two claims are the same: by whom they are about, and their words."""

from __future__ import annotations

import json
from dataclasses import dataclass

from npc_runtime.language.language import Language
from npc_runtime.memory.store import readable

BELIEVED = 0.35  # confidence from which on hearsay is believed, and passed on
DENIED = 0.75  # share of the shorter one's words that a denial and the claim have in common
ALIKE = 0.75  # the same, from which on two tell of the same matter


@dataclass(frozen=True)
class News:
    """What is passed on of a memory, where it is not simply its claim. All texts are claims.

    News that `denies` other news names that here; with `corrects`, it says what is so instead.
    """

    claim: str = ""  # empty: the memory's own
    first: str = ""  # the claim before anybody changed it; empty: as the claim
    doer: str = ""  # entity id of whoever did it, where the game said so
    denies: str = ""
    corrects: bool = False
    kind: str = ""  # what became of somebody, where the game said so: died, born, arrived or left
    whom: str = ""  # entity id of that one

    @property
    def root(self) -> str:
        """The claim as it was at first."""
        return self.first or self.claim

    def as_text(self) -> str:
        """For a column of the store; `from_text` reads it."""
        kept = {key: value for key, value in vars(self).items() if value}
        return json.dumps(kept, ensure_ascii=False) if kept else ""

    @classmethod
    def from_text(cls, text: str) -> News:
        """News as they were written."""
        with readable("the news in a memory"):
            return cls(**json.loads(text)) if text else cls()


def news(claim: str, language: Language, *, doer: str = "", kind: str = "", whom: str = "") -> News:
    """What is passed on of a claim; a denial is found out as one."""
    denial = language.denial(claim)
    if denial:
        return News(doer=doer, denies=denial.claim, corrects=denial.corrects)
    return News(doer=doer, kind=kind, whom=whom)


def same(one: str, other: str, language: Language) -> bool:
    """Whether two claims are the same news: one may say more, and nobody else is named first."""
    return _alike(one, other, 1.0, language)


def denies(denied: str, claim: str, language: Language) -> bool:
    """Whether what somebody denies is a claim; nobody denies in just the words in which it was told."""
    return _alike(denied, claim, DENIED, language)


def alike(one: str, other: str, language: Language) -> bool:
    """Whether two claims tell of the same matter, whoever did what in it."""
    mine, theirs = language.gist(one).terms, language.gist(other).terms
    if not mine or not theirs:
        return one == other
    return len(mine & theirs) >= ALIKE * min(len(mine), len(theirs))


def _alike(one: str, other: str, share: float, language: Language) -> bool:
    mine, theirs = language.gist(one), language.gist(other)
    shared = len(mine.terms & theirs.terms)
    least = min(len(mine.terms), len(theirs.terms))
    if not least or shared < max(share * least, min(2, least)):
        return False
    if not mine.first or not theirs.first or mine.first == theirs.first:
        return True
    return (mine.first in theirs.terms) is not (theirs.first in mine.terms)  # "Mira hit Tom" and "Tom hit Mira" are two
