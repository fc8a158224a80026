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

    def put(self, response: m.Response) -> None:
        """Something has come."""
        self._came.append(response)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def next(self, seconds: float) -> m.Response:
        """What comes next. Raises asyncio.TimeoutError when nothing has come for so long."""
        while not self._came:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            clock = loop.call_later(seconds, _give_up, self._waiter)
            try:
                await self._waiter
            finally:
                clock.cancel()
                self._waiter = None
        return self._came.popleft()


def _give_up(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(asyncio.TimeoutError())
