"""A game in some language: started, told what to do a line at a time, and looked at from outside."""

from __future__ import annotations

import importlib
import json
import queue
import subprocess
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import psutil

HERE = Path(__file__).parent
ANSWER_SECONDS = 30.0
END_SECONDS = 10.0
BUILD_SECONDS = 150
LAST_WORDS = 2000


class GameError(Exception):
    """The game did not do what it was told."""


def clients() -> list[str]:
    """Those that there is a game for."""
    return sorted(folder.parent.name for folder in HERE.glob("*/__init__.py"))


def missing(client: str) -> str:
    """What is not there that the game of a client needs, in a sentence; or nothing."""
    return str(importlib.import_module(f"benchmarks.players.{client}").missing())


def build(command: list[str]) -> None:
    """Runs a compiler. Raises GameError with what it says."""
    ran = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=BUILD_SECONDS)
    if ran.returncode:
        raise GameError(f"{command[0]} failed:\n{(ran.stdout + ran.stderr)[-LAST_WORDS:]}")


class Game:
    """The running game of a client."""

    def __init__(self, client: str) -> None:
        """Builds it, where it must be, and starts it."""
        self._folder = tempfile.TemporaryDirectory(prefix="npc-runtime-game-")
        command = importlib.import_module(f"benchmarks.players.{client}").command(Path(self._folder.name))
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the game
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, bufsize=0
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin = self._process.stdin
        self._stdout = self._process.stdout
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, args=(self._stdout,), daemon=True)
        self._reader.start()

    def __enter__(self) -> Game:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._stdout.close()
        self._errors.close()
        self._folder.cleanup()

    def tell(self, do: str, *, patience: float = ANSWER_SECONDS, **fields: Any) -> dict[str, Any]:
        """Has it do something, and returns its answer. Raises GameError with what it said last."""
        try:
            self._stdin.write(json.dumps({"do": do, **fields}).encode() + b"\n")
        except BrokenPipeError:
            raise self._error(f"it had ended before it was told to {do}") from None
        try:
            line = self._lines.get(timeout=patience)
        except queue.Empty:
            raise self._error(f"it has not answered {do} for {patience:g} s") from None
        if not line:
            raise self._error(f"it has ended instead of answering {do}")
        answer = json.loads(line)
        if "error" in answer:
            raise self._error(f"{do}: {answer['error']}")
        assert isinstance(answer, dict)
        return answer

    def said(self) -> str:
        """The end of what it wrote to its standard error."""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")[-LAST_WORDS:]

    def held(self) -> dict[str, int]:
        """What its process holds: threads, file descriptors, bytes of memory."""
        process = psutil.Process(self._process.pid)
        return {"threads": process.num_threads(), "descriptors": process.num_fds(), "rss": process.memory_info().rss}

    def _read(self, stdout: IO[bytes]) -> None:
        for line in stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def _error(self, what: str) -> GameError:
        said = self.said().strip()
        return GameError(f"{what}\n{said}" if said else what)
