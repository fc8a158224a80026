"""A request that waits for something, and what has come for it."""

from __future__ import annotations

import asyncio
from collections import deque

from npc_runtime.wire import messages as m


class Inbox:
    """What comes for one request, for whoever made it."""

    def __init__(self, request: m.Request, *, perishable: bool = False) -> None:
        """`perishable`: of no use in another session."""
        self.request = request
        self.perishable = perishable
        self.sent = False
        self.answered = False
        self._came: deque[m.Response] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._clock: asyncio.TimerHandle | None = None
        self._ends = 0.0

    def put(self, response: m.Response) -> None:
        """Something has come."""
        self._came.append(response)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def next(self, seconds: float) -> m.Response:
        """What comes next. Raises asyncio.TimeoutError when nothing has come for so long."""
        if self._came:
            return self._came.popleft()
        loop = asyncio.get_running_loop()
        self._ends = loop.time() + seconds
        if self._clock is None:  # one for all that comes: a village streams a thousand messages a second
            self._clock = loop.call_at(self._ends, self._look)
        while not self._came:
            self._waiter = loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._came.popleft()

    def close(self) -> None:
        """Nobody waits any more."""
        if self._clock is not None:
            self._clock.cancel()

    def _look(self) -> None:
        """Whether it is late by now; else this looks again when it would be."""
        loop = asyncio.get_running_loop()
        self._clock = None
        if self._waiter is None or self._waiter.done():
            return
        if loop.time() >= self._ends:
            self._waiter.set_exception(asyncio.TimeoutError())
        else:
            self._clock = loop.call_at(self._ends, self._look)
