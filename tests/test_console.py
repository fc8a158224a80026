"""What the commands share: Ctrl-C cancels what they do, wherever the event loop is, and it can clean up."""

from __future__ import annotations

import asyncio
import signal
import sys
from types import FrameType

import pytest

from npc_runtime.cli import console


def press_before_the_next_wake_up() -> None:
    """Has Ctrl-C come where the event loop has taken a task that is to go on, and has not gone on with it yet."""

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is asyncio.Handle._run.__code__ and "wakeup" in repr(frame.f_locals):
            sys.settrace(None)
            signal.raise_signal(signal.SIGINT)

    sys.settrace(look)


async def interrupted(cleaned: list[str]) -> None:
    loop = asyncio.get_running_loop()
    brought = loop.create_future()
    loop.call_later(0.01, brought.set_result, None)
    press_before_the_next_wake_up()
    try:
        await brought
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0)
        cleaned.append("up")


@pytest.mark.timeout(60)
def test_ctrl_c_cancels_the_work_which_cleans_up() -> None:
    cleaned: list[str] = []
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        console.run(interrupted(cleaned))
    assert cleaned == ["up"]
    assert signal.getsignal(signal.SIGINT) is before


def test_pressed_again_it_breaks_off_what_does_not_end() -> None:
    async def stubborn() -> None:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(asyncio.CancelledError):
            await asyncio.sleep(60)
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(60)

    with pytest.raises(KeyboardInterrupt):
        console.run(stubborn())


def test_what_ends_by_itself_has_its_result() -> None:
    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert console.run(work()) == "done"


def test_what_is_cancelled_by_itself_was_not_interrupted() -> None:
    async def work() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        console.run(work())


def test_what_runs_in_the_background_of_a_shell_goes_on() -> None:
    async def work() -> str:
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0.01)
        return "done"

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert console.run(work()) == "done"
    finally:
        signal.signal(signal.SIGINT, before)
