"""Waiting for something, unless the line is taken back or its time is up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, Literal, TypeVar

T = TypeVar("T")


class Interrupted(Exception):
    """The wait was cut short."""

    def __init__(self, finish: Literal["cancelled", "deadline"]) -> None:
        super().__init__(finish)
        self.finish: Literal["cancelled", "deadline"] = finish


async def race(work: Coroutine[Any, Any, T], cancelled: asyncio.Event, until: float) -> T:
    """The result of `work`, or Interrupted. `until` is on the clock of `time.monotonic`.

    When this returns or raises, `work` has come to rest. What `work` finished in the moment it was interrupted is lost,
    so work that takes hold of something must be able to tell afterwards.
    """
    task = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(cancelled.wait())
    try:
        await asyncio.wait(
            {task, stop}, timeout=max(0.0, until - time.monotonic()), return_when=asyncio.FIRST_COMPLETED
        )
        if cancelled.is_set():
            raise Interrupted("cancelled")
        if not task.done():
            raise Interrupted("deadline")
        return task.result()
    finally:
        stop.cancel()
        task.cancel()
        await asyncio.gather(task, stop, return_exceptions=True)
