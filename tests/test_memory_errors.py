"""What goes wrong with a file of memories is said in a sentence that names the file, and nothing is lost by it."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from memory_kit import LATER_STEPS, batch, entry, texts, write

from npc_runtime.errors import Invalid, StorageError
from npc_runtime.memory import history as history_module
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.history import History
from npc_runtime.memory.migrations import MIGRATIONS
from npc_runtime.memory.news import News
from npc_runtime.memory.store import Connection

STEPS = (*MIGRATIONS, *LATER_STEPS)
SCHEMAS = range(len(STEPS) + 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "worlds" / "village.db"


def check_complaint(path: Path, reason: str, remedy: str) -> None:
    """The history does not open, and says why and what would be right."""
    with pytest.raises(StorageError, match=f"^{re.escape(str(path))}.*{reason}.*; .*{remedy}"):
        History(path)


def some_history(path: Path, count: int = 300) -> None:
    history = History(path)
    write(history, *(entry(f"The bell rang {n} times.") for n in range(count)), clock=1)
    history.close()


def test_a_folder_in_its_place(path: Path) -> None:
    path.mkdir(parents=True)
    check_complaint(path, "is a folder", "move it away")


def test_a_file_in_place_of_its_folder(path: Path) -> None:
    path.parent.write_text("not a folder", encoding="utf-8")
    check_complaint(path, "", "name a data folder that can be written")


def test_something_else_in_its_place(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("A shopping list. " * 500, encoding="utf-8")
    check_complaint(path, "not a database", "move the file away .* or put a backup in its place")
    assert path.read_text(encoding="utf-8").startswith("A shopping list.")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_file_cut_short(path: Path, share: float) -> None:
    some_history(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(StorageError, match=rf"^{re.escape(str(path))}: .*malformed; .*backup"):
        read_all(History(path))


def read_all(history: History) -> None:
    try:
        write(history, entry("One thing more."))
        texts(history)
    finally:
        history.close()


def test_a_newer_schema(path: Path) -> None:
    some_history(path, 1)
    set_version(path, len(MIGRATIONS) + 1)
    check_complaint(path, f"newer npc-runtime .schema {len(MIGRATIONS) + 1}; this one knows", "update npc-runtime")
    set_version(path, len(MIGRATIONS))
    again = History(path)
    assert texts(again) == ["The bell rang 0 times."]
    again.close()


def set_version(path: Path, version: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


@pytest.mark.parametrize("version", SCHEMAS)
def test_files_of_every_schema_are_brought_up_to_date(
    path: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("npc_runtime.memory.store.MIGRATIONS", STEPS)
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    for _, script in STEPS[:version]:
        connection.executescript(script)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    history = History(path)
    write(history, entry("It began."), clock=1)
    history.close()
    again = History(path)
    assert texts(again) == ["It began."]
    assert again.records().result() == {"clock": 1}
    again.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some_history(path, 1)
    broken = (*MIGRATIONS, ("broken", "CREATE TABLE more (id); SELECT sense FROM nowhere"))
    monkeypatch.setattr("npc_runtime.memory.store.MIGRATIONS", broken)
    with pytest.raises(StorageError, match="nowhere"):
        History(path)
    monkeypatch.undo()
    history = History(path)
    assert texts(history) == ["The bell rang 0 times."]
    history.close()


HOLDER = """
import sys
from pathlib import Path
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.history import History
history = History(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def test_a_file_that_another_process_uses(path: Path, tmp_path: Path) -> None:
    script = tmp_path / "holder.py"
    script.write_text(HOLDER, encoding="utf-8")
    command = [sys.executable, str(script), str(path)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8", env=environment) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        check_complaint(path, "locked", "another daemon uses it")
        other.kill()
    history = History(path)
    write(history, entry("It is ours now."))
    history.close()


# ------------------------------------------------------------------------------------------------- no room, no right


def limit_pages(history: History, count: int | None) -> None:
    """Lets the file grow no further than by some pages; None lets it grow again."""

    def job(db: Connection) -> None:
        ((pages,),) = db.execute("PRAGMA page_count")
        list(db.execute(f"PRAGMA max_page_count = {2**30 if count is None else pages + count}"))

    history.store.run(job)


def filled(history: History) -> list[str]:
    """Writes until the disk is full; the texts that were acknowledged."""
    limit_pages(history, 4)
    kept: list[str] = []

    def rain() -> None:
        while True:
            text = f"On day {len(kept)} it rained. " * 20
            write(history, entry(text), clock=len(kept))
            kept.append(text)

    with pytest.raises(StorageError, match="is full; free some space on the disk"):
        rain()
    return kept


def test_a_full_disk_loses_nothing_that_was_acknowledged(path: Path) -> None:
    history = History(path)
    kept = filled(history)
    assert texts(history) == kept
    assert history.records().result() == {"clock": len(kept) - 1}
    with pytest.raises(StorageError, match=re.escape(str(path))):
        history.write(batch(entry("It went on. " * 2000), mood="dry")).result()
    assert texts(history) == kept
    limit_pages(history, None)
    write(history, entry("The sun came out."))
    assert texts(history) == [*kept, f"On day {len(kept)} it rained. " * 20, "It went on. " * 2000, "The sun came out."]
    assert history.records().result() == {"clock": len(kept), "mood": "dry"}
    history.close()


def test_what_waits_for_the_disk_is_in_the_next_save_and_in_the_file_at_the_end(path: Path) -> None:
    history = History(path)
    kept = filled(history)
    limit_pages(history, None)
    history.save("slot 1", 0).result()
    count = len(texts(history))
    assert count > len(kept)
    write(history, entry("Much later."))
    history.restore("slot 1").result()
    assert len(texts(history)) == count
    filled(history)
    limit_pages(history, None)
    late = len(texts(history))
    history.close()
    again = History(path)
    assert len(texts(again)) == late + 1
    again.close()


def test_what_waits_belongs_to_the_future_that_is_given_up(path: Path) -> None:
    history = History(path)
    history.save("slot 1", 0).result()
    filled(history)
    limit_pages(history, None)
    history.restore("slot 1").result()
    write(history, entry("Anew."))
    assert texts(history) == ["Anew."]
    history.close()


def test_no_more_waits_in_ram_than_there_is_room_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "UNWRITTEN_LIMIT", 3)
    history = History(path)
    kept = filled(history)
    for number in range(5):
        with pytest.raises(StorageError, match="full"):
            history.write(batch(entry(f"{number} " * 20_000))).result()
    limit_pages(history, None)
    write(history, entry("Room."))
    assert len(texts(history)) == len(kept) + 1 + 1 + 1, "those that failed first had two rows and one"
    history.close()


def read_only(db: Connection) -> None:
    list(db.execute("PRAGMA query_only = ON"))


def test_a_file_that_becomes_read_only(path: Path) -> None:
    some_history(path, 1)
    history = History(path)
    history.store.run(read_only)
    with pytest.raises(
        StorageError, match=f"{re.escape(str(path))}: .*readonly.*; make the file and its folder writable"
    ):
        write(history, entry("More."))
    assert texts(history) == ["The bell rang 0 times."]
    history.close()


# ------------------------------------------------------------------------------------------------- what waits


POISON = [
    (batch(entry("Half a pair: \ud800.")), "claim of a memory of npc:mira is not Unicode", "surrogate"),
    (batch(entry("Good day.", who="player:\udfff")), "who of a memory of npc:mira is not Unicode", "surrogate"),
    (batch(entry("Good day.", news=News("\ud800 sang."))), "news in a memory of npc:mira is not Unicode", "surrogate"),
    (batch(entry("Too late.", at=2**63)), "at of a memory of npc:mira is out of range", "64 bits"),
    (batch(entry("Too far.", depth=-(2**63) - 1)), "depth of a memory of npc:mira is out of range", "64 bits"),
    (batch(entry("Thought.", how="reflection", sources=(1, 2**63))), "sources of a memory .* out of range", "64 bits"),
    (batch(entry("Unsure.", confidence=float("nan"))), "confidence of a memory of npc:mira is nan", "finite"),
    (batch(mood="\ud800"), 'the record "mood" holds what is not Unicode', "surrogate"),
    (batch(**{"mood \ud800": 1}), 'the record "mood .*ud800" holds what is not Unicode', "surrogate"),
]


@pytest.mark.parametrize(("poison", "complaint", "remedy"), POISON)
def test_what_no_file_can_hold_is_refused_and_never_waits(
    poison: Batch, complaint: str, remedy: str, path: Path
) -> None:
    history = History(path)
    kept = filled(history)
    waiting = history.backlog
    with pytest.raises(Invalid, match=f"{complaint}.*; .*{remedy}"):
        history.write(poison).result()
    assert history.backlog == waiting
    limit_pages(history, None)
    write(history, entry("The sun came out."), clock=-1)
    assert len(texts(history)) == len(kept) + 2
    assert history.backlog == 0
    history.close()


def test_a_history_says_when_it_can_hold_no_more_and_goes_on_by_itself(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_module, "UNWRITTEN_LIMIT", 4)
    history = History(path)
    history.retry().result()
    kept = filled(history)
    known = [history.backlog]
    while not history.full:
        with pytest.raises(StorageError, match="full"):
            history.write(batch(entry(f"{history.backlog} " * 20_000))).result()
        known.append(history.backlog)
    assert known == [2, 3, 4]
    with pytest.raises(StorageError, match="full"):
        history.retry().result()
    assert history.backlog == 4
    limit_pages(history, None)
    history.retry().result()
    assert (history.backlog, history.full) == (0, False)
    assert len(texts(history)) == len(kept) + 3
    history.close()


def test_a_save_that_fails_changes_nothing(path: Path) -> None:
    history = History(path)
    write(history, clock=1)
    assert history.save("one", 1).result().number == 1
    write(history, clock=2)
    history.store.run(read_only)
    with pytest.raises(StorageError, match="readonly"):
        history.save("two", 2).result()
    with pytest.raises(StorageError, match="readonly"):
        history.branch("one", "two").result()
    with pytest.raises(StorageError, match="readonly"):
        history.delete_save("one").result()
    history.store.run(lambda db: list(db.execute("PRAGMA query_only = OFF")))
    write(history, clock=3)
    assert [value for _, value in history.ever("clock").result()] == [1, 3], "2 is in no save"
    assert history.save("two", 3).result().number == 2
    history.close()
