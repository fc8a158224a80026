"""A file over HTTPS: goes on where it was broken off, is checked, and appears whole or not at all.

Ranges and validators: RFC 9110, sections 13.1.5 and 14. Hugging Face says the SHA-256 of a file in `X-Linked-ETag`, on
the answer that redirects to where the file is.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import re
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from npc_runtime import __version__
from npc_runtime.engine.files.gguf import MAGIC
from npc_runtime.errors import Conflict, Invalid, ModelUnavailable, StorageError

Progress = Callable[[int, int | None], None]
"""Told how many bytes are here, and how many there will be, where that is known."""

CHUNK = 1 << 20
ROOM = 64 << 20  # bytes that stay free on the disk
SILENCE_SECONDS = 60.0
TRIES = 5  # without a byte in between
_HASH = re.compile(r'"?([0-9a-f]{64})"?')
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Fetched:
    """A file that is here. `checked`: against whose SHA-256; empty where nobody said one."""

    path: Path
    size: int
    sha256: str
    checked: str


def fetch(
    url: str,
    target: Path,
    *,
    sha256: str | None = None,
    size: int | None = None,
    progress: Progress = lambda _here, _all: None,
    pause: float = 1.0,
) -> Fetched:
    """Downloads a GGUF to `target`; what an earlier call left is gone on with, if the server has the same file still.

    Raises Invalid for an address that is not to be trusted, ModelUnavailable where the server fails, has no such file
    or another one than was expected, StorageError for the disk, and Conflict while another process fetches it.
    """
    _check_address(url)
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(target.name + ".part.lock"), timeout=0):
            getting = _Getting(url, part, size, progress, pause)
            getting.run()
            return _finished(getting, part, target, sha256)
    except Timeout:
        raise Conflict(f"another process is fetching {target.name}", hint="wait for it") from None
    except urllib.error.HTTPError as error:
        raise ModelUnavailable(f"{url} answered {error.code} {error.reason}", hint=_HINTS.get(error.code, "")) from None
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise ModelUnavailable(
            f"the download of {target.name} broke off: {reason}", hint="the same command goes on where it stopped"
        ) from None
    except OSError as error:
        raise StorageError(f"cannot write {part}: {error.strerror or error}") from None


_HINTS = {
    401: "it needs an account there; fetch it with a browser",
    403: "it needs an account there; fetch it with a browser",
    404: "look whether it was moved",
}


def _check_address(url: str) -> None:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Invalid(
            f"{url} is no https address", hint="models come over https, so that nobody on the way changes them"
        )


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to https only, and keeps what a server says of a file while it sends us on."""

    def __init__(self) -> None:
        self.sha256 = ""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        _check_address(newurl)
        self.sha256 = self.sha256 or _announced(headers)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _announced(headers: Message) -> str:
    match = _HASH.fullmatch(headers.get("X-Linked-ETag", ""))
    return match[1] if match else ""


class _Getting:
    """One download. The file `.part.of` beside the part says which version of the file the part is of."""

    def __init__(self, url: str, part: Path, size: int | None, progress: Progress, pause: float) -> None:
        self._url, self._part, self._progress, self._pause = url, part, progress, pause
        self._of = part.with_name(part.name + ".of")
        self._size = size
        self._total: int | None = None
        self.sha256 = ""

    def run(self) -> None:
        """Until all of it is here."""
        failed = 0
        while True:
            before = self._here()
            try:
                with self._open(before) as answer:
                    self._read(answer)
                if self._total is None or self._here() >= self._total:
                    return
                raise http.client.IncompleteRead(b"", self._total - self._here())
            except urllib.error.HTTPError as error:
                if error.code == 416 and before:  # nothing is left to send, or the file has become another one
                    if (error.headers.get("Content-Range") or "").rpartition("/")[2] == str(before):
                        return
                    self.forget()
                elif error.code < 500 or failed >= TRIES:
                    raise
            except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError):
                if failed >= TRIES:
                    raise
            failed = 0 if self._here() > before else failed + 1
            time.sleep(self._pause * failed)

    def forget(self) -> None:
        """What is here is of no use."""
        for file in (self._part, self._of):
            file.unlink(missing_ok=True)

    def _here(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    @contextlib.contextmanager
    def _open(self, here: int) -> Iterator[Any]:
        headers = {"User-Agent": f"npc-runtime/{__version__}", "Accept-Encoding": "identity"}
        version = self._of.read_text(encoding="utf-8") if here and self._of.exists() else ""
        if version:
            headers |= {"Range": f"bytes={here}-", "If-Range": version}
        redirects = _Redirects()
        opener = urllib.request.build_opener(redirects)
        with opener.open(urllib.request.Request(self._url, headers=headers), timeout=SILENCE_SECONDS) as answer:
            self.sha256 = redirects.sha256 or _announced(answer.headers)
            yield answer

    def _read(self, answer: Any) -> None:
        here = self._here()
        length = answer.headers.get("Content-Length")
        goes_on = answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {here}-")
        if not goes_on:
            self.forget()
            here = 0
            self._of.write_text(_version(answer.headers), encoding="utf-8")
        self._total = here + int(length) if length is not None else None
        if self._size is not None and self._total not in (None, self._size):
            raise ModelUnavailable(
                f"{self._url} has {self._total} bytes instead of {self._size}",
                hint="the file there has become another one",
            )
        self._check_room(here)
        with self._part.open("ab" if goes_on else "wb") as file:
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                here += len(chunk)
                self._progress(here, self._total)

    def _check_room(self, here: int) -> None:
        free = shutil.disk_usage(self._part.parent).free
        needed = (self._total or 0) - here + ROOM
        if needed > free:
            raise StorageError(
                f"{self._part.parent} has {free >> 20} MiB free, and {needed >> 20} are needed",
                hint="make room, or name another folder with --data-dir",
            )


def _version(headers: Message) -> str:
    """What `If-Range` may ask for: a strong ETag, or a date."""
    tag = headers.get("ETag", "")
    return headers.get("Last-Modified", "") if not tag or tag.startswith("W/") else tag


def _finished(getting: _Getting, part: Path, target: Path, sha256: str | None) -> Fetched:
    digest = hashlib.sha256()
    with part.open("rb") as file:
        magic = file.read(len(MAGIC))
        file.seek(0)
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    found = digest.hexdigest()
    wanted, whose = (sha256, "ours") if sha256 else (getting.sha256, "the server's")
    if wanted and wanted.lower() != found:
        getting.forget()
        raise ModelUnavailable(
            f"{target.name} has the SHA-256 {found} instead of {wanted}",
            hint="it was damaged on the way, or is another file; what was fetched has been deleted",
        )
    if magic != MAGIC:
        getting.forget()
        raise ModelUnavailable(
            f"what {target.name} was fetched from sent no GGUF file", hint="models for llama.cpp end in .gguf"
        )
    size = part.stat().st_size
    part.replace(target)
    getting.forget()
    return Fetched(target, size, found, whose if wanted else "")
