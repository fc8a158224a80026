"""Files that are damaged, deleted or in the way: each is said in a sentence that names the file; no more is lost."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from memory_kit import LATER_STEPS, batch, direction, entry, texts, write

from npc_runtime.errors import NotFound, StorageError
from npc_runtime.memory.history import History
from npc_runtime.memory.migrations import MIGRATIONS
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.recollect import Recollection

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534

posix = pytest.mark.skipif(os.name == "nt", reason="files there cannot be deleted while they are open")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "worlds" / "village.db"


def named(path: Path, reason: str, remedy: str = "") -> Any:
    """What expects a complaint that names the file, the reason, and what would be right."""
    return pytest.raises(StorageError, match=f"^{re.escape(str(path))}.*{reason}.*; .*{remedy}")


def some_history(path: Path, clock: int = 60) -> None:
    history = History(path)
    recollection = Recollection(history)
    for number in range(clock):
        told = [entry(f"The bell rang {number} times for {who}.", at=number) for who in ("Ann", "Bo", "Cy")]
        numbers = write(history, *told, **{"clock": number, f"fact/{number}": {"so": number}})
        recollection.add_vectors("npc:mira", {number: direction(number) for number in numbers}).result()
        write(history, entry("Again."), entry(f"Thought {number}.", how="reflection", sources=tuple(numbers[:2])))
        if number % 10 == 0:
            history.save(f"slot {number}", number).result()
    history.close()


def python(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, timeout=30, check=False, capture_output=True, text=True, encoding="utf-8")


# ------------------------------------------------------------------------------------------------- gone while open


def delete(path: Path) -> None:
    path.unlink()


def delete_log(path: Path) -> None:
    path.with_name("village.db-wal").unlink()


def delete_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def file_in_place_of_the_folder(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.write_text("a shopping list", encoding="utf-8")


def replace(path: Path) -> None:
    other = path.with_name("other.db")
    shutil.copy(path, other)
    other.replace(path)


@posix
@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        (delete, "village.db was deleted while the daemon used it"),
        (delete_log, "village.db-wal was deleted while the daemon used it"),
        (delete_folder, "village.db was deleted while the daemon used it"),
        (file_in_place_of_the_folder, "village.db was deleted while the daemon used it"),
        (replace, "village.db was replaced by another file while the daemon used it"),
    ],
)
def test_what_is_written_into_nowhere_is_not_acknowledged(
    harm: Callable[[Path], None], complaint: str, path: Path
) -> None:
    history = History(path)
    write(history, entry("It began."), clock=1)
    history.save("one", 1).result()
    harm(path)
    for attempt in (
        lambda: history.write(batch(entry("It went on."), clock=2)),
        lambda: history.save("two", 2),
        lambda: history.restore("one"),
        lambda: history.delete_save("one"),
        lambda: history.store.squeeze(),
    ):
        with pytest.raises(StorageError, match=f"{complaint}; .*start it again"):
            attempt().result()
    assert history.backlog == 2
    assert history.epoch == 0
    assert texts(history) == ["It began."], "what was there can be read"
    assert [save.name for save in history.saves().result()] == ["one"]
    history.close()
    assert not path.exists() or harm in (delete_log, replace), "nothing is made anew"


@posix
def test_a_file_that_comes_back_is_written_again(path: Path) -> None:
    history = History(path)
    write(history, entry("It began."))
    away = path.parent.with_name("away")
    path.parent.rename(away)
    with pytest.raises(StorageError, match="was deleted"):
        history.write(batch(entry("It went on."))).result()
    away.rename(path.parent)
    history.retry().result()
    assert texts(history) == ["It began.", "It went on."]
    history.close()
    again = History(path)
    assert texts(again) == ["It began.", "It went on."]
    again.close()


# ------------------------------------------------------------------------------------------------- no right, no room


@pytest.fixture
def ordinary() -> Iterator[Path]:
    """A folder of a user whom permissions stop, also where the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="npc-runtime-"))
    root = os.geteuid() == 0
    if root:
        os.chown(folder, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, 0)
    yield folder
    if root:
        os.setresuid(0, 0, 0)
    folder.chmod(0o755)
    shutil.rmtree(folder)


@posix
def test_a_file_that_may_only_be_read(ordinary: Path) -> None:
    path = ordinary / "village.db"
    some_history(path, 1)
    path.chmod(0o444)
    with named(path, "cannot be written", "make the file and its folder writable"):
        History(path)
    path.chmod(0o000)
    with named(path, "cannot be written", "make the file and its folder writable"):
        History(path)
    path.chmod(0o644)
    History(path).close()


@posix
def test_a_folder_that_may_only_be_read(ordinary: Path) -> None:
    path = ordinary / "village.db"
    some_history(path, 1)
    ordinary.chmod(0o555)
    with named(path, "readonly", "make the file and its folder writable"):
        History(path)
    with named(ordinary / "other.db", "unable to open", "make sure that the folder exists and can be written"):
        History(ordinary / "other.db")
    deeper = ordinary / "deeper" / "village.db"
    with named(deeper, "Permission denied", "name a data folder that can be written"):
        History(deeper)
    assert [file.name for file in ordinary.iterdir()] == ["village.db"]
    ordinary.chmod(0o755)
    History(path).close()


@posix
def test_a_new_file_is_for_its_user_only(path: Path) -> None:
    history = History(path)
    write(history, entry("It began."))
    assert [oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()] == ["0o600"] * 2
    history.close()


NO_ROOM = """
import resource, sys
from pathlib import Path
sys.path.insert(0, "tests")
from memory_kit import LATER_STEPS
from npc_runtime.errors import StorageError
from npc_runtime.memory import store
from npc_runtime.memory.history import History
store.MIGRATIONS += LATER_STEPS
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    History(Path(sys.argv[1])).close()
except StorageError as error:
    print(error)
"""


@posix
@pytest.mark.parametrize("room", [0, 1000, 8192, 30_000, 1_000_000])
def test_no_room_to_open(room: int, path: Path) -> None:
    done = python(NO_ROOM, path, room)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{path}: disk I/O error; check the disk") or not done.stdout
    assert bool(done.stdout) == (room < 1_000_000)
    assert list(path.parent.iterdir()) == ([] if done.stdout else [path])


@posix
@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("room", [0, 8192])
def test_no_room_to_bring_a_file_up_to_date_leaves_it_as_it_was(room: int, path: Path) -> None:
    old_file(path, 2)
    done = python(NO_ROOM, path, room)
    assert done.stdout.startswith(f"{path}: disk I/O error; check the disk"), done.stderr
    check_old_file(path)


# ------------------------------------------------------------------------------------------------- damage


DIES = """
import os, signal, sys
from pathlib import Path
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.history import History
history = History(Path(sys.argv[1]))
for clock in range(40):
    history.write(Batch([Entry("npc:mira", "self", f"It was {clock}.", clock)], {"clock": clock})).result()
os.kill(os.getpid(), signal.SIGKILL)
"""


@posix
def test_a_damaged_log_costs_what_is_behind_the_damage_and_no_more(path: Path) -> None:
    python(DIES, path)
    log = path.with_name("village.db-wal")
    whole = {file: file.read_bytes() for file in (path, log)}
    assert len(whole[log]) > 100_000
    found = set()
    for seed in range(25):
        chance = random.Random(seed)
        damaged = bytearray(whole[log])
        at = chance.randrange(len(damaged))
        if seed % 3:
            damaged[at : at + 50] = chance.randbytes(min(50, len(damaged) - at))
        else:
            del damaged[at:]
        path.write_bytes(whole[path])
        log.write_bytes(damaged)
        history = History(path)
        records = history.records().result()
        clock = records.get("clock", -1)
        assert texts(history) == [f"It was {number}." for number in range(clock + 1)], "half of a batch"
        assert history.store.run(lambda db: list(db.execute("PRAGMA integrity_check"))) == [("ok",)]
        history.close()
        found.add(clock)
    assert len(found) > 5


def uses(history: History) -> Iterator[Callable[[], Future[Any]]]:
    recollection = Recollection(history)
    yield history.records
    yield lambda: history.memories("npc:mira")
    yield lambda: history.page("", 0, 999)
    yield lambda: history.ever("clock")
    yield lambda: recollection.find("npc:mira", "the bell", now=0, limit=9)
    yield lambda: recollection.find("npc:mira", "", now=0, limit=9, vector=direction(1))
    yield lambda: history.write(batch(entry("More of it."), entry("Again."), clock=3))
    yield lambda: history.save("new", 1)
    yield lambda: history.restore("slot 30")
    yield lambda: history.delete_save("slot 20")
    yield history.tidy
    yield lambda: history.prune_lines("npc:mira", 3)
    yield lambda: history.forget(Naming("npc:tom", ("bell",)))
    yield history.store.squeeze


@pytest.mark.parametrize("letters", [False, True])
def test_garbage_anywhere_is_a_storage_error_or_nothing_and_the_file_is_let_go(letters: bool, path: Path) -> None:
    some_history(path)
    whole = path.read_bytes()
    said = []
    for seed in range(40):
        chance = random.Random(seed)
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 5, 20))):
            at, length = chance.randrange(len(damaged) - 200), chance.choice((1, 8, 200))
            garbage = bytes(chance.choices(b'abc 0129{}[]x"', k=length)) if letters else chance.randbytes(length)
            damaged[at : at + length] = garbage
        path.write_bytes(damaged)
        said += complaints(path)
    assert len(said) > 20
    assert not [text for text in said if str(path) not in text or "; " not in text]
    assert not [text for text in said if "locked" in text], "what used the file before has let it go"


def complaints(path: Path) -> list[str]:
    """What is said about a file when everything is tried with it."""
    said = []
    try:
        history = History(path)
    except StorageError as error:
        return [str(error)]
    for use in uses(history):
        fault = use().exception()
        if isinstance(fault, StorageError):
            said.append(str(fault))
        elif fault is not None and not isinstance(fault, NotFound):  # a save may be lost
            raise fault
    history.close()
    return said


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE memory SET sources = '1 x'",
        "UPDATE memory SET news = '{'",
        "UPDATE memory SET news = '[1]'",
        "UPDATE memory SET news = '{\"odd\": 1}'",
        "UPDATE memory SET claim = x'ff00'",
        "UPDATE memory SET claim = CAST(x'ff' AS TEXT)",
        "UPDATE memory SET at = 'noon'",
        "UPDATE vectors SET directions = x'000102'",
        "UPDATE vectors SET branches = x'00'",
        "UPDATE vectors SET memories = x'000102'",
        "UPDATE record SET value = '{'",
        "UPDATE record SET value = CAST(x'ff' AS TEXT)",
        "DROP TABLE terms",
        "DROP TABLE record",
    ],
)
def test_values_that_nobody_wrote_are_damage_too(harm: str, path: Path) -> None:
    some_history(path, 12)
    connection = sqlite3.connect(path)
    connection.execute(harm)
    connection.commit()
    connection.close()
    said = complaints(path)
    assert said
    assert not [text for text in said if not text.startswith(str(path)) and "the record" not in text]


# ------------------------------------------------------------------------------------------------- migrations


STEPS = (*MIGRATIONS, *LATER_STEPS)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime that knows a few schemas more."""
    monkeypatch.setattr("npc_runtime.memory.store.MIGRATIONS", STEPS)


def old_file(path: Path, version: int) -> None:
    """A file of an older schema with a save and two records."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    for _, script in STEPS[:version]:
        connection.executescript(script)
    connection.executescript(
        "INSERT INTO branch VALUES (1, NULL, NULL);"
        "INSERT INTO record VALUES ('clock', 1, 1, '1'), ('clock', 2, 1, '2');"
        f"INSERT INTO save VALUES ('one', 1, 1, 1, 1); PRAGMA user_version = {version}"
    )
    connection.close()


def check_old_file(path: Path) -> None:
    history = History(path)
    assert history.records().result() == {"clock": 2}
    assert history.restore("one").result() == 1
    assert history.records().result() == {"clock": 1}
    write(history, entry("It went on."))
    assert texts(history) == ["It went on."]
    assert history.store.run(lambda db: list(db.execute("PRAGMA integrity_check"))) == [("ok",)]
    history.close()


KILLED = """
import os, signal, sys, threading
from pathlib import Path
sys.path.insert(0, "tests")
from memory_kit import LATER_STEPS
from npc_runtime.memory import store
from npc_runtime.memory.history import History
path, step, within = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "within"
store.MIGRATIONS += LATER_STEPS
name, script = store.MIGRATIONS[step - 1]
without_end = "; WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT count(*) FROM n"
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
if within:
    changed = [*store.MIGRATIONS]
    much = "; CREATE TABLE half (x); INSERT INTO half VALUES (randomblob(9000000))"
    changed[step - 1] = name, script + much + without_end
    store.MIGRATIONS = tuple(changed)
    threading.Timer(0.3, die).start()
else:
    store.MIGRATIONS = store.MIGRATIONS[:step]
    store.Store._identities = lambda self: die()
History(Path(path))
"""


@posix
@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("place", ["within", "after"])
@pytest.mark.parametrize("step", range(2, len(STEPS) + 1))
def test_a_kill_while_a_file_is_brought_up_to_date(step: int, place: str, path: Path) -> None:
    old_file(path, 1)
    done = python(KILLED, path, step, place)
    assert done.returncode == -9, done.stderr
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (step - (place == "within"),)
    connection.close()
    check_old_file(path)
