"""The game of the client for Node.js, on top of the compiled client."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.players.game import build

HERE = Path(__file__).parent
BINDING = HERE.parents[2] / "bindings" / "typescript"
MODULES = BINDING / "node_modules"


def missing() -> str:
    """What the game needs that is not there."""
    if shutil.which("node") is None:
        return "needs node: apt-get install nodejs npm"
    if not (MODULES / "typescript").is_dir() or not (MODULES / "zeromq").is_dir():
        return "needs the modules of the binding: make clients, or npm install in bindings/typescript"
    return ""


def command(folder: Path) -> list[str]:
    """Compiles the client where it has changed, and gives what starts the game."""
    build(["node", str(MODULES / "typescript" / "bin" / "tsc"), "--project", str(BINDING)])
    return ["node", "--expose-gc", "--max-old-space-size=128", str(HERE / "player.mjs")]
