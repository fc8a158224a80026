"""Time to first word and speed of the engine with one character speaking, with sixteen at once, and with strangers.

The prompts are sheets of about 300 tokens: who somebody is, seven facts, what was said, and a line; the first line that
is written is the decision. Every round asks other questions, with other facts. `1` and `16` are characters who have
spoken before, so that what does not change of their sheets may come from the cache; a `stranger` has never spoken, and
nothing but the opening words can. Rounds of each kind alternate, because machines are noisy.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from statistics import mean
from typing import Any

from benchmarks.about import about, percentile
from npc_runtime.config import load
from npc_runtime.dialogue.generation.prompt import Card, Turn, sheet
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.emotions import EMOTIONS
from npc_runtime.engine.bridge import Bridge
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama.library import default_threads
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.request import Ended, Option, Priority, ReplyFormat, Request, Sampling, Text

SECONDS = 30.0
CROWDS: dict[str, int] = {"1": 1, "16": 16, "stranger": 1}
NAMES = (
    "Mira", "Tom", "Ann", "Bren", "Oda", "Fenn", "Piet", "Sela", "Ugo", "Wilma", "Hanno", "Ife", "Jory", "Kemal",
    "Lise", "Noor",
)  # fmt: skip
FACTS = (
    "The bridge at Elmford fell into the river on the night of the great storm.",
    "You sell horseshoes for four pennies each and nails by the dozen.",
    "Tom told you that the miller waters his flour before the market opens.",
    "The bell of the old chapel lies at the bottom of the mere.",
    "You last saw Ann at the ferry this morning.",
    "Alex said to you: I have come from Carrow with two mules.",
    "The reeve pays three pennies for each wolf's tail.",
    "Old Bram died on Tuesday; you were there.",
)
OPTIONS = (
    Option("answer", tuple(range(8)), 1, 2),
    Option("gossip", (3,), 1, 1),
    Option("sell", (2,), 1, 1),
    Option("recall", (0, 6), 1, 1),
    Option("admit"),
)
TEMPLATE = ReplyFormat(EMOTIONS, (), OPTIONS)


@dataclass
class Crowd:
    """What was measured for one number of characters at once."""

    first_words: list[float] = field(default_factory=list)  # seconds
    tokens: int = 0
    prompt_tokens: int = 0  # that were computed
    lengths: list[int] = field(default_factory=list)  # of whole prompts, tokens
    wall: float = 0.0
    step_time: float = 0.0
    decode_time: float = 0.0


def card(name: str, number: int) -> Card:
    """The sheet of one character in one round; all differ in what they know and are asked."""
    turned = number % len(FACTS)
    return Card(
        name=name,
        role="smith",
        home="Hollowmere",
        about=f"{name} has shod every horse between here and Carrow, and trusts a horse before a man. The forge by the "
        "bridge has been in the family for a hundred years, and the fire in it has never once gone out.",
        traits=("blunt", "kind"),
        mood="calm",
        listener="Alex",
        feeling="warm",
        move=Move.ANSWER,
        now="It is a rainy evening at the smithy.",
        here=("Alex", "Tom (carter)"),
        facts=(*FACTS[turned:], *FACTS[:turned])[:7],
        history=(
            Turn(own=False, text=f"Good day to you, I am back after {number} days."),
            Turn(own=True, text="(neutral) Good day. Wipe your boots, and mind the fire."),
        ),
        line=f"Tell me, what have you heard since then, and is it {number} miles to Elmford?",
    )


def name(kind: str, number: int) -> str:
    """Whose turn it is: one of sixteen, or somebody new."""
    return f"{NAMES[number % len(NAMES)]} {number}" if kind == "stranger" else NAMES[number % len(NAMES)]


def asked(kind: str, number: int) -> Request:
    """What is asked of the engine for one reply."""
    return Request(
        messages=tuple(sheet(card(name(kind, number), number))),
        sampling=Sampling(seed=number),
        format=TEMPLATE,
        priority=Priority.PLAYER,
    )


async def speak(bridge: Bridge, number: int, crowd: Crowd, kind: str) -> None:
    """One reply, from the request to its end."""
    started = time.perf_counter()
    written, first = "", None
    async for event in bridge.generate(asked(kind, number)):
        if isinstance(event, Text):
            written += event.text
            # The emotion in brackets is no word yet.
            if first is None and ") " in written:
                first = time.perf_counter() - started
        elif isinstance(event, Ended):
            crowd.tokens += event.usage.completion_tokens
            crowd.prompt_tokens += event.usage.prompt_tokens - event.usage.cached_tokens
            crowd.lengths.append(event.usage.prompt_tokens)
    crowd.first_words.append(first if first is not None else time.perf_counter() - started)


async def measure(engine: Engine, seconds: float) -> dict[str, Crowd]:
    """Alternates rounds of each crowd until the time is over."""
    bridge = Bridge(engine, asyncio.get_running_loop())
    numbers = itertools.count(1)
    crowds = {kind: Crowd() for kind in CROWDS}
    await asyncio.gather(*(speak(bridge, next(numbers), Crowd(), "1") for _ in range(max(CROWDS.values()))))  # warm up
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        for kind, crowd in crowds.items():
            size = CROWDS[kind]
            for _ in range(4 if size == 1 else 1):
                before, started = engine.stats, time.perf_counter()
                await asyncio.gather(*(speak(bridge, next(numbers), crowd, kind) for _ in range(size)))
                after = engine.stats
                crowd.wall += time.perf_counter() - started
                crowd.step_time += after.step_time - before.step_time
                crowd.decode_time += after.decode_time - before.decode_time
    return crowds


def run(model: str | None = None, seconds: float = SECONDS, threads: int | None = None) -> dict[str, Any]:
    """Measures and returns one flat object; times are seconds, speeds tokens a second."""
    config = load({"model": model, "threads": threads, "slots": max(CROWDS.values())})
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
    for kind, crowd in crowds.items():
        result |= {
            f"replies_{kind}": len(crowd.first_words),
            f"prompt_length_{kind}": round(mean(crowd.lengths)),
            f"first_word_p50_s_{kind}": round(percentile(crowd.first_words, 0.5), 4),
            f"first_word_p95_s_{kind}": round(percentile(crowd.first_words, 0.95), 4),
            f"tokens_per_s_{kind}": round(crowd.tokens / crowd.wall, 1),
            f"prompt_tokens_per_s_{kind}": round(crowd.prompt_tokens / crowd.wall, 1),
            f"outside_decode_share_{kind}": round(1 - crowd.decode_time / crowd.step_time, 4),
        }
    return result
