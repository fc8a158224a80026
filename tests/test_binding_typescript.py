"""The TypeScript binding: its own tests pass where there is a Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BINDING = Path(__file__).parent.parent / "bindings" / "typescript"
MODULES = BINDING / "node_modules"
OLDEST = 20
"""The oldest Node that the binding is for."""


@pytest.fixture
def node() -> str:
    """The path of Node, where all is there that the binding's tests need."""
    found = shutil.which("node")
    if found is None:
        pytest.skip(f"needs node {OLDEST} or later: apt-get install nodejs npm")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").split(".")[0]) < OLDEST:
        pytest.skip(f"needs node {OLDEST} or later, and this is {version.strip()}")
    if not (MODULES / "typescript").is_dir() or not (MODULES / "zeromq").is_dir():
        pytest.skip("needs the modules of the binding: npm install, in bindings/typescript")
    return found


def test_vectors_transcripts_and_a_game_against_a_real_daemon(node: str) -> None:
    check([node, str(MODULES / "typescript" / "bin" / "tsc")])
    tests = sorted(str(path.relative_to(BINDING)) for path in (BINDING / "dist" / "test").glob("*.test.js"))
    assert tests
    check([node, "--test", "--test-reporter=spec", *tests])


def check(command: list[str]) -> None:
    """Runs a command of the binding; its words are shown where it fails."""
    environment = {**os.environ, "PYTHON": sys.executable}
    ran = subprocess.run(command, cwd=BINDING, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
