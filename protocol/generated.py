"""Files that are made from others: which of them are stale, and making them anew."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent


def stale(wanted: dict[Path, str], there: Iterable[Path]) -> list[Path]:
    """What differs from what is wanted; and, of what is there, what nothing makes any more."""
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return sorted([*changed, *(path for path in there if path not in wanted)])


def keep(wanted: dict[Path, str], there: Iterable[Path], check: bool, command: str) -> int:
    """Writes and takes out what is stale, or only names it and the command that would; returns the exit status."""
    found = stale(wanted, there)
    for path in found:
        if check:
            print(f"{path.relative_to(ROOT)} is stale; run: {command}", file=sys.stderr)
        elif path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return 1 if check and found else 0
