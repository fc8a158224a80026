"""A short chaos run, and that its books and its bad disk would find what they are there to find."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import chaos
from benchmarks.havoc.deeds import OPENING, Advance, Deed, Forget, Hear, Line, Restore, Save, Say, Set, Teach
from benchmarks.havoc.faults import Faults
from benchmarks.havoc.ledger import Answer, Ledger, Observed

NEW = Observed({}, (), OPENING, frozenset(), {}, {})
ASKED = Line("npc:mira", "player:qx0", "What was it?")
ANSWERED = Line("npc:mira", "player:qx0", "answer 1", own=True)


def test_nothing_that_was_told_turns_out_untrue() -> None:
    result = chaos.run(rounds=12, seed=5)
    assert not result["broken"], "\n".join(f"{one['round']} {one['fault']}: {one['wrong']}" for one in result["broken"])
    assert result["rounds"] == 12
    assert result["starts"] > 3
    assert result["calls_denied"] or result["left_out"]


# ------------------------------------------------------------------------------------------------- the books


def ledger(*deeds: tuple[Deed, Answer]) -> Ledger:
    books = Ledger()
    for deed, answer in deeds:
        entry = books.sent(deed, excused=False)
        entry.answer = answer
        entry.why = "storage" if answer == "refused" else ""
    return books


def test_books_that_agree_balance() -> None:
    books = ledger(
        (Set("fact.0", 1), "kept"),
        (Save("slot"), "kept"),
        (Teach("npc:mira", "One."), "kept"),
        (Advance(5), "done"),
        (Say(ASKED), "kept"),
        (Hear("r1", ANSWERED), "kept"),
    )
    heard = frozenset({("npc:mira", "player:qx0", "What was it?")})
    found = Observed({"fact.0": 1}, (("npc:mira", "One."),), OPENING + 5, heard, {"npc:mira": 1}, {"slot": OPENING})
    assert books.balance(found, cut=False) == []
    books.sent(Restore("slot"), excused=False).answer = "kept"
    books.sent(Forget("player:qx0"), excused=False).answer = "kept"
    assert books.balance(replace(NEW, facts={"fact.0": 1}, saves={"slot": OPENING}), cut=False) == []


def test_what_is_lost_is_found_out() -> None:
    assert ledger((Set("fact.0", 1), "kept")).balance(NEW, cut=True)
    assert ledger((Teach("npc:mira", "One."), "kept")).balance(NEW, cut=True)
    assert ledger((Say(ASKED), "kept")).balance(NEW, cut=True)
    assert ledger((Hear("r1", ANSWERED), "kept")).balance(NEW, cut=True)
    assert ledger((Save("slot"), "kept")).balance(NEW, cut=True)
    assert ledger((Advance(5), "done")).balance(NEW, cut=False)


def test_what_was_refused_and_done_all_the_same_is_found_out() -> None:
    (wrong,) = ledger((Advance(5), "kept"), (Advance(7), "refused")).balance(
        replace(NEW, clock=OPENING + 12), cut=True
    )[1:]
    assert wrong.startswith(f"the game time is {OPENING + 12}, not {OPENING + 5}; the deeds were ")
    assert wrong.endswith("world.advance 5 (done), world.advance 7 (storage)")


def test_what_was_refused_for_no_reason_is_found_out() -> None:
    (wrong,) = ledger((Set("fact.0", 1), "refused")).balance(NEW, cut=False)
    assert wrong == "world.set fact.0 1 (storage) was refused for no reason"
    assert ledger((Restore("slot"), "refused")).balance(NEW, cut=False) == []


@pytest.mark.parametrize("happened", range(4))
def test_what_was_not_answered_may_have_happened_in_its_order(happened: int) -> None:
    deeds = [Set("fact.0", number) for number in (1, 2, 3)]
    books = ledger(*((deed, "none") for deed in deeds))
    facts = {"fact.0": happened} if happened else {}
    assert books.balance(replace(NEW, facts=facts), cut=True) == []


def test_what_was_not_answered_may_not_have_happened_before_what_was_sent_earlier() -> None:
    books = ledger((Set("fact.0", 1), "none"), (Set("fact.1", 2), "none"))
    assert books.balance(replace(NEW, facts={"fact.1": 2}), cut=True)


@pytest.mark.parametrize("saved", [1, 2])
def test_a_save_that_may_or_may_not_have_been_made_again_may_hold_either(saved: int) -> None:
    books = ledger(
        (Set("fact.0", 1), "kept"), (Save("slot"), "kept"), (Set("fact.0", 2), "kept"), (Save("slot"), "none")
    )
    found = replace(NEW, facts={"fact.0": 2}, saves={"slot": OPENING})
    assert books.balance(found, cut=True) == []
    books.sent(Restore("slot"), excused=False).answer = "kept"
    assert books.balance(replace(found, facts={"fact.0": saved}), cut=False) == []


def test_what_was_done_and_not_kept_may_be_lost_with_the_process_only() -> None:
    assert ledger((Advance(5), "done"), (Advance(7), "done")).balance(replace(NEW, clock=OPENING + 5), cut=True) == []
    assert ledger((Advance(5), "done"), (Advance(7), "kept")).balance(replace(NEW, clock=OPENING + 5), cut=True)
    assert ledger((Advance(5), "done")).balance(NEW, cut=False)


def test_what_is_left_of_somebody_who_was_forgotten_is_found_out() -> None:
    books = ledger((Say(ASKED), "kept"), (Forget("player:qx0"), "kept"))
    heard = frozenset({("npc:mira", "player:qx0", "What was it?")})
    assert books.balance(replace(NEW, heard=heard), cut=False)


# ------------------------------------------------------------------------------------------------- the bad disk

ANSWERING = """
import os, sqlite3, sys, time
for line in sys.stdin:
    try:
        found = eval(line)
    except Exception as error:
        found = error
    print(found, flush=True)
"""


class Sufferer:
    """A process below whose folder things go wrong."""

    def __init__(self, tmp_path: Path) -> None:
        (tmp_path / "workshop").mkdir()
        self.folder = tmp_path / "data"
        self.folder.mkdir()
        self.faults = Faults(self.folder, tmp_path / "workshop")
        with self.faults.preloaded():
            self.process = subprocess.Popen(
                [sys.executable, "-c", ANSWERING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )

    def tell(self, expression: str) -> str:
        """What comes of an expression there; FOLDER in it is the folder."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(expression.replace("FOLDER", str(self.folder)) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@pytest.fixture
def sufferer(tmp_path: Path) -> Iterator[Sufferer]:
    found = Sufferer(tmp_path)
    yield found
    with found.process:
        assert found.process.stdin is not None
        found.process.stdin.close()
    found.faults.close()


WRITE = "os.write(os.open('FOLDER/a', os.O_CREAT | os.O_WRONLY), b'x' * 100)"
TABLE = "sqlite3.connect('FOLDER/db').execute('CREATE TABLE a (b)').fetchall()"
ELSEWHERE = "os.write(os.open(os.devnull, os.O_WRONLY), b'x')"


@pytest.mark.skipif(sys.platform != "linux", reason="the library is preloaded on Linux only")
def test_a_disk_is_full_below_the_folder_only(sufferer: Sufferer) -> None:
    sufferer.faults.fill(room=130)
    assert [sufferer.tell(WRITE) for _ in range(3)] == ["100", "30", "[Errno 28] No space left on device"]
    assert sufferer.tell(TABLE) == "database or disk is full"
    assert sufferer.tell(ELSEWHERE) == "1"
    assert sufferer.faults.denied > 2
    sufferer.faults.mend()
    assert sufferer.tell(TABLE) == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="the library is preloaded on Linux only")
def test_a_folder_can_be_read_only(sufferer: Sufferer) -> None:
    assert sufferer.tell(WRITE) == "100"
    sufferer.faults.protect()
    denied = "[Errno 30] Read-only file system"
    for change in ("open('FOLDER/a', 'a')", "os.mkdir('FOLDER/b')", "os.remove('FOLDER/a')"):
        assert sufferer.tell(change).startswith(denied)
    assert sufferer.tell("os.access('FOLDER/a', os.W_OK)") == "False"
    assert sufferer.tell("len(open('FOLDER/a').read())") == "100"
    sufferer.faults.mend()
    assert sufferer.tell("os.remove('FOLDER/a')") == "None"


@pytest.mark.skipif(sys.platform != "linux", reason="the library is preloaded on Linux only")
def test_a_clock_can_jump_and_durations_do_not(sufferer: Sufferer) -> None:
    before = float(sufferer.tell("time.time() - time.monotonic()"))
    sufferer.faults.step_clock(-3600)
    assert float(sufferer.tell("time.time() - time.monotonic()")) == pytest.approx(before - 3600, abs=1)
