"""A client that only asks whether the daemon is there, and how long the answer takes while others have it busy."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

from npc_runtime.client import connect
from npc_runtime.errors import RuntimeFault

EVERY_SECONDS = 0.05
LOOK_SECONDS = 0.02


class Pinger:
    """On a thread of its own, so that it waits for the daemon only. Close it when done."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._watching = self._over = False
        self._asked = 0.0  # when the ping was sent that is not answered yet
        self._longest = self.worst = 0.0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="pinger", daemon=True)
        self._thread.start()

    def watch(self) -> None:
        """The daemon is there, and ought to answer."""
        self._watching = True

    def look_away(self) -> None:
        """The daemon is about to end."""
        self._watching, self._asked = False, 0.0

    def longest(self) -> float:
        """Seconds of the longest wait since this was asked last; one that still goes on counts too."""
        asked, longest, self._longest = self._asked, self._longest, 0.0
        longest = max(longest, time.monotonic() - asked if asked else 0.0)
        self.worst = max(self.worst, longest)
        return longest

    def close(self) -> None:
        """Ends the thread."""
        self._over, self._watching = True, False
        self._thread.join()

    async def _run(self) -> None:
        while not self._over:
            if self._watching:
                await self._session()
            await asyncio.sleep(LOOK_SECONDS)

    async def _session(self) -> None:
        try:
            runtime = await connect(data_dir=self._data_dir, start=False, name="pinger")
        except RuntimeFault:
            return
        try:
            while self._watching:
                self._asked = began = time.monotonic()
                ping = asyncio.create_task(runtime.ping())
                while self._watching and not ping.done():
                    await asyncio.wait({ping}, timeout=LOOK_SECONDS)
                took = time.monotonic() - began
                ping.cancel()
                failed = (await asyncio.gather(ping, return_exceptions=True))[0] is not None
                if self._watching:
                    self._longest = max(self._longest, took)
                self._asked = 0.0
                if failed:
                    return
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            await runtime.close()
