"""Texts of an engine that a benchmark runs by itself, one at a time."""

from __future__ import annotations

import queue

from npc_runtime.engine.engine import Engine
from npc_runtime.engine.request import Ended, EngineEvent, Request, Text

PATIENCE_SECONDS = 120.0


def written(engine: Engine, request: Request) -> str:
    """What the engine writes, once it is at its end."""
    events: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()

    def arrived(found: list[EngineEvent]) -> None:
        for event in found:
            events.put(event)

    engine.submit(request, arrived)
    text = ""
    while not isinstance(event := events.get(timeout=PATIENCE_SECONDS), Ended):
        assert isinstance(event, Text)
        text += event.text
    return text
