"""Who gets in: by the token (PLAIN) where only this machine can connect, by keys (CURVE) where others can.

Nobody's frames are read before the handshake: ZeroMQ keeps unfinished messages and subscriptions without a limit, so
strangers must not get as far.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
from pathlib import Path

import zmq
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import parse_monitor_message

from npc_runtime.config import Config
from npc_runtime.errors import ConfigError, RuntimeFault
from npc_runtime.wire import keys
from npc_runtime.wire.endpoint import USER
from npc_runtime.wire.keys import ANYTHING, Keys, Pass

log = logging.getLogger(__name__)

REQUESTS, EVENTS = "requests", "events"
HANDSHAKE_MS = 5000
"""How long a connection may take to show what lets it in."""
REFUSALS_SECONDS = 10.0
"""How often at most the log speaks of connections that were refused."""
_AUTH, _PROTOCOL, _NO_DETAIL = (
    int(zmq.EVENT_HANDSHAKE_FAILED_AUTH),
    int(zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL),
    int(zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL),
)
_TOKEN_REFUSED = {
    _AUTH: "it showed a wrong token",
    _PROTOCOL: "it showed no token (PLAIN mechanism: SPEC.md, section 3)",
    _NO_DETAIL: "it broke off",
}
_KEY_REFUSED = {
    _AUTH: "its key is not among those of npc-runtime keys list, or not one for this socket",
    _PROTOCOL: "it showed no key, or has another server's (CURVE mechanism: SPEC.md, section 3)",
    _NO_DETAIL: "it broke off",
}


class Ring:
    """The keys of a data folder as they are now: whoever's key is removed is out, without a restart.

    Asked on the event loop and on the authenticator's thread, so what is known is replaced and never changed.
    """

    def __init__(self, data_dir: Path, found: Keys) -> None:
        self._data_dir = data_dir
        self._passes = _passes(found)
        self._seen = self._stamp()
        self._lost = False

    def admits(self, key: str) -> Pass | None:
        """What a connection with this public key may; None: nothing."""
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            self._look()
        return self._passes.get(key)

    def callback(self, domain: str, key: bytes) -> bool:
        """Whether a key opens a socket; the authenticator asks. A key for one world opens no socket with all events."""
        found = self.admits(key.decode("ascii"))
        return found is not None and (domain == REQUESTS or found.world is None)

    def lost(self) -> bool:
        """Whether a key was removed, or bound to another world, since this was last asked."""
        self.admits("")
        lost, self._lost = self._lost, False
        return lost

    def _look(self) -> None:
        try:
            found = keys.read(self._data_dir)
        except RuntimeFault as error:
            log.warning("the keys stay those from before: %s", error)
            return
        before, self._passes = self._passes, _passes(found) if found else {}
        self._lost |= any(self._passes.get(key) != known for key, known in before.items())

    def _stamp(self) -> tuple[int, int, int]:
        try:
            found = (self._data_dir / keys.FILE).stat()
        except OSError:
            return 0, 0, 0
        return found.st_mtime_ns, found.st_ino, found.st_size


class Door:
    """The handshake of both sockets. Raises ConfigError where other machines could connect, and none has a key."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], config: Config, secret: str) -> None:
        """`secret` is the token."""
        self._server, self._ring = _ring(config)
        self._refused = _KEY_REFUSED if self._ring else _TOKEN_REFUSED
        self._refused_at = -REFUSALS_SECONDS
        self._keeper = ThreadAuthenticator(context)
        self._keeper.start()
        if self._ring is None:
            self._keeper.configure_plain(domain="*", passwords={USER: secret})
            return
        for domain in (REQUESTS, EVENTS):
            self._keeper.configure_curve_callback(domain, self._ring)

    @property
    def server_key(self) -> str:
        """The public key by which clients know the daemon; empty where they show the token."""
        return self._server.public if self._server else ""

    def guard(self, socket: zmq.Socket[bytes], domain: str) -> None:
        """Has a socket ask who connects, before it is bound."""
        socket.setsockopt(zmq.HANDSHAKE_IVL, HANDSHAKE_MS)
        if self._server is None:
            socket.setsockopt(zmq.PLAIN_SERVER, 1)
            return
        socket.setsockopt_string(zmq.ZAP_DOMAIN, domain)
        socket.setsockopt(zmq.CURVE_SERVER, 1)
        socket.setsockopt_string(zmq.CURVE_SECRETKEY, self._server.secret)

    def shown(self, frame: zmq.Frame) -> str:
        """The public key of the connection that a frame came over; empty where there are none."""
        return str(frame.get("User-Id")) if self._ring else ""

    def admits(self, key: str) -> Pass | None:
        """What a connection may, now; None: nothing, since its key was removed."""
        return self._ring.admits(key) if self._ring else ANYTHING

    def lost(self) -> bool:
        """Whether a key was removed since this was last asked."""
        return self._ring is not None and self._ring.lost()

    def watch(self, socket: zmq.Socket[bytes], loop: asyncio.AbstractEventLoop) -> None:
        """Has the log say now and then who was refused, since most libraries tell a client nothing."""
        self._loop = loop
        self._refusals = socket.get_monitor_socket(sum(self._refused))
        loop.add_reader(self._refusals.FD, self._drain)
        self._drain()  # its descriptor is edge-triggered

    def close(self) -> None:
        """Lets nobody in any more."""
        if hasattr(self, "_refusals"):
            self._loop.remove_reader(self._refusals.FD)
        self._keeper.stop()

    def _drain(self) -> None:
        with contextlib.suppress(zmq.Again):
            while True:
                event = parse_monitor_message(self._refusals.recv_multipart(zmq.NOBLOCK))["event"]
                if self._loop.time() - self._refused_at >= REFUSALS_SECONDS:
                    self._refused_at = self._loop.time()
                    log.warning("a connection was refused: %s", self._refused.get(int(event), "it failed"))


def reachable(address: str) -> bool:
    """Whether other machines could reach an address to listen on."""
    scheme, _, rest = address.partition("://")
    host = rest.rpartition(":")[0]
    if scheme == "ipc" or host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return True


def _ring(config: Config) -> tuple[keys.Pair | None, Ring | None]:
    """The daemon's own keys and those of its clients, where there have to be any. Raises ConfigError, StorageError."""
    flags = {"--bind": config.bind, "--events-bind": config.events_bind}
    open_to_others = {flag: address for flag, address in flags.items() if reachable(address)}
    if not open_to_others:
        return None, None
    keys.check_curve()
    flag, address = next(iter(open_to_others.items()))
    found = keys.read(config.data_dir)
    if found is None or not found.clients:
        port = address.rpartition(":")[2]
        raise ConfigError(
            f"{flag} {address} could be reached from other machines, and no key is in {config.data_dir}",
            hint="make one for each machine that is to connect: npc-runtime keys add NAME; "
            f"or use {flag} tcp://127.0.0.1:{port}",
        )
    return found.server, Ring(config.data_dir, found)


def _passes(found: Keys) -> dict[str, Pass]:
    passes = {client.public: Pass(name, client.public, client.world) for name, client in found.clients.items()}
    return {**passes, found.local.public: Pass("local", found.local.public)}
