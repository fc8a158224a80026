"""What each world had computed, so that the one that had least is next.

Start-time fair queueing (Goyal, Vin and Cheng, 1996): a world that had nothing to do begins again where the one that
had least stands now. So it has no credit from before, and what it had too much is not forgotten.
"""

from __future__ import annotations

from collections.abc import Set


class Shares:
    """Tokens computed for each world, those of worlds that begin later counted from where they began."""

    def __init__(self) -> None:
        self._had: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._had)

    def join(self, world: str, others: Set[str]) -> None:
        """A world has something to do again; `others` have had all along."""
        least = min((self._had[other] for other in others), default=None)
        if least is None:
            self._had = {world: 0}
            return
        ahead = {one: had for one, had in self._had.items() if one in others or had > least}
        self._had = {world: least, **ahead}

    def charge(self, world: str, tokens: int) -> None:
        """So much was computed for it."""
        self._had[world] = self._had.get(world, 0) + tokens

    def had(self, world: str) -> int:
        """How much a world that has something to do had so far."""
        return self._had[world]
