"""The endpoint file: how a running daemon says where it is, and how a client finds out.

That there is a daemon is decided by a lock of the operating system and by nothing else: process ids come again and
clocks are set, but a lock goes with the process that held it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

import npc_runtime
from npc_runtime.config import standby
from npc_runtime.errors import Conflict, StorageError

log = logging.getLogger(__name__)

FILE = "daemon.json"
LOCK = "daemon.lock"
USER = "npc-runtime"
"""The user name that a connection shows; its password is the token."""
LOOPBACKS = {"0.0.0.0": "127.0.0.1", "*": "127.0.0.1", "[::]": "[::1]"}
ONE_DAEMON = "connect to that one, stop it, or choose another folder with --data-dir"
LOCK_SECONDS = 1.0
"""A client that looks whether there is a daemon holds the lock for a moment; a starting daemon waits that out."""


@dataclass(frozen=True)
class Endpoint:
    """A daemon: its sockets, as this machine reaches them, and its process."""

    endpoint: str
    events: str
    pid: int
    version: str
    server_key: str = ""  # the public key of a daemon that asks for keys; empty: it asks for the token


class Registration:
    """A daemon's hold on a data folder, and the small files by which clients find it.

    Where the folder cannot be written (a full disk, a read-only one), its standby holds them: a daemon that cannot keep
    anything still answers.
    """

    def __init__(self, data_dir: Path) -> None:
        """Raises Conflict when another daemon has the folder, StorageError when there is nowhere to write."""
        self._data_dir = data_dir
        self._locks = contextlib.ExitStack()
        self._folders: list[Path] = []  # whose locks are held, the one to write to first
        try:
            self._take(data_dir)
        except OSError as error:
            self._stand_by(error)

    def write(self, name: str, text: str) -> Path:
        """Writes a file in one step, so that nobody reads half of it. Raises StorageError."""
        try:
            return _replace(self._folders[0] / name, text)
        except OSError as error:
            self._stand_by(error)
            try:
                return _replace(self._folders[0] / name, text)
            except OSError as again:
                raise _nowhere(self._data_dir, again) from None

    def announce(self, endpoint: Endpoint) -> None:
        """From now on clients find this daemon. Raises StorageError."""
        self.write(FILE, json.dumps({key: value for key, value in asdict(endpoint).items() if value}, indent=1) + "\n")

    def withdraw(self) -> None:
        """Takes the endpoint file away, and lets go of the folder."""
        for folder in self._folders:
            with contextlib.suppress(OSError):
                (folder / FILE).unlink(missing_ok=True)
        self._locks.close()

    def _stand_by(self, error: OSError) -> None:
        folder = standby(self._data_dir)
        if folder in self._folders:
            raise _nowhere(self._data_dir, error)
        log.warning("%s cannot be written (%s): clients find this daemon by %s", self._data_dir, error.strerror, folder)
        try:
            self._take(folder)
        except OSError as again:
            raise _nowhere(self._data_dir, again) from None

    def _take(self, folder: Path) -> None:
        """Holds the lock in a folder. Raises OSError, or Conflict."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK, timeout=LOCK_SECONDS, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            refuse_second(self._data_dir)
            raise Conflict(f"a daemon is starting for {self._data_dir} already", hint=ONE_DAEMON) from None
        self._locks.callback(lock.release)
        self._folders.insert(0, folder)
        with contextlib.suppress(OSError):
            (folder / FILE).unlink(missing_ok=True)  # of one that was killed


def read(data_dir: Path) -> Endpoint | None:
    """The daemon of a data folder, or None when none is running."""
    for folder in folders(data_dir):
        with contextlib.suppress(OSError, ValueError, TypeError):
            found = Endpoint(**json.loads((folder / FILE).read_text(encoding="utf-8")))
            if _held(folder / LOCK):
                return found
    return None


def folders(data_dir: Path) -> list[Path]:
    """Where the small files of a data folder may be. What another user left in the standby's place does not count."""
    second = standby(data_dir)
    try:
        ours = os.name == "nt" or second.stat().st_uid == os.getuid()
    except OSError:
        ours = False
    return [data_dir, second] if ours else [data_dir]


def of_this_process(endpoint: str, events: str, server_key: str = "") -> Endpoint:
    """What this process announces."""
    return Endpoint(from_here(endpoint), from_here(events), os.getpid(), npc_runtime.__version__, server_key)


def from_here(address: str) -> str:
    """Where this machine connects to what listens on all its addresses."""
    return re.sub(r"^tcp://(0\.0\.0\.0|\*|\[::\]):", lambda found: f"tcp://{LOOPBACKS[found[1]]}:", address)


def refuse_second(data_dir: Path) -> None:
    """Raises Conflict when a daemon runs for this data folder already."""
    other = read(data_dir)
    if other is not None:
        raise Conflict(
            f"a daemon is running for {data_dir} already (process {other.pid}, {other.endpoint})",
            hint=ONE_DAEMON,
        )


def _replace(path: Path, text: str) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o600)
        return draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def _nowhere(data_dir: Path, error: OSError) -> StorageError:
    return StorageError(
        f"neither {data_dir} nor {standby(data_dir)} can be written: {error.strerror}",
        hint="choose another folder with --data-dir",
    )


def _held(lock: Path) -> bool:
    """Whether a daemon holds the lock. Raises OSError."""
    try:
        with FileLock(lock, timeout=0, mode=0o600):
            return False
    except Timeout:
        return True
