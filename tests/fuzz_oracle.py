"""What must hold of a daemon under attack: others are answered, memory and log stay clean, and it ends when told to."""

from __future__ import annotations

import asyncio
import itertools
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgpack
import psutil
from conftest import RunningDaemon
from wire_peer import Body, Peer

from npc_runtime.client.launch import launch
from npc_runtime.wire.codec import BODY_LIMIT

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "10000"))
"""Inputs of each kind; `make fuzz` asks for more."""
PING_SECONDS = 3.0  # of the clock, beside other tests: what a frame must not do is stop a daemon, not slow a machine
ANSWER_SECONDS = 10.0
END_SECONDS = 3.0
GROWTH_MB = 200.0
MB = 2**20
PAUSE_SECONDS = 0.02
BUGS = (b"Traceback", b"RuntimeWarning", b"never retrieved")
"""What Python writes into the log when something of ours went wrong."""
SETTINGS = ("--embedding", "off", "--threads", "1")


class Oracle:
    """A daemon of its own, and another client that pings it without a pause and watches its memory."""

    def __init__(self, data_dir: Path) -> None:
        self.daemon = RunningDaemon(asyncio.run(launch(data_dir, arguments=SETTINGS)), data_dir)
        self.worst_ping = 0.0
        self.growth = 0.0
        self.broken = ""
        self.reported = False  # a test has failed with it
        self._process = psutil.Process(self.daemon.launched.process.pid)
        self._first_rss = self._process.memory_info().rss
        self._log_read = 0
        self._leaving = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="oracle")
        self._watcher.start()

    def check(self, doing: str) -> None:
        """Raises AssertionError where a promise was broken by now; `doing` is what was sent meanwhile."""
        with self.daemon.launched.log.open("rb") as log:
            log.seek(self._log_read)
            written = log.read()
        self._log_read += len(written)
        found = min((at for sign in BUGS if (at := written.find(sign)) >= 0), default=-1)
        if found >= 0:
            self._break(f"the daemon logged a bug of ours:\n{written[found : found + 3000].decode(errors='replace')}")
        self.held(doing)

    def held(self, doing: str) -> None:
        """Raises AssertionError where another client waited for too long, or the daemon grew too large."""
        self.reported = bool(self.broken)
        assert not self.broken, f"{self.broken}\nmeanwhile: {doing}"

    def fit(self, body: Body, doing: str) -> None:
        """Raises AssertionError for an answer that no client should get: a bug of ours, or more than may be sent."""
        if body.get("code") == "internal":
            self._break(f"the daemon answered {body}")
        self.held(doing)
        size = len(msgpack.packb(body))
        assert size <= BODY_LIMIT, f"the answer has {size} bytes, {BODY_LIMIT} are the protocol's limit\n{doing}"

    def answer(self, peer: Peer, request: str, doing: str, seconds: float = ANSWER_SECONDS) -> Body:
        """The first message that belongs to a request. Raises AssertionError where none comes in time."""
        deadline = time.monotonic() + seconds
        while True:
            if peer.socket.poll(int(PAUSE_SECONDS * 1000)):
                body = peer.receive()
                if body.get("re") == request:
                    return body
            self.held(doing)
            assert time.monotonic() < deadline, f"request {request} has no answer within {seconds:g} s\nit was: {doing}"

    def end(self) -> None:
        """Ends the daemon as a service manager does. Raises AssertionError where it is slow, or leaves in disorder."""
        self._leave()
        begun = time.monotonic()
        self.daemon.stop()
        seconds = time.monotonic() - begun
        self.check("being told to end")
        assert seconds < END_SECONDS, f"the daemon took {seconds:.1f} s to end, not {END_SECONDS:g}"
        assert self.daemon.log.rstrip().endswith("stopped"), f"its log ends with\n{self.daemon.log[-1000:]}"

    def kill(self) -> None:
        """Ends a daemon that was broken already."""
        self._leave()
        self.daemon.launched.process.kill()
        self.daemon.launched.process.wait()

    def _leave(self) -> None:
        self._leaving.set()
        self._watcher.join()

    def _break(self, why: str) -> None:
        # What eats memory or hangs could take the developer's machine along: it is not left to run on.
        self.broken = self.broken or why
        self.daemon.launched.process.kill()

    def _watch(self) -> None:
        with self.daemon.peer(hello=False) as peer:
            while not self._leaving.wait(PAUSE_SECONDS) and not self.broken:
                asked = time.monotonic()
                peer.send("ping")
                answered = False
                while not (answered or self.broken or self._leaving.is_set()):
                    answered = bool(peer.socket.poll(int(PAUSE_SECONDS * 1000)))
                    self._look(time.monotonic() - asked)
                if answered:
                    peer.receive()

    def _look(self, waited: float) -> None:
        try:
            rss = self._process.memory_info().rss
        except psutil.NoSuchProcess:
            rss = 0
        self.worst_ping = max(self.worst_ping, waited)
        self.growth = max(self.growth, (rss - self._first_rss) / MB)
        if not rss:
            self._break("the daemon has ended by itself")
        elif waited > PING_SECONDS:
            self._break(f"another client's ping has waited for {waited:.1f} s, not {PING_SECONDS:g} at most")
        elif self.growth > GROWTH_MB:
            self._break(f"the daemon has grown by {self.growth:.0f} MB since its start, not {GROWTH_MB:.0f} at most")


class Siege:
    """Daemons under attack, one at a time: another one where the last was broken, so that failures are told apart."""

    def __init__(self, folder: Callable[[str], Path]) -> None:
        """`folder` makes a new folder."""
        self._folder = folder
        self._numbers = itertools.count(1)
        self._oracle: Oracle | None = None

    def oracle(self) -> Oracle:
        """The one that lives."""
        if self._oracle is not None and self._oracle.reported:
            self._oracle.kill()
            self._oracle = None
        self._oracle = self._oracle or Oracle(self._folder(f"siege-{next(self._numbers)}"))
        return self._oracle

    def end(self) -> None:
        """Raises AssertionError where a daemon that held until now does not end as it should."""
        if self._oracle is None:
            return
        print(f"worst ping {self._oracle.worst_ping * 1000:.0f} ms, growth {self._oracle.growth:.0f} MB")
        if self._oracle.reported:
            self._oracle.kill()
        else:
            self._oracle.end()
