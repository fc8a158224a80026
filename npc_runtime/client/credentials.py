"""What a client shows a daemon: the token of a data folder on this machine, or a key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import zmq

from npc_runtime import errors
from npc_runtime.client import launch
from npc_runtime.wire import keys, token
from npc_runtime.wire import messages as m
from npc_runtime.wire.endpoint import USER, Endpoint
from npc_runtime.wire.keys import Key

NO_TOKEN = "-"
"""What is shown where there is no token: ZeroMQ has no empty passwords, and whoever listens may want none."""
REFUSED = (
    int(zmq.EVENT_HANDSHAKE_FAILED_AUTH),
    int(zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL),
    int(zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL),
)
"""The events of a socket that tell of a refusal."""
BROKEN_OFF = 3
"""Handshakes that end without a reason before that is one: a daemon that stops ends one or two."""


class Credentials:
    """A key where one is given, or where the daemon of the data folder asks for one; else a token."""

    def __init__(self, data_dir: Path | str | None, secret: str | None, file: Path | str | None) -> None:
        """Raises NotFound, ConfigError or StorageError for a key file that cannot be used, naming it."""
        self._data_dir = launch.data_folder(data_dir)
        self._secret = secret
        self._file = Path(file) if file is not None else None
        self._key: Key | None = None
        self._broken_off = 0
        if self._file is not None:
            keys.check_curve()
            self._key = keys.load(self._file)

    @property
    def doubt(self) -> str:
        """What to look at where a daemon does not answer."""
        if self._file is not None:
            return f"is it running, can this machine reach it, and is it the one that made {self._file}?"
        return "is it running? npc-runtime doctor tells more"

    def suit(self, found: Endpoint) -> None:
        """Takes what a daemon of this machine asks for, unless a key was given."""
        if self._file is None:
            self._key = keys.local(self._data_dir) if found.server_key else None

    def show(self, socket: zmq.Socket[Any]) -> None:
        """Has a socket show them when it connects."""
        if self._key is not None:
            socket.setsockopt_string(zmq.CURVE_SERVERKEY, self._key.server)
            socket.setsockopt_string(zmq.CURVE_PUBLICKEY, self._key.public)
            socket.setsockopt_string(zmq.CURVE_SECRETKEY, self._key.secret)
            return
        secret = token.read(self._data_dir) if self._secret is None else self._secret
        socket.setsockopt_string(zmq.PLAIN_USERNAME, USER)
        socket.setsockopt_string(zmq.PLAIN_PASSWORD, secret or NO_TOKEN)

    def refusal(self, event: int) -> m.Error | None:
        """What an event of the socket says, or nothing."""
        if event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
            return self._key_refused() if self._key else self._token_refused()
        # Both sides see that they want different mechanisms, and whoever sees it first breaks off: the other is told
        # nothing. A server that cannot read what was meant for another one breaks off, too.
        self._broken_off += event == zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
        if event == zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL and self._broken_off < BROKEN_OFF:
            return None
        if self._key is None:
            return _refused(
                "this daemon asks for a key", "pass the file that npc-runtime keys add wrote there, as `key`"
            )
        whose = self._file or f"{keys.FILE} in {self._data_dir}"
        return _refused(
            f"this daemon asks for the token, or {whose} is for another one",
            "name the key file that was made there; on its own machine, leave `key` out",
        )

    def _key_refused(self) -> m.Error:
        whose = f"the key in {self._file}" if self._file else "the local key"
        return _refused(
            f"{whose} is not one of the daemon's, or was removed", "npc-runtime keys list shows them on its machine"
        )

    def _token_refused(self) -> m.Error:
        return _refused(
            "the token is wrong" if self._secret else f"there is no token in {self._data_dir} that fits",
            "pass the content of the file `token` in the daemon's data folder, or name that folder",
        )


def _refused(message: str, hint: str) -> m.Error:
    return m.Error(re="", code=errors.Unauthorized.code, message=message, hint=hint)
