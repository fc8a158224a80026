"""Words of any language, and what of them counts when two texts are compared.

Where there are spaces, words are compared by their stems, and words that only hold a sentence together are left out
(stop words). Where there are none, runs of letters are compared by overlapping pairs: 鍛冶屋 is 鍛冶 and 冶屋.
Stop words are cut out of a run first, so that it falls apart where one stands, and where the script changes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from npc_runtime.language.scripts import HAN, HANGUL, HIRAGANA, KATAKANA, SOUTHEAST, UNSPACED

_MARKS = "".join(
    chr(code)
    for block in (range(0x300, 0x1E00), range(0xA800, 0xAC00))
    for code in block
    if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
"""Marks that belong to the letter before them: Hindi and Thai cannot be written without."""
_WORD = re.compile(rf"(?:[^\W_][{_MARKS}]*)+(?:['’](?:[^\W_][{_MARKS}]*)+)*")
_RUN = re.compile(rf"[{UNSPACED}{_MARKS}]+|[{HANGUL}]+|[^{UNSPACED}{HANGUL}]+")
_SCRIPTS = re.compile(rf"[{HAN}]+|[{HIRAGANA}]+|[{KATAKANA}]+|[{SOUTHEAST}{_MARKS}]+")
_HAN = re.compile(f"[{HAN}]")
_HIRAGANA = re.compile(f"[{HIRAGANA}]")

# The stemmers that snowballstemmer has, by language code. It has none that we would use for English: `english/terms`
# goes with notions and irregular words that ours and theirs would have to agree on.
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "eo": "esperanto",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def plain(text: str) -> str:
    """Wide, narrow and capital letters alike."""
    return unicodedata.normalize("NFKC", text).casefold()


def words(text: str) -> list[str]:
    """The words in order; a run of letters without spaces is one."""
    return _WORD.findall(plain(text))


def stemmer(code: str) -> Callable[[str], str]:
    """What joins the forms of one word, where there is such a thing for a language."""
    name = _STEMMERS.get(code)
    if name is None:
        return str
    import snowballstemmer  # 40 ms that only a pack in another language takes

    if name not in snowballstemmer.algorithms():  # an older release knows fewer
        return str
    stem: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord
    return lru_cache(maxsize=16384)(stem)


def stop_words(code: str) -> frozenset[str]:
    """Words that only hold a sentence together, where a list of them exists."""
    import stopwordsiso  # a file of 200 kB

    return frozenset(map(plain, stopwordsiso.stopwords(code))) if stopwordsiso.has_lang(code) else frozenset()


class Terms:
    """Finds the terms of texts in one language."""

    def __init__(self, code: str, stop: Iterable[str] = (), particles: Iterable[str] = ()) -> None:
        """`stop` are further stop words; `particles` those of one letter that a run without spaces is cut at."""
        self._stem = stemmer(code)
        self._stop = stop_words(code) | {plain(word) for word in stop}
        self._particles = frozenset(particles)
        cut = {word for word in self._stop if len(word) > 1 and all(re.match(f"[{UNSPACED}]", c) for c in word)}
        cut |= {particle for particle in self._particles if _HAN.match(particle)}
        self._cut = re.compile("|".join(map(re.escape, sorted(cut, key=lambda word: (-len(word), word)))) or r"(?!)")

    def of(self, text: str) -> tuple[str, ...]:
        """The terms in order; may be empty."""
        found: list[str] = []
        for word in words(text):
            for run in _RUN.findall(word):
                if re.match(f"[{UNSPACED}]", run):
                    found += self._of_run(run)
                elif re.match(f"[{HANGUL}]", run):
                    found += () if run in self._stop else _pairs(run)
                elif run not in self._stop and (len(run) > 1 or run.isdigit()):
                    found.append(self._stem(run))
        return tuple(found)

    def _of_run(self, run: str) -> list[str]:
        found: list[str] = []
        for part in self._cut.split(run):
            for letters in _SCRIPTS.findall(part):
                if _HIRAGANA.match(letters):  # endings and particles, for the most part
                    letters = letters[letters[0] in self._particles :]
                    letters = letters[: len(letters) - (letters[-1:] in self._particles)]
                    found += _pairs(letters) if len(letters) > 1 else ()
                else:
                    found += _pairs(letters)
        return found


def _pairs(letters: str) -> list[str]:
    return [letters[place : place + 2] for place in range(len(letters) - 1)] if len(letters) > 1 else [letters]


def parts(term: str) -> tuple[str, ...]:
    """The Chinese characters of a pair, each of which is often a word: 桥 is asked for, and 石桥 is written."""
    return tuple(letter for letter in term if _HAN.match(letter)) if len(term) == 2 and _HAN.search(term) else ()
