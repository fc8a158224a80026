"""A linear classifier of player lines, small enough to ship: hashed words and letters in, one label out.

Features are the words of the plain line in runs of one to three and their letters in runs of three and four, which see
through typos. Each is hashed into one of `BUCKETS` columns of a weight table (Weinberger et al. 2009, feature hashing).
`training/intents.py` fits the table on the phrase bank of the corpus; the features are computed here for both.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 14
LONGEST_RUN = 3  # words
LETTERS = (3, 4)


@dataclass(frozen=True)
class Guess:
    """The likeliest label, and its probability by the classifier's own account."""

    label: str
    confidence: float


class Classifier:
    """A fitted table: `weights` of shape (BUCKETS, labels), `bias` of shape (labels,)."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as stored:
            self.labels = [str(label) for label in stored["labels"]]
            self._weights = stored["weights"].astype(np.float32)
            self._bias = stored["bias"].astype(np.float32)

    def guess(self, words: str, *, question: bool) -> Guess:
        """What a plain line (see `wording.plain`) is; `question` says whether it was typed with a question mark."""
        columns = features(words, question=question)
        # Every feature counts the same, and long lines no more than short ones.
        scores = self._weights[columns].sum(axis=0) / np.sqrt(max(len(columns), 1)) + self._bias
        weights = np.exp(scores - scores.max())
        best = int(weights.argmax())
        return Guess(self.labels[best], float(weights[best] / weights.sum()))


def features(words: str, *, question: bool) -> NDArray[np.int64]:
    """The columns of a line, each once."""
    return np.array(sorted({zlib.crc32(name.encode()) % BUCKETS for name in _names(words, question)}), np.int64)


def _names(words: str, question: bool) -> Iterator[str]:
    tokens = ["^", *words.split(), "?" if question else ".", "$"]
    for length in range(1, LONGEST_RUN + 1):
        for start in range(len(tokens) - length + 1):
            yield "w:" + " ".join(tokens[start : start + length])
    for token in tokens[1:-2]:
        framed = f" {token} "
        for length in LETTERS:
            for start in range(len(framed) - length + 1):
                yield "c:" + framed[start : start + length]
