"""A linear classifier of player lines, small enough to ship: hashed words and letters in, one label out.

Features are the words of the plain line, in ones and twos; their letters in runs of four, which see through typos; and
the build of the sentence, where every word that is no support of it stands for its class (`lexicon.py`). Each is hashed
into one of `BUCKETS` columns of a weight table (Weinberger et al. 2009, feature hashing). `training/intents.py` fits
the table on the phrase bank of the corpus; the features are computed here for both.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from npc_runtime.dialogue.understanding.lexicon import classes, role

BUCKETS = 1 << 14
RUNS = (1, 2)  # words
LETTERS = 4
BUILDS = (2, 3, 4)  # parts of the sentence


class Classifier:
    """A fitted table: `weights` of shape (BUCKETS, labels), whole numbers of `step`; `bias` of shape (labels,)."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as stored:
            self.labels = [str(label) for label in stored["labels"]]
            self._weights = stored["weights"].astype(np.float32) * stored["step"]
            self._bias = stored["bias"].astype(np.float32)

    def shares(self, words: str, *, question: bool) -> dict[str, float]:
        """How likely each label is for a plain line (see `normalize.plain`); `question`: typed with a question mark."""
        columns = features(words, question=question)
        # Every feature counts the same, and long lines no more than short ones.
        scores = self._weights[columns].sum(axis=0) / np.sqrt(max(len(columns), 1)) + self._bias
        weights = np.exp(scores - scores.max())
        return dict(zip(self.labels, (weights / weights.sum()).tolist(), strict=True))


def features(words: str, *, question: bool) -> NDArray[np.int64]:
    """The columns of a line, each once."""
    spoken = words.split()
    tokens = ["^", *spoken, "?" if question else ".", "$"]
    parts = [role(token) for token in tokens]
    # However many words say what it is about, they are one part of the sentence.
    parts = [part for place, part in enumerate(parts) if part != "_" or parts[place - 1] != "_"]
    columns = {column for token in spoken for column in _of_word(token)}
    columns.update(_column(f"w:{run}") for run in _runs(tokens, RUNS))
    columns.update(_column(f"s:{run}") for run in _runs(parts, BUILDS))
    return np.array(sorted(columns), np.int64)


@lru_cache(maxsize=4096)
def _of_word(token: str) -> tuple[int, ...]:
    framed = f" {token} "
    letters = [f"c:{framed[start : start + LETTERS]}" for start in range(len(framed) - LETTERS + 1)]
    return tuple(map(_column, (*letters, *(f"k:{name}" for name in classes(token)))))


def _column(name: str) -> int:
    return zlib.crc32(name.encode()) % BUCKETS


def _runs(tokens: Sequence[str], lengths: Sequence[int]) -> Iterator[str]:
    for length in lengths:
        for start in range(len(tokens) - length + 1):
            yield " ".join(tokens[start : start + length])
