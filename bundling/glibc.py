"""Which glibc the programs and libraries of a folder need, which is the newest version that any of them names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_VERSION = re.compile(rb"GLIBC_(\d+)\.(\d+)(?:\.\d+)?\0")


def needed(folder: Path) -> str:
    """Such as `2.36`."""
    return "{}.{}".format(*max(version for file in binaries(folder) for version in _named(file)))


def binaries(folder: Path) -> Iterator[Path]:
    """The ELF files of a folder."""
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            with file.open("rb") as opened:
                if opened.read(4) == b"\x7fELF":
                    yield file


def _named(file: Path) -> Iterator[tuple[int, int]]:
    """The names of versions stand in the table of strings as they are."""
    for found in _VERSION.finditer(file.read_bytes()):
        yield int(found[1]), int(found[2])
