"""A life that is the same every time: step by step what happens to a world, and what it then holds.

Run as a script it lives from a step on without end, and prints the number of every step that was acknowledged.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from npc_runtime.memory.batch import Batch
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.history import History

OWNER = "npc:mira"
IN_FLIGHT = 8


@dataclass(frozen=True)
class Held:
    """What a world holds: the steps that it remembers, and those that each save does."""

    steps: tuple[int, ...] = ()
    saves: tuple[tuple[str, int, tuple[int, ...]], ...] = ()  # name, game time, steps


def slot(step: int) -> str:
    return f"slot {step % 3}"


def is_save(step: int) -> bool:
    return step % 7 == 5


def is_restore(step: int) -> bool:
    return step % 31 == 30


def is_tidy(step: int) -> bool:
    return step % 53 == 52


def perform(history: History, step: int) -> Future[Any]:
    if is_restore(step):
        return history.restore(slot(step))
    if is_save(step):
        return history.save(slot(step), step)
    if is_tidy(step):
        return history.tidy()
    texts = (f"The bell rang {time} times." for time in range(step * 10, step * 10 + 1 + step % 4))
    return history.write(Batch([Entry(OWNER, "self", text, step) for text in texts], {"step": step, f"step {step}": 1}))


def after(held: Held, step: int) -> Held:
    """What is held after one step more."""
    others = tuple(save for save in held.saves if save[0] != slot(step))
    if is_restore(step):
        ((_, _, steps),) = (save for save in held.saves if save[0] == slot(step))
        return replace(held, steps=steps)
    if is_save(step):
        return replace(held, saves=(*others, (slot(step), step, held.steps)))
    return held if is_tidy(step) else replace(held, steps=(*held.steps, step))


def acknowledged(history: History, step: int) -> Iterator[int]:
    """Lives from a step on, several steps in flight."""
    waiting: deque[Future[Any]] = deque()
    first = step
    while True:
        while len(waiting) < IN_FLIGHT:
            waiting.append(perform(history, step))
            step += 1
        waiting.popleft().result()
        yield first
        first += 1


if __name__ == "__main__":
    for done in acknowledged(History(Path(sys.argv[1])), int(sys.argv[2])):
        print(done, flush=True)
