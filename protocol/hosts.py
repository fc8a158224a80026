"""Daemons to record transcripts with, and a client's sockets."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import msgpack
import zmq

from npc_runtime.client.launch import Launched, launch
from npc_runtime.wire import messages as m
from npc_runtime.wire import token

Body = dict[str, Any]

HEADER = b"NPC1"
TIMEOUT_MS = 20_000
PROBE = "-probe"
WITHOUT_MODEL = ("--model", "none.gguf", "--embedding", "off")
WITH_MODEL = ("--model", "default", "--embedding", "off")


class Host:
    """A daemon in a folder that goes away with it."""

    def __init__(self, folder: Path, arguments: tuple[str, ...] = WITHOUT_MODEL) -> None:
        self._folder, self._arguments = folder, arguments
        self._launched = self._launch()

    def _launch(self) -> Launched:
        return asyncio.run(launch(self._folder, arguments=self._arguments))

    def again(self) -> None:
        """The daemon crashes, and another one takes its place."""
        self._launched.process.kill()
        self._launched.process.wait()
        self._launched = self._launch()

    def stop(self) -> None:
        """Ends it."""
        asyncio.run(self._launched.stop())

    def line(self) -> Line:
        """A connection to it."""
        return Line(self._launched.endpoint.endpoint, self._launched.endpoint.events, token.read(self._folder))


@contextmanager
def started(arguments: tuple[str, ...] = WITHOUT_MODEL) -> Iterator[Host]:
    """A daemon for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        found = Host(Path(folder), arguments)
        try:
            yield found
        finally:
            found.stop()


class Line:
    """A client's sockets."""

    def __init__(self, endpoint: str, events: str, secret: str) -> None:
        self._addresses = (endpoint, events, secret)
        self._context = zmq.Context()
        self._dealer = self._connected(zmq.DEALER, endpoint)
        self._observer = self._connected(zmq.SUB, events)

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.destroy(linger=0)

    def _connected(self, kind: int, endpoint: str) -> zmq.Socket[bytes]:
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.RCVTIMEO, TIMEOUT_MS)
        socket.setsockopt_string(zmq.PLAIN_USERNAME, "npc-runtime")
        socket.setsockopt_string(zmq.PLAIN_PASSWORD, self._addresses[2])
        socket.connect(endpoint)
        return socket

    def send(self, message: Body) -> None:
        """Sends a message."""
        self._dealer.send_multipart(frames(message))

    def receive(self) -> Body:
        """The next message that says something: beats come when they like."""
        while True:
            _, body = self._dealer.recv_multipart()
            found: Body = msgpack.unpackb(body)
            if found["type"] != "beat":
                return found

    def observe(self, world: str) -> None:
        """Observes a world; returns when the daemon knows of it, which only an event of another world can tell."""
        probe = f"{world}{PROBE}"
        for topic in (world, probe):
            self._observer.setsockopt_string(zmq.SUBSCRIBE, f"world/{topic}")
        with Line(*self._addresses) as other:
            other.send({"type": "hello", "id": "hello", "versions": [m.PROTOCOL_VERSION], "client": {"name": "probe"}})
            other.send({"type": "world.open", "id": "open", "world": probe})
            for number in itertools.count():
                other.send({"type": "world.advance", "id": str(number), "world": probe, "by": 1})
                if self._observer.poll(50):
                    return

    def event(self) -> Body:
        """The next event that is observed."""
        while True:
            topic, _, body = self._observer.recv_multipart()
            if not topic.endswith(PROBE.encode()):
                found: Body = msgpack.unpackb(body)
                return found


def frames(message: Body, sender: str = "client") -> list[bytes]:
    """A message as it travels."""
    topic = [f"world/{message['world']}".encode()] if sender == "events" else []
    return [*topic, HEADER, msgpack.packb(message)]
