"""The doctor: what it finds, what it says to do, and when it fails."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from conftest import RunningDaemon, until

from npc_runtime.cli import doctor
from npc_runtime.engine import gpu

ROOT = Path(__file__).parent.parent
FREE = "tcp://127.0.0.1:0"
posix_only = pytest.mark.skipif(os.name != "posix", reason="file modes and scripts are POSIX matters")


def examine(data_dir: Path, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit status, and the findings by what was looked at."""
    addresses = [] if "--bind" in arguments else ["--bind", FREE]
    command = [sys.executable, "-m", "npc_runtime", "doctor", "--json", "--data-dir", str(data_dir)]
    done = subprocess.run(
        [*command, "--events-bind", FREE, *addresses, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.stderr == ""
    result = json.loads(done.stdout)
    assert result["ok"] == (done.returncode == 0)
    return done.returncode, {finding["check"]: finding for finding in result["checks"]}


def test_a_healthy_machine(tmp_path: Path) -> None:
    status, found = examine(tmp_path / "data")
    assert status == 0
    assert set(found) == {
        *("Python", "npc-runtime", "llama.cpp", "GPU", "RAM", "model", "profile", "plan", "embedding"),
        *("port for requests", "port for events", "data folder", "token"),
    }
    assert "0.3" in found["llama.cpp"]["found"]
    assert "16 streams of 1024 cells" in found["plan"]["found"]
    assert not (tmp_path / "data").exists(), "the doctor changes nothing"


def test_a_port_that_somebody_has(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        status, found = examine(tmp_path, "--bind", f"tcp://127.0.0.1:{port}")
    assert status == 1
    assert found["port for requests"]["status"] == "fail"
    assert f"process {os.getpid()}" in found["port for requests"]["found"]
    assert "--bind tcp://127.0.0.1:0" in found["port for requests"]["todo"]


def test_the_running_daemon_may_hold_its_port(daemon: RunningDaemon) -> None:
    status, found = examine(daemon.data_dir, "--bind", daemon.endpoint)
    assert status == 0
    assert f"held by the running daemon (process {daemon.launched.process.pid})" in found["port for requests"]["found"]


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    status, found = examine(tmp_path, "--model", str(tmp_path / "none.gguf"))
    assert status == 1
    assert "no model file" in found["model"]["found"]
    assert "own lines" in found["model"]["todo"]


def test_a_model_that_is_cut_off(tmp_path: Path) -> None:
    (tmp_path / "half.gguf").write_bytes(b"GGUF\x03\x00\x00\x00half")
    status, found = examine(tmp_path, "--model", str(tmp_path / "half.gguf"))
    assert status == 1
    assert "damaged" in found["model"]["found"]


@posix_only
def test_a_token_that_others_can_read(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("secret", encoding="utf-8")
    token.chmod(0o644)
    status, found = examine(tmp_path)
    assert status == 1
    assert found["token"]["todo"] == f"chmod 600 {token}"
    token.chmod(0o600)
    assert examine(tmp_path)[0] == 0


def test_a_data_folder_that_cannot_be_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    status, found = examine(file)
    assert status == 1
    assert found["data folder"]["status"] == "fail"
    assert "--data-dir" in found["data folder"]["todo"]


CARD = gpu.Card("GeForce RTX 4060", 8 << 30, 6 << 30)


def test_a_card_that_the_build_cannot_use_is_said_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "cards", lambda: [CARD])
    finding = doctor._gpu(offload=False)
    assert finding.status == "warn"
    assert "GeForce RTX 4060 (6.0 of 8.0 GiB free) is NOT USED" in finding.found
    assert "pip install" in finding.todo
    assert "-DGGML_CUDA=on" in finding.todo
    assert doctor._gpu(offload=True).status == "ok"


@posix_only
@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("echo 'GeForce RTX 4060, 8192, 6144'", [CARD]),
        ("echo 'NVIDIA-SMI has failed because it could not talk to the driver'; exit 9", []),
        ("echo 'GeForce RTX 4060, [N/A], [N/A]'", []),
    ],
)
def test_cards_are_what_nvidia_smi_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, wanted: list[gpu.Card]
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert gpu.cards() == wanted


def test_cards_are_what_the_library_of_the_driver_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    class NVMLError(Exception):
        pass

    library = ModuleType("pynvml")
    library.__dict__.update(
        NVMLError=NVMLError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: 1,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetName=lambda handle: b"GeForce RTX 4060",
        nvmlDeviceGetMemoryInfo=lambda handle: SimpleNamespace(total=8 << 30, free=6 << 30),
    )
    monkeypatch.setitem(sys.modules, "pynvml", library)
    assert gpu.cards() == [CARD]

    def no_driver() -> None:
        raise NVMLError

    library.__dict__["nvmlInit"] = no_driver
    monkeypatch.setenv("PATH", "")
    assert gpu.cards() == []


def test_what_the_cards_have_free_is_read_beside_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "FRESH_SECONDS", 0.0)
    asked, go_on = threading.Event(), threading.Event()
    before, after = gpu.Card("card", 8, 5), gpu.Card("card", 8, 3)

    def read() -> list[gpu.Card]:
        asked.set()
        go_on.wait(10)
        return [after]

    gauge = gpu.Gauge([before], read)
    assert gauge.read() == (before,)
    assert asked.wait(10)
    assert gauge.read() == (before,), "the driver takes its time"
    go_on.set()
    until(lambda: gauge.read() == (after,))
    asked.clear()
    assert gpu.Gauge([], read).read() == ()
    assert not asked.is_set(), "where there is no card, none is looked for"
