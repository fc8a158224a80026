"""What drafts of small models are checked with: which words carry out a move, and which stand side by side.

Both are fitted to the corpus that the bundled model learned from (`training/drafts.py`), with the matter of each line
taken out, so that it is the manner of a line that is looked at.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from npc_runtime.dialogue.understanding.classifier import Classifier
from npc_runtime.language.english.terms import terms

PAIRS = 1 << 18  # bits of the table of word pairs that were seen
_RUN = 4  # so many words in a row that were said before sound like an echo
_CITED = 0.7  # of the words of a fact
_TOKEN = re.compile(r"#\w+|[\w'’]+|[.!?;:,]")
_STOPS = frozenset(".!?;:")
_ENDS = (".", "!", "?", "…", '"')


class Check:
    """A fitted check: a classifier of moves, and a table of neighbouring words."""

    def __init__(self, path: Path) -> None:
        self._classifier = Classifier(path)
        with np.load(path) as stored:
            self._pairs = np.unpackbits(stored["pairs"]).astype(np.bool_)

    def share(self, line: str, move: str) -> float:
        """How likely a stripped line is the move, from 0 to 1."""
        words = " ".join(_TOKEN.findall(line))
        return self._classifier.shares(words, question="?" in line).get(move, 0.0)

    def odd(self, line: str, known: set[str]) -> int:
        """How many neighbours in a stripped line never stood so; `known` words may stand anywhere."""
        return sum(1 for pair in pairs(line) if not known & set(pair) and not self._pairs[_bit(*pair)])


def stripped(text: str, matter: Sequence[tuple[str, str]], facts: Sequence[str], but: str = "") -> str:
    """A line in small letters, with marks for its matter: pairs of a mark and what it stands for.

    `#f` stands for a fact, also where enough of its words are there; the words of `but` do not count for that.
    """
    line = f" {' '.join(_TOKEN.findall(text.lower()))} "
    for mark, said in matter:
        found = " ".join(token for token in _TOKEN.findall(said.lower()) if token not in _STOPS)
        if found:
            line = line.replace(f" {found} ", f" {mark} ")
    if facts and "#f" not in line:
        wanted = [term for fact in facts for term in terms(fact) if term not in terms(but)]
        if sum(term in terms(line) for term in wanted) >= _CITED * max(1, len(wanted)):
            line += "#f "
    return line.strip()


def pairs(line: str) -> Iterator[tuple[str, str]]:
    """The neighbouring words of a stripped line, within its sentences."""
    return ((one, two) for one, two in pairwise(["^", *line.split()]) if one not in _STOPS and two not in _STOPS)


def table(found: Iterable[tuple[str, str]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The pairs as a table of PAIRS bits."""
    bits = np.zeros(PAIRS, np.bool_)
    for pair in found:
        bits[_bit(*pair)] = True
    return bits


def words(text: str) -> list[str]:
    """The words of a text in small letters."""
    return [token for token in _TOKEN.findall(text.lower()) if token[0].isalnum()]


def runs(tokens: Sequence[str]) -> set[tuple[str, ...]]:
    """The runs of words that would sound like an echo if they came again."""
    return {tuple(tokens[start : start + _RUN]) for start in range(len(tokens) - _RUN + 1)}


def finished(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return text.rstrip().endswith(_ENDS)


def _bit(one: str, two: str) -> int:
    return zlib.crc32(f"{one} {two}".encode()) % PAIRS
