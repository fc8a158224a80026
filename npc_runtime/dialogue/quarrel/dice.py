"""Chance that can be repeated: the same seed at the same point of an argument falls the same way everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")


def throw(*key: object) -> float:
    """A number from 0 up to 1, the same on every platform and in every version of Python."""
    digest = hashlib.blake2b(":".join(map(str, key)).encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / (1 << 56)


def draw(weights: Mapping[K, float], *key: object) -> K:
    """One of the keys, as likely as its weight says; at least one weight is above 0."""
    left = throw(*key) * sum(weights.values())
    for option, weight in weights.items():
        left -= weight
        if left < 0:
            return option
    return max(weights, key=lambda option: weights[option])
