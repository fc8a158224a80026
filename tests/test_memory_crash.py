"""A process that dies at any moment loses nothing that it had acknowledged, and leaves a file that opens."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from memory_kit import LONG, NO_END
from memory_writer import IN_FLIGHT, OWNER, Held, after

from npc_runtime.memory.history import History
from npc_runtime.memory.store import Connection

ROOT = Path(__file__).resolve().parent.parent
WORLDS, KILLS = (20, 25) if LONG else (1, 6)
MOST_STEPS = 150  # that a process lives


def live_and_die(path: Path, step: int, chance: random.Random) -> int:
    """Lives from a step on in a process of its own, and kills it; how many steps it acknowledged."""
    command = [sys.executable, "-m", "tests.memory_writer", str(path), str(step)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        done = [process.stdout.readline() for _ in range(chance.randrange(MOST_STEPS))]
        time.sleep(chance.random() * 0.02)  # so that the end does not always come right after an acknowledgement
        assert process.poll() is None
        process.kill()
        done += process.stdout.read().splitlines(keepends=True)
    whole = [int(line) for line in done if line.endswith("\n")]
    assert whole == list(range(step, step + len(whole)))
    return len(whole)


def held(history: History, names: tuple[str, ...]) -> Held:
    """What is there, read through its saves in turn; the present is left where it was."""

    def steps() -> tuple[int, ...]:
        remembered = history.memories(OWNER, limit=NO_END).result()
        present = tuple(dict.fromkeys(stored.entry.at for stored in remembered))
        assert len(remembered) == sum(1 + step % 4 for step in present), "half of a batch"
        records = history.records().result()
        last = {"step": present[-1]} if present else {}
        assert records == {f"step {step}": 1 for step in present} | last
        return present

    now = steps()
    history.save("now", 0).result()
    saves = []
    for save in history.saves().result():
        if save.name in names:
            history.restore(save.name).result()
            saves.append((save.name, save.at, steps()))
    history.restore("now").result()
    history.delete_save("now").result()
    return Held(now, tuple(saves))


def integrity(db: Connection) -> object:
    return list(db.execute("PRAGMA integrity_check"))


@pytest.mark.timeout(3600 if LONG else 400)
@pytest.mark.parametrize("world", range(WORLDS))
def test_what_was_acknowledged_survives_a_kill(world: int, tmp_path: Path) -> None:
    chance = random.Random(world)
    path, step, before = tmp_path / "village.db", 0, Held()
    for _ in range(KILLS):
        acknowledged = live_and_die(path, step, chance)
        history = History(path)
        assert history.store.run(integrity) == [("ok",)]
        found = held(history, ("slot 0", "slot 1", "slot 2"))
        history.close()
        for _ in range(acknowledged):
            before, step = after(before, step), step + 1
        possible = [(before, step)]
        for _ in range(IN_FLIGHT + 1):  # these may have happened or not, but in their order
            before, step = after(before, step), step + 1
            possible.append((before, step))
        matching = [(state, next_step) for state, next_step in possible if state == found]
        assert matching, f"{found} is none of {possible}"
        before, step = matching[-1]
