"""The asyncio side of the engine: a request in, an async iterator of its events out."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator

from npc_runtime.engine.engine import Engine
from npc_runtime.engine.request import Ended, EngineEvent, Request

Channel = asyncio.Queue[EngineEvent]


class Bridge:
    """Carries events from the engine's thread to one event loop, waking it once a step instead of once an event."""

    keeps = True

    def __init__(self, engine: Engine, loop: asyncio.AbstractEventLoop) -> None:
        self._engine = engine
        self._loop = loop
        self._lock = threading.Lock()
        self._arrived: deque[tuple[Channel, list[EngineEvent]]] = deque()

    async def generate(self, request: Request) -> AsyncGenerator[EngineEvent, None]:
        """Yields the events of a request, `Ended` last. Closing the iterator early cancels the request."""
        channel: Channel = asyncio.Queue()
        self._engine.submit(request, lambda events: self._put(channel, events))
        ended = False
        try:
            while not ended:
                event = await channel.get()
                ended = isinstance(event, Ended)
                yield event
        finally:
            if not ended:
                self._engine.cancel(request.number)

    async def forget(self, owners: str) -> None:
        """Gives up what was computed for all owners whose names begin so."""
        done = asyncio.Event()

        def forgotten() -> None:
            self._loop.call_soon_threadsafe(done.set)

        self._engine.forget(owners, forgotten)
        await done.wait()

    def _put(self, channel: Channel, events: list[EngineEvent]) -> None:
        with self._lock:
            wake = not self._arrived
            self._arrived.append((channel, events))
        if wake and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        with self._lock:
            arrived, self._arrived = self._arrived, deque()
        for channel, events in arrived:
            for event in events:
                channel.put_nowait(event)
