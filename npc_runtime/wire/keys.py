"""Keys by which other machines connect (CURVE): who has one, and for which world.

All of a data folder are in one file, with the daemon's own. Each client has a file of its own, which is carried to its
machine; of it the daemon keeps the public half.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import zmq
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from npc_runtime.errors import ConfigError, Conflict, Forbidden, Invalid, NotFound, StorageError, clipped, not_found
from npc_runtime.wire.messages.base import WorldId

FILE = "keys.json"
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}"
NO_CURVE = "this libzmq was built without CURVE, so nothing can be encrypted"
CURVE_HINT = "install pyzmq from its wheel (pip install --force-reinstall pyzmq), which has it"

Z85 = Annotated[str, Field(pattern=r"^[0-9a-zA-Z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}$")]
Name = Annotated[str, Field(pattern=f"^{NAME}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pair(_Part):
    """A public key and its secret, as 40 characters of Z85 each."""

    public: Z85
    secret: Z85


class Client(_Part):
    """What the daemon knows of somebody who has a key."""

    public: Z85
    world: WorldId | None = None  # the only one that the key is for; None: all


class Keys(_Part):
    """The keys of a data folder. `local` is for the commands of this machine, which can read this file."""

    server: Pair
    local: Pair
    clients: dict[Name, Client] = {}


class Key(_Part):
    """A client's key file: its own pair, and the server's public key, by which it knows the daemon."""

    name: Name
    world: WorldId | None = None
    server: Z85
    public: Z85
    secret: Z85


@dataclass(frozen=True, slots=True)
class Pass:
    """What a connection may. On this machine alone there are no keys, and it may everything."""

    name: str = ""
    key: str = ""
    world: str | None = None  # the only one that it may know of; None: all

    def check(self, world: str) -> None:
        """Raises Forbidden for a world that it may not touch. Whether there is such a world, it does not say."""
        if self.world is not None and world != self.world:
            raise Forbidden(
                f'the key "{self.name}" is for the world "{self.world}", and not for "{clipped(world)}"',
                hint="ask about that world, or take a key without --world",
                detail={"world": self.world},
            )


ANYTHING = Pass()


def read(data_dir: Path) -> Keys | None:
    """The keys of a data folder; None: there never were any. Raises ConfigError, StorageError."""
    file = data_dir / FILE
    try:
        return _parsed(Keys, file, "as npc-runtime keys wrote it; a copy from before will do")
    except NotFound:
        return None


def load(file: Path) -> Key:
    """A client's key file. Raises NotFound, ConfigError, StorageError, naming it."""
    return _parsed(Key, file, "name the file that npc-runtime keys add wrote, as it was written")


def local(data_dir: Path) -> Key:
    """What a client of this user, on the daemon's machine, shows. Raises NotFound, ConfigError, StorageError."""
    keys = read(data_dir)
    if keys is None:
        raise NotFound(f"there is no {FILE} in {data_dir}", hint="pass the key file of this client")
    return Key(name="local", server=keys.server.public, public=keys.local.public, secret=keys.local.secret)


def add(data_dir: Path, name: str, world: str | None, file: Path) -> Key:
    """Makes a key for a client, and writes its file. Raises Invalid, Conflict, StorageError."""
    if not re.fullmatch(NAME, name):
        raise Invalid(f'"{clipped(name)}" is no name for a key', hint="take letters, digits, and . _ - between them")
    keys = read(data_dir) or Keys(server=_pair(), local=_pair())
    if name in keys.clients:
        raise Conflict(
            f'there is a key "{name}" already', hint=f"take another name, or first: npc-runtime keys remove {name}"
        )
    pair = _pair()
    try:
        client = Client(public=pair.public, world=world)
    except ValidationError as error:
        raise Invalid(f'"{clipped(world or "")}" is no id of a world: {_reason(error)}') from None
    key = Key(name=name, world=world, server=keys.server.public, public=pair.public, secret=pair.secret)
    _write(file, key)
    try:
        _keep(data_dir, keys.model_copy(update={"clients": {**keys.clients, name: client}}))
    except StorageError:
        file.unlink(missing_ok=True)  # a key that nobody knows opens nothing
        raise
    return key


def remove(data_dir: Path, name: str) -> None:
    """Takes a key back: a daemon that runs refuses it from now on. Raises NotFound, ConfigError, StorageError."""
    keys = read(data_dir)
    if keys is None or name not in keys.clients:
        raise not_found("key", name, keys.clients if keys else (), where=str(data_dir / FILE))
    left = {known: client for known, client in keys.clients.items() if known != name}
    _keep(data_dir, keys.model_copy(update={"clients": left}))


def check_curve() -> None:
    """Raises ConfigError where libzmq cannot encrypt."""
    if not zmq.has("curve"):
        raise ConfigError(NO_CURVE, hint=CURVE_HINT)


def _pair() -> Pair:
    check_curve()
    public, secret = zmq.curve_keypair()
    return Pair(public=public.decode(), secret=secret.decode())


Parsed = TypeVar("Parsed", bound=_Part)


def _parsed(form: type[Parsed], file: Path, hint: str) -> Parsed:
    try:
        return form.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise NotFound(f"there is no key file {file}", hint="make one with: npc-runtime keys add NAME") from None
    except OSError as error:
        raise StorageError(f"cannot read the key file {file}: {error.strerror}", hint="only its user may") from None
    except ValidationError as error:
        raise ConfigError(f"{file} is no key file: {_reason(error)}", hint=hint) from None


def _reason(error: ValidationError) -> str:
    """What is wrong, and where; never the value, which may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    return clipped(f"{where}: {first['msg']}" if where else first["msg"], 200)


def _keep(data_dir: Path, keys: Keys) -> None:
    """Replaces the file in one step, so that a daemon never reads half of it. Raises StorageError."""
    draft = data_dir / f"{FILE}.{os.getpid()}"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        _write(draft, keys)
        draft.replace(data_dir / FILE)
    except OSError as error:
        raise StorageError(f"cannot write {data_dir / FILE}: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _write(file: Path, content: BaseModel) -> None:
    """A new file that nobody else could read at any time. Raises Conflict, StorageError."""
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
            opened.write(content.model_dump_json(indent=1) + "\n")
    except FileExistsError:
        raise Conflict(f"{file} exists already", hint="name another one with --out, or move it away") from None
    except OSError as error:
        raise StorageError(f"cannot write {file}: {error.strerror}", hint="name another place with --out") from None
