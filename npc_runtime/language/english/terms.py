"""What of a text counts when two texts are compared: stems of the words that carry meaning."""

from __future__ import annotations

import re
from functools import lru_cache

from npc_runtime.language.english.data import Data

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")


_WORDS = Data("words")
STOP_WORDS = _WORDS.words("stop")
_NOUNS_TOO, _ARTICLES = _WORDS.words("nouns_too"), _WORDS.words("articles")
_IRREGULAR = _WORDS.table("irregular")


def words(text: str, *, lower: bool = True) -> list[str]:
    """The words in order, without possessive endings; in lower case unless asked otherwise."""
    return [_POSSESSIVE.sub("", word.lower() if lower else word) for word in _WORD.findall(text)]


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
