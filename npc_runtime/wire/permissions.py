"""Keeping a data folder to its user: what an older version, or a copy, left open to others is closed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

OURS = ("token", "daemon.json", "daemon.lock", "daemon.log", "keys.json", "feedback.jsonl", "on-the-card.json")
"""Files of a data folder. A folder may hold other things, which are none of our business."""


def close_to_others(data_dir: Path) -> int:
    """Makes the folder 0700 and our files in it 0600; how many of them others could read before.

    Links are left alone, since what they lead to is not ours; so is a folder that is shared on purpose (sticky, such
    as /tmp) or another user's. Raises OSError. Does nothing on Windows, which keeps users apart by other means.
    """
    if os.name == "nt" or not data_dir.is_dir():
        return 0
    closed = 0
    for path, mode in (*_folders(data_dir), *_files(data_dir)):
        found = path.lstat()
        shared = stat.S_ISLNK(found.st_mode) or found.st_mode & stat.S_ISVTX or found.st_uid != os.getuid()
        if not shared and found.st_mode & 0o077:
            path.chmod(mode)
            closed += 1
    return closed


def _folders(data_dir: Path) -> Iterator[tuple[Path, int]]:
    yield from ((folder, 0o700) for folder in (data_dir, data_dir / "worlds") if folder.is_dir())


def _files(data_dir: Path) -> Iterator[tuple[Path, int]]:
    yield from ((data_dir / name, 0o600) for name in OURS if (data_dir / name).is_file())
    worlds = data_dir / "worlds"
    if worlds.is_dir():
        with os.scandir(worlds) as found:
            yield from ((Path(file.path), 0o600) for file in found if ".db" in file.name and file.is_file())
