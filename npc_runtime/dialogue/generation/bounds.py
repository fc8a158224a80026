"""What bounds a reply: its line is taken back, or its time is up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeVar

T = TypeVar("T")


class Interrupted(Exception):
    """The wait was cut short."""

    def __init__(self, finish: Literal["cancelled", "deadline"]) -> None:
        super().__init__(finish)
        self.finish: Literal["cancelled", "deadline"] = finish


class Bounds:
    """Ends what a reply waits for. One task watches for all of its waits; enter it before the first.

    The engine keeps a request's deadline itself. This one also holds for a writer that does not, and for the floor.
    """

    def __init__(self, cancelled: asyncio.Event, until: float) -> None:
        """`until` is on the clock of `time.monotonic`."""
        self._cancelled = cancelled
        self._until = until

    async def __aenter__(self) -> Bounds:
        self._watch = asyncio.ensure_future(self._cancelled.wait())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watch.cancel()
        await asyncio.gather(self._watch, return_exceptions=True)

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.0, self._until - time.monotonic())

    async def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, which has come to rest when this returns or raises. Raises Interrupted."""
        async with self._task(work) as task:
            await asyncio.wait({task})
        return task.result()

    async def carry(self, stream: AsyncIterator[T]) -> AsyncGenerator[T, None]:
        """What `stream` gives; it has come to rest when this ends. Raises Interrupted, and what `stream` raises."""
        arrived: asyncio.Queue[T | None] = asyncio.Queue()

        async def collect() -> None:
            async for one in stream:
                arrived.put_nowait(one)

        async with self._task(collect()) as task:
            task.add_done_callback(lambda _: arrived.put_nowait(None))
            while (one := await arrived.get()) is not None and not self._cancelled.is_set():
                yield one

    @asynccontextmanager
    async def _task(self, work: Coroutine[Any, Any, T]) -> AsyncIterator[asyncio.Task[T]]:
        """Work in a task of its own, so that only this is ever cancelled here, and never whoever waits for it."""
        task = asyncio.ensure_future(work)

        def stop(*_: object) -> None:
            task.cancel()

        timer = asyncio.get_running_loop().call_later(self.left, stop)
        self._watch.add_done_callback(stop)
        try:
            yield task
            if self._cancelled.is_set():
                raise Interrupted("cancelled")
            if task.cancelled():
                raise Interrupted("deadline")
            task.result()
        finally:
            timer.cancel()
            self._watch.remove_done_callback(stop)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
