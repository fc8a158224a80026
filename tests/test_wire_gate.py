"""Requests about one world take turns; whoever gives up waiting leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import Coroutine
from typing import Any

import pytest

from npc_runtime.wire.gate import Gates, Work


@pytest.mark.parametrize("early", [True, False], ids=["before it is done", "when it is done"])
def test_further_work_that_nobody_waits_for_is_closed(early: bool) -> None:
    """The session that had a player forgotten ends: what only makes its answer is let go without a warning."""
    further: list[Coroutine[Any, Any, None]] = []

    async def play() -> None:
        go_on = asyncio.Event()

        async def answer() -> None:
            pytest.fail("nobody waits for the answer")

        async def alone() -> Work:
            await go_on.wait()
            further.append(answer())
            return further[0]

        gate = Gates().of("village")
        waiting = asyncio.ensure_future(gate.alone(alone))
        await asyncio.sleep(0)
        if early:
            waiting.cancel()
        go_on.set()
        if not early:
            while not further:
                await asyncio.sleep(0)
            waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        while gate.shut:
            await asyncio.sleep(0)

    asyncio.run(play())
    assert inspect.getcoroutinestate(further[0]) == inspect.CORO_CLOSED, "it is closed"
    further.clear()
    gc.collect()  # a coroutine that was never awaited would warn now
