"""One world's history: memories and small state, append-only, seen through the timeline that is being lived.

Every method gives a future at once and does its work on the store's lane, in the order of the calls. Writes carry the
epoch in which they were made: restoring a save begins a new one, and what is late from an abandoned future is dropped.
"""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from npc_runtime.errors import Conflict, StorageError, clipped
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.memory import correcting, given_up, reading, saves
from npc_runtime.memory.batch import Batch, Rows
from npc_runtime.memory.entry import HOWS, LINES, Entry, Stored
from npc_runtime.memory.erase import erase_mentions, prune_lines
from npc_runtime.memory.index import indexed
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.reading import COLUMNS, MEMORY_SEEN, NOT_FADED
from npc_runtime.memory.saves import Save
from npc_runtime.memory.store import Connection, Store
from npc_runtime.memory.timeline import ALL, Branches, Point

Result = TypeVar("Result")

_log = logging.getLogger(__name__)

UNWRITTEN_LIMIT = 10_000  # rows kept in RAM while the disk cannot take them


class Forgotten(NamedTuple):
    """What was taken out: so many memories; and saves that go by another name now, (old, new)."""

    memories: int
    renamed: tuple[tuple[str, str], ...] = ()
    whole: bool = True  # False: it is out of sight, and bytes of it may be left in the file


class History:
    """The history of one world, in a file of its own."""

    def __init__(self, path: Path | None, language: Language = ENGLISH) -> None:
        """Opens the file, or keeps everything in RAM without one. `language` is what is remembered in.

        Raises StorageError.
        """
        self.language = language
        self.epoch = 0
        self._branches = Branches({})
        self._here = self._seq = self._saves = 0
        self._pinned = 0  # the last row of this branch that a save may need as it is
        self._unwritten: deque[Rows] = deque()
        self._backlog = 0  # rows in it
        self.store = Store(path, self._begin)

    def close(self) -> None:
        """Finishes what was given to it; closing twice is no error."""
        if self.store.closed:
            return
        with contextlib.suppress(StorageError):
            self.write(Batch()).result()
        self.store.close()

    @property
    def backlog(self) -> int:
        """Rows that wait in RAM for a disk that does not take them."""
        return self._backlog

    @property
    def full(self) -> bool:
        """Whether what is written while the disk fails is lost, since too much waits already."""
        return self.backlog >= UNWRITTEN_LIMIT

    # ------------------------------------------------------------ writing

    def write(self, batch: Batch, epoch: int | None = None) -> Future[list[int] | None]:
        """Writes a batch; the ids of its memories, or None where `epoch` is over.

        A memory that is there already is counted again instead, under the id it has. While the disk fails, batches wait
        in RAM and are written with the next one. The future raises StorageError, and Invalid for a value that cannot be
        kept.
        """

        def work() -> list[int] | None:
            if epoch is not None and epoch != self.epoch:
                return None
            rows = batch.rows()
            try:
                return self._caught_up(lambda db: self._append(db, rows))
            except StorageError:
                if not self.full:
                    self._unwritten.append(rows)
                    self._backlog += len(rows)
                raise

        return self.store.call(work)

    def retry(self) -> Future[None]:
        """Writes what waits in RAM, where anything does. The future raises StorageError while the disk still fails."""

        return self.store.call(self._catch_up)

    def _caught_up(self, job: Callable[[Connection], Result]) -> Result:
        """Runs a job once what the disk could not take is written."""
        self._catch_up()
        return self._transact(job)

    def _catch_up(self) -> None:
        """Writes what waits in RAM, in its order, each batch as a whole: a disk that still fails costs one attempt."""
        while self._unwritten:
            rows = self._unwritten[0]
            try:
                self._transact(lambda db, rows=rows: self._append(db, rows))  # type: ignore[misc]
            except StorageError:
                raise
            except Exception:  # our mistake, which must not keep all that follows from the disk
                _log.exception("%d rows can never be written", len(rows))
            self._unwritten.popleft()
            self._backlog -= len(rows)

    def _transact(self, job: Callable[[Connection], Result]) -> Result:
        """Runs a job that takes sequence numbers; where it fails, they are free again."""
        before = self._seq
        try:
            return self.store.transact(job)
        except BaseException:
            self._seq = before
            raise

    def _append(self, db: Connection, rows: Rows) -> list[int]:
        # The plus keeps SQLite from going through all that was written since the last save.
        hidden = "DELETE FROM record WHERE key = ? AND +branch = ? AND seq > ?"
        for key, value in rows.records.items():
            db.execute(hidden, (key, self._here, self._pinned))
            db.execute("INSERT INTO record VALUES (?, ?, ?, ?)", (key, self._next(), self._here, value))
        return [self._remember(db, entry) for entry in rows.entries]

    def _remember(self, db: Connection, entry: Entry) -> int:
        outdone = correcting.set_right_by(db, entry, self.language)
        if entry.how not in LINES:
            fresh = "" if outdone is not None else f"AND id {NOT_FADED}"
            known = f"SELECT id FROM memory WHERE digest = ?2 AND {MEMORY_SEEN} {fresh}"
            for (number,) in list(db.execute(known, (entry.owner, entry.digest))):
                self._repeat(db, number, entry.at)
                return int(number)
        number = self._next()
        corrects = correcting.believed(entry)
        db.execute(
            f"INSERT INTO memory ({COLUMNS}, corrects, digest) VALUES ({', '.join('?' * 19)})",
            (
                *(number, self._here, entry.owner, entry.how, entry.who, entry.toward, entry.origin, entry.kind),
                *(entry.claim, entry.at, entry.importance, entry.confidence, entry.depth),
                *(" ".join(map(str, entry.sources)), entry.place, entry.reply),
                *(entry.news.as_text(), corrects, entry.digest),
            ),
        )
        if entry.how not in LINES:
            db.execute("INSERT INTO terms (rowid, words) VALUES (?, ?)", (number, indexed(entry, self.language)))
            db.execute("INSERT INTO unembedded VALUES (?)", (number,))
        for source in entry.sources:
            correcting.fade(db, entry.owner, source, number, self._here)
        if outdone is not None:
            correcting.fade(db, entry.owner, number, number, self._here)
        if corrects:
            correcting.set_right(db, entry, number, self._here, self.language)
        return number

    def _repeat(self, db: Connection, number: int, at: int) -> None:
        """Counts a memory again, in one row for all repeats since the last save."""
        since = "FROM repeat WHERE memory = ? AND branch = ? AND seq > ?"
        which = (number, self._here, self._pinned)
        ((times, last),) = db.execute(f"SELECT coalesce(sum(times), 0), coalesce(max(at), ?) {since}", (at, *which))
        db.execute(f"DELETE {since}", which)
        values = (number, self._next(), self._here, max(at, last), times + 1)
        db.execute("INSERT INTO repeat VALUES (?, ?, ?, ?, ?)", values)

    def _next(self) -> int:
        self._seq += 1
        return self._seq

    # ------------------------------------------------------------ reading

    def records(self, prefix: str = "") -> Future[dict[str, Any]]:
        """The state as it is now, by key. Raises StorageError for a value that cannot be read."""
        return self.store.submit(lambda db: reading.records(db, prefix))

    def ever(self, prefix: str) -> Future[list[tuple[str, Any]]]:
        """Every key that begins so, with each value that it has had, on any branch."""
        return self.store.submit(lambda db: reading.ever(db, prefix))

    def memories(self, owner: str, *, hows: Iterable[str] = (), limit: int = 64) -> Future[list[Stored]]:
        """The latest memories of a character, oldest first; of some kinds only where `hows` names them."""
        wanted = tuple(hows) or HOWS
        return self.store.submit(lambda db: reading.memories(db, owner, wanted, limit))

    def count(self, owner: str) -> Future[int]:
        """How many memories of a character take part in recall: those that are neither lines nor faded."""
        return self.store.submit(lambda db: reading.count(db, owner))

    def page(self, owner: str, after: int, limit: int) -> Future[list[Stored]]:
        """Memories of this timeline by id, from the one behind `after` on; of everybody where `owner` is empty."""
        return self.store.submit(lambda db: reading.page(db, owner, after, limit))

    # ------------------------------------------------------------ saves

    def save(self, name: str, at: int) -> Future[Save]:
        """Names this point of the history; a save of that name is replaced."""

        def work() -> Save:
            named = Save(name, self._saves + 1, at)
            self._caught_up(lambda db: saves.put(db, named, Point(self._here, self._seq)))
            self._saves, self._pinned = named.number, self._seq
            return named

        return self.store.call(work)

    def branch(self, name: str, copy: str) -> Future[Save]:
        """Gives a save a second name, so that the two may go separate ways. Raises NotFound, Conflict."""

        def job(db: Connection) -> Save:
            point, at = saves.find(db, name)
            if list(db.execute("SELECT 1 FROM save WHERE name = ?", (copy,))):
                raise Conflict(
                    f'there is a save "{clipped(copy)}" already', hint="delete it first, or choose another name"
                )
            named = Save(copy, self._saves + 1, at)
            saves.put(db, named, point)
            return named

        def work() -> Save:
            named = self.store.transact(job)
            self._saves = named.number
            return named

        return self.store.call(work)

    def restore(self, name: str, check: Callable[[Mapping[str, Any]], None] = lambda records: None) -> Future[int]:
        """Goes back to a save: a new branch and a new epoch begin; gives the game time. Raises NotFound.

        `check` gets the records as they would be then; what it raises leaves everything as it is.
        """

        def job(db: Connection) -> tuple[int, Point, int]:
            point, at = saves.find(db, name)
            db.execute("INSERT INTO branch (parent, fork) VALUES (?, ?)", (point.branch, point.seq))
            ((here,),) = db.execute("SELECT last_insert_rowid()")
            given_up.give_up(db, Point(self._here))
            self._show(db, {**self._branches.ends(point), here: ALL})
            check(reading.records(db, ""))
            return here, point, at

        def work() -> int:
            here, point, at = self.store.transact(job)
            self._branches.fork(here, point)
            self._here, self._pinned = here, 0
            self.epoch += 1
            self._unwritten.clear()
            self._backlog = 0
            return at

        return self.store.call(work)

    def delete_save(self, name: str) -> Future[None]:
        """Takes a save away; `tidy` then takes out what only it needed. Raises NotFound."""

        def job(db: Connection) -> int:
            saves.delete(db, name)
            return saves.last(db, self._here)

        def work() -> None:
            self._pinned = self.store.transact(job)

        return self.store.call(work)

    def saves(self, after: int = 0, limit: int = ALL) -> Future[list[Save]]:
        """Saves in order of making, from the one behind number `after` on."""
        return self.store.submit(lambda db: saves.page(db, after, limit))

    # ------------------------------------------------------------ taking out

    def tidy(self) -> Future[bool]:
        """Deletes some rows that nothing can see any more; whether there may be others. Takes a few milliseconds."""

        def work() -> bool:
            dropped, more = self.store.transact(lambda db: given_up.take_out(db, self._here))
            for branch in dropped:
                self._branches.drop(branch)
            return more

        return self.store.call(work)

    def prune_lines(self, owner: str, keep: int) -> Future[int]:
        """Deletes the lines of a character's hearing that are not among the last `keep` from anywhere; how many."""

        def job(db: Connection) -> int:
            return prune_lines(db, owner, self._branches, [Point(self._here), *saves.points(db)], keep)

        return self.store.submit(job)

    def forget(self, naming: Naming) -> Future[Forgotten]:
        """Deletes everything that came from, was said to or names an entity, on every branch and in every save.

        What was passed on goes with it, and so do reflections over it; saves that are called after it get another name.
        All of it or nothing: the future raises StorageError. `Store.squeeze` then takes the bytes out of the file.
        """

        def job(db: Connection) -> Forgotten:
            return Forgotten(erase_mentions(db, naming), saves.rename(db, naming))

        return self.store.call(lambda: self._caught_up(job))

    # ------------------------------------------------------------ opening

    def _begin(self, db: Connection) -> None:
        rows = list(db.execute("SELECT id, parent, fork FROM branch ORDER BY id"))
        if not rows:
            db.execute("INSERT INTO branch VALUES (1, NULL, NULL)")
            rows = [(1, None, None)]
        self._branches = Branches({id: None if parent is None else Point(parent, fork) for id, parent, fork in rows})
        ((self._seq,),) = db.execute(_LAST)
        ((self._saves,),) = db.execute("SELECT coalesce(max(number), 0) FROM save")
        self._here = rows[-1][0]
        self._pinned = saves.last(db, self._here)
        db.execute("CREATE TEMP TABLE seen (branch INTEGER PRIMARY KEY, last INTEGER NOT NULL)")
        self._show(db, self._branches.ends(Point(self._here)))

    def _show(self, db: Connection, ends: Mapping[int, int]) -> None:
        db.execute("DELETE FROM seen")
        db.executemany("INSERT INTO seen VALUES (?, ?)", ends.items())


# Branch by branch: each table has its rows in the order of their branches, so that none is read whole.
_LAST = """
    SELECT max(
        (SELECT coalesce(max(id), 0) FROM memory),
        (SELECT coalesce(max(seq), 0) FROM save),
        (SELECT coalesce(max(fork), 0) FROM branch),
        (SELECT coalesce(max((SELECT max(seq) FROM record WHERE record.branch = branch.id)), 0) FROM branch),
        (SELECT coalesce(max((SELECT max(seq) FROM repeat WHERE repeat.branch = branch.id)), 0) FROM branch)
    )
"""
