"""The addresses of servers and the key that they want, as settings name them."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from npc_runtime.errors import ConfigError

ENV = "env:"


def read_key(named: str, environ: Mapping[str, str] = os.environ) -> str:
    """The key that a setting names, `env:VARIABLE` or a file; nothing where it names none.

    Raises ConfigError, which does not quote what was named: it may be the key itself, given by mistake.
    """
    if not named:
        return ""
    if named.startswith(ENV):
        key = environ.get(named.removeprefix(ENV), "").strip()
        if not key:
            raise ConfigError(
                "the variable that engine_key names is not set", hint="export it before the daemon starts"
            )
    else:
        try:
            key = Path(named).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            hint = "it names a file, or as env:NAME a variable; the key itself is never written there"
            raise ConfigError("there is no readable file that engine_key names", hint=hint) from None
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError("what engine_key names holds no key", hint="one line of letters, digits and signs")
    return key


def check_addresses(urls: Sequence[str]) -> None:
    """Raises ConfigError where one is no address of a server."""
    for fault in filter(None, map(_fault, urls)):
        raise ConfigError(fault)


def _fault(url: str) -> str:
    """What is wrong with an address, or nothing."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return f"--engine {url} is no address; such as http://127.0.0.1:8000/v1"
    if parts.username or parts.password:
        return f"--engine http://…@{parts.hostname} has a key in it; name it with --engine-key"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return f"--engine {url} is no address; such as http://127.0.0.1:8000/v1"
    if parts.query or parts.fragment:
        return f"--engine {_bare(parts)}?… has more than an address in it; leave out what follows the path"
    return ""


def in_clear(url: str) -> bool:
    """Whether what is sent to an address can be read on its way."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True


def _bare(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
