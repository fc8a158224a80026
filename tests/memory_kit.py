"""What the tests of the memory share."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_runtime.memory.batch import Batch
from npc_runtime.memory.entry import Entry, Stored
from npc_runtime.memory.history import History

LONG = "NPC_LONG_TESTS" in os.environ
"""Set it for the long runs: minutes rather than seconds of random work."""
NO_END = 1_000_000
LATER_STEPS = (
    ("more", "CREATE TABLE more (id INTEGER PRIMARY KEY)"),
    ("a mark", "ALTER TABLE memory ADD COLUMN mark TEXT NOT NULL DEFAULT ''"),
    ("marked", "CREATE INDEX memory_mark ON memory (mark) WHERE mark <> ''"),
)
"""Schemas of a later runtime, so that files can be brought up to date."""


def batch(*entries: Entry, **records: Any) -> Batch:
    return Batch(list(entries), records)


def entry(text: str, owner: str = "npc:mira", at: int = 0, **other: Any) -> Entry:
    return Entry(owner, other.pop("how", "witnessed"), text, at, **other)


def write(history: History, *entries: Entry, **records: Any) -> list[int]:
    written = history.write(batch(*entries, **records)).result()
    assert written is not None
    return written


def texts(history: History, owner: str = "npc:mira") -> list[str]:
    return [stored.entry.claim for stored in history.memories(owner, limit=NO_END).result()]


def by_ids(history: History, numbers: Collection[int], owner: str = "npc:mira") -> list[Stored]:
    """Some memories of a character, faded ones too: those of them that this timeline sees."""
    return [stored for stored in history.page(owner, 0, NO_END).result() if stored.id in numbers]


def direction(seed: int, dimensions: int = 16) -> NDArray[np.float32]:
    """Some vector of length one."""
    vector = np.random.default_rng(seed).standard_normal(dimensions).astype(np.float32)
    unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
    return unit


def bytes_of(folder: Path) -> bytes:
    """Everything in the files of a folder."""
    return b"\n".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
