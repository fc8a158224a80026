"""Seeded draws that give the same result on every platform, Python version and run."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """Draws from a stream that is named by its key.

    Only `random.Random.random` is used: Python promises that its sequence never changes, and promises it for no other
    method. The key is hashed by SHA-256, since Python's own `hash` of text differs from run to run.
    """

    def __init__(self, *key: object) -> None:
        self._key = key
        digest = hashlib.sha256("\x1f".join(str(part) for part in key).encode("utf-8")).digest()
        self._random = random.Random(int.from_bytes(digest[:8], "big"))

    def stream(self, name: str) -> Dice:
        """A stream of its own for one part, so that a change in one part leaves all others as they were."""
        return Dice(*self._key, name)

    def chance(self) -> float:
        """A number in [0, 1)."""
        return self._random.random()

    def one(self, items: Sequence[Item]) -> Item:
        """One of `items`, which must not be empty."""
        return items[int(self._random.random() * len(items))]

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """Up to `count` different entries of `items`, in the order in which they were drawn."""
        left = list(items)
        return [left.pop(int(self._random.random() * len(left))) for _ in range(min(count, len(left)))]
