"""Chance that can be repeated: the same key falls the same way on every platform, Python version and run."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Option = TypeVar("Option")


def mix(*parts: object) -> int:
    """A seed out of several things, the same on every machine."""
    text = "/".join(map(str, parts))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


def throw(*key: object) -> float:
    """A number from 0 up to 1, the same on every platform and in every version of Python."""
    digest = hashlib.blake2b(":".join(map(str, key)).encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / (1 << 56)


def draw(weights: Mapping[Option, float], *key: object) -> Option:
    """One of the keys, as likely as its weight says; at least one weight is above 0."""
    left = throw(*key) * sum(weights.values())
    for option, weight in weights.items():
        left -= weight
        if left < 0:
            return option
    return max(weights, key=lambda option: weights[option])


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
