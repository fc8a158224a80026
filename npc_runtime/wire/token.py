"""The token file: proof that a client may read this user's files."""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from pathlib import Path

from npc_runtime.errors import StorageError, Unauthorized


def load_or_create(path: Path) -> str:
    """The token of this data folder. Raises StorageError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                with open(handle, "w", encoding="utf-8") as file:
                    file.write(secrets.token_urlsafe(32))
            except OSError:
                path.unlink(missing_ok=True)  # half a token would be one that can be guessed
                raise
        token = read(path)
    except OSError as error:
        raise StorageError(
            f"cannot keep the token file {path}: {error.strerror}", hint="choose another folder with --data-dir"
        ) from None
    if not token:
        raise StorageError(f"the token file {path} is empty", hint="delete it; the next start writes a new one")
    return token


def read(path: Path) -> str:
    """The token in a file. Raises OSError."""
    return path.read_text(encoding="utf-8").strip()


def check(shown: str, token: str) -> None:
    """Raises Unauthorized unless the two are equal, in time that tells nothing about where they differ."""
    if not hmac.compare_digest(shown.encode(), token.encode()):
        problem = "the token is wrong" if shown else "hello carries no token"
        raise Unauthorized(problem, hint="send the content of the file `token` in the daemon's data folder")
