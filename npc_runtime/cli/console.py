"""What the commands share: work that Ctrl-C ends cleanly, a console, and files that results go to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from npc_runtime.errors import StorageError

if TYPE_CHECKING:
    from rich.console import Console

Result = TypeVar("Result")

_BOM = b"\xef\xbb\xbf"


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs to the end; Ctrl-C cancels the work, so that it can clean up. `zmq.asyncio` needs this loop on Windows."""
    loop = asyncio.SelectorEventLoop()
    try:
        asyncio.set_event_loop(loop)
        task = loop.create_task(work)
        try:
            with _cancelling(loop, task):
                return loop.run_until_complete(task)
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


@contextlib.contextmanager
def _cancelling(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> Iterator[None]:
    """Ctrl-C cancels the task, and pressed again breaks off whatever is going on.

    Python would break off at once, in whatever line the event loop is: what it was about to wake then sleeps for ever.
    """
    pressed = False

    def press(*_: object) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        loop.call_soon_threadsafe(task.cancel)

    main = threading.current_thread() is threading.main_thread()  # no other one is told of signals
    if not main or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as of what a shell runs in the background
        yield
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield
    except asyncio.CancelledError:
        if pressed:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def write(file: Path, text: str) -> None:
    """Writes a text file. Raises StorageError."""
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StorageError(f"cannot write {file}: {error.strerror}") from None


def rewrite(path: Path, text: str) -> None:
    """Puts a new text in the place of a file's, at once or not at all. Raises StorageError."""
    real = Path(os.path.realpath(path))
    new = real.with_name(f".{real.name}.migrated")
    try:
        mark = _BOM if real.read_bytes().startswith(_BOM) else b""
        new.write_bytes(mark + text.encode())
        shutil.copymode(real, new)
        os.replace(new, real)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink()
        raise StorageError(f"cannot write {path}: {error.strerror}") from None


def console() -> Console:
    """Where tables and colours go."""
    from rich.console import Console

    return Console(highlight=False)
