"""The client in Go that was written from the protocol's specification alone talks to a real daemon."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import RunningDaemon

SOURCE = Path(__file__).parent.parent / "protocol" / "examples" / "go"


def _built(into: Path) -> Path:
    """The program; the test is left out where it cannot be had."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("needs Go")
    program = into / "client"
    try:
        built = subprocess.run(
            [go, "build", "-buildvcs=false", "-ldflags=-s -w", "-o", str(program), "."],
            cwd=SOURCE,
            env={**os.environ, "CGO_ENABLED": "0"},
            capture_output=True,
            text=True,
            timeout=35,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("needs Go with a filled build cache: nothing was built within 35 s")
    if "proxy" in built.stderr or "dial tcp" in built.stderr:
        pytest.skip(f"needs Go's modules: {built.stderr}")
    assert built.returncode == 0, built.stderr
    return program


def test_it_plays_a_visit(daemon: RunningDaemon, tmp_path: Path) -> None:
    program = _built(tmp_path)
    visit = subprocess.run(
        [str(program), str(daemon.data_dir), "Could you give me some bread?", "3s"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert visit.returncode == 0, visit.stdout + visit.stderr
    lines = visit.stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("npc:mira is "))
    assert lines[start + 1].startswith("  "), "a sentence comes behind the emotion"
    assert "heard done" in lines
    assert "ping pong" in lines
    assert lines[-1] == "left: <nil>"
