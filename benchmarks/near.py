"""How soon a character begins to answer whom a player has come near, beside one whom nobody prepared for it.

A real daemon and the people of hollowmere. In each round all that was computed is given up, by forgetting the player;
somebody else is spoken to, so that what all prompts of the village have in common is there again; and then the same
line is said to two, to one of them after `npc.near` was answered and what it began was computed. They take turns.
Half of the lines ask for something; nothing comes to mind for the others.

A model with random weights reads the card of a large model; the default one that which it was trained on, where the
facts for a line stand in the middle.

    python -m benchmarks.near --shape 1.5B --json
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.about import about
from benchmarks.output import show
from benchmarks.random_gguf import SHAPES, random_gguf
from npc_runtime.client import Runtime, World, connect
from npc_runtime.client.launch import launch
from npc_runtime.wire import messages as m

ROUNDS = 4
ALEX = "player:alex"
HERALD = "pim"
PAIRS = (("mira", "tom"), ("odile", "bren"), ("wenna", "garrick"))
LINES = {
    "asking": ("What happened to the bridge?", "Do you know Bren?", "Any news of the mill?", "Who took the hammer?"),
    "plain": ("How are you?", "I need a sword."),
}
QUIET = 3  # looks at the daemon in which it computes nothing, before it counts as done
PATIENCE = 600.0  # seconds: a fallback line would be no first word
LARGE = ("--profile", "large", "--slots", "4", "--slot-context", "2048")


@dataclass
class Asked:
    """What came of lines of one kind to characters of one kind."""

    first_words: list[float] = field(default_factory=list)  # seconds from the line
    shares: list[float] = field(default_factory=list)  # of the prompt's tokens, those that were computed before


async def said(village: World, npc: str, line: str, asked: Asked) -> None:
    """Says a line to somebody."""
    character = await village.npc(npc)
    reply = character.say(ALEX, line, name="Alex", deadline=PATIENCE, barks="never", max_tokens=16, ack=False)
    started, first = time.perf_counter(), 0.0
    # Not as a game does it, which would give up after a minute: this may be a large model on a slow machine.
    async with contextlib.aclosing(village.runtime.exchange(reply.request, timeout=PATIENCE)) as messages:
        async for message in messages:
            if isinstance(message, m.ReplyDelta | m.ReplySentence) and message.text and not first:
                first = time.perf_counter() - started
            if isinstance(message, m.ReplyEnd):
                break
    assert isinstance(message, m.ReplyEnd)
    assert message.source != "fallback", message.reason
    asked.first_words.append(first)
    if message.prompt_tokens:  # none are counted where the author had the words for what the model chose
        asked.shares.append(message.cached_tokens / message.prompt_tokens)


async def quiet(runtime: Runtime, since: int = 0) -> None:
    """Waits until something was computed `since` so many steps of the engine, and nothing is any more."""
    looks = 0
    while looks < QUIET:
        await asyncio.sleep(0.05)
        health = await runtime.health()
        looks = 0 if health.speaking + health.waiting or health.steps <= since else looks + 1


async def measure(runtime: Runtime, rounds: int) -> dict[str, Any]:
    """Rounds of lines, each to one who was prepared and to one who was not."""
    village = await runtime.open_world("village")
    names = (HERALD, *(npc for pair in PAIRS for npc in pair))
    homes = {npc: (await village.spawn(npc)).info.at for npc in names}
    found = {(kind, warm): Asked() for kind in LINES for warm in (False, True)}
    for number in range(rounds):
        for kind, lines in LINES.items():
            line, pair = lines[number % len(lines)], PAIRS[number % len(PAIRS)]
            await village.forget(ALEX)
            await village.move(ALEX, homes[HERALD], name="Alex")
            await said(village, HERALD, "Good day.", Asked())
            for turn in range(2):
                npc, warm = pair[(number // len(PAIRS) + turn) % 2], (number + turn) % 2 == 1
                await village.move(ALEX, homes[npc])
                await quiet(runtime)
                if warm:
                    steps = (await runtime.health()).steps
                    assert await (await village.npc(npc)).near(ALEX, name="Alex")
                    await quiet(runtime, since=steps)
                await said(village, npc, line, found[kind, warm])
    return _figures(found)


def _figures(found: dict[tuple[str, bool], Asked]) -> dict[str, Any]:
    def p50(warm: bool, kinds: Sequence[str]) -> float:
        return statistics.median([one for kind in kinds for one in found[kind, warm].first_words])

    figures: dict[str, Any] = {"ratio": round(p50(True, list(LINES)) / p50(False, list(LINES)), 3)}
    for kind in LINES:
        figures |= {
            f"{kind}_ratio": round(p50(True, [kind]) / p50(False, [kind]), 3),
            f"{kind}_cold_p50_ms": round(1000 * p50(False, [kind]), 1),
            f"{kind}_near_p50_ms": round(1000 * p50(True, [kind]), 1),
            f"{kind}_cold_cached": _mean(found[kind, False].shares),
            f"{kind}_near_cached": _mean(found[kind, True].shares),
        }
    return figures


def _mean(shares: list[float]) -> float | None:
    return round(statistics.mean(shares), 3) if shares else None


async def _measured(folder: Path, arguments: Sequence[str], rounds: int) -> dict[str, Any]:
    daemon = await launch(folder, arguments=arguments, timeout=600)
    try:
        async with connect(data_dir=folder) as runtime:
            return await measure(runtime, rounds)
    finally:
        await daemon.stop()


def run(shape: str = "1.5B", rounds: int = ROUNDS) -> dict[str, Any]:
    """`near_ratio`: p50 of the first word after `npc.near` over that of a cold character, for a model of that shape.

    `near_ratio_default` is the same for the default model. Below each stands what it comes from.
    """
    described = about()
    with tempfile.TemporaryDirectory(prefix="npc-runtime-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        model = random_gguf(folder / "model.gguf", SHAPES[shape], context=4096)
        large = asyncio.run(_measured(folder / "large", ["--model", str(model), *LARGE], rounds))
        default = asyncio.run(_measured(folder / "default", ["--model", "default"], 3 * rounds))
    return {
        "near_ratio": large["ratio"],
        "near_ratio_default": default["ratio"],
        "shape": shape,
        "rounds": rounds,
        "large": large,
        "default": default,
        **described,
    }


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shape", choices=SHAPES, default="1.5B")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    options = parser.parse_args()
    found = run(options.shape, options.rounds)
    show(found, as_json=options.json)


if __name__ == "__main__":
    main()
