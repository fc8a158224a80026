"""The game of the C++ client, compiled with it; the client itself is kept where its tests build it."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.players.game import build

HERE = Path(__file__).parent
BINDING = HERE.parents[2] / "bindings" / "cpp"
BUILT = BINDING / "build"


def missing() -> str:
    """What the game needs that is not there."""
    lacking = [tool for tool in ("g++", "make") if shutil.which(tool) is None]
    return f"needs {', '.join(lacking)}: apt-get install g++ make libzmq3-dev" if lacking else ""


def command(folder: Path) -> list[str]:
    """Compiles the client, where it has changed, and the game, and gives what starts them."""
    BUILT.mkdir(exist_ok=True)
    build(
        ["make", "-j2", "-C", str(BUILT), "-f", str(BINDING / "Makefile"), "CXXFLAGS=-O2 -Werror", "libnpc_runtime.a"]
    )
    program = folder / "player"
    flags = ["-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror", "-fno-exceptions", "-fno-rtti", f"-I{BINDING}"]
    build(["g++", *flags, str(HERE / "player.cpp"), str(BUILT / "libnpc_runtime.a"), "-lzmq", "-o", str(program)])
    return [str(program)]
