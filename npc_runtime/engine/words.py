"""Words: what a small model may say, kept letter by letter while it writes.

A model of a few million parameters misspells what it copies, and makes up words that are none. Where a model brings a
lexicon, the words it was taught to say by itself, it may write these and the words of its prompt, and no others; names
and wares of the game are in the prompt. A word is a run of letters; a letter beyond ASCII is some bytes of UTF-8, and
so matching is done on bytes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

METADATA = "npc_runtime.words"
"""The key of a GGUF's header under which a model has its lexicon, as words parted by spaces."""
WORD = re.compile(rb"[A-Za-z\x80-\xff]+")


def words(text: str) -> set[bytes]:
    """The words of a text, as they are written."""
    return set(WORD.findall(text.encode()))


class _Words:
    """Words, and what they begin with."""

    def __init__(self, some: Iterable[bytes]) -> None:
        self._whole = frozenset(some)
        self._sorted = sorted(self._whole)

    def __contains__(self, word: bytes) -> bool:
        return word in self._whole

    def begins(self, part: bytes) -> bool:
        """Whether a word begins so."""
        at = bisect_left(self._sorted, part)
        return at < len(self._sorted) and self._sorted[at].startswith(part)


class Lexicon:
    """Words in small letters. A sentence may begin with any of them."""

    def __init__(self, text: str) -> None:
        self._words = _Words(words(text))

    def __contains__(self, word: bytes) -> bool:
        return _small(word) in self._words

    def begins(self, part: bytes) -> bool:
        """Whether a word begins so."""
        return self._words.begins(_small(part))


class Wording:
    """The text of one reply so far, as far as its last word matters."""

    def __init__(self, lexicon: Lexicon, prompt: Iterable[str]) -> None:
        """`prompt`: the texts whose words may be used too."""
        self._lexicon = lexicon
        written = set().union(*map(words, prompt))
        self._prompt = _Words(form for word in written for form in (word, _small(word), _capital(word)))
        self._part = b""

    def allows(self, piece: bytes, *, last: bool = False) -> bool:
        """Whether the text may go on with these bytes, and, with `last`, end after them."""
        *whole, part = self._cut(piece)
        if last and part:
            whole, part = [*whole, part], b""
        return all(map(self._is_word, whole)) and (not part or self._begins(part))

    def advance(self, piece: bytes) -> None:
        """Takes the next bytes of the text."""
        self._part = self._cut(piece)[-1]

    def _cut(self, piece: bytes) -> list[bytes]:
        """The words that end within these bytes, and the one that is still open, which may be nothing."""
        text = self._part + piece
        found = WORD.findall(text)
        return found if found and text.endswith(found[-1]) else [*found, b""]

    def _is_word(self, word: bytes) -> bool:
        return word in self._lexicon or word in self._prompt

    def _begins(self, part: bytes) -> bool:
        return self._lexicon.begins(part) or self._prompt.begins(part)


def _small(word: bytes) -> bytes:
    return word[:1].lower() + word[1:]


def _capital(word: bytes) -> bytes:
    return word[:1].upper() + word[1:]
