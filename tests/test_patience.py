"""Waiting with a limit, and being told to stop."""

from __future__ import annotations

import asyncio

import pytest

from npc_runtime.client.patience import within


def test_what_comes_in_time_is_given_and_what_does_not_is_a_timeout() -> None:
    async def play() -> None:
        inbox: asyncio.Queue[int] = asyncio.Queue()
        inbox.put_nowait(7)
        assert await within(10, inbox.get()) == 7
        with pytest.raises(asyncio.TimeoutError):
            await within(0.01, inbox.get())
        with pytest.raises(KeyError):
            await within(10, _fails())

    asyncio.run(play())


def test_a_cancellation_that_comes_together_with_the_result_is_not_lost() -> None:
    async def play() -> None:
        for steps in range(6):
            inbox: asyncio.Queue[int] = asyncio.Queue()
            waiting = asyncio.ensure_future(within(10, inbox.get()))
            await asyncio.sleep(0.01)
            inbox.put_nowait(7)
            for _ in range(steps):
                await asyncio.sleep(0)
            if waiting.done():
                break
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    asyncio.run(play())


async def _fails() -> None:
    raise KeyError("lost")
