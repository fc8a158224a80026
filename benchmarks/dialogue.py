"""Time to first word and speed of the engine with one character speaking and with sixteen at once.

The prompts are those of the game: the director's compact card, the reply grammar on, an action on offer. Every round
asks other questions of other people, so that nothing but the opening words of a card can come from a cache. Rounds of
one and of sixteen alternate, because machines are noisy.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.about import about, percentile
from npc_runtime.config import load
from npc_runtime.dialogue.emotions import EMOTIONS
from npc_runtime.dialogue.moves import Move
from npc_runtime.dialogue.prompt import STYLES, Card, Turn
from npc_runtime.engine.bridge import Bridge
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama import LlamaModel, default_threads
from npc_runtime.engine.request import Ended, Priority, ReplyFormat, Request, Sampling, Text

SECONDS = 30.0
CROWDS = (1, 16)
FACTS = (
    "The bridge at Elmford fell into the river on the night of the great storm.",
    "You sell horseshoes for four pennies each and nails by the dozen.",
    "Tom told you that the miller waters his flour before the market opens.",
    "The bell of the old chapel lies at the bottom of the mere.",
)
TEMPLATE = ReplyFormat(EMOTIONS, ("give bread player:alex", "wave"))


@dataclass
class Crowd:
    """What was measured for one number of characters at once."""

    first_words: list[float] = field(default_factory=list)  # seconds
    tokens: int = 0
    prompt_tokens: int = 0
    wall: float = 0.0
    step_time: float = 0.0
    decode_time: float = 0.0


def card(number: int) -> Card:
    """The card of one character in one round; all differ in what they know and are asked."""
    return Card(
        name=f"Villager {number % 97}",
        role="smith",
        home="Hollowmere",
        traits=("blunt", "kind"),
        mood="calm",
        listener="Alex",
        feeling="warm",
        move=Move.ANSWER,
        facts=(FACTS[number % len(FACTS)],),
        history=(
            Turn(own=False, text=f"Good day to you, number {number}."),
            Turn(own=True, text="(neutral) Good day."),
        ),
        line=f"Tell me, what have you heard since {number} days ago?",
    )


async def speak(bridge: Bridge, number: int, crowd: Crowd) -> None:
    """One reply, from the request to its end."""
    request = Request(
        messages=tuple(STYLES["compact"](card(number))),
        sampling=Sampling(seed=number),
        format=TEMPLATE,
        priority=Priority.PLAYER,
    )
    started = time.perf_counter()
    written, first = "", None
    async for event in bridge.generate(request):
        if isinstance(event, Text):
            written += event.text
            # The emotion in brackets is no word yet.
            if first is None and ") " in written:
                first = time.perf_counter() - started
        elif isinstance(event, Ended):
            crowd.tokens += event.usage.completion_tokens
            crowd.prompt_tokens += event.usage.prompt_tokens - event.usage.cached_tokens
    crowd.first_words.append(first if first is not None else time.perf_counter() - started)


async def measure(engine: Engine, seconds: float) -> dict[int, Crowd]:
    """Alternates rounds of each crowd until the time is over."""
    bridge = Bridge(engine, asyncio.get_running_loop())
    numbers = itertools.count(1)
    crowds = {size: Crowd() for size in CROWDS}
    await asyncio.gather(*(speak(bridge, next(numbers), Crowd()) for _ in range(max(CROWDS))))  # warm up
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        for size, crowd in crowds.items():
            for _ in range(4 if size == 1 else 1):
                before, started = engine.stats, time.perf_counter()
                await asyncio.gather(*(speak(bridge, next(numbers), crowd) for _ in range(size)))
                after = engine.stats
                crowd.wall += time.perf_counter() - started
                crowd.step_time += after.step_time - before.step_time
                crowd.decode_time += after.decode_time - before.decode_time
    return crowds


def run(model: str | None = None, seconds: float = SECONDS, threads: int | None = None) -> dict[str, Any]:
    """Measures and returns one flat object; times are seconds, speeds tokens a second."""
    config = load({"model": model, "threads": threads, "slots": max(CROWDS)})
    facts = about()
    backend = LlamaModel(config)
    engine = Engine(backend)
    engine.start()
    try:
        crowds = asyncio.run(measure(engine, seconds))
        balanced = engine.stats.balanced
    finally:
        engine.close()
    result: dict[str, Any] = {
        **facts,
        "model": backend.name,
        "threads": config.threads or default_threads(),
        "layout": "unified" if config.kv_unified else "streams",
        "balanced": balanced,
    }
    for size, crowd in crowds.items():
        result |= {
            f"replies_{size}": len(crowd.first_words),
            f"first_word_p50_s_{size}": round(percentile(crowd.first_words, 0.5), 4),
            f"first_word_p95_s_{size}": round(percentile(crowd.first_words, 0.95), 4),
            f"tokens_per_s_{size}": round(crowd.tokens / crowd.wall, 1),
            f"prompt_tokens_per_s_{size}": round(crowd.prompt_tokens / crowd.wall, 1),
            f"outside_decode_share_{size}": round(1 - crowd.decode_time / crowd.step_time, 4),
        }
    return result
