"""While there is no model: somebody loads one, and what is asked meanwhile waits for it, but not for long.

Text is the truth: whoever was speaking is computed again by the next model, and goes on in the middle of its sentence.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from npc_runtime.engine.request import Priority, Request, Sink

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 3.0
"""How long a line waits for a model before its character had better say one of its own."""
RETRY_SECONDS, LONGEST_RETRY_SECONDS = 5.0, 60.0
"""Between tries to load, where nothing finds room: twice as long each time, up to the longest."""


@dataclass(eq=False)
class Held:
    """A request that came while there was no model to read it."""

    request: Request
    sink: Sink
    arrival: float

    def expired(self, now: float) -> bool:
        """Whether its deadline is over."""
        return self.request.deadline is not None and now - self.arrival > self.request.deadline


class Absence:
    """One time without a model. `returned` is called on the thread that loads, once there is one again."""

    def __init__(
        self, load: Callable[[], None], why: str, layout: str, returned: Callable[[], None], began: float
    ) -> None:
        """`load` returns when there is a model, and raises where there is none. `layout` is that of the last one."""
        self.why, self.layout = why, layout
        self.held: list[Held] = []
        self.hopeless = ""  # why loading failed, for as long as it does
        self._began = began  # on the engine's clock
        self._load, self._returned = load, returned
        self._given_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine-loading", daemon=True)

    def start(self) -> None:
        """Begins to load."""
        self._thread.start()

    @property
    def trouble(self) -> str:
        """In a sentence."""
        return f"the model is away: {self.hopeless or self.why}; characters speak lines of their own meanwhile"

    def waited(self, request: Request, arrival: float, now: float) -> bool:
        """Whether a request has waited long enough. What nobody stands waiting for has time until its deadline."""
        if self.hopeless:
            return True
        if request.priority is Priority.BACKGROUND:
            return False
        return now - max(arrival, self._began) > PATIENCE_SECONDS

    def close(self) -> None:
        """Ends the tries; waits for one that is under way."""
        self._given_up.set()
        self._thread.join()

    def _run(self) -> None:
        pause = RETRY_SECONDS
        while not self._given_up.is_set():
            if self._loads():
                self._returned()
                return
            log.error("no model could be loaded, the next try is in %g s: %s", pause, self.hopeless)
            self._given_up.wait(pause)
            pause = min(2 * pause, LONGEST_RETRY_SECONDS)

    def _loads(self) -> bool:
        try:
            self._load()
        except BaseException as error:  # whatever it was: without this thread there would never be a model again
            self.hopeless = str(error) or type(error).__name__
            return False
        return True
