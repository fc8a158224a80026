"""Players go first here as they do in the engine: no scene takes a turn while one of them waits for a first word.

A turn in a scene costs this process some milliseconds even where no model writes it, and a model that computes on this
machine gets what is left. So scenes, of whatever world, hold their next turn back until whoever waits has heard
something.
"""

from __future__ import annotations

import asyncio
import contextlib

LONGEST_SECONDS = 2.0  # that one turn is held back, however many players come one after the other


class Precedence:
    """Replies for whose first words players wait. Belongs to the daemon's event loop."""

    def __init__(self) -> None:
        self._awaited: set[str] = set()
        self._nobody = asyncio.Event()
        self._nobody.set()

    def wait(self, reply: str) -> None:
        """A player waits for a reply."""
        self._awaited.add(reply)
        self._nobody.clear()

    def end(self, reply: str) -> None:
        """Nobody waits for a reply any more, if somebody did."""
        self._awaited.discard(reply)
        if not self._awaited:
            self._nobody.set()

    async def give(self) -> None:
        """Returns when no player waits, or after the longest time that a turn is held back."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._nobody.wait(), LONGEST_SECONDS)
