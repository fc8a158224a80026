"""The game of the C# client, under mono: compiled with it, into the folder of the run."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.players.game import build

HERE = Path(__file__).parent
CORE = HERE.parents[2] / "bindings" / "unity" / "Runtime" / "Core"


def missing() -> str:
    """What the game needs that is not there."""
    if shutil.which("mcs") is None or shutil.which("mono") is None:
        return "needs mono: apt-get install mono-mcs mono-runtime libmono-system-core4.0-cil"
    return ""


def command(folder: Path) -> list[str]:
    """Compiles the client and the game, and gives what starts them."""
    program = folder / "player.exe"
    sources = [str(path) for part in (CORE, HERE) for path in sorted(part.rglob("*.cs"))]
    build(["mcs", "-langversion:7", "-optimize+", "-warnaserror", f"-out:{program}", *sources])
    return ["mono", str(program)]
