"""The door through which a stranger's files come: regular ones, of bounded size, that lie where they seem to lie."""

from __future__ import annotations

import os
import re
import stat
from itertools import islice
from pathlib import Path

from npc_runtime.persona.limits import FILE_BYTES

_OPENING = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY"))
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, which a terminal would obey and a C library end at, and halves of surrogate pairs."""


class Refused(Exception):
    """Why a file is not used: a sentence that goes on behind its name, and the line, or 0."""

    def __init__(self, sentence: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {sentence}" if line else sentence)
        self.sentence, self.line = sentence, line


def read(path: Path, *, inside: Path | None = None) -> str:
    """The text of a regular file of UTF-8, without its byte order mark. Raises Refused.

    It never waits, as opening a pipe would. With `inside`, a folder, links that lead out of it are not followed.
    """
    data = read_bytes(path, FILE_BYTES, inside=inside)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"this file is not UTF-8 (byte {error.start + 1}); save it with the encoding UTF-8") from None
    unfit = unfit_character(text)
    if unfit:
        raise Refused(f"the character {unfit[0]} may not stand in a text; delete it", text.count("\n", 0, unfit[1]) + 1)
    return text


def read_bytes(path: Path, most: int, *, inside: Path | None = None) -> bytes:
    """What a regular file of up to `most` bytes holds. It never waits, and keeps to `inside`. Raises Refused."""
    try:
        return _bytes(_real(path, inside), most)
    except OSError as error:
        raise Refused(f"this file cannot be read: {error.strerror}") from None


def regular(path: Path, most: int, *, inside: Path) -> None:
    """Refuses what is no regular file of up to `most` bytes in a folder. Raises Refused, or FileNotFoundError."""
    try:
        status = os.lstat(_real(path, inside))
        _check_regular(status)
        if status.st_size > most:
            raise Refused(f"{status.st_size:,} bytes are too many; allowed: up to {most:,}")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Refused(f"this file cannot be read: {error.strerror}") from None


def without_unfit(text: str) -> str:
    """A text without the characters that none may hold."""
    return _UNFIT.sub("", text)


def listed(folder: Path, most: int, *, inside: Path) -> list[str]:
    """Names in a folder, in order; one more than `most` where there are more. Raises Refused; none if it is missing."""
    try:
        with os.scandir(_real(folder, inside)) as entries:
            return sorted(entry.name for entry in islice(entries, most + 1))
    except FileNotFoundError:
        return []
    except NotADirectoryError:
        raise Refused("this must be a folder") from None
    except OSError as error:
        raise Refused(f"this folder cannot be read: {error.strerror}") from None


def unfit_character(text: str) -> tuple[str, int] | None:
    """The first character that no text may hold, as `U+001B`, and its index."""
    found = _UNFIT.search(text)
    return (f"U+{ord(found[0]):04X}", found.start()) if found else None


def _real(path: Path, inside: Path | None) -> Path:
    real = Path(os.path.realpath(path, strict=True))
    if inside is not None and not real.is_relative_to(os.path.realpath(inside)):
        raise Refused("this is a link that leads out of the pack; put a copy in its place")
    return real


def _bytes(path: Path, most: int) -> bytes:
    _check_regular(os.lstat(path))  # before it is opened, which some devices take for a command
    descriptor = os.open(path, _OPENING)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        _check_regular(status)
        data = b"" if status.st_size > most else file.read(most + 1)  # it may be growing
    size = max(status.st_size, len(data))
    if size > most:
        raise Refused(f"{size:,} bytes are too many for one file; allowed: up to {most:,}; split it")
    return data


def _check_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"this must be a file, not {_KINDS.get(stat.S_IFMT(status.st_mode), 'something else')}")
