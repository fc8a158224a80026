"""One SQLite file and the lane that owns it. The only place that knows `sqlite3`.

Jobs run one after another in the order in which they were given, each in a transaction of its own: all of it is kept or
nothing. What a finished job wrote survives the death of the process; the write-ahead log is synced at checkpoints.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol, TypeVar

from npc_runtime.errors import StorageError
from npc_runtime.memory.lanes import Lane
from npc_runtime.memory.migrations import MIGRATIONS

Row = tuple[Any, ...]
Result = TypeVar("Result")

_WRITABLE = "make the file and its folder writable"
_GONE = "what happens is remembered until the daemon stops; start it again to begin anew or with a backup in its place"
_HINTS = (
    ("full", "free some space on the disk; nothing that was acknowledged is lost"),
    ("readonly", _WRITABLE),
    ("I/O error", "check the disk that it is on"),
    ("unable to open", "make sure that the folder exists and can be written"),
    ("not a database", "move the file away to begin anew, or put a backup in its place"),
    ("malformed", "move the file away to begin anew, or put a backup in its place"),
    ("constraint", "put a backup in its place"),
    ("locked", "another daemon uses it: stop that one, or name another data folder"),
)


class Connection(Protocol):
    """What a job gets to work with."""

    def execute(self, sql: str, values: Sequence[Any] = ...) -> Iterable[Row]:
        """Runs one statement."""

    def executemany(self, sql: str, values: Iterable[Sequence[Any]]) -> Any:
        """Runs one statement for every row of values."""


class Store:
    """A file, opened and migrated. Close it when done."""

    def __init__(self, path: Path | None, begin: Callable[[Connection], object] = lambda db: None) -> None:
        """`path` None keeps everything in RAM; `begin` is the first job, without which the file is not open.

        Raises StorageError naming the file and what would be right; a file that was not there is not there then.
        """
        self.path = path
        self.closed = False
        self._lane = Lane()
        self._lane.submit(lambda: self._open(begin)).result()

    def submit(self, job: Callable[[Connection], Result]) -> Future[Result]:
        """Runs `job` on the store's lane, in a transaction. The future raises StorageError when that fails."""
        return self.call(lambda: self.transact(job))

    def run(self, job: Callable[[Connection], Result]) -> Result:
        """The same, waiting for the result."""
        return self.submit(job).result()

    def call(self, work: Callable[[], Result]) -> Future[Result]:
        """Runs `work` on the store's lane, for what has to follow a transaction before the next job begins."""
        return self._lane.submit(work)

    def transact(self, job: Callable[[Connection], Result]) -> Result:
        """Runs `job` at once; only what runs on the store's lane may ask for it. Raises StorageError."""
        connection = self._connection
        with self._explained():
            changes = connection.total_changes
            connection.execute("BEGIN")
            try:
                result = job(connection)
                if connection.total_changes != changes:
                    self._check_in_place()
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            return result

    def squeeze(self) -> Future[None]:
        """Rewrites the file and empties its log, so that no byte of what was deleted is left in either."""
        return self._lane.submit(self._squeeze)

    def close(self) -> None:
        """Finishes the jobs that were given and closes the file."""
        self.closed = True
        self._lane.close(self._connection.close)

    def _open(self, begin: Callable[[Connection], object]) -> None:
        with self._explained():
            if self.path is not None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                if self.path.is_dir():
                    raise StorageError(f"{self.path} is a folder", hint="move it away")
                if self.path.exists() and not os.access(self.path, os.W_OK):
                    raise StorageError(f"{self.path} cannot be written", hint=_WRITABLE)
            new = self.path is not None and _created(self.path)
            try:
                self._connect(begin)
            except BaseException as error:
                if new and "locked" not in str(error):  # or another daemon has it by now
                    for file in self._files():
                        file.unlink(missing_ok=True)
                raise

    def _connect(self, begin: Callable[[Connection], object]) -> None:
        self._connection = sqlite3.connect(
            self.path or ":memory:",
            isolation_level=None,
            timeout=2.0,
            check_same_thread=False,  # the lane has it used by one thread at a time
        )
        try:
            _configure(self._connection)
            self._migrate(self._connection)
            self._opened = self._identities()
            self.transact(begin)
        except BaseException:
            self._connection.close()
            raise

    def _files(self) -> list[Path]:
        """All that SQLite may make for the file."""
        return [Path(f"{self.path}{ending}") for ending in ("", "-wal", "-journal")] if self.path else []

    def _identities(self) -> dict[Path, tuple[int, int]]:
        """Which files are there, the database and its log. Windows lets nobody delete a file that is open."""
        if os.name == "nt":
            return {}
        return {file: _identity(file) for file in self._files()[:2] if file.exists()}

    def _check_in_place(self) -> None:
        """Raises StorageError where the file is not the one that was opened: what SQLite writes into it is nowhere."""
        for file, opened in self._opened.items():
            try:
                found = _identity(file)
            except (FileNotFoundError, NotADirectoryError):
                raise StorageError(f"{file} was deleted while the daemon used it", hint=_GONE) from None
            if found != opened:
                raise StorageError(f"{file} was replaced by another file while the daemon used it", hint=_GONE)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Brings the tables up to date. Where a step fails the connection is closed, which takes the step back."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise StorageError(
                f"{self.path} was written by a newer npc-runtime (schema {version}; this one knows {len(MIGRATIONS)})",
                hint="update npc-runtime, or name another data folder",
            )
        for number, (_, script) in enumerate(MIGRATIONS[version:], version + 1):
            connection.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT")

    def _squeeze(self) -> None:
        with self._explained():
            self._check_in_place()
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def _explained(self) -> Any:
        try:
            yield
        except sqlite3.Error as error:
            if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError):
                raise  # our mistake, not the disk's
            reason = str(error)
            hint = next((hint for word, hint in _HINTS if word in reason), "")
            raise StorageError(f"{self.path or 'the memory in RAM'}: {reason}", hint=hint) from error
        except OSError as error:
            raise StorageError(
                f"{self.path}: {error.strerror}", hint="name a data folder that can be written"
            ) from error


def _created(file: Path) -> bool:
    """Makes an empty file that only we may read, where there is none; why that fails is better said by SQLite."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        return False
    return True


def _identity(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_dev, found.st_ino


def _configure(connection: sqlite3.Connection) -> None:
    for pragma in (
        "locking_mode = EXCLUSIVE",  # what is known in RAM about a file holds for one process only
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "secure_delete = ON",  # what is forgotten is overwritten
        "cache_size = -32768",  # KiB
        "mmap_size = 1073741824",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
