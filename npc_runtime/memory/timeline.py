"""Timelines: which rows of an append-only history can be seen from where.

Every row carries the branch it was written on and a sequence number that only grows. Restoring a save begins a new
branch that forks from the saved point: it sees what its ancestors wrote up to their forks, and nothing of the future
that was given up. Nothing is copied, whatever the size of the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ALL = 2**62
"""No end: the branch that is being written is seen whole."""


@dataclass(frozen=True)
class Point:
    """A place in a history: a branch, and the last row of it that is seen."""

    branch: int
    seq: int = ALL


class Branches:
    """The tree of branches: each one's parent, and the row at which it left it."""

    def __init__(self, forks: Mapping[int, Point | None]) -> None:
        """`forks`: branch -> the point it forked from, parents first; None for the first."""
        self._forks = dict(forks)

    def forks(self) -> Iterable[tuple[int, Point | None]]:
        """Every branch and the point that it forked from, parents before their children."""
        return self._forks.items()

    def fork(self, branch: int, point: Point) -> None:
        """Adds a branch that leaves another one at `point`."""
        self._forks[branch] = point

    def drop(self, branch: int) -> None:
        """Takes out a branch that nothing descends from."""
        del self._forks[branch]

    def ends(self, point: Point) -> dict[int, int]:
        """What is seen from `point`: the last visible row of every branch on the way to it."""
        ends: dict[int, int] = {}
        at: Point | None = point
        while at is not None:
            ends[at.branch] = at.seq
            at = self._forks[at.branch]
        return ends
