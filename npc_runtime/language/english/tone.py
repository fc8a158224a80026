"""Tone: whether an English sentence is good news or bad, as far as its words tell."""

from __future__ import annotations

from typing import Literal

from npc_runtime.language.english.data import Data
from npc_runtime.language.english.terms import stem, terms

_BAD, _GOOD = (frozenset(map(stem, Data("words").words(key))) for key in ("bad", "good"))


def tone(text: str) -> Literal["good", "bad", ""]:
    """Whether a hearer is glad or sorry to hear it, or neither."""
    words = frozenset(terms(text))
    bad, good = len(words & _BAD), len(words & _GOOD)
    return "bad" if bad > good else "good" if good > bad else ""
