"""Vectors: what the memories of one world's characters mean, a character's together in blocks, as bytes.

A row each would have to be fetched one by one, which is most of what a search by meaning costs; a block is one row.
Those of the characters asked last stay in RAM. Everything here runs on the store's thread.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_runtime.memory.reading import FADED
from npc_runtime.memory.store import Connection, readable

BLOCK = 64  # vectors in a row: so many are written anew when one is added
SHELVES = 48  # characters whose vectors are kept in RAM
ROWS = 256  # vectors that are compared at once: what stays in the processor's cache is quickest

Numbers = NDArray[np.int64]
Bytes = NDArray[np.int8]


@dataclass(frozen=True)
class _Block:
    """Some vectors of a character: which memories they belong to, the branches of these, and their directions."""

    memories: Numbers  # [memories]
    branches: Numbers  # [memories]
    directions: Bytes  # [memories, dimensions]

    @classmethod
    def read(cls, memories: bytes, branches: bytes, directions: bytes) -> _Block:
        with readable("a block of vectors"):
            numbers = _numbers(memories)
            rows = np.frombuffer(directions, np.int8).reshape(len(numbers), -1)
            return cls(numbers, _numbers(branches).reshape(numbers.shape), rows)

    def columns(self) -> tuple[bytes, bytes, bytes]:
        return self.memories.tobytes(), self.branches.tobytes(), self.directions.tobytes()

    def where(self, chosen: NDArray[np.bool_] | slice) -> _Block:
        return _Block(self.memories[chosen], self.branches[chosen], self.directions[chosen])

    @classmethod
    def joined(cls, blocks: Sequence[_Block]) -> _Block:
        return cls(
            np.concatenate([block.memories for block in blocks]),
            np.concatenate([block.branches for block in blocks]),
            np.concatenate([block.directions for block in blocks]),
        )


@dataclass(frozen=True)
class _Shelf:
    """The vectors of one character that can be seen in an epoch."""

    epoch: int
    memories: Numbers
    directions: Bytes
    lengths: NDArray[np.float32]

    def cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """[memories]."""
        dots = np.empty(len(self.memories), np.float32)
        for start in range(0, len(dots), ROWS):
            dots[start : start + ROWS] = self.directions[start : start + ROWS].astype(np.float32) @ query
        return dots / self.lengths


class Vectors:
    """The vectors of one world."""

    def __init__(self) -> None:
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()

    def add(self, db: Connection, owner: str, vectors: Mapping[int, NDArray[np.float32]]) -> None:
        """Keeps the meaning of memories that have none yet, by id. One that is not there any more is left out."""
        branches = {
            number: branch
            for number in vectors
            for (branch,) in list(db.execute("SELECT branch FROM memory WHERE id = ?", (number,)))
        }
        db.executemany("DELETE FROM unembedded WHERE memory = ?", [(number,) for number in vectors])
        if not branches:
            return
        block = _Block(
            np.array(list(branches), np.int64),
            np.array(list(branches.values()), np.int64),
            np.stack([packed(vectors[number]) for number in branches]),
        )
        last = "SELECT block, memories, branches, directions FROM vectors WHERE owner = ? ORDER BY block DESC LIMIT 1"
        at = 0
        for number, *columns in list(db.execute(last, (owner,))):
            at, existing = number, _Block.read(*columns)
            block = _Block.joined([existing, block]) if len(existing.memories) < BLOCK else block
            at += len(existing.memories) >= BLOCK
        for start in range(0, len(block.memories), BLOCK):
            rows = block.where(slice(start, start + BLOCK))
            values = (owner, at + start // BLOCK, *rows.columns())
            db.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?, ?)", values)
        self._shelves.pop(owner, None)

    def clear(self, db: Connection) -> None:
        """Deletes them all."""
        db.execute("DELETE FROM vectors")
        self.close()

    def close(self) -> None:
        """Takes them out of RAM."""
        self._shelves.clear()

    def cosines(
        self, db: Connection, owner: str, query: NDArray[np.float32], epoch: int
    ) -> tuple[Numbers, NDArray[np.float32]]:
        """How alike in meaning the memories of a character are that an epoch sees: their ids, and the cosines."""
        shelf = self._shelves.get(owner)
        if shelf is None or shelf.epoch != epoch:
            shelf = self._shelves[owner] = _open(db, owner, epoch)
            while len(self._shelves) > SHELVES:
                self._shelves.popitem(last=False)
        self._shelves.move_to_end(owner)
        return shelf.memories, shelf.cosines(query) if len(shelf.memories) else np.empty(0, np.float32)


def erase_vectors(db: Connection, owner: str, numbers: Collection[int]) -> None:
    """Deletes the vectors of some memories of a character."""
    gone = set(numbers)
    ids = db.execute("SELECT block, memories FROM vectors WHERE owner = ?", (owner,))  # most of a block is directions
    for at in [at for at, found in ids if not gone.isdisjoint(_numbers(found).tolist())]:
        ((*columns,),) = db.execute(
            "SELECT memories, branches, directions FROM vectors WHERE owner = ? AND block = ?", (owner, at)
        )
        block = _Block.read(*columns)
        kept = block.where(~np.isin(block.memories, list(gone)))
        if len(kept.memories):
            db.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?, ?)", (owner, at, *kept.columns()))
        else:
            db.execute("DELETE FROM vectors WHERE owner = ? AND block = ?", (owner, at))


def packed(vector: NDArray[np.float32]) -> Bytes:
    """A vector as bytes; its length is lost, its direction is off by less than half a degree."""
    direction: Bytes = np.round(vector * (127 / max(np.abs(vector).max(), 1e-9))).astype(np.int8)
    return direction


def _numbers(column: bytes) -> Numbers:
    with readable("a block of vectors"):
        return np.frombuffer(column, np.int64)


def _blocks(db: Connection, owner: str) -> Iterator[tuple[int, _Block]]:
    sql = "SELECT block, memories, branches, directions FROM vectors WHERE owner = ? ORDER BY block"
    for at, *columns in db.execute(sql, (owner,)):
        yield at, _Block.read(*columns)


def _open(db: Connection, owner: str, epoch: int) -> _Shelf:
    """What the timeline sees, and no reflection stands for."""
    blocks = [block for _, block in _blocks(db, owner)]
    if not blocks:
        return _Shelf(epoch, np.empty(0, np.int64), np.empty((0, 1), np.int8), np.empty(0, np.float32))
    whole = _Block.joined(blocks)
    branches, of = np.unique(whole.branches, return_inverse=True)
    seen = whole.memories <= np.array([_last(db, int(branch)) for branch in branches], np.int64)[of]
    seen &= ~np.isin(whole.memories, [number for (number,) in db.execute(FADED, (owner,))])
    if not seen.all():
        whole = whole.where(seen)
    return _Shelf(epoch, whole.memories, whole.directions, _lengths(whole.directions))


def _last(db: Connection, branch: int) -> int:
    """The last row of a branch that the timeline sees; -1 where it sees none."""
    return next((int(last) for (last,) in db.execute("SELECT last FROM seen WHERE branch = ?", (branch,))), -1)


def _lengths(directions: Bytes) -> NDArray[np.float32]:
    lengths = np.empty(len(directions), np.float32)
    for start in range(0, len(lengths), ROWS):
        values = directions[start : start + ROWS].astype(np.float32)
        lengths[start : start + ROWS] = np.sqrt(np.einsum("ij,ij->i", values, values))
    return np.maximum(lengths, 1)
