"""The exported model at work: card in, reply out, prompted, drawn and kept in form as the runtime does it."""

from __future__ import annotations

import itertools
import queue
from collections.abc import Sequence
from pathlib import Path

from npc_runtime.config import load
from npc_runtime.dialogue.generation.prompt import Card, compact
from npc_runtime.dialogue.generation.write import sampling
from npc_runtime.emotions import EMOTIONS
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama import LlamaModel
from npc_runtime.engine.profile import BUNDLED
from npc_runtime.engine.request import Ended, EngineEvent, ReplyFormat, Request, Text

REPLY_LIMIT = 80  # tokens


class Speaker:
    """One GGUF file, loaded."""

    def __init__(self, path: Path, *, threads: int = 1, seed: int = 7) -> None:
        self._engine = Engine(LlamaModel(load({"model": str(path), "slots": 1, "threads": threads}, environ={})))
        self._engine.start()
        self._seeds = itertools.count(seed)

    def say(self, card: Card, temperature: float) -> str:
        """The reply to `card`, with its emotion. The temperature of the runtime is 0.7; 0 is greedy."""
        request = Request(
            messages=tuple(compact(card)),
            max_tokens=REPLY_LIMIT,
            sampling=sampling(BUNDLED, card.move, temperature, next(self._seeds)),
            format=ReplyFormat(tuple(EMOTIONS)),
        )
        told: queue.SimpleQueue[Sequence[EngineEvent]] = queue.SimpleQueue()
        self._engine.submit(request, told.put)
        text = ""
        while True:
            for event in told.get():
                if isinstance(event, Text):
                    text += event.text
                elif isinstance(event, Ended):
                    if event.error is not None:
                        raise event.error
                    return text.strip()
