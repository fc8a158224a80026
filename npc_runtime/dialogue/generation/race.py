"""Waiting for something, unless the line is taken back or its time is up."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from npc_runtime.dialogue.generation.bounds import Bounds, Interrupted

__all__ = ["Interrupted", "race"]

T = TypeVar("T")


async def race(work: Coroutine[Any, Any, T], cancelled: asyncio.Event, until: float) -> T:
    """The result of `work`, or Interrupted. `until` is on the clock of `time.monotonic`."""
    async with Bounds(cancelled, until) as bounds:
        return await bounds.wait(work)
