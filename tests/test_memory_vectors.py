"""The vectors of a world's characters: blocks on disk and shelves in RAM give what a comparison one by one would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from memory_kit import direction, entry, write

from npc_runtime.memory.erase import TARGET, Target, erase
from npc_runtime.memory.history import History
from npc_runtime.memory.store import Connection
from npc_runtime.memory.vectors import BLOCK, SHELVES, Vectors, erase_vectors, packed

MIRA = "npc:mira"


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "village.db")
    yield opened
    opened.close()


def remember(history: History, count: int, owner: str = MIRA) -> list[int]:
    return write(history, *(entry(f"The bell rang {n} times.", owner) for n in range(count)))


def keep(history: History, vectors: Vectors, numbers: list[int], owner: str = MIRA) -> None:
    history.store.run(lambda db: vectors.add(db, owner, {number: direction(number) for number in numbers}))


def nearest(history: History, vectors: Vectors, query: int, count: int, owner: str = MIRA) -> dict[int, float]:
    ids, cosines = history.store.run(lambda db: vectors.cosines(db, owner, direction(query), history.epoch))
    best = np.argsort(-cosines)[:count]
    return {int(ids[place]): float(cosines[place]) for place in best}


def sizes(history: History, owner: str = MIRA) -> list[int]:
    def job(db: Connection) -> list[int]:
        sql = "SELECT length(memories) / 8 FROM vectors WHERE owner = ? ORDER BY block"
        return [size for (size,) in db.execute(sql, (owner,))]

    return history.store.run(job)


def test_the_nearest_are_those_of_a_comparison_one_by_one(history: History) -> None:
    vectors = Vectors()
    numbers = remember(history, 3 * BLOCK + 7)
    keep(history, vectors, numbers)
    wanted = {number: float(direction(number) @ direction(5)) for number in numbers}
    best = sorted(numbers, key=lambda number: -wanted[number])[:3]
    found = nearest(history, vectors, 5, 3)
    assert sorted(found, key=lambda number: -found[number]) == best
    assert all(abs(cosine - wanted[number]) < 0.02 for number, cosine in found.items())


@pytest.mark.parametrize("at_once", [1, 10, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_blocks_fill_up_however_many_come_at_once(history: History, at_once: int) -> None:
    vectors = Vectors()
    numbers = remember(history, 2 * BLOCK + 5)
    for start in range(0, len(numbers), at_once):
        keep(history, vectors, numbers[start : start + at_once])
    assert sum(sizes(history)) == len(numbers)
    assert max(sizes(history)) <= BLOCK
    assert set(nearest(history, vectors, 1, len(numbers))) == set(numbers)


def test_erased_ones_leave_their_blocks(history: History) -> None:
    vectors = Vectors()
    numbers = remember(history, BLOCK + 10)
    keep(history, vectors, numbers)
    gone = [*numbers[:BLOCK], numbers[-1]]
    history.store.run(lambda db: erase_vectors(db, MIRA, gone))
    assert sizes(history) == [9]
    assert set(nearest(history, Vectors(), 1, 99)) == set(numbers[BLOCK:-1])


def test_a_memory_that_is_erased_takes_its_bytes_along(history: History) -> None:
    vectors = Vectors()
    first, second = remember(history, 2)
    keep(history, vectors, [first, second])
    history.store.run(lambda db: erase(db, [Target(*row) for row in db.execute(f"{TARGET} WHERE id = ?", (first,))]))
    ((kept,),) = history.store.run(lambda db: list(db.execute("SELECT directions FROM vectors")))
    assert kept == packed(direction(second)).tobytes()


def test_a_memory_that_is_gone_gets_no_vector(history: History) -> None:
    vectors = Vectors()
    keep(history, vectors, [12345])
    assert sizes(history) == []
    assert nearest(history, vectors, 1, 5) == {}


def test_what_a_reflection_stands_for_is_not_near(history: History) -> None:
    vectors = Vectors()
    first, second = remember(history, 2)
    keep(history, vectors, [first, second])
    write(history, entry("Bells ring.", how="reflection", sources=(first,)))
    assert set(nearest(history, Vectors(), first, 5)) == {second}


def test_shelves_are_few_and_nobody_is_lost(history: History) -> None:
    vectors = Vectors()
    owners = [f"npc:{n}" for n in range(SHELVES + 5)]
    kept = {owner: remember(history, 1, owner) for owner in owners}
    for owner, numbers in kept.items():
        keep(history, vectors, numbers, owner)
    for owner in owners * 2:
        assert list(nearest(history, vectors, 1, 5, owner)) == kept[owner]
    assert len(vectors._shelves) == SHELVES


def test_a_vector_keeps_its_direction() -> None:
    vector = direction(3, 384)
    bytes_ = packed(vector).astype(np.float32)
    assert float(bytes_ @ vector / np.linalg.norm(bytes_)) > 0.9999
