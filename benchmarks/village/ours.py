"""Our engine, in this process, as a daemon has it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import psutil

from benchmarks.village.side import Reply
from benchmarks.village.trace import REPLY_TOKENS, Prompt
from npc_runtime.config import load
from npc_runtime.dialogue.generation.prompt import Message
from npc_runtime.engine.backend import Vocabulary
from npc_runtime.engine.books import EngineStats
from npc_runtime.engine.bridge import Bridge
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.request import Ended, Priority, Request, Sampling, Text
from npc_runtime.engine.scheduling.parking import Parking
from npc_runtime.engine.tokens.chat import ChatTemplate

PARKED_MIB = 1024


class Endless(LlamaModel):
    """A model that never ends a text by itself: all sides write the same number of tokens."""

    ends: frozenset[int] = frozenset()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """That of the file, without an end."""
        vocabulary = super().vocabulary
        self.ends = vocabulary.end
        return replace(vocabulary, end=frozenset())


class Ours:
    """See `side.Side`."""

    name = "ours"

    def __init__(self, engine: Engine, template: ChatTemplate, ends: frozenset[int]) -> None:
        self.ends = ends  # the tokens that would end a text
        self._engine = engine
        self._bridge = Bridge(engine, asyncio.get_running_loop())
        self._template = template

    @property
    def stats(self) -> EngineStats:
        """The engine's books."""
        return self._engine.stats

    @property
    def peak_memory(self) -> int:
        """Bytes, of this whole process."""
        return peak(psutil.Process())

    def tokenize(self, messages: tuple[Message, ...]) -> list[int]:
        """What every side is asked to go on from."""
        return self._template.encode(messages).tokens

    async def write(self, prompt: Prompt, *, player: bool) -> Reply:
        """One reply, the player's before others."""
        request = Request(
            messages=prompt.messages,
            max_tokens=REPLY_TOKENS,
            sampling=Sampling(),
            priority=Priority.PLAYER if player else Priority.ARGUMENT,
            owner=prompt.owner,
        )
        started, first = time.perf_counter(), 0.0
        async for event in self._bridge.generate(request):
            if isinstance(event, Text) and not first:
                first = time.perf_counter() - started
            elif isinstance(event, Ended):
                usage = event.usage
        return Reply(first, usage.completion_tokens, usage.prompt_tokens - usage.cached_tokens)


@asynccontextmanager
async def ours(model: Path, *, slots: int, context: int, threads: int, unified: bool = False) -> AsyncIterator[Ours]:
    """The engine with a model; it is closed with the block."""
    room = {"slots": slots, "slot_context": context, "threads": threads, "kv_unified": unified}
    config = load({"model": str(model), "profile": "large", **room})
    backend = Endless(config)
    engine = Engine(backend, Parking(PARKED_MIB << 20))
    engine.start()
    try:
        vocabulary = backend.vocabulary
        assert not vocabulary.end
        yield Ours(engine, ChatTemplate.of(backend), backend.ends)
    finally:
        engine.close()


def peak(process: psutil.Process) -> int:
    """The most bytes that a process ever held, where the system says; else what it holds."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return int(process.memory_info().rss)
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM:"))
