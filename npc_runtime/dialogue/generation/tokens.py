"""The words of a reply as the guard compares them: in scripts without spaces, every letter is one."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from npc_runtime.language.scripts import CLOSING, FULL_STOPS, OPENING, UNSPACED, UNSPACED_LETTER, WIDE

_COLONS = str.maketrans("：", ":")
_EDGES = re.compile(r"^[^\w]+|[^\w:]+$")
_LETTER = rf"[{UNSPACED}][^\s\w<|\[]*"  # a letter that is a word, with the marks behind it
_TOKEN = re.compile(rf"{_LETTER}|[^\s{UNSPACED}]+")
_SPACED = re.compile(r"\S+")  # the same where no such letter can be, and quicker
_WIDE = re.compile(f"[{UNSPACED}{WIDE}]")
_WHOLE = re.compile(rf"(?:.*(?: |{_LETTER}|[{WIDE}]))?", re.DOTALL)
_SENTENCE_END = re.compile(rf"[.!?…{FULL_STOPS}][{CLOSING}]*[{OPENING}]*$")
_SPEAKER = re.compile(r"([^:：]*)[:：]\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Token:
    """A word in small letters, where it begins in the text, and whether it opens a sentence."""

    word: str
    start: int
    opening: bool


def tokens(text: str, start: int, opening: bool) -> list[Token]:
    """The words from `start` on; `opening` says whether the first of them opens a sentence."""
    found_here: list[Token] = []
    for found in _pattern(text).finditer(text, start):
        found_here.append(Token(word_of(found[0]), found.start(), opening))
        only_opens = found[0] in OPENING  # 「 before a name
        opening = (opening and only_opens) or ends_sentence(found[0])
    return found_here


@lru_cache(maxsize=4096)  # a reply is read again with every piece that is added to it
def word_of(token: str) -> str:
    """A token without the marks around it; a colon behind it stays."""
    return _EDGES.sub("", token if token.isascii() else token.translate(_COLONS)).lower()


def words(text: str) -> tuple[str, ...]:
    """The words of a text, in small letters."""
    return tuple(word for word in map(word_of, _pattern(text).findall(text)) if word)


def normal(text: str) -> str:
    """A text as it is compared with others: its words alone."""
    return " ".join(words(text))


def enough(normal: str, words: int, letters: int) -> int:
    """How much of a text is no chance: so many words, or letters where these are its words."""
    return words if normal.isascii() or not UNSPACED_LETTER.search(normal) else letters


def _pattern(text: str) -> re.Pattern[str]:
    return _SPACED if text.isascii() else _TOKEN


def whole(text: str, start: int) -> int:
    """Where the last whole word ends that was begun at `start` or behind it."""
    if not text.isascii() and _WIDE.search(text, start):
        found = _WHOLE.match(text, start)
        return found.end() if found else start
    return text.rfind(" ") + 1


def ends_sentence(text: str) -> bool:
    """Whether a sentence may begin behind a text."""
    return bool(_SENTENCE_END.search(text))


def without_speaker(text: str, names: Collection[tuple[str, ...]]) -> str:
    """A text without what stands in front of it: the words of one of some names, and a colon, or several such."""
    while (found := _SPEAKER.match(text)) and words(found[1]) in names:
        text = found[2]
    return text
