"""The engine: one thread that writes for every character at once.

Its loop reads as its verbs: receive, then step. Requests come through an inbox, text goes out through each request's
sink, and nothing else is shared with other threads. What it has under way, and what a step is, is in `work`.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from npc_runtime.engine.absence import Held
from npc_runtime.engine.backend import Backend
from npc_runtime.engine.books import EngineStats
from npc_runtime.engine.decoder import as_fault
from npc_runtime.engine.request import Ended, Request, Sink, Usage
from npc_runtime.engine.scheduling.parking import Parking
from npc_runtime.engine.work import Work
from npc_runtime.errors import ModelUnavailable

log = logging.getLogger(__name__)

LONG_STEP_SECONDS = 30.0
"""A step that takes longer is told of: nothing of ours can end it."""
LONGEST_REST_SECONDS = 1.0
LOOK_SECONDS = 0.1
"""How often it is looked whose time is up, while there is no model."""


class Engine:
    """Writes texts with one model. Everything but `start` may be called from any thread."""

    def __init__(
        self,
        backend: Backend,
        parking: Parking | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        shrink: Callable[[], None] | None = None,
    ) -> None:
        """Without a parking place, who gives its slot to another is computed again.

        `shrink` loads the backend again by settings that take less memory, and raises ModelUnavailable where there are
        none; without it, a model that fails ends all that it was asked.
        """
        self._backend = backend
        self._parking = Parking(0) if parking is None else parking
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._work = Work(backend, self._parking, shrink, self._inbox.put, clock)
        self._clock = clock
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._step_began: float | None = None
        self._duty, self._rests_until = 1.0, 0.0
        self._closed = False

    @property
    def model_name(self) -> str:
        """What the model calls itself."""
        return self._backend.name

    @property
    def stats(self) -> EngineStats:
        """A copy of the books as they stand."""
        return self._work.stats

    @property
    def trouble(self) -> str:
        """Why nothing is written now; empty: it is."""
        if (absence := self._work.absence) is not None:
            return absence.trouble
        if self._ended_by_itself:
            return "the thread of the model ended, and begins again"
        began = self._step_began
        if began is not None and (took := time.monotonic() - began) > LONG_STEP_SECONDS:
            return f"the model has not come back from a step for {took:.0f} s; if it never does, start the daemon again"
        return ""

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def submit(self, request: Request, sink: Sink) -> None:
        """Takes a request. Its sink gets everything, an `Ended` last, whatever happens."""
        if self._closed:
            sink([Ended("error", Usage(), ModelUnavailable("the engine is closed"))])
            return
        held = Held(request, sink, self._clock())  # the step under way counts, too
        self._inbox.put(lambda: self._work.take(held))

    def cancel(self, number: int) -> None:
        """Ends a request within one step; unknown numbers are ignored, since the request may have just ended."""
        self._inbox.put(lambda: self._work.cancel(number))

    def forget(self, owners: str, done: Callable[[], None]) -> None:
        """Gives up what was computed for all owners whose names begin so; `done` is called on the engine's thread.

        A sequence that is being written ends first.
        """
        if self._closed:
            done()
            return
        self._inbox.put(lambda: self._work.forget(owners, done))

    def limit(self, *, duty: float = 1.0, batch: int | None = None, parked: int | None = None) -> None:
        """From now on computes for this share of the time at most, though never while a player waits for a first word.

        `batch` is the most tokens of a decode, and `parked` the most bytes of RAM for idle characters; None: as many as
        there may be.
        """

        def limited() -> None:
            self._duty = duty
            self._work.limit(batch, parked)

        self._inbox.put(limited)

    def replace(self, load: Callable[[], None], why: str) -> None:
        """Has the backend loaded anew by `load`, on a thread of its own, and goes on with what was asked.

        Until `load` returns nobody touches the backend; where it raises, it is called again after a while.
        """
        self._inbox.put(lambda: self._work.leave(load, why))

    def look(self) -> None:
        """Begins again where the thread has ended that should not have; for one thread that calls it now and then."""
        if not self._ended_by_itself:
            return
        log.error("the thread of the engine ended by itself, and begins again")
        self._thread = threading.Thread(target=self._run_again, name="engine", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends every request with an error, stops the thread and frees the model."""
        if self._closed:
            return
        self._closed = True
        self._inbox.put(None)
        if self._thread.is_alive():
            self._thread.join()
        self._work.close()
        self._parking.close()
        self._backend.close()

    @property
    def _ended_by_itself(self) -> bool:
        started = self._thread.ident is not None
        return started and not self._closed and not self._thread.is_alive()

    # ------------------------------------------------------------------------------------- on the engine's thread

    def _run(self) -> None:
        while self._receive():
            self._step_began = time.monotonic()
            self.step()
            self._step_began = None
        self._work.end_all(ModelUnavailable("the engine was closed"))

    def step(self) -> None:
        """Schedule, decode, sample, deliver; then as much rest as is due."""
        took = self._work.timed_step()
        self._rests_until = time.monotonic() + min(took * (1 / self._duty - 1), LONGEST_REST_SECONDS)

    def _run_again(self) -> None:
        self._work.resume()
        self._run()

    def _receive(self) -> bool:
        """Handles what is in the inbox, waiting for something when there is nothing else to do, or it is to rest.

        False: the engine is closed.
        """
        handled = False
        while True:
            wait = self._wait()
            try:
                command = self._inbox.get(timeout=0.0 if handled and wait is None else wait)
            except queue.Empty:
                return True
            if command is None:
                return False
            try:
                command()
            except Exception as error:
                as_fault(error)  # which logs it; nothing that one asks may end the thread that all speak through
            handled = True

    def _wait(self) -> float | None:
        """Seconds until there is something to do; None: until something comes."""
        if self._work.absence is not None:
            return LOOK_SECONDS
        if self._work.idle:
            return None
        return 0.0 if self._work.hurried else max(0.0, self._rests_until - time.monotonic())
