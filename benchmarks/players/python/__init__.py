"""The game of the Python client."""

from __future__ import annotations

import sys
from pathlib import Path


def missing() -> str:
    """It needs nothing that is not here."""
    return ""


def command(folder: Path) -> list[str]:
    """There is nothing to build."""
    return [sys.executable, "-m", "benchmarks.players.python.player"]
