"""Whether a bundle is made of what is in the checkout now."""

from __future__ import annotations

import hashlib
from pathlib import Path

MADE_OF = ("npc_runtime", "personas", "bundling", "pyproject.toml")
STAMP = "_internal/made-of"


def mark(folder: Path, root: Path) -> None:
    """Writes down what the bundle is made of."""
    (folder / STAMP).write_text(_sum(root), encoding="utf-8")


def is_fresh(folder: Path, root: Path) -> bool:
    """Whether nothing that is ours has changed since it was made."""
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _sum(root)


def _sum(root: Path) -> str:
    found = hashlib.sha256()
    for part in MADE_OF:
        place = root / part
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file() and "__pycache__" not in file.parts:
                found.update(file.relative_to(root).as_posix().encode())
                found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()
