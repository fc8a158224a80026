"""The files of a pack as values, by path, and what writes them to a folder."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    to: str


@dataclass(frozen=True)
class Sparse:
    """A file of zeros, which takes no room."""

    size: int


class Fifo:
    """A named pipe, which nobody writes to."""


class Folder:
    """A folder where a file belongs."""


Entry: TypeAlias = str | bytes | Link | Sparse | Fifo | Folder
Tree: TypeAlias = Mapping[str, Entry]


def plant(tree: Tree, folder: Path) -> None:
    """Writes a tree to a folder that is new. What this system cannot hold is left out: a name, a pipe, a link."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, entry in tree.items():
        with contextlib.suppress(OSError, ValueError, NotImplementedError, AttributeError):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _make(entry, path)


def _make(entry: Entry, path: Path) -> None:
    if isinstance(entry, (str, bytes)):
        path.write_bytes(entry.encode("utf-8", "surrogatepass") if isinstance(entry, str) else entry)
    elif isinstance(entry, Link):
        path.symlink_to(entry.to)
    elif isinstance(entry, Sparse):
        with path.open("wb") as file:
            file.truncate(entry.size)
    elif isinstance(entry, Fifo):
        os.mkfifo(path)
    else:
        path.mkdir()
