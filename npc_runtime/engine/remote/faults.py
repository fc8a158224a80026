"""What goes wrong with a server elsewhere, in sentences that say which one, and what would be right.

Nothing here ever quotes a key: what a server says is searched for it before it is passed on.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Sequence

import httpx

from npc_runtime.errors import ModelUnavailable, PromptTooLong, RuntimeFault, clipped, not_found

KEY_HINT = "--engine-key names a file with the key in it, or as env:NAME a variable"
_TOO_LONG = re.compile(
    r"context[_ ](length|size|window)|maximum context|too many tokens|longer than the (maximum )?model", re.I
)
_SAID = 400  # characters of what a server says
_DEEP = 64  # errors behind an error that are looked at
Scrub = Callable[[str], str]


class ServerFault(ModelUnavailable):
    """A server failed.

    `gone`: it is not to be asked again at once. `refused`: it understood, and another one would say the same.
    """

    def __init__(self, message: str, *, hint: str = "", gone: bool = False, refused: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.gone, self.refused = gone, refused


def scrubber(key: str) -> Scrub:
    """What takes a key out of a text, also where only its beginning and its end are shown."""
    if len(key) < 4:
        return lambda text: text
    parts = re.compile(f"{re.escape(key)}|{re.escape(key[:4])}\\S*" if len(key) >= 12 else re.escape(key))
    return lambda text: parts.sub("…", text)


def unreachable(url: str, error: httpx.HTTPError, scrub: Scrub) -> ServerFault:
    """Why nothing came back."""
    host = httpx.URL(url).netloc.decode()
    if isinstance(error, httpx.TimeoutException):
        gone = isinstance(error, httpx.ConnectTimeout)
        return ServerFault(f"the server at {url} does not answer in time", gone=gone)
    if (cause := _cause(error, ssl.SSLCertVerificationError)) is not None:
        said = getattr(cause, "verify_message", "") or "it cannot be verified"
        hint = "name the file of the authority that signed it in the variable SSL_CERT_FILE"
        return ServerFault(f"the certificate of {host} is not trusted: {said}", hint=hint, gone=True)
    if _cause(error, ssl.SSLError) is not None:
        hint = f"try {url.replace('https:', 'http:', 1)}"
        return ServerFault(f"{host} does not speak TLS as https needs it", hint=hint, gone=True)
    if _cause(error, socket.gaierror) is not None:
        return ServerFault(f"there is no machine called {httpx.URL(url).host} (for --engine {url})", gone=True)
    if isinstance(error, httpx.ConnectError):
        hint = "start the server of the model, or name another address with --engine"
        return ServerFault(f"nobody answers at {url}: {scrub(_reason(error))}", hint=hint, gone=True)
    return ServerFault(f"the connection to {url} broke: {scrub(_reason(error))}")


def refusal(url: str, status: int, text: str, scrub: Scrub, *, keyed: bool, model: str = "") -> RuntimeFault:
    """Why a server answered something else than 200."""
    said = clipped(" ".join(scrub(said_in(text)).split()), _SAID)
    if status in (401, 403):
        what = "does not take the key that --engine-key names" if keyed else "wants a key"
        return ServerFault(f"the server at {url} {what} ({status})", hint=KEY_HINT, gone=True, refused=True)
    if status in (301, 302, 307, 308):
        return ServerFault(f"{url} sends elsewhere ({status})", hint="name the address that it sends to", gone=True)
    if status in (404, 405) and not model:
        path = httpx.URL(url).path.rstrip("/")
        hint = "" if path.endswith("/v1") else f"did you mean {url.rstrip('/')}/v1?"
        return ServerFault(f"there is no API of OpenAI at {url}: it has no /models ({status})", hint=hint, gone=True)
    if status == 404:
        return ServerFault(f"{url} has no model {model} any more: {said}", gone=True)
    if status == 429:
        return ServerFault(f"{url} is asked more often than it allows (429)")
    if status < 500 and _TOO_LONG.search(text):
        return PromptTooLong(f"the prompt does not fit the context of the model at {url}: {said}")
    return ServerFault(f"{url} answered {status}: {said}", gone=status in (502, 503), refused=status < 500)


def unknown_model(url: str, model: str, known: Sequence[str]) -> ServerFault:
    """It has others."""
    missing = not_found("model", model, known, where=f"what {url} serves")
    return ServerFault(missing.message, hint=missing.hint, gone=True, refused=True)


def garbled(url: str, what: str) -> ServerFault:
    """What came is no answer."""
    return ServerFault(f"what {url} answers is not what OpenAI's API says: {what}")


def said_in(text: str) -> str:
    """The message in an answer that reports an error, in any of the ways in which servers do it; else all of it."""
    found = re.search(r'"(?:message|detail)"\s*:\s*"((?:[^"\\]|\\.)*)"', text)
    return found[1].replace("\\n", " ").replace('\\"', '"') if found else text


def _cause(error: BaseException, kind: type[BaseException]) -> BaseException | None:
    """The error of a kind behind an error; several may be, where a name has several addresses."""
    behind: list[BaseException] = [error]
    for one in behind:
        if isinstance(one, kind):
            return one
        if len(behind) < _DEEP:
            behind += filter(None, (one.__cause__, one.__context__))
            behind += getattr(one, "exceptions", ())
    return None


def _reason(error: Exception) -> str:
    if _cause(error, ConnectionRefusedError) is not None:
        return "nothing listens there"
    known = getattr(_cause(error, OSError), "strerror", None)
    return str(known or error) or type(error).__name__
