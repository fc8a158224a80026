"""Player first: how soon a player's line begins while eight arguments go on, beside the same line while none does.

A real daemon with the default model; each argument in a world of its own, its lines heard at once, so that the next is
always being written. A round asks the same questions with the arguments held and with them going on, in turn: to
somebody who does not argue and to somebody who does. The promise is that the player waits for no more than the step
that the engine is in when the line comes.

    npc-runtime bench player-first --json
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.about import about, percentile
from npc_runtime.client import Runtime, World, connect
from npc_runtime.client.launch import launch
from npc_runtime.errors import RuntimeFault
from npc_runtime.wire import messages as m

SECONDS = 150.0
ARGUMENTS = 8
QUESTIONS = 6  # in a row, in each half of a round
PARTIES = ("mira", "tom")
ASIDE = "odile"
ALEX = "player:alex"
LINES = ("What do you sell?", "Where is the mill?", "How are you today?", "What is new?", "Who is Bren?", "Good day.")


class Quarrelling:
    """An argument that never stays settled, in a world of its own; it waits between two lines while it is held."""

    def __init__(self, village: World, going: asyncio.Event) -> None:
        self.village, self._going = village, going
        self.turns = 0

    async def go_on(self) -> None:
        """Until it is cancelled."""
        while True:
            quarrel = await self.village.argue(
                PARTIES, about="the stolen hammer", limits={"turns": 40, "seconds": 3600, "tokens": 20000}
            )
            async with contextlib.aclosing(quarrel.messages()) as messages:
                turning = False
                async for message in messages:
                    turning = turning or isinstance(message, m.SceneTurn)
                    if isinstance(message, m.ReplyEnd) and turning:
                        turning = False
                        self.turns += 1
                        await self._going.wait()
                        with contextlib.suppress(RuntimeFault):
                            await quarrel.heard(message.reply)


async def first_word(village: World, npc: str, number: int) -> float:
    """Seconds from a player's line to the first word of the answer."""
    character = await village.npc(npc)
    text = f"{LINES[number % len(LINES)]} I have asked {number} times."
    started, first = time.perf_counter(), 0.0
    async for piece in character.say(ALEX, text, name="Alex", aside=True):
        if piece.text and not first:
            first = time.perf_counter() - started
    return first


async def measure(runtime: Runtime, seconds: float, arguments: int) -> dict[str, Any]:
    """Rounds of questions, half of them while all is quiet."""
    going = asyncio.Event()
    quarrels: list[Quarrelling] = []
    for number in range(arguments):
        village = await runtime.open_world(f"village-{number}")
        for npc in (*PARTIES, ASIDE):
            await village.spawn(npc, at="inn")
        await village.move(ALEX, "inn", name="Alex")
        quarrels.append(Quarrelling(village, going))
    tasks = [asyncio.ensure_future(quarrel.go_on()) for quarrel in quarrels]
    times: dict[tuple[str, bool], list[float]] = {
        (who, busy): [] for who in ("aside", "party") for busy in (False, True)
    }
    steps, number = [], 0
    ends = time.perf_counter() + seconds
    try:
        while time.perf_counter() < ends:
            for busy in (False, True):
                await _settle(runtime, going, quarrels, busy=busy)
                before = await runtime.health()
                for _ in range(QUESTIONS):
                    number += 1
                    village = quarrels[number % arguments].village
                    who, npc = ("aside", ASIDE) if number % 2 else ("party", PARTIES[number % 4 // 2])
                    times[who, busy].append(await first_word(village, npc, number))
                    await asyncio.sleep(0.02)
                after = await runtime.health()
                if busy and after.steps > before.steps:
                    steps.append((after.step_seconds - before.step_seconds) / (after.steps - before.steps))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return {
        **_figures(times),
        "step_ms": round(1000 * statistics.median(steps), 2),
        "turns": sum(q.turns for q in quarrels),
    }


async def _settle(runtime: Runtime, going: asyncio.Event, quarrels: Sequence[Quarrelling], *, busy: bool) -> None:
    """Waits until nothing is written any more, or until the arguments are at it again.

    With a small model their lines are authored ones, and the engine is free all the same.
    """
    (going.set if busy else going.clear)()
    before = sum(quarrel.turns for quarrel in quarrels)
    while True:
        health = await runtime.health()
        if busy and (health.speaking + health.waiting >= 2 or sum(q.turns for q in quarrels) > before + len(quarrels)):
            return
        if not busy and not health.speaking + health.waiting:
            await asyncio.sleep(0.1)
            if not (await runtime.health()).speaking:
                return
        await asyncio.sleep(0.02)


def _figures(times: dict[tuple[str, bool], list[float]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for who in ("aside", "party"):
        quiet, busy = times[who, False], times[who, True]
        for name, share in (("p50", 0.5), ("p95", 0.95)):
            one, other = 1000 * percentile(quiet, share), 1000 * percentile(busy, share)
            found |= {
                f"{who}_{name}_ms_with_0": round(one, 1),
                f"{who}_{name}_ms_with_all": round(other, 1),
                f"{who}_{name}_more_ms": round(other - one, 1),
                f"{who}_{name}_ratio": round(other / one, 3),
            }
        found[f"{who}_questions"] = len(quiet)
    return found


async def _measured(folder: Path, model: str | None, seconds: float, arguments: int) -> dict[str, Any]:
    daemon = await launch(folder, arguments=["--model", model] if model else [])
    try:
        async with connect(data_dir=folder) as runtime:
            return {"model": (await runtime.health()).model, **await measure(runtime, seconds, arguments)}
    finally:
        await daemon.stop()


def run(seconds: float = SECONDS, model: str | None = None, arguments: int = ARGUMENTS) -> dict[str, Any]:
    """Measures for about `seconds`; `more` is what the arguments add, to be held against the length of a step."""
    described = about()
    with tempfile.TemporaryDirectory(prefix="npc-runtime-", ignore_cleanup_errors=True) as folder:
        return {**asyncio.run(_measured(Path(folder), model, seconds, arguments)), "arguments": arguments, **described}


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
