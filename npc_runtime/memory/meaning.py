"""The meaning of a memory as one vector: that of its text, and of what the text says to who does not know the names.

An embedding model knows tanners and no Rufus. So the vector of a memory is the mean of three: as it is written, with
names as the roles of their bearers, and with names as "someone". On the chronicle (benchmarks/RESULTS.md) that finds a
fifth more of the questions that share no word with the memory they ask for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""Texts -> rows of length one, [texts, dimensions]."""


def views(text: str, roles: Mapping[str, str]) -> tuple[str, ...]:
    """The ways to read a memory; `roles` says what people are, by name: `Rufus` -> `tanner`."""
    if not roles:
        return (text,)
    named = _any_of(frozenset(roles))
    as_roles = named.sub(lambda name: f"the {roles[name[0]]}", text)
    as_someone = named.sub("someone", text)
    return tuple(dict.fromkeys((text, as_roles, as_someone)))


@lru_cache(maxsize=8)
def _any_of(names: frozenset[str]) -> re.Pattern[str]:
    """Finds names; of those that begin alike, the longest. The names of a village are the same for every text."""
    return re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})\b")


def vectors(texts: Sequence[str], roles: Mapping[str, str], embed: Embed) -> Vectors:
    """The meaning of each text: rows of length one, [texts, dimensions]."""
    read = [views(text, roles) for text in texts]
    rows = embed([view for some in read for view in some])
    ends = np.cumsum([len(some) for some in read])
    means = np.array([part.mean(axis=0) for part in np.split(rows, ends[:-1])], np.float32)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    normal: Vectors = means / np.maximum(lengths, 1e-9)
    return normal
