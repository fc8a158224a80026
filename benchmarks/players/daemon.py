"""A daemon that is killed and started again a hundred times: forked from one that has loaded everything already."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path

from benchmarks.players.game import GameError
from npc_runtime.cli import main as command_line
from npc_runtime.wire import endpoint

SETTINGS = (
    *("--model", "no-model.gguf", "--embedding", "off"),
    *("--bind", "tcp://127.0.0.1:0", "--events-bind", "tcp://127.0.0.1:0"),
)
START_SECONDS = 60.0
LOG = "daemon.log"


class Daemon:
    """A daemon in a data folder, as often as it is started there."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._nursery = multiprocessing.get_context("forkserver")
        self._nursery.set_forkserver_preload(["npc_runtime.daemon", __name__])
        self._process: multiprocessing.process.BaseProcess | None = None

    def start(self) -> None:
        """Starts it and waits until it serves."""
        self._process = self._nursery.Process(target=_serve, args=(self.data_dir,), daemon=True)
        self._process.start()
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends and self._process.is_alive():
            found = endpoint.read(self.data_dir)
            if found is not None and found.pid == self._process.pid:
                return
            time.sleep(0.01)
        said = (self.data_dir / LOG).read_text(encoding="utf-8", errors="replace")
        raise GameError(f"the daemon does not start:\n{said}")

    @property
    def serving_since(self) -> float:
        """When it said that it serves, by the wall clock."""
        return (self.data_dir / endpoint.FILE).stat().st_mtime

    def freeze(self) -> None:
        """It does nothing more, and its connections stay."""
        assert self._process is not None, "it was started"
        os.kill(self._process.pid or 0, signal.SIGSTOP)

    def kill(self) -> None:
        """Ends it without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None


def _serve(data_dir: Path) -> None:
    log = os.open(data_dir / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 2)
    sys.exit(command_line.main(["serve", "--data-dir", str(data_dir), *SETTINGS]))
