"""What giving saves up costs in a world of many facts and saves, and what others wait for meanwhile.

Part of `npc-runtime bench memory`. A world's facts are written, and saves are made of it with a little life between
them. One is deleted, then all of many, and a future with as many memories is given up by a restore. While the file is
tidied, one thread reads a record of the same world and another one of a second world, again and again.
"""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.about import percentile
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.history import History

BULK = 500
CHARACTERS = 200
PAUSE = 0.002  # seconds between two reads: a game that asks without end would be measured itself


def measure(facts: int, saves: int) -> dict[str, Any]:
    """Seconds and milliseconds of each way to give something up."""
    with tempfile.TemporaryDirectory(prefix="npc-runtime-", ignore_cleanup_errors=True) as folder:
        world, other = (History(Path(folder) / f"{name}.db") for name in ("world", "other"))
        try:
            other.write(Batch(records={"clock": 0})).result()
            began = time.perf_counter()
            _facts(world, facts)
            writing = time.perf_counter() - began
            measured = {
                "one_save": _one_save(world, other, facts),
                "all_saves": _all_saves(world, other, saves, facts),
                "future": _future(world, other, facts),
            }
            (left,) = world.store.run(lambda db: next(iter(db.execute("SELECT count(*) FROM record"))))
            return {
                "facts": facts, "saves": saves, "facts_written_per_second": round(facts / writing),
                "records_left": left, **measured,
            }  # fmt: skip
        finally:
            world.close()
            other.close()


def _facts(world: History, facts: int, value: int = 0) -> None:
    for start in range(0, facts, BULK):
        numbers = range(start, min(start + BULK, facts))
        world.write(Batch(records={f"fact/{number}": {"so": value} for number in numbers})).result()


def _one_save(world: History, other: History, facts: int) -> dict[str, float]:
    """A save is deleted behind which every fact changed."""
    world.save("first", 0).result()
    _facts(world, facts, 1)
    return _measured(world, other, lambda: world.delete_save("first").result())


def _all_saves(world: History, other: History, saves: int, facts: int) -> dict[str, float]:
    """All saves are deleted in any order; between two of them a clock and a fact changed, and one memory came."""
    chance = random.Random(saves)
    making = []
    for number in range(saves):
        fact, owner = f"fact/{chance.randrange(facts)}", f"npc:{chance.randrange(CHARACTERS)}"
        memory = Entry(owner, "witnessed", f"It was day {number}.", number)
        world.write(Batch([memory], {"clock": number, fact: {"so": number}})).result()
        began = time.perf_counter()
        world.save(f"slot {number}", number).result()
        making.append((time.perf_counter() - began) * 1000)
    began = time.perf_counter()
    world.saves(limit=100).result()
    page = (time.perf_counter() - began) * 1000
    names = [f"slot {number}" for number in range(saves)]
    chance.shuffle(names)

    def delete() -> None:
        for name in names:
            world.delete_save(name).result()

    return {
        "save_p99_ms": round(percentile(making, 0.99), 3),
        "page_of_100_ms": round(page, 2),
        **_measured(world, other, delete, len(names)),
    }


def _future(world: History, other: History, memories: int) -> dict[str, float]:
    """A save is restored, and what was remembered since is given up."""
    world.save("fork", 0).result()
    for start in range(0, memories, BULK):
        numbers = range(start, min(start + BULK, memories))
        world.write(
            Batch([Entry(f"npc:{n % CHARACTERS}", "witnessed", f"The bell rang {n} times.", n) for n in numbers])
        ).result()
    return _measured(world, other, lambda: world.restore("fork").result())


def _measured(world: History, other: History, give_up: Callable[[], object], count: int = 1) -> dict[str, float]:
    began = time.perf_counter()
    give_up()
    giving = time.perf_counter() - began
    steps = []
    with _reading(world) as same, _reading(other) as another:
        began = time.perf_counter()
        more = True
        while more:
            step = time.perf_counter()
            more = world.tidy().result()
            steps.append((time.perf_counter() - step) * 1000)
        tidying = time.perf_counter() - began
    return {
        "request_ms": round(giving * 1000 / count, 3),
        "tidying_ms": round(tidying * 1000, 2),
        "steps": len(steps),
        "step_p50_ms": round(percentile(steps, 0.5), 2),
        "step_p99_ms": round(percentile(steps, 0.99), 2),
        "longest_step_ms": round(max(steps), 2),
        "same_world_read_p99_ms": round(percentile(same, 0.99), 2),
        "other_world_read_p99_ms": round(percentile(another, 0.99), 2),
    }


@contextmanager
def _reading(history: History) -> Iterator[list[float]]:
    """Reads a record again and again; the milliseconds of each time."""
    times: list[float] = []
    done = threading.Event()

    def read() -> None:
        while not times or not done.wait(PAUSE):
            began = time.perf_counter()
            history.records("clock").result()
            times.append((time.perf_counter() - began) * 1000)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield times
    finally:
        done.set()
        thread.join()
