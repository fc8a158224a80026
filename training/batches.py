"""Batches of examples of similar length, so that little of a batch is padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_ROUND = 16  # lengths are padded to a multiple of this
Encoded = tuple[NDArray[np.uint16], int]
"""The tokens of a prompt and its reply, and where the reply begins."""


@dataclass(frozen=True)
class Batch:
    """`tokens` [batch, time + 1]; `reply` and `prompt` [batch, time] say which targets belong to which."""

    tokens: Tensor
    reply: Tensor
    prompt: Tensor


class Corpus:
    """The corpus on disk; the last `validation` examples are kept back."""

    def __init__(self, path: Path, validation: int = 400) -> None:
        stored = np.load(path)
        self.tokens, self.prompts, self.ends = stored["tokens"], stored["prompts"], stored["ends"]
        self.starts = np.concatenate([[0], self.ends[:-1]])
        self.lengths = self.ends - self.starts
        self.count = len(self.ends) - validation

    def batches(self, seed: int, size: int, skip: int = 0) -> Iterator[Batch]:
        """Endless batches of about `size` tokens, in an order that `seed` decides; the first `skip` are left out."""
        for epoch in range(10**6):
            rng = np.random.default_rng((seed, epoch))
            order = rng.permutation(self.count)
            for window in range(0, self.count, 8192):
                for rows in self._grouped(order[window : window + 8192], size, rng):
                    if skip:
                        skip -= 1
                        continue
                    yield self._batch(rows)

    def validation(self, size: int) -> Iterator[Batch]:
        """The examples kept back."""
        rows = np.arange(self.count, len(self.ends))
        for group in self._grouped(rows, size, np.random.default_rng(0)):
            yield self._batch(group)

    def _grouped(self, rows: NDArray[np.int64], size: int, rng: np.random.Generator) -> list[NDArray[np.int64]]:
        rows = rows[np.argsort(self.lengths[rows] + rng.random(len(rows)) * _ROUND)]
        groups, start, longest = [], 0, 0
        for end, row in enumerate(rows):
            longest = max(longest, _padded(int(self.lengths[row])))
            if longest * (end - start + 1) > size:
                groups.append(rows[start:end])
                start, longest = end, _padded(int(self.lengths[row]))
        groups.append(rows[start:])
        rng.shuffle(groups)
        return groups

    def _batch(self, rows: NDArray[np.int64]) -> Batch:
        return stack([(self.tokens[self.starts[row] : self.ends[row]], int(self.prompts[row])) for row in rows])


def stack(examples: Sequence[Encoded]) -> Batch:
    """Examples as one batch, padded to the longest of them."""
    width = _padded(max(len(tokens) for tokens, _ in examples))
    tokens = np.zeros((len(examples), width + 1), np.int64)
    reply, prompt = np.zeros((len(examples), width), bool), np.zeros((len(examples), width), bool)
    for index, (example, start) in enumerate(examples):
        length = len(example)
        tokens[index, :length] = example
        # Targets are one to the left of the tokens they predict.
        reply[index, start - 1 : length - 1] = True
        prompt[index, : start - 1] = True
    return Batch(torch.from_numpy(tokens), torch.from_numpy(reply), torch.from_numpy(prompt))


def _padded(length: int) -> int:
    return -(-length // _ROUND) * _ROUND
