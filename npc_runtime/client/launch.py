"""Finding the daemon of a data folder, or starting one that lives as long as this process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from npc_runtime.client import program
from npc_runtime.config import load, standby
from npc_runtime.errors import ConfigError, DeadlineExceeded, NotFound, StorageError
from npc_runtime.wire import endpoint
from npc_runtime.wire.endpoint import Endpoint

POLL_SECONDS = 0.02
STOP_SECONDS = 10.0
NEW_GROUP: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""On Windows only: lets Ctrl-Break reach the daemon alone, and keeps a Ctrl-C for the game from it."""
LOG = "daemon.log"
LOG_LINES_SHOWN = 12


@dataclass
class Launched:
    """A daemon that this process started."""

    endpoint: Endpoint
    process: subprocess.Popen[bytes]
    log: Path

    async def stop(self) -> None:
        """Ends the daemon: politely first, then not."""
        _ask_to_stop(self.process)
        try:
            await asyncio.to_thread(self.process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            await asyncio.to_thread(self.process.wait)


def data_folder(data_dir: Path | str | None) -> Path:
    """The data folder that was named, else the configured one."""
    return Path(data_dir) if data_dir is not None else load().data_dir


def find(data_dir: Path) -> Endpoint:
    """The running daemon of a data folder. Raises NotFound."""
    found = endpoint.read(data_dir)
    if found is None:
        raise NotFound(f"no daemon is running for {data_dir}", hint="start one with: npc-runtime serve")
    return found


async def launch(
    data_dir: Path, *, command: Sequence[str] = (), arguments: Sequence[str] = (), timeout: float = 120.0
) -> Launched:
    """Starts `npc-runtime serve` on free ports, and waits for it; loading a large model takes its time.

    `command` is what runs NPC Runtime, where it is not to be found by the rule (`program`); `arguments` are further
    flags of `serve`; its log goes to `daemon.log` in the data folder. Raises NotFound when there is no NPC Runtime,
    Conflict when one is running there already, ConfigError with the daemon's last words when it ends at once, and
    DeadlineExceeded when it is not ready after `timeout` seconds.
    """
    words = [*program.command(command), "serve", "--data-dir", str(data_dir)]
    words += ["--exit-with-parent", str(os.getpid())]
    if "--bind" not in arguments:
        words += ["--bind", "tcp://127.0.0.1:0", "--events-bind", "tcp://127.0.0.1:0"]
    endpoint.refuse_second(data_dir)
    try:
        log = _new_log(data_dir)
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                [*words, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                env=_environment(),
                creationflags=NEW_GROUP,
            )
    except OSError as error:
        raise StorageError(
            f"cannot start a daemon for {data_dir}: {error.strerror}", hint="choose another data folder"
        ) from None
    try:
        return Launched(await _ready(process, data_dir, log, timeout), process, log)
    except BaseException:  # Ctrl-C while a large model loads leaves no daemon behind
        process.kill()
        process.wait()
        raise


def _new_log(data_dir: Path) -> Path:
    """An empty log, in the data folder or, where that cannot be written, in its standby. Raises OSError."""
    try:
        return _begun(data_dir)
    except OSError:
        return _begun(standby(data_dir))


def _begun(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    return folder / LOG


async def _ready(process: subprocess.Popen[bytes], data_dir: Path, log: Path, timeout: float) -> Endpoint:
    """Where the daemon listens, once it does."""
    waited = 0.0
    while True:
        found = endpoint.read(data_dir)
        if found is not None and found.pid == process.pid:
            return found
        if process.poll() is not None:
            endpoint.refuse_second(data_dir)
            raise ConfigError(
                f"the daemon ended with status {process.returncode} before it was ready:\n{last_lines(log)}"
            )
        if waited > timeout:
            raise DeadlineExceeded(
                f"the daemon was not ready after {timeout:g} s:\n{last_lines(log)}",
                hint="name a smaller model, or wait longer",
            )
        await asyncio.sleep(POLL_SECONDS)
        waited += POLL_SECONDS


def _ask_to_stop(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, or Ctrl-Break on Windows, where `terminate` would leave the daemon no time to end its replies."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            process.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        process.terminate()


def _environment() -> dict[str, str]:
    """This environment, with the package in reach also when it runs from a checkout that is not installed."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}


def last_lines(log: Path) -> str:
    """The end of a daemon's log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-LOG_LINES_SHOWN:]) or "(it wrote nothing)"
