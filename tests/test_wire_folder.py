"""The data folder: who may read it, what happens where it cannot be written, and that it has one daemon."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from conftest import RunningDaemon, until

from npc_runtime.client.launch import Launched, launch
from npc_runtime.config import standby
from npc_runtime.errors import Conflict
from npc_runtime.wire import endpoint, token
from npc_runtime.wire.permissions import close_to_others

QUICK = ("--model", "none.gguf", "--embedding", "off")

posix = pytest.mark.skipif(os.name != "posix", reason="Windows keeps users apart by other means")


@contextlib.contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[RunningDaemon]:
    launched = asyncio.run(launch(folder, arguments=(*QUICK, *arguments)))
    try:
        yield RunningDaemon(launched, folder)
    finally:
        asyncio.run(launched.stop())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_an_older_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "worlds").mkdir(parents=True)
    kept = folder / "worlds" / "village-0123.db"
    for file in (folder / "token", folder / "feedback.jsonl", kept, folder / "notes.txt"):
        file.write_bytes(b"")
    outside = tmp_path / "outside"
    outside.write_bytes(b"")
    (folder / "worlds" / "linked.db").symlink_to(outside)
    for path in (folder, folder / "worlds", *folder.glob("*.*"), folder / "token", kept, outside):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with serving(folder) as daemon, daemon.peer() as peer:
        peer.village("w", "mira")
        for path in (folder, folder / "worlds"):
            assert mode(path) == 0o700
        ours = [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
        assert {file.name: oct(mode(file)) for file in ours if mode(file) != 0o600} == {"notes.txt": "0o644"}
        assert mode(outside) == 0o644, "what a link leads to is not ours"
        assert "others could read 5 files and folders in" in daemon.log


@posix
def test_a_shared_folder_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    (tmp_path / "token").write_bytes(b"")
    (tmp_path / "token").chmod(0o644)
    assert close_to_others(tmp_path) == 1
    assert (mode(tmp_path) & 0o777, mode(tmp_path / "token")) == (0o777, 0o600)


def test_two_daemons_that_start_at_once_are_one(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "npc_runtime", "serve", "--data-dir", str(tmp_path), *QUICK]
    command += ["--bind", "tcp://127.0.0.1:0", "--events-bind", "tcp://127.0.0.1:0"]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    try:
        until(lambda: sum(process.poll() is None for process in started) == 1)
        (winner,) = (process for process in started if process.poll() is None)
        until(lambda: endpoint.read(tmp_path) is not None)
        found = endpoint.read(tmp_path)
        assert found is not None
        assert found.pid == winner.pid
        for process in started:
            if process is not winner:
                assert process.stderr is not None
                assert f"for {tmp_path} already" in process.stderr.read()
    finally:
        for process in started:
            process.kill()
            process.communicate()


def test_a_clock_that_is_set_changes_nothing(tmp_path: Path) -> None:
    """The endpoint file of a living daemon holds whatever its times say, since it holds none."""
    with serving(tmp_path) as daemon:
        written = json.loads((tmp_path / "daemon.json").read_text(encoding="utf-8"))
        assert set(written) == {"endpoint", "events", "pid", "version"}
        for name in ("daemon.json", "daemon.lock"):
            os.utime(tmp_path / name, (0, 0))
        assert endpoint.read(tmp_path) == daemon.launched.endpoint
        with pytest.raises(Conflict, match="a daemon is running for"):
            asyncio.run(launch(tmp_path, arguments=QUICK))
    assert endpoint.read(tmp_path) is None


def test_a_process_that_got_the_same_number_is_no_daemon(tmp_path: Path) -> None:
    announced = endpoint.Endpoint("tcp://127.0.0.1:1", "tcp://127.0.0.1:2", os.getpid(), "0.1.0")
    (tmp_path / "daemon.json").write_text(json.dumps(vars(announced)), encoding="utf-8")
    assert endpoint.read(tmp_path) is None


def test_no_decision_reads_the_wall_clock() -> None:
    package = Path(endpoint.__file__).parents[1]
    for file in package.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert not {"time.time(", "datetime.now(", "utcnow("} & {
            call for call in ("time.time(", "datetime.now(", "utcnow(") if call in text
        }, file


@pytest.fixture
def unwritable(tmp_path: Path) -> Iterator[Path]:
    """A data folder in which nothing can be made, for root too: what should be the folder is a file."""
    folder = tmp_path / "data"
    folder.write_bytes(b"")
    yield folder
    shutil.rmtree(standby(folder), ignore_errors=True)


def test_without_a_folder_that_can_be_written_characters_speak(unwritable: Path) -> None:
    with serving(unwritable) as daemon, daemon.peer() as peer:
        assert token.read(unwritable), "clients find it all the same"
        opened = peer.village("w", "mira")
        assert not opened["remembers"]
        assert str(unwritable) in opened["trouble"]
        assert peer.ask("world.set", world="w", name="bridge.closed", value=True)["kept"] is False
        assert peer.ask("health")["memory"]
        request = peer.send("say", world="w", to="mira", text="Hello!", **{"from": "player:alex"})
        assert peer.reply(request)[-1]["text"]
        assert "cannot be written" in daemon.log
        with pytest.raises(Conflict):
            asyncio.run(launch(unwritable, arguments=QUICK))
    assert endpoint.read(unwritable) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes a process's files away")
@pytest.mark.parametrize("used", [False, True])
def test_a_full_disk_keeps_no_daemon_from_starting(tmp_path: Path, used: bool) -> None:
    """No file may grow, from the daemon's first moment on; its folder has been used before, or not."""
    import resource

    if used:
        (tmp_path / "token").write_text("left by an earlier daemon", encoding="utf-8")
    room = tmp_path / "standby"  # on another disk, as a rule
    room.mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(endpoint, "standby", lambda data_dir: room)
        real = endpoint._replace

        def full(path: Path, text: str) -> Path:
            if room not in path.parents:
                limit = resource.getrlimit(resource.RLIMIT_FSIZE)
                resource.setrlimit(resource.RLIMIT_FSIZE, (0, limit[1]))
                try:
                    return real(path, text)
                finally:
                    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
            return real(path, text)

        patched.setattr(endpoint, "_replace", full)
        registration = endpoint.Registration(tmp_path)
        secret = token.load_or_create(tmp_path, registration)
        announced = endpoint.of_this_process("tcp://127.0.0.1:1", "tcp://127.0.0.1:2")
        registration.announce(announced)
        assert token.read(tmp_path) == secret
        assert endpoint.read(tmp_path) == announced
        assert not list(tmp_path.glob("*.[0-9]*")), "no half of a file is left"
        registration.withdraw()
        assert endpoint.read(tmp_path) is None


@posix
def test_a_folder_that_is_deleted_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder) as daemon, daemon.peer() as peer:
        peer.village("w", "mira")
        assert peer.ask("world.set", world="w", name="bridge.closed", value=True)["kept"] is True
        shutil.rmtree(folder)
        assert peer.ask("world.set", world="w", name="bridge.closed", value=False)["kept"] is False
        assert "was deleted" in peer.ask("health")["memory"]
        assert peer.ask("save.create", world="w", save="now")["code"] == "storage"
        request = peer.send("say", world="w", to="mira", text="Hello!", **{"from": "player:alex"})
        assert peer.reply(request)[-1]["text"]


def test_sigterm_ends_it_quickly_whatever_goes_on(tmp_path: Path) -> None:
    launched: Launched = asyncio.run(launch(tmp_path, arguments=QUICK))
    daemon = RunningDaemon(launched, tmp_path)
    with daemon.peer() as peer:
        peer.village("w", "mira", "tom")
        peer.send("argue.start", world="w", between=["mira", "tom"], about="the stolen hammer")
        for number in range(500):
            peer.send("world.set", world="w", name="n", value=number)
        began = time.monotonic()
        psutil.Process(launched.process.pid).terminate()
        assert launched.process.wait(timeout=10) == 0
        assert time.monotonic() - began < 3
