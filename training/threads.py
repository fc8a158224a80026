"""How many threads to compute with, on a machine that others use too.

Two threads that wait for each other after every operation are slower than one as soon as somebody else wants a core.
So the other choice is tried for a step now and then, and kept if it is faster.
"""

from __future__ import annotations

import torch

_STAY = 10  # steps between trials


class Threads:
    """Chooses between one thread and `most`."""

    def __init__(self, most: int) -> None:
        self.current, self._other = most, 1
        self._speed, self._left, self._trying = 0.0, _STAY, False
        torch.set_num_threads(most)

    def ran(self, tokens: int, seconds: float) -> None:
        """Reports a step, and changes the number of threads when it is time."""
        speed = tokens / seconds
        if self._trying:
            self._trying, self._left = False, _STAY
            if speed < self._speed:
                self._swap()
            return
        self._speed, self._left = speed, self._left - 1
        if self._left <= 0 and self.current != self._other:
            self._trying = True
            self._swap()

    def _swap(self) -> None:
        self.current, self._other = self._other, self.current
        torch.set_num_threads(self.current)
