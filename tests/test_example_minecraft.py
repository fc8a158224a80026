"""Villagers on a Minecraft server: a player talks, walks off, is given bread, makes peace; the daemon is killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent.parent / "bindings" / "typescript" / "examples" / "minecraft"
OLDEST = 20
"""The oldest Node that the binding is for."""


@pytest.fixture
def node() -> str:
    """The path of Node, where all is there that the example and its server need."""
    found = shutil.which("node")
    if found is None:
        pytest.skip(f"needs node {OLDEST} or later: apt-get install nodejs npm")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").split(".")[0]) < OLDEST:
        pytest.skip(f"needs node {OLDEST} or later, and this is {version.strip()}")
    modules = EXAMPLE / "node_modules"
    if not all((modules / name).is_dir() for name in ("mineflayer", "mineflayer-pathfinder", "flying-squid")):
        pytest.skip("needs the modules of the example: npm install, in bindings/typescript/examples/minecraft")
    return found


@pytest.fixture
def binding(node: str) -> None:
    """The client that the example depends on, as it is now."""
    folder = EXAMPLE / ".." / ".."
    compiler = folder / "node_modules" / "typescript" / "bin" / "tsc"
    if not compiler.is_file():
        pytest.skip("needs the modules of the binding: npm install, in bindings/typescript")
    built = subprocess.run([node, str(compiler)], cwd=folder, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout


def test_a_village_on_a_server(node: str, binding: None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "NPC_RUNTIME_MODEL"}
    tests = sorted(str(path.relative_to(EXAMPLE)) for path in (EXAMPLE / "test").glob("*.test.js"))
    ran = subprocess.run(
        [node, "--test", "--test-force-exit", "--test-reporter=spec", *tests],
        cwd=EXAMPLE,
        env={**environment, "PYTHON": sys.executable},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    print(*(line for line in ran.stdout.splitlines() if "first sentence" in line), sep="\n")
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
