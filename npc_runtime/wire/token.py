"""The token file: proof that a client may read this user's files. It is the password of every connection."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path

from npc_runtime.wire.endpoint import Registration, folders

FILE = "token"


def load_or_create(data_dir: Path, registration: Registration) -> str:
    """The token of a data folder; one that is missing or empty is made. Raises StorageError."""
    found = read(data_dir)
    if not found:
        found = secrets.token_urlsafe(32)
        registration.write(FILE, found)
    return found


def read(data_dir: Path) -> str:
    """The token of a data folder, or nothing where there is none that can be read."""
    for folder in folders(data_dir):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            found = (folder / FILE).read_text(encoding="utf-8").strip()
            if found:
                return found
    return ""
