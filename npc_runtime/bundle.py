"""The bundle: NPC Runtime as a folder with a program in it, for machines without Python. `make bundle` makes it.

PyInstaller puts this package beside a Python of its own; `bundling/` says what else goes in.
"""

from __future__ import annotations

import sys
from pathlib import Path

NAME = "npc-runtime"
"""Of the folder, and of the program in it."""
PROGRAM = f"{NAME}.exe" if sys.platform == "win32" else NAME


def frozen() -> bool:
    """Whether this Python was put into a program: `sys.executable` is that program then, and no Python."""
    return bool(getattr(sys, "frozen", False))


def inside() -> bool:
    """Whether this process is the program of the bundle, and not some game that was made with PyInstaller too."""
    return frozen() and Path(sys.executable).stem.lower() == NAME
