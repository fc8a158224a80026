"""`npc-runtime top`: what the running daemon does, as it does it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import AsyncGenerator, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from npc_runtime.cli.top_figures import Figures
    from npc_runtime.config import Config

SECONDS = 0.5
"""Between two pictures."""


def top_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `top`."""
    from npc_runtime.cli import flags

    parser.add_argument("--once", action="store_true", help="print one picture, and end")
    parser.add_argument("--json", action="store_true", help="print a JSON object a line instead, twice a second")
    flags.add(parser, ("data_dir",))


def top(args: argparse.Namespace) -> int:
    """Shows it until q is pressed, or Ctrl-C. What is no terminal gets one picture."""
    from npc_runtime.cli import console, flags

    screen = console.console()
    once = args.once or not (args.json or screen.is_terminal)
    with contextlib.suppress(KeyboardInterrupt):
        console.run(_show(flags.config(args), screen, once=once, as_json=args.json))
    return 0


async def _show(config: Config, console: Any, *, once: bool, as_json: bool) -> None:
    from rich.live import Live

    from npc_runtime.cli.top_screen import picture

    logging.getLogger("npc_runtime").addHandler(logging.NullHandler())  # a warning would be written across the picture
    over = asyncio.Event()
    async with contextlib.aclosing(_readings(config, over)) as readings:
        if once:
            await anext(readings)  # a rate is made of two
            figures = await anext(readings)
            if as_json:
                print(json.dumps(figures.as_json()))
            else:
                console.print(picture(figures))
        elif as_json:
            async for figures in readings:
                print(json.dumps(figures.as_json()), flush=True)
        else:
            with _key("q", over), Live(console=console, screen=True, auto_refresh=False) as live:
                async for figures in readings:
                    live.update(picture(figures), refresh=True)


async def _readings(config: Config, over: asyncio.Event) -> AsyncGenerator[Figures, None]:
    """Figures of the running daemon, every half a second until it is `over`. Raises NotFound where none runs."""
    from npc_runtime.cli.top_figures import Readings
    from npc_runtime.client import connect

    readings = Readings()
    async with connect(data_dir=config.data_dir, start=False, name="top") as runtime:
        while not over.is_set():
            yield readings.add(await runtime.health())
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(over.wait(), SECONDS)


@contextlib.contextmanager
def _key(wanted: str, pressed: asyncio.Event) -> Iterator[None]:
    """Sets `pressed` when a key is pressed; without a keyboard nobody can."""
    if not sys.stdin.isatty():
        yield
    elif sys.platform == "win32":
        import msvcrt

        loop = asyncio.get_running_loop()

        def look() -> None:
            nonlocal due
            while msvcrt.kbhit():
                if msvcrt.getwch() == wanted:
                    pressed.set()
            due = loop.call_later(SECONDS / 4, look)

        due: asyncio.Handle = loop.call_soon(look)
        try:
            yield
        finally:
            due.cancel()
    else:
        import os
        import termios
        import tty

        loop, keyboard = asyncio.get_running_loop(), sys.stdin.fileno()

        def read() -> None:
            if wanted.encode() in os.read(keyboard, 64):
                pressed.set()

        before = termios.tcgetattr(keyboard)
        tty.setcbreak(keyboard)
        loop.add_reader(keyboard, read)
        try:
            yield
        finally:
            loop.remove_reader(keyboard)
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
