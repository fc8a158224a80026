"""Starting and stopping: addresses, the endpoint file, signals, and the parent process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import RunningDaemon, until

from npc_runtime.client.launch import find, launch
from npc_runtime.errors import ConfigError, Conflict, NotFound
from npc_runtime.wire import endpoint, token
from npc_runtime.wire.door import reachable


def start_failure(data_dir: Path, *arguments: str) -> str:
    with pytest.raises(ConfigError) as caught:
        asyncio.run(launch(data_dir, arguments=arguments))
    return str(caught.value)


def test_the_endpoint_file_says_how_to_connect(daemon: RunningDaemon) -> None:
    found = json.loads((daemon.data_dir / "daemon.json").read_text(encoding="utf-8"))
    assert found["pid"] == daemon.launched.process.pid
    assert found["endpoint"] == daemon.endpoint
    assert not daemon.endpoint.endswith(":0")
    assert find(daemon.data_dir) == daemon.launched.endpoint


def test_the_log_says_how_the_model_is_placed(daemon: RunningDaemon) -> None:
    [line] = [line for line in daemon.log.splitlines() if "the plan: " in line]
    assert "16 streams of 1024 cells" in line


def test_the_endpoint_file_goes_with_the_daemon(tmp_path: Path) -> None:
    launched = asyncio.run(launch(tmp_path))
    asyncio.run(launched.stop())
    assert not (tmp_path / "daemon.json").exists()
    with pytest.raises(NotFound, match="npc-runtime serve"):
        find(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send SIGINT to one process")
def test_an_interrupt_stops_it_in_order(tmp_path: Path) -> None:
    launched = asyncio.run(launch(tmp_path))
    launched.process.send_signal(signal.SIGINT)
    assert launched.process.wait(timeout=20) == 0
    assert launched.log.read_text(encoding="utf-8").rstrip().endswith("stopped")
    assert not (tmp_path / "daemon.json").exists()


def test_an_endpoint_file_left_by_a_crash_is_no_daemon(tmp_path: Path) -> None:
    launched = asyncio.run(launch(tmp_path))
    launched.process.kill()
    launched.process.wait()
    assert (tmp_path / "daemon.json").exists()
    assert endpoint.read(tmp_path) is None
    again = asyncio.run(launch(tmp_path))
    asyncio.run(again.stop())


def test_one_data_folder_has_one_daemon(daemon: RunningDaemon) -> None:
    with pytest.raises(Conflict, match=r"a daemon is running for .* already") as caught:
        asyncio.run(launch(daemon.data_dir))
    assert daemon.endpoint in caught.value.message
    command = [sys.executable, "-m", "npc_runtime", "serve", "--data-dir", str(daemon.data_dir)]
    second = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert second.returncode != 0
    assert second.stderr.splitlines()[-1] == f"npc-runtime: {caught.value}"


def test_an_address_in_use_is_named(daemon: RunningDaemon, tmp_path: Path) -> None:
    failure = start_failure(tmp_path, "--bind", daemon.endpoint, "--events-bind", "tcp://127.0.0.1:0")
    assert f"cannot listen on {daemon.endpoint}: the address is in use" in failure
    assert "--bind tcp://127.0.0.1:0" in failure


@pytest.mark.parametrize("address", ["tcp://0.0.0.0:5577", "tcp://*:5577", "tcp://192.168.1.7:5577", "tcp://[::]:5577"])
def test_other_machines_could_reach_it(address: str) -> None:
    assert reachable(address)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:0", "tcp://127.0.0.1:*", "tcp://[::1]:5577", "tcp://localhost:5577", "ipc:///tmp/npc"]
)
def test_no_other_machine_can_reach_the_loopback(address: str) -> None:
    assert not reachable(address)


def test_localhost_is_the_loopback(tmp_path: Path) -> None:
    launched = asyncio.run(
        launch(tmp_path, arguments=["--bind", "tcp://localhost:0", "--events-bind", "tcp://[::1]:0"])
    )
    asyncio.run(launched.stop())
    assert launched.endpoint.endpoint.startswith("tcp://127.0.0.1:")


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    program = f"""
import asyncio, sys
from pathlib import Path
from npc_runtime.client.launch import launch
print(asyncio.run(launch(Path({str(tmp_path)!r}))).process.pid, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as game:
        assert game.stdout is not None
        assert game.stdout.readline().strip().isdigit()
        assert endpoint.read(tmp_path) is not None
        game.kill()
    until(lambda: not (tmp_path / "daemon.json").exists())
    assert "is gone, so this daemon stops" in (tmp_path / "daemon.log").read_text(encoding="utf-8")


def test_the_log_can_be_json(tmp_path: Path) -> None:
    launched = asyncio.run(launch(tmp_path, arguments=["--log-json"]))
    asyncio.run(launched.stop())
    lines = [json.loads(line) for line in launched.log.read_text(encoding="utf-8").splitlines()]
    assert lines[-1]["message"] == "stopped"
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)


def test_the_token_is_made_once(tmp_path: Path) -> None:
    with contextlib.closing(Registered(tmp_path / "new")) as found:
        first = token.load_or_create(tmp_path / "new", found.registration)
        assert len(first) >= 32
        assert token.load_or_create(tmp_path / "new", found.registration) == first
        (tmp_path / "new" / "token").write_text("", encoding="utf-8")
        second = token.load_or_create(tmp_path / "new", found.registration)
        assert second != first, "an empty token would let everybody in"
        assert token.read(tmp_path / "new") == second


class Registered:
    """A registration that ends with a test."""

    def __init__(self, folder: Path) -> None:
        self.registration = endpoint.Registration(folder)

    def close(self) -> None:
        self.registration.withdraw()
