"""What the commands share: work that Ctrl-C ends cleanly, a console, and files that results go to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from npc_runtime.errors import StorageError

if TYPE_CHECKING:
    from rich.console import Console

Result = TypeVar("Result")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs to the end; Ctrl-C cancels the work, so that it can clean up. `zmq.asyncio` needs this loop on Windows."""
    loop = asyncio.SelectorEventLoop()
    try:
        asyncio.set_event_loop(loop)
        task = loop.create_task(work)
        try:
            return loop.run_until_complete(task)
        except KeyboardInterrupt:
            task.cancel()
            loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
            raise
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def write(file: Path, text: str) -> None:
    """Writes a text file. Raises StorageError."""
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StorageError(f"cannot write {file}: {error.strerror}") from None


def console() -> Console:
    """Where tables and colours go."""
    from rich.console import Console

    return Console(highlight=False)
