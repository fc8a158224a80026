"""Lanes: in order, one at a time, side by side, on few threads; and stores give back all that they took."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest
from memory_kit import entry, texts, write

from npc_runtime.errors import Cancelled, StorageError
from npc_runtime.memory.history import History
from npc_runtime.memory.lanes import THREADS, Lane

ROOT = Path(__file__).resolve().parent.parent


def test_jobs_of_a_lane_run_in_order_and_one_at_a_time() -> None:
    lanes = [Lane() for _ in range(20)]
    seen: list[list[int]] = [[] for _ in lanes]
    inside = [0] * len(lanes)
    most = [0] * len(lanes)

    def job(of: int, number: int) -> int:
        inside[of] += 1
        most[of] = max(most[of], inside[of])
        seen[of].append(number)
        inside[of] -= 1
        return number

    def give(of: int) -> None:
        futures = [lanes[of].submit(partial(job, of, number)) for number in range(300)]
        assert [future.result() for future in futures] == list(range(300))

    threads = [threading.Thread(target=give, args=(of,)) for of in range(len(lanes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [list(range(300))] * len(lanes)
    assert set(most) == {1}


def test_lanes_run_side_by_side() -> None:
    meeting = threading.Barrier(THREADS, timeout=5)
    met = [Lane().submit(meeting.wait) for _ in range(THREADS)]
    assert sorted(future.result() for future in met) == list(range(THREADS))


def test_a_lane_with_much_to_do_does_not_hold_up_the_others() -> None:
    start = threading.Event()
    order: list[str] = []
    busy = [Lane() for _ in range(THREADS)]
    for lane in busy:
        lane.submit(start.wait)
    much = [lane.submit(partial(order.append, "busy")) for lane in busy for _ in range(100)]
    few = [Lane().submit(partial(order.append, "idle")) for _ in range(10)]
    start.set()
    for future in (*few, *much):
        future.result()
    assert order.count("busy") == 100 * THREADS
    last = max(place for place, who in enumerate(order) if who == "idle")
    assert last < 25 * THREADS, "each had its turn before the busy ones were done"


def test_an_error_is_its_future_s_and_the_next_job_runs() -> None:
    lane = Lane()
    broken, fine = lane.submit(lambda: 1 // 0), lane.submit(lambda: 1)
    with pytest.raises(ZeroDivisionError):
        broken.result()
    assert fine.result() == 1


def test_a_job_that_was_taken_back_does_not_run() -> None:
    lane, start, ran = Lane(), threading.Event(), threading.Event()
    held = lane.submit(start.wait)
    assert lane.submit(ran.set).cancel()
    start.set()
    held.result()
    assert lane.submit(ran.is_set).result() is False


def test_closing_waits_for_what_was_given_and_takes_no_more() -> None:
    lane = Lane()
    numbers: list[int] = []
    for number in range(100):
        lane.submit(partial(numbers.append, number))
    assert lane.close(lambda: len(numbers)) == 100
    with pytest.raises(Cancelled, match="was closed"):
        lane.submit(lambda: None)


def test_nothing_that_another_thread_gives_runs_after_the_last_job() -> None:
    """A world is closed in a thread of its own, while the daemon goes on giving its file things to do."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(200):
            lane, order = Lane(), list[str]()
            giving = threading.Thread(target=_give_until_closed, args=(lane, partial(order.append, "given")))
            giving.start()
            lane.close(partial(order.append, "last"))
            giving.join()
            assert order.index("last") == len(order) - 1
    finally:
        sys.setswitchinterval(usual)


def _give_until_closed(lane: Lane, job: Callable[[], None]) -> None:
    with contextlib.suppress(Cancelled):
        while True:
            lane.submit(job)


def test_many_stores_take_few_threads_and_give_their_files_back(tmp_path: Path) -> None:
    me = psutil.Process()
    History(tmp_path / "first.db").close()
    files, threads = me.num_fds(), me.num_threads()
    for _ in range(10):
        histories = [History(tmp_path / f"{number}.db") for number in range(30)]
        for number, history in enumerate(histories):
            write(history, entry(f"It was number {number}."))
        assert me.num_fds() == files + 2 * len(histories)
        assert me.num_threads() <= threads + THREADS
        for history in histories:
            history.close()
        assert me.num_fds() == files
        assert {file.suffix for file in tmp_path.iterdir()} == {".db"}, "the log is in the file"
    again = History(tmp_path / "12.db")
    assert texts(again) == ["It was number 12."]
    again.close()


def test_a_store_that_does_not_open_takes_nothing(tmp_path: Path) -> None:
    me = psutil.Process()
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"not a database " * 1000)
    History(tmp_path / "fine.db").close()
    files, threads = me.num_fds(), me.num_threads()
    for _ in range(50):
        with pytest.raises(StorageError):
            History(broken)
    assert me.num_fds() == files
    assert me.num_threads() <= threads + THREADS
    assert sorted(file.name for file in tmp_path.iterdir()) == ["broken.db", "fine.db"]


LEFT_OPEN = """
import sys
from pathlib import Path
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.history import History
histories = [History(Path(sys.argv[1]) / f"{number}.db") for number in range(8)]
for clock in range(200):
    for history in histories:
        history.write(Batch(records={"clock": clock}))
"""


def test_a_process_that_ends_with_open_stores_finishes_what_was_given_and_does_not_hang(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LEFT_OPEN, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, timeout=20, check=True, capture_output=True, text=True, encoding="utf-8")
    assert done.stderr == ""
    for number in range(8):
        history = History(tmp_path / f"{number}.db")
        assert history.records().result() == {"clock": 199}
        history.close()
