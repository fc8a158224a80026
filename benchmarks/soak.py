"""A long evening: thousands of turns of two hundred characters over a few slots, and what the daemon is like after it.

Its slots, its RAM and its files for what was computed are all too small for so many people, so that somebody is always
parked, brought back or computed again; lines are taken back while they are spoken, heard in part or not at all, and
worlds are saved and restored under way. Memory is sampled all the while. Afterwards the engine is asked by itself: what
it writes one at a time, with shared beginnings and parked states, against the same seeds computed afresh. llama.cpp has
other kernels for a piece of 64 tokens and more, which round otherwise: so once in pieces that are smaller, where every
text has to be the same, and once in those that the engine reads by itself.

    python -m benchmarks.soak --turns 10000 --json
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
from rich.progress import Progress

from benchmarks.about import about
from benchmarks.output import show
from benchmarks.random_gguf import random_gguf
from benchmarks.writing import written
from npc_runtime.client import Npc, Runtime, World, connect
from npc_runtime.config import load
from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.request import Request, Sampling
from npc_runtime.engine.scheduling.parking import Parking
from npc_runtime.errors import RuntimeFault

TURNS = 10_000
WORLDS = 4
CHARACTERS = 50  # in each of them
TALKERS = 12  # who speak at once
SLOTS = 8
PARKED_MIB = 4  # in RAM, and as many in files
SAMPLES = 40
LINES = ("What is new?", "Where is the mill?", "Who owes you money?", "Do you like the rain?", "Good day to you.")
TAKEN_BACK, UNHEARD, RESTORED = 0.1, 0.2, 0.005
"""How often a line is taken back in the middle, an answer is not heard, and a world goes back to its save."""
ASKED = 120  # of the engine by itself
SMALL_PIECE = 48  # tokens


class Soak:
    """The turns, shared by everybody who talks."""

    def __init__(self, runtime: Runtime, villages: Sequence[tuple[World, list[Npc]]], turns: int) -> None:
        assert runtime.launched is not None
        self._villages = villages
        self._left = turns
        self._every = max(1, turns // SAMPLES)
        self._process = psutil.Process(runtime.launched.process.pid)
        self.memory: list[int] = []  # bytes, sampled at equal distances
        self.counts: Counter[str] = Counter()

    async def talk(self, number: int, progress: Callable[[], None]) -> None:
        """One of those who talk, until all turns are taken."""
        dice = random.Random(number)
        while self._left > 0:
            self._left -= 1
            if self._left % self._every == 0:
                self.memory.append(self._process.memory_info().rss)
            village, people = dice.choice(self._villages)
            if dice.random() < RESTORED:
                await self._go_back(village)
            with contextlib.suppress(RuntimeFault):  # its world went back to a save, or it is spoken to already
                await self._turn(dice, dice.choice(people), f"player:{number}")
            progress()

    async def _turn(self, dice: random.Random, npc: Npc, player: str) -> None:
        reply = npc.say(player, dice.choice(LINES), name=f"Player {player}", ack=dice.random() > UNHEARD)
        taken_back = dice.random() < TAKEN_BACK
        async with contextlib.aclosing(aiter(reply)) as pieces:
            async for _ in pieces:
                if taken_back:
                    break
        self.counts["taken back" if taken_back else reply.source or "cancelled"] += 1

    async def _go_back(self, village: World) -> None:
        with contextlib.suppress(RuntimeFault):
            await village.restore("evening")
            self.counts["restored"] += 1


async def _village(runtime: Runtime, number: int) -> tuple[World, list[Npc]]:
    village = await runtime.open_world(f"village-{number}")
    people = {
        f"soul-{number}-{one}": {
            "name": f"Soul {one} of {number}",
            "role": "farmer",
            "description": f"Farmer {one} has a field of {one + 2} acres by the river, and an opinion about the mill.",
            "traits": ["kind", "stubborn"],
            "facts": [f"Your field was flooded {one} times."],
        }
        for one in range(CHARACTERS)
    }
    await village.define(people)
    spawned = [await village.spawn(npc, at="inn") for npc in people]
    for talker in range(TALKERS):
        await village.move(f"player:{talker}", "inn", name=f"Player {talker}")
    await village.save("evening")
    return village, spawned


async def _daemon(folder: Path, model: Path, turns: int) -> dict[str, Any]:
    arguments = [
        "--model", str(model), "--profile", "large", "--slots", str(SLOTS), "--max-tokens", "16", "--barks", "never",
        "--embedding", "off", "--parked-ram", str(PARKED_MIB), "--parked-disk", str(PARKED_MIB),
    ]  # fmt: skip
    async with connect(data_dir=folder, arguments=arguments) as runtime:
        villages = [await _village(runtime, number) for number in range(WORLDS)]
        soak = Soak(runtime, villages, turns)
        began = time.perf_counter()
        with Progress(transient=True) as progress:
            task = progress.add_task("turns", total=turns)
            await asyncio.gather(*(soak.talk(number, lambda: progress.advance(task)) for number in range(TALKERS)))
        seconds = time.perf_counter() - began
        health = await _settled(runtime)
    half, last = soak.memory[len(soak.memory) // 2 :], soak.memory[-len(soak.memory) // 4 :]
    middle = half[: len(half) // 2]
    return {
        "turns": turns,
        "characters": WORLDS * CHARACTERS,
        "seconds": round(seconds, 1),
        **{name.replace(" ", "_"): count for name, count in sorted(soak.counts.items())},
        "balanced": health.balanced,
        "status": health.status,
        "memory_mib": [size >> 20 for size in soak.memory],
        "memory_drift": round(statistics.mean(last) / statistics.mean(middle) - 1, 4),
    }


async def _settled(runtime: Runtime) -> Any:
    while (health := await runtime.health()).speaking or health.waiting:
        await asyncio.sleep(0.1)
    return health


def alone(model: Path, folder: Path, piece: int | None, asked: int = ASKED) -> tuple[int, float]:
    """How many texts come out the same with shared and parked beginnings as computed afresh, and how much was shared.

    `piece` is the most tokens of a prompt at once; None: as many as the engine reads by itself.
    """
    texts = []
    for kept in (True, False):
        backend = LlamaModel(load({"model": str(model), "slots": SLOTS, "slot_context": 1024}, environ={}))
        parking = Parking(PARKED_MIB << 20, PARKED_MIB << 20, folder) if kept else Parking(0)
        engine = Engine(backend, parking)
        engine.start()
        engine.limit(batch=piece)
        try:
            texts.append([written(engine, _request(number, kept)) for number in range(asked)])
            stats = engine.stats
        finally:
            engine.close()
        if kept:
            reused = round(stats.reused / (stats.reused + stats.prefilled), 3)
    return sum(one == other for one, other in zip(*texts, strict=True)), reused


def _request(number: int, kept: bool) -> Request:
    dice = random.Random(number)
    who = dice.randrange(2 * SLOTS)
    persona = Piece(f"You are number {who} of the village, and you think about the bridge day and night. " * 6)
    line = Piece(f"The player asks for the {number}th time: {dice.choice(LINES)}")
    opening = Piece("The village lies where two rivers meet, and its people trade in wool and iron. " * 6, shared=True)
    messages = (Message("system", (opening, persona)), Message("user", (line,)))
    return Request(messages, 24, Sampling(seed=number), owner=f"village/npc:{who}", reuse=kept)


def run(turns: int = TURNS) -> dict[str, Any]:
    """Counts, megabytes, and by how much memory grew from the third quarter of the turns to the last."""
    described = about()
    with tempfile.TemporaryDirectory(prefix="npc-runtime-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        model = random_gguf(folder / "model.gguf")
        found = asyncio.run(_daemon(folder / "data", model, turns))
        same, reused = alone(model, folder / "parked", SMALL_PIECE)
        same_as_is, _ = alone(model, folder / "parked-as-is", None)
    return {
        **found,
        "alone": ASKED,
        "alone_same": same,
        "alone_same_as_is": same_as_is,
        "alone_reused_share": reused,
        **described,
    }


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    options = parser.parse_args()
    found = run(options.turns)
    show(found, as_json=options.json)


if __name__ == "__main__":
    main()
