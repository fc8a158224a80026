"""The matter of an English claim: the words by which it is known again in others."""

from __future__ import annotations

import re

from npc_runtime.language.english.data import Data
from npc_runtime.language.english.terms import STOP_WORDS, notion, stem, terms

_NAME = re.compile(r"\b[^\W\d_a-z][\w'’-]*")
_POSSESSIVE = re.compile(r"['’]s?$")
_WORDS = Data("words")
_DEEDS = _WORDS.table("deeds")
_COUNTS = frozenset(map(stem, _WORDS.words("numbers")))
_NO_NAMES = STOP_WORDS | _WORDS.words("numbers") | _WORDS.words("no_names")


def matter(text: str) -> frozenset[str]:
    """The notions of a text, whatever the forms of its verbs; how many they were, nobody remembers for sure."""
    meant = (term for term in terms(text) if term not in _COUNTS and not term.isdigit())
    return frozenset(notion(stem(_DEEDS.get(term, term))) for term in meant)


def first_name(text: str) -> str:
    """The notion of the name that comes first, as far as capitals tell one; or nothing."""
    names = (_POSSESSIVE.sub("", name).lower() for name in _NAME.findall(text))
    return next((notion(stem(name)) for name in names if name not in _NO_NAMES), "")
