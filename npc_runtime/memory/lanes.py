"""Lanes: whose jobs run in order, one at a time, on a few threads that all lanes share.

So ten thousand worlds need no more threads than one. A lane gives its thread back after every job: of two lanes with
much to do, neither waits for the other's end. A job must not wait for another job's future: all threads might do so.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from npc_runtime.errors import Cancelled

Result = TypeVar("Result")

THREADS = 4
_POOL = ThreadPoolExecutor(THREADS, thread_name_prefix="memory")


class Lane:
    """Jobs, run in the order in which they were given."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._running = False
        self._closed = False
        self._lock = threading.Lock()

    def submit(self, job: Callable[[], Result]) -> Future[Result]:
        """Runs `job` once all that was given before is done. Raises Cancelled when the lane is closed."""
        return self._take(job)

    def close(self, last: Callable[[], Result]) -> Result:
        """Takes one last job, and waits until everything is done."""
        return self._take(last, closing=True).result()

    def _take(self, job: Callable[[], Result], *, closing: bool = False) -> Future[Result]:
        future: Future[Result] = Future()
        with self._lock:  # gives and closes at once: what another thread gave in between would run after the last job
            if self._closed:
                raise Cancelled("the world was closed before this was done", hint="open it, and ask again")
            self._closed = closing
            self._waiting.append(partial(_run, job, future))
            idle, self._running = not self._running, True
        if idle and not self._given_on():
            self._turn()
        return future

    def _turn(self) -> None:
        while True:
            with self._lock:
                job = self._waiting.popleft()
            job()
            with self._lock:
                if not self._waiting:
                    self._running = False
                    return
            if self._given_on():
                return

    def _given_on(self) -> bool:
        """Whether a thread will take the next turn; once the interpreter ends none does, and we have to ourselves."""
        try:
            _POOL.submit(self._turn)
        except RuntimeError:
            return False
        return True


def _run(job: Callable[[], Result], future: Future[Result]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = job()
    except BaseException as error:
        future.set_exception(error)
        del future  # or the error would hold its own traceback
    else:
        future.set_result(result)
