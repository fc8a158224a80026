"""The daemon that it is all done to: started with what makes it suffer, killed, and looked at."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import psutil

from benchmarks.havoc.faults import Faults
from benchmarks.havoc.pinger import Pinger
from npc_runtime.client import Runtime, connect
from npc_runtime.client.launch import Launched, last_lines, launch
from npc_runtime.errors import ConfigError

EXPIRY_SECONDS = 2.0
SETTINGS = (
    *("--embedding", "off", "--heartbeat", "0.5", "--session-expiry", str(EXPIRY_SECONDS)),
    *("--deadline", "5"),
)
NO_MODEL = "no-model.gguf"
GROWTH = 200 * 2**20
"""Bytes that a daemon may grow by."""
PING_SECONDS = 1.0
STOP_SECONDS = 3.0
QUIET_SECONDS = 8.0
TRACEBACK = re.compile(r"^(?:\d\d:\d\d:\d\d )?(.*)\nTraceback (?:.*)\n(?:[ \t].*\n|\n)*(.*)", re.MULTILINE)
"""What was logged, and the last line of the traceback below it, the first where one led to another."""
REQUEST = re.compile(r"request \S+")


class Subject:
    """A daemon in a folder, as often as it is started there."""

    def __init__(self, data_dir: Path, faults: Faults) -> None:
        self.data_dir = data_dir
        self.faults = faults
        self.pinger = Pinger(data_dir)
        self.starts = 0
        self.slowest_start = 0.0
        self.largest_growth = 0  # bytes
        self._launched: Launched | None = None
        self._rss = 0
        self._told: set[str] = set()  # bugs of the daemon that runs

    async def start(self, model: str) -> None:
        """Starts it and waits until it is ready. Raises ConfigError with its last words when it ends at once."""
        began = time.monotonic()
        with self.faults.preloaded():
            self._launched = await launch(self.data_dir, arguments=["--model", model, *SETTINGS])
        self.starts += 1
        self._told.clear()
        self.slowest_start = max(self.slowest_start, time.monotonic() - began)
        self._rss = self._memory()
        self._auditor = await self.client("auditor")
        self.pinger.watch()

    async def start_anyhow(self, model: str) -> str:
        """Starts it while it cannot be expected to; why it would not, or nothing."""
        try:
            await self.start(model)
        except ConfigError as error:
            return str(error)
        return ""

    async def client(self, name: str) -> Runtime:
        """A new session."""
        return await connect(data_dir=self.data_dir, start=False, name=name)

    @property
    def process(self) -> psutil.Process:
        """The daemon's process."""
        assert self._launched is not None, "it was started"
        return psutil.Process(self._launched.process.pid)

    async def kill(self) -> list[str]:
        """Ends it without a word; what is wrong with what it logged."""
        assert self._launched is not None, "it was started"
        self.pinger.look_away()
        self._launched.process.kill()
        self._launched.process.wait()
        await self._auditor.close()
        return self.log_complaints()

    async def abandon(self) -> None:
        """Leaves no daemon behind, whatever went wrong."""
        self.pinger.close()
        if self._launched is not None and self._launched.process.poll() is None:
            await self.kill()

    async def stop(self) -> list[str]:
        """Ends it in order; what is wrong with how it ended."""
        assert self._launched is not None, "it was started"
        self.pinger.look_away()
        began = time.monotonic()
        status = self._launched.process.poll()
        await self._launched.stop()
        took = time.monotonic() - began
        await self._auditor.close()
        complaints = [] if status is None else [f"the daemon had ended by itself, with status {status}"]
        if took > STOP_SECONDS:
            complaints.append(f"it took the daemon {took:.1f} s to stop")
        return [*complaints, *self.log_complaints()]

    def log_complaints(self) -> list[str]:
        """Bugs that it logged and that were not told yet; each log is read before the next start writes over it."""
        assert self._launched is not None, "it was started"
        log = self._launched.log.read_text(encoding="utf-8", errors="replace")
        found = TRACEBACK.findall(log)
        bugs = dict.fromkeys(f"{REQUEST.sub('request', lead)}: {what}" for lead, what in found if lead)
        fresh = [bug for bug in bugs if bug not in self._told]
        self._told.update(fresh)
        return [f"a traceback is in the log: {bug}" for bug in fresh]

    async def complaints(self, sessions: int) -> list[str]:
        """What is wrong with it, once nobody asks anything of it; `sessions` are those of the lanes."""
        assert self._launched is not None, "it was started"
        status = self._launched.process.poll()
        if status is not None:
            return [f"the daemon ended by itself, with status {status}: {last_lines(self._launched.log)}"]
        complaints = [*self.log_complaints(), *await self._unbalanced(sessions)]
        longest, growth = self.pinger.longest(), self._memory() - self._rss
        self.largest_growth = max(self.largest_growth, growth)
        if longest > PING_SECONDS:
            complaints.append(f"a ping of another client took {longest:.2f} s")
        if growth > GROWTH:
            complaints.append(f"the daemon grew by {growth / 2**20:.0f} MB since its start")
        return complaints

    async def _unbalanced(self, sessions: int) -> list[str]:
        """What is still held when everybody is done; the pinger and the auditor have sessions too."""
        deadline = time.monotonic() + QUIET_SECONDS
        while True:
            health = await self._auditor.health()
            books = {"sessions": health.sessions, "speaking": health.speaking, "waiting": health.waiting}
            if health.balanced and books == {"sessions": sessions + 2, "speaking": 0, "waiting": 0}:
                return []
            if time.monotonic() > deadline:
                held = ", ".join(f"{name} {count}" for name, count in books.items())
                return [
                    f"after {QUIET_SECONDS:g} s the books do not balance: {held}; sessions should be {sessions + 2}"
                ]
            await asyncio.sleep(0.05)

    def _memory(self) -> int:
        return int(self.process.memory_info().rss)
