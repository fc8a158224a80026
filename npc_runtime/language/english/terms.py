"""What of an English text counts when two are compared: stems of the words that carry meaning."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from npc_runtime.language.english.data import Data

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NAME = re.compile(r"\b[^\W\d_a-z][\w'’-]*")
_POSSESSIVE = re.compile(r"['’]s?$")


_WORDS = Data("words")
STOP_WORDS = _WORDS.words("stop")
_NOUNS_TOO, _ARTICLES = _WORDS.words("nouns_too"), _WORDS.words("articles")
_IRREGULAR, _DEEDS = _WORDS.table("irregular"), _WORDS.table("deeds")
_NO_NAMES = STOP_WORDS | _WORDS.words("numbers") | _WORDS.words("no_names")


def words(text: str, *, lower: bool = True) -> list[str]:
    """The words in order, without possessive endings; in lower case unless asked otherwise."""
    return [_POSSESSIVE.sub("", word.lower() if lower else word) for word in _WORD.findall(text)]


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A crude stem: enough to join `horseshoes` with `horseshoe` and `stealing` with `steals`."""
    word = _IRREGULAR.get(word, word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "i"
    for ending in ("ing", "ed", "es", "s"):
        short = word[: -len(ending)]
        if word.endswith(ending) and len(short) >= 3 and not word.endswith("ss"):
            if len(short) > 3 and short[-1] == short[-2] and short[-1] not in "lsz":
                short = short[:-1]
            word = short
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


_NOTION = {stem(word): f"={row.split()[0]}" for row in _WORDS.lines("synonyms") for word in row.split()}

_NOTION_STEMS = {meant: tuple(stem for stem in _NOTION if _NOTION[stem] == meant) for meant in set(_NOTION.values())}
_COUNTS = frozenset(map(stem, _WORDS.words("numbers")))
_BAD, _GOOD = (frozenset(map(stem, _WORDS.words(key))) for key in ("bad", "good"))


@lru_cache(maxsize=8192)
def terms(text: str) -> tuple[str, ...]:
    """The stems that carry meaning, in order; may be empty."""
    found = words(text)
    return tuple(
        stem(word)
        for place, word in enumerate(found)
        if (word not in STOP_WORDS or (word in _NOUNS_TOO and _ARTICLES & set(found[max(0, place - 2) : place])))
        and (len(word) > 1 or word.isdigit())
    )


def notion(term: str) -> str:
    """The notion that a stem stands for: `price` and `cost` share one; most stems are their own."""
    return _NOTION.get(term, term)


def alike(term: str) -> tuple[str, ...]:
    """All stems of the notion that a stem stands for, itself first."""
    return (term, *(other for other in _NOTION_STEMS.get(notion(term), ()) if other != term))


def matter(text: str) -> frozenset[str]:
    """The notions of a text, whatever the forms of its verbs; how many they were, nobody remembers for sure."""
    meant = (term for term in terms(text) if term not in _COUNTS and not term.isdigit())
    return frozenset(notion(stem(_DEEDS.get(term, term))) for term in meant)


def first_name(text: str) -> str:
    """The notion of the name that comes first, as far as capitals tell one; or nothing."""
    names = (_POSSESSIVE.sub("", name).lower() for name in _NAME.findall(text))
    return next((notion(stem(name)) for name in names if name not in _NO_NAMES), "")


def tone(text: str) -> Literal["good", "bad", ""]:
    """Whether a hearer is glad or sorry to hear it, or neither."""
    meant = frozenset(terms(text))
    bad, good = len(meant & _BAD), len(meant & _GOOD)
    return "bad" if bad > good else "good" if good > bad else ""
