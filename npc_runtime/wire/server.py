"""The sockets: ROUTER for sessions, XPUB for observers. Everything here is non-blocking and runs on the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
from collections import deque
from collections.abc import Callable
from pathlib import Path

import zmq

from npc_runtime.config import Config
from npc_runtime.errors import ConfigError
from npc_runtime.wire.codec import BODY_LIMIT, HEADER
from npc_runtime.wire.door import EVENTS, REQUESTS, Door
from npc_runtime.wire.keys import Pass

log = logging.getLogger(__name__)

Receive = Callable[[bytes, list[bytes], Pass | None], None]
Gone = Callable[[bytes, str], None]

FRAME_LIMIT = 4 * BODY_LIMIT
"""Bytes above which a connection is closed unread; below, a body that is too large is answered with an error."""
MESSAGES_A_TURN = 128
"""Messages read before other work of the event loop gets its turn."""
PIPE_LIMIT = 256
"""Messages that the socket itself keeps for a peer, before our outbox begins to fill."""
RETRY_SECONDS = 0.01
MORE = int(zmq.SNDMORE | zmq.NOBLOCK)
LINGER_MS = 250
PARTS_KEPT = 3
"""Parts of a message that are kept: one more than any has, so that it is refused for it."""


class Server:
    """Binds on construction, inside a running event loop; raises ConfigError naming the address and what to do."""

    _receive: Receive
    _gone: Gone

    def __init__(self, config: Config, secret: str) -> None:
        """`secret` is the token that a connection has to show where only this machine can connect."""
        self._outbox_limit = config.outbox_limit
        self._outboxes: dict[bytes, deque[bytes]] = {}
        self._loop = asyncio.get_running_loop()
        self._context = zmq.Context()
        with contextlib.ExitStack() as failing:
            failing.callback(self._context.destroy, linger=0)
            self._door = Door(self._context, config, secret)
            failing.callback(self._door.close)
            self._router = self._bind(zmq.ROUTER, config.bind, "--bind")
            self._events = self._bind(zmq.XPUB, config.events_bind, "--events-bind")
            failing.pop_all()
        self._events_bind = self.events_endpoint
        self._burst: list[tuple[bytes, bytes, bool]] = []  # peer, body, skippable
        self._burst_due = self._retry_due = self._drain_due = False

    @property
    def endpoint(self) -> str:
        """Where clients connect, with the real port."""
        return _last_endpoint(self._router)

    @property
    def events_endpoint(self) -> str:
        """Where observers connect, with the real port."""
        return _last_endpoint(self._events)

    @property
    def server_key(self) -> str:
        """The public key by which clients know the daemon; empty where they show the token."""
        return self._door.server_key

    def admits(self, key: str) -> Pass | None:
        """What a connection with a key may, now; None: nothing."""
        return self._door.admits(key)

    def start(self, receive: Receive, gone: Gone) -> None:
        """Begins to call `receive(peer, frames, pass)`, and `gone(peer, why)` for a peer that cannot be reached."""
        self._receive = receive
        self._gone = gone
        self._loop.add_reader(self._router.FD, self._readable)
        self._loop.add_reader(self._events.FD, self._drain_subscriptions)
        self._door.watch(self._router, self._loop)
        self._drain_soon()

    def close(self) -> None:
        """Closes the sockets; what was sent already still leaves for a moment."""
        self._loop.remove_reader(self._router.FD)
        if not self._events.closed:
            self._loop.remove_reader(self._events.FD)
        self._send_burst()
        self._outboxes.clear()
        self._door.close()
        self._router.disable_monitor()
        self._context.destroy(linger=LINGER_MS)

    def look(self) -> None:
        """Has all observers connect anew once a key was removed: libzmq cannot close one connection of a socket.

        To be called now and then: the port is free again a moment after its socket was closed.
        """
        if self._events.closed:
            try:
                self._events = self._bind(zmq.XPUB, self._events_bind, "--events-bind")
            except ConfigError as error:
                log.warning("observers hear nothing: %s", error)
                return
            self._loop.add_reader(self._events.FD, self._drain_subscriptions)
            self._drain_subscriptions()
        elif self._door.lost():
            self._loop.remove_reader(self._events.FD)
            self._events.close(linger=0)

    def send(self, peer: bytes, body: bytes, *, skippable: bool = False) -> None:
        """Sends at the end of this turn of the event loop. Never waits, so nobody pays for a slow reader."""
        # In a burst, because waking the socket's thread for each message costs more than answering a request.
        self._burst.append((peer, body, skippable))
        if not self._burst_due:
            self._burst_due = True
            self._loop.call_soon(self._send_burst)

    def publish(self, topic: bytes, body: bytes) -> None:
        """To observers; those who read slowly miss it."""
        if not self._events.closed:
            self._events.send_multipart([topic, HEADER, body], zmq.NOBLOCK)

    def _bind(self, kind: int, address: str, flag: str) -> zmq.Socket[bytes]:
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.LINGER, LINGER_MS)
        socket.setsockopt(zmq.MAXMSGSIZE, FRAME_LIMIT)
        socket.setsockopt(zmq.SNDHWM, PIPE_LIMIT)
        socket.setsockopt(zmq.HEARTBEAT_IVL, 2000)
        socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 10_000)
        self._door.guard(socket, REQUESTS if kind == zmq.ROUTER else EVENTS)
        socket.setsockopt(zmq.IPV6, int("[" in address))
        if kind == zmq.ROUTER:
            socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
        try:
            socket.bind(_listening(address))
        except zmq.ZMQError as error:
            socket.close(linger=0)
            if error.errno == errno.EADDRINUSE:
                raise ConfigError(
                    f"cannot listen on {address}: the address is in use",
                    hint=f"another daemon may be running; stop it, or take any free port with {flag} tcp://127.0.0.1:0",
                ) from None
            raise ConfigError(
                f"cannot listen on {address}: {error}", hint=f"{flag} tcp://127.0.0.1:0 will do"
            ) from None
        return socket

    def _send_burst(self) -> None:
        self._burst_due = False
        burst, self._burst = self._burst, []
        if self._router.closed:
            return
        for peer, body, skippable in burst:
            self._deliver(peer, body, skippable)
        # The socket's file descriptor is edge-triggered, and sending may have eaten the edge.
        self._drain_soon()

    def _deliver(self, peer: bytes, body: bytes, skippable: bool) -> None:
        """Sends or queues. What goes wrong with one peer costs nobody else a message."""
        outbox = self._outboxes.get(peer)
        try:
            if outbox is not None:
                self._queue(peer, outbox, body, skippable)
            elif not self._try_send(peer, body):
                self._outboxes[peer] = deque([body])
                self._retry_soon()
        except Exception:
            log.exception("a message could not be sent")

    def _queue(self, peer: bytes, outbox: deque[bytes], body: bytes, skippable: bool) -> None:
        if skippable and len(outbox) > self._outbox_limit // 2:
            return
        if len(outbox) < self._outbox_limit:
            outbox.append(body)
        else:
            self._drop(peer, f"{len(outbox)} messages wait to be read")

    def _try_send(self, peer: bytes, body: bytes) -> bool:
        """False when the peer's pipe is full."""
        try:
            self._router.send(peer, MORE)
            self._router.send(HEADER, MORE)
            self._router.send(body, zmq.NOBLOCK)
        except zmq.Again:
            return False
        except zmq.ZMQError as error:
            if error.errno != errno.EHOSTUNREACH:
                raise
            self._drop(peer, "it disconnected")
        return True

    def _drop(self, peer: bytes, why: str) -> None:
        self._outboxes.pop(peer, None)
        self._gone(peer, why)

    def _retry_soon(self) -> None:
        if not self._retry_due:
            self._retry_due = True
            self._loop.call_later(RETRY_SECONDS, self._retry)

    def _retry(self) -> None:
        self._retry_due = False
        if self._router.closed:
            return
        for peer, outbox in list(self._outboxes.items()):
            while outbox and self._try_send(peer, outbox[0]):
                outbox.popleft()
            if not outbox:
                self._outboxes.pop(peer, None)
        if self._outboxes:
            self._retry_soon()
        self._drain_soon()

    def _readable(self) -> None:
        if not self._drain_due:
            self._drain_due = True
            self._drain()

    def _drain_soon(self) -> None:
        if not self._drain_due:
            self._drain_due = True
            self._loop.call_soon(self._drain)

    def _drain(self) -> None:
        """Reads what there is, a turn's worth at most, and answers; `_drain_due` stays set until nothing is left.

        Whatever is raised meanwhile, reading goes on: a daemon that is deaf is worse than one wrong answer.
        """
        if self._router.closed:
            return
        try:
            with contextlib.suppress(zmq.Again):
                for _ in range(MESSAGES_A_TURN):
                    self._receive(*self._read())
        except Exception:
            log.exception("a message could not be taken in")
        self._send_burst()
        if int(self._router.getsockopt(zmq.EVENTS)) & zmq.POLLIN:
            self._loop.call_soon(self._drain)
        else:
            self._drain_due = False

    def _read(self) -> tuple[bytes, list[bytes], Pass | None]:
        """One message: the peer, no more than PARTS_KEPT of its frames, and what it may. Raises zmq.Again."""
        router, frames, more = self._router, list[bytes](), True
        peer = router.recv(zmq.NOBLOCK)
        while more:  # a peer's name never comes alone
            # Whole frames know whether more follow; asking the socket takes as long as reading one.
            frame = router.recv(copy=False)
            more = frame.more
            if len(frames) < PARTS_KEPT:
                frames.append(frame.bytes)
        return peer, frames, self._door.admits(self._door.shown(frame))

    def _drain_subscriptions(self) -> None:
        # XPUB hands out what observers subscribe to; unread it would fill up.
        with contextlib.suppress(zmq.Again):
            while True:
                self._events.recv_multipart(zmq.NOBLOCK)


def _listening(address: str) -> str:
    """The address as libzmq wants it."""
    scheme, _, rest = address.partition("://")
    if scheme == "ipc":
        Path(rest).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    host, _, port = rest.rpartition(":")
    return f"tcp://127.0.0.1:{port}" if host == "localhost" else address


def _last_endpoint(socket: zmq.Socket[bytes]) -> str:
    return socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()  # type: ignore[union-attr]
