"""The game of the Godot client: a headless Godot, which reads a file, since its scripts read no pipes."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).parent
BINDING = HERE.parents[2] / "bindings" / "godot"
GODOT = "godot3-server"
SHELL = (
    'export LC_ALL=C.UTF-8 HOME="$1"; exec 3<&0; : >"$1/told"; (cat <&3; echo end) >"$1/told" & '
    'exec "$2" --path "$3" -s "$4" "$1/told" > >(grep --line-buffered "^{")'
)
"""What it is told goes on to a file; of what it prints, the lines of JSON are its own, and the rest is the engine's."""


def missing() -> str:
    """What the game needs that is not there."""
    if shutil.which(GODOT) is None:
        return f"needs a headless Godot 3: apt-get install {GODOT}"
    return "" if shutil.which("bash") else "needs bash"


def command(folder: Path) -> list[str]:
    """What starts it; there is nothing to build."""
    return ["bash", "-c", SHELL, "bash", str(folder), GODOT, str(BINDING), str(HERE / "player.gd")]
