"""News: what of a memory can be passed on, in words that hold in anybody's head, and when two are the same news."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache

from npc_runtime.language.english.terms import STOP_WORDS, notion, stem, terms, word_set
from npc_runtime.memory.store import readable

BELIEVED = 0.35  # confidence from which on hearsay is believed, and passed on
DENIED = 0.75  # share of the shorter one's words that a denial and the claim have in common

_NAME = re.compile(r"\b[^\W\d_a-z][\w'’-]*")
_POSSESSIVE = re.compile(r"['’]s?$")
# "Did not throw" and "threw" are the same deed.
_BASE = {
    "threw": "throw", "thrown": "throw", "hid": "hide", "hidden": "hide", "drew": "draw", "drawn": "draw",
    "spoke": "speak", "spoken": "speak", "bit": "bite", "bitten": "bite", "drove": "drive", "driven": "drive",
    "ate": "eat", "eaten": "eat", "fought": "fight", "struck": "strike", "caught": "catch", "brought": "bring",
    "slew": "slay", "slain": "slay", "shot": "shoot", "dug": "dig", "burnt": "burn", "lent": "lend", "wed": "wed",
    "rode": "ride", "ridden": "ride", "tore": "tear", "torn": "tear", "swore": "swear", "sworn": "swear",
    "poured": "pour", "fled": "flee", "left": "leave", "met": "meet", "drank": "drink", "drunk": "drink",
    "sank": "sink", "sunk": "sink", "sang": "sing", "sung": "sing", "rang": "ring", "rung": "ring",
}  # fmt: skip
_NUMBERS = word_set("two three four five six seven eight nine ten eleven twelve")
_COUNTS = frozenset(map(stem, _NUMBERS))
_NO_NAMES = STOP_WORDS | _NUMBERS | word_set("everybody everyone yesterday today tonight last")


@dataclass(frozen=True)
class News:
    """What a memory says, without who remembers it.

    `claim` is a sentence in the third person, in which "they" is whom it came from at first; `first` is the same before
    anybody changed it. News that `denies` other news names that here; with `corrects`, it says what is so instead.
    """

    claim: str
    first: str = ""  # empty: as the claim
    doer: str = ""  # entity id of whoever did it, where the game said so
    denies: str = ""  # a sentence
    corrects: bool = False

    @property
    def root(self) -> str:
        """The claim as it was at first."""
        return self.first or self.claim

    def as_text(self) -> str:
        """For a column of the store; `from_text` reads it."""
        return json.dumps({key: value for key, value in vars(self).items() if value}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> News | None:
        """News as they were written; None for an empty text."""
        with readable("the news in a memory"):
            return cls(**json.loads(text)) if text else None


def same(one: str, other: str) -> bool:
    """Whether two claims are the same news: one may say more, and nobody else is named first."""
    return _alike(one, other, 1.0)


def denies(denied: str, claim: str) -> bool:
    """Whether what somebody denies is a claim; nobody denies in just the words in which it was told."""
    return _alike(denied, claim, DENIED)


def _alike(one: str, other: str, share: float) -> bool:
    mine, theirs = _gist(one), _gist(other)
    shared = len(mine.terms & theirs.terms)
    least = min(len(mine.terms), len(theirs.terms))
    if not least or shared < max(share * least, min(2, least)):
        return False
    if not mine.name or not theirs.name or mine.name == theirs.name:
        return True
    return (mine.name in theirs.terms) is not (theirs.name in mine.terms)  # "Mira hit Tom" and "Tom hit Mira" are two


@dataclass(frozen=True)
class _Gist:
    terms: frozenset[str]
    name: str  # the notion of whoever is named first


@lru_cache(maxsize=8192)
def _gist(claim: str) -> _Gist:
    names = (_POSSESSIVE.sub("", name).lower() for name in _NAME.findall(claim))
    first = next((notion(stem(name)) for name in names if name not in _NO_NAMES), "")
    # How many they were, nobody remembers for sure.
    meant = (term for term in terms(claim) if term not in _COUNTS and not term.isdigit())
    return _Gist(frozenset(notion(stem(_BASE.get(term, term))) for term in meant), first)
