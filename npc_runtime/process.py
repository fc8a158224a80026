"""This process: its log, its signals, its descriptors, and the process that it lives for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType

import psutil

FILES = 4096
"""Descriptors that this process may have open, where the system allows as many."""


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr(*, json_lines: bool) -> None:
    """One line a record, on stderr."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")
    handler.setFormatter(_JsonLines() if json_lines else plain)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


@contextlib.contextmanager
def signals(stop: Callable[[], None]) -> Iterator[None]:
    """Calls `stop` on SIGINT and SIGTERM (Ctrl-C and Ctrl-Break on Windows), where this is the main thread."""
    loop = asyncio.get_running_loop()

    def on_signal(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)

    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    try:
        before = {
            getattr(signal, name): signal.signal(getattr(signal, name), on_signal)
            for name in names
            if hasattr(signal, name)
        }
    except ValueError:  # not the main thread: whoever runs this daemon stops it
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def parent(pid: int | None) -> psutil.Process | None:
    """The process that this one lives for, where there is one of that number."""
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid) if pid else None
    return None


def lives(process: psutil.Process | None) -> bool:
    """`is_running` also tells a process from a later one with the same number."""
    with contextlib.suppress(psutil.Error):
        return process is not None and process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def allow_files() -> None:
    """Each world and each connection takes descriptors, of which systems give few unless asked for more."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
