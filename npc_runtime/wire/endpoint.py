"""The endpoint file: how a running daemon says where it is, and how a client finds out."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

import npc_runtime
from npc_runtime.errors import Conflict, StorageError

CLOCK_SLACK_SECONDS = 5.0
"""A process's start is counted from a boot time that moves when the clock is set."""


@dataclass(frozen=True)
class Endpoint:
    """A daemon: its sockets, and its process. `started` tells it from a later process with the same number."""

    endpoint: str
    events: str
    pid: int
    started: float
    version: str

    @property
    def alive(self) -> bool:
        """Whether that very process still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < CLOCK_SLACK_SECONDS
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


def of_this_process(endpoint: str, events: str) -> Endpoint:
    """What this process announces."""
    pid = os.getpid()
    return Endpoint(endpoint, events, pid, psutil.Process(pid).create_time(), npc_runtime.__version__)


def read(path: Path) -> Endpoint | None:
    """The daemon of a data folder, or None when none is running."""
    try:
        found = Endpoint(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.alive else None


def refuse_second(path: Path) -> None:
    """Raises Conflict when a daemon runs for this data folder already."""
    other = read(path)
    if other is not None:
        raise Conflict(
            f"a daemon is running for {path.parent} already (process {other.pid}, {other.endpoint})",
            hint="connect to that one, stop it, or choose another folder with --data-dir",
        )


def announce(path: Path, endpoint: Endpoint) -> None:
    """Writes the file in one step, so that nobody reads half of it. Raises StorageError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{endpoint.pid}")
        draft.write_text(json.dumps(asdict(endpoint), indent=1) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise StorageError(
            f"cannot write {path}: {error.strerror}", hint="choose another folder with --data-dir"
        ) from None


def withdraw(path: Path) -> None:
    """Removes the file if it is this process's."""
    found = read(path)
    if found is not None and found.pid == os.getpid():
        path.unlink(missing_ok=True)
