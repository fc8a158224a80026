"""The frame times of a game, as they are reported: an average, about once a second."""

from __future__ import annotations

EVERY_SECONDS = 1.0


class Frames:
    """Takes in every frame, and gives an average when it is time to report."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._sum, self._count = 0.0, 0

    def add(self, ms: float, now: float) -> float | None:
        """A frame took `ms` milliseconds; the average since the last report, where one is due. `now` in seconds."""
        self._since = now if self._since is None else self._since
        self._sum, self._count = self._sum + ms, self._count + 1
        if now - self._since < EVERY_SECONDS:
            return None
        average = self._sum / self._count
        self._since, self._sum, self._count = now, 0.0, 0
        return average
