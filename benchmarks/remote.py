"""What it costs to have the model behind a server: the same requests to `llama_cpp.server` and to the engine here.

Both compute with the same file, the same adapter and one thread, one reply at a time, taking turns, so that the ratios
count and not the seconds. The server masks with llama.cpp's own grammar, and is asked twice: for the decision, and then
for the words. It batches nothing, so nothing here says how many characters a server that does can speak for.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.about import about
from benchmarks.dialogue import asked
from benchmarks.llama_server import llama_server
from npc_runtime.config import load
from npc_runtime.engine.bridge import Bridge
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.remote.engine import RemoteEngine
from npc_runtime.engine.request import Ended, Writer

ROUNDS = 8
KEY = "sk-benchmark"
CHOOSING = 0.2  # as characters decide, see `npc_runtime.dialogue.generation.write`
PATIENCE_SECONDS = 120.0


@dataclass
class Side:
    """What was measured of one way to have replies written."""

    first_word: list[float] = field(default_factory=list)  # seconds, the decision before it included
    whole: list[float] = field(default_factory=list)  # seconds
    letters: list[float] = field(default_factory=list)  # of the spoken line, a second, from its first word on


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """Medians of both, and how many times those of the engine the server's are."""
    facts = about()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        llama_server(KEY, Path(folder) / "log") as url,
    ):
        here, there = (_medians(side) for side in asyncio.run(_measure(url, rounds)))
    ratio = {key: round(there[key] / here[key], 2) for key in here}
    return {**facts, "replies": rounds, "engine": here, "server": there, "ratio": ratio}


def _medians(side: Side) -> dict[str, float]:
    return {key: round(median(values), 4) for key, values in vars(side).items()}


async def _measure(url: str, rounds: int) -> tuple[Side, Side]:
    engine = Engine(LlamaModel(load({"slots": 1, "threads": 1})))
    engine.start()
    server = RemoteEngine([url], key=KEY, places=1)
    await server.open(PATIENCE_SECONDS)
    sides = Side(), Side()
    ways: list[tuple[Writer, Side]] = [(Bridge(engine, asyncio.get_running_loop()), sides[0]), (server, sides[1])]
    try:
        number = 0
        while len(sides[0].whole) < rounds or len(sides[1].whole) < rounds:
            number += 1
            for writer, side in ways:
                await _speak(writer, number, side if number > 1 else Side())  # the first warms up
    finally:
        await server.close()
        engine.close()
    return sides


async def _speak(writer: Writer, number: int, side: Side) -> None:
    wanted = asked("1", number)
    wanted = replace(wanted, sampling=replace(wanted.sampling, choosing=CHOOSING))
    started, first, text = time.perf_counter(), 0.0, ""
    async for event in writer.generate(wanted):
        if isinstance(event, Ended):
            if event.error is not None:
                raise event.error
            continue
        text += event.text
        if not first and text.partition(") ")[2]:
            first = time.perf_counter()
    ended, line = time.perf_counter(), text.partition(") ")[2]
    side.first_word.append(first - started)
    side.whole.append(ended - started)
    side.letters.append(len(line) / (ended - first))
