"""One connection to one run of a daemon. A lost one is closed, and another takes its place.

ZeroMQ would connect anew by itself, but without the session, and would send then what was meant for the lost one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import zmq
from zmq.utils.monitor import parse_monitor_message

from npc_runtime.client.credentials import REFUSED, Credentials
from npc_runtime.errors import Busy
from npc_runtime.wire import messages as m

LET_IN = int(zmq.EVENT_HANDSHAKE_SUCCEEDED)
DISCONNECTED = int(zmq.EVENT_DISCONNECTED)
AT_ONCE = 64
"""Messages that are read before something else has its turn on the event loop."""


class Line:
    """A socket, read whenever something has come, without a task of its own: a village sends a lot."""

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        endpoint: str,
        credentials: Credentials,
        received: Callable[[list[bytes]], None],
        refused: Callable[[m.Error], None],
        lost: Callable[[], None],
    ) -> None:
        """Connects. `refused` is told of a daemon that lets nobody in who shows this, `lost` once of the end."""
        self.endpoint = endpoint
        self._credentials, self._received, self._refused, self._lost = credentials, received, refused, lost
        self._loop = asyncio.get_running_loop()
        self._letin = False
        self._looking = False
        self._closed = False
        self._socket = context.socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.IPV6, int("[" in endpoint))
        credentials.show(self._socket)
        self._monitor: zmq.Socket[Any] = self._socket.get_monitor_socket(sum(REFUSED) | LET_IN | DISCONNECTED)
        self._loop.add_reader(self._socket.FD, self._read)
        self._loop.add_reader(self._monitor.FD, self._look)
        self._socket.connect(endpoint)
        # Not at once: nobody waits for anything yet, and a refusal that came already would be told to nobody. Its
        # descriptor is edge-triggered, so somebody has to look.
        self._loop.call_soon(self._look)

    def send(self, frames: Sequence[bytes]) -> None:
        """Sends at once. Raises Busy where the daemon takes nothing more."""
        try:
            self._socket.send_multipart(frames, zmq.NOBLOCK)
        except zmq.Again:
            self._look()  # nothing is taken either where the daemon has let nobody in
            raise Busy("the daemon takes nothing more", hint="try again later") from None
        self._again()  # a socket that sends forgets to say that something has come

    def close(self) -> None:
        """Ends the connection; nothing is told any more."""
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._socket.FD)
        self._loop.remove_reader(self._monitor.FD)
        with contextlib.suppress(zmq.ZMQError):
            self._socket.disable_monitor()
        self._monitor.close(linger=0)
        self._socket.close(linger=0)

    def _again(self) -> None:
        if not self._looking:
            self._looking = True
            self._loop.call_soon(self._read)

    def _read(self) -> None:
        self._looking = False
        for _ in range(AT_ONCE):
            if self._closed:
                return
            try:
                frames = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            self._received(frames)
        self._again()

    def _look(self) -> None:
        while not self._closed:
            try:
                parts = self._monitor.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            event = int(parse_monitor_message(parts)["event"])
            if event == LET_IN:
                self._letin = True
            elif event != DISCONNECTED:
                why = self._credentials.refusal(event)
                if why is not None:
                    self._refused(why)
            elif self._letin:
                self._lost()
