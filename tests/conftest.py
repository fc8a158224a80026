"""A real daemon in a process of its own, with a small model, on free ports and in a folder that goes away."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from wire_peer import Peer

from benchmarks.random_gguf import random_gguf
from npc_runtime.client.launch import Launched, launch
from npc_runtime.wire import token

# Shared machines are slow at odd moments, and a change should not fail for what another run would have found: new
# examples are for the developer's own machine.
settings.register_profile("default", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("default")

# What a shell runs in the background is told to ignore Ctrl-C, and so would be all that is started here.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where `REQUIRE_CLIENTS` is set, no test is left out: a tool of a client that is missing is a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("REQUIRE_CLIENTS"):
        report.outcome = "failed"
    return report


StartDaemon = Callable[..., "RunningDaemon"]
Connect = Callable[[], Peer]


class RunningDaemon:
    """What tests need to know of a daemon."""

    def __init__(self, launched: Launched, data_dir: Path) -> None:
        self.launched = launched
        self.data_dir = data_dir
        self.endpoint = launched.endpoint.endpoint
        self.events = launched.endpoint.events
        self.token = token.read(data_dir)

    @property
    def log(self) -> str:
        """All that it logged."""
        return self.launched.log.read_text(encoding="utf-8")

    def peer(self, *options: tuple[int, int], hello: bool = True) -> Peer:
        """A client of the bare protocol; with `hello`, in a session."""
        peer = Peer(self.endpoint, self.token, options)
        if hello:
            assert peer.hello()["type"] == "welcome"
        return peer

    def stop(self) -> None:
        """Ends the daemon, which must have lived until now."""
        status = self.launched.process.poll()
        asyncio.run(self.launched.stop())
        assert status is None, self.log

    def check_log(self) -> None:
        """It left in order, and met no bug on its way."""
        assert "Traceback" not in self.log, self.log
        assert self.log.rstrip().endswith("stopped"), self.log


@pytest.fixture(scope="session", autouse=True)
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that knows nothing, loads and writes in no time, and is in force where a test names none.

    Mechanics are tested on it, and on the default one where words matter.
    """
    model = random_gguf(tmp_path_factory.mktemp("models") / "random.gguf")
    os.environ.setdefault("NPC_RUNTIME_MODEL", str(model))
    return model


@pytest.fixture(scope="session")
def start_daemon(tmp_path_factory: pytest.TempPathFactory, random_model: Path) -> Iterator[StartDaemon]:
    """Starts a daemon with further flags of `serve`; it is stopped at the end of the session."""
    started: list[RunningDaemon] = []

    def start(*arguments: str) -> RunningDaemon:
        data_dir = tmp_path_factory.mktemp("data")
        launched = asyncio.run(launch(data_dir, arguments=arguments))
        started.append(RunningDaemon(launched, data_dir))
        return started[-1]

    yield start
    for daemon in started:
        daemon.stop()
    for daemon in started:
        daemon.check_log()


@pytest.fixture(scope="session")
def daemon(start_daemon: StartDaemon) -> RunningDaemon:
    """One daemon for all tests that do not need settings of their own."""
    return start_daemon()


@pytest.fixture(scope="session")
def default_daemon(start_daemon: StartDaemon) -> RunningDaemon:
    """One with the default model, for tests in which it matters what is said."""
    return start_daemon("--model", "default")


@pytest.fixture
def peer(daemon: RunningDaemon) -> Iterator[Peer]:
    """A client in a session."""
    with daemon.peer() as found:
        yield found


_worlds = itertools.count(1)


@pytest.fixture
def world() -> str:
    """The id of a world that no other test uses."""
    return f"world-{next(_worlds)}"


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Waits for a condition that must come true; fails where it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
