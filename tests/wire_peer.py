"""A client of the bare protocol, for tests: sends any frames, and reads bodies as plain maps."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import msgpack
import zmq

HEADER = b"NPC1"
USER = "npc-runtime"
MESSAGES = json.loads((Path(__file__).parent.parent / "protocol" / "protocol.json").read_text("utf-8"))["messages"]
TIMEOUT_MS = 10_000
STREAMED = ("say", "lore.ask", "argue.start", "argue.resume", "encounter.start")

Body = dict[str, Any]


def show(socket: zmq.Socket[bytes], token: str) -> None:
    """Has a socket show the token when it connects; without one it is a stranger's."""
    if token:
        socket.setsockopt_string(zmq.PLAIN_USERNAME, USER)
        socket.setsockopt_string(zmq.PLAIN_PASSWORD, token)


def done(request: str) -> Body:
    """The answer to a request that has none of its own, where all was kept."""
    return {"type": "done", "re": request, "last": True, "warnings": [], "kept": True}


class Peer:
    """A DEALER socket that shows a token. `options` are socket options to set before it connects."""

    def __init__(self, endpoint: str, token: str = "", options: Sequence[tuple[int, int | bytes]] = ()) -> None:
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RCVTIMEO, TIMEOUT_MS)
        show(self.socket, token)
        for option, value in options:
            self.socket.setsockopt(option, value)
        self.socket.connect(endpoint)
        self._numbers = itertools.count(1)
        self._asked: dict[str, str] = {}  # types of the requests, by id

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Vanishes: the daemon is told nothing."""
        self.context.destroy(linger=0)

    def send_frames(self, *frames: bytes) -> None:
        """Sends frames as they are."""
        self.socket.send_multipart(frames)

    def send(self, kind: str, /, **fields: Any) -> str:
        """Sends a message; returns its id, which is new unless `id` names it."""
        stream = {"stream": "delta"} if kind in STREAMED else {}
        body = {"type": kind, "id": f"peer-{next(self._numbers)}", **stream, **fields}
        self.send_frames(HEADER, msgpack.packb(body))
        self._asked[str(body["id"])] = kind
        return str(body["id"])

    def receive(self) -> Body:
        """The next message; a `beat` says nothing."""
        while True:
            header, body = self.socket.recv_multipart()
            assert header == HEADER
            found = msgpack.unpackb(body)
            assert isinstance(found, dict)
            if found["type"] != "beat":
                self._check(found)
                return found

    def _check(self, message: Body) -> None:
        """It is one of those that `protocol.json` has for the request, and says rightly whether it is the last."""
        asked = MESSAGES.get(self._asked.get(message.get("re", ""), ""))
        if asked is not None:
            assert message["type"] in asked["last" if message.get("last") else "before"], message

    def ask(self, kind: str, /, **fields: Any) -> Body:
        """Sends a message, and returns the next one that belongs to it."""
        request = self.send(kind, **fields)
        return next(self.answers(request))

    def answers(self, request: str) -> Iterator[Body]:
        """What belongs to a request."""
        while True:
            body = self.receive()
            if body.get("re") == request:
                yield body

    def reply(self, request: str) -> list[Body]:
        """Everything of a reply, up to its end or its error."""
        messages = []
        for body in self.answers(request):
            messages.append(body)
            if body.get("last") and body["type"] != "lore.answered":
                break
        return messages

    def hello(self, **fields: Any) -> Body:
        """Opens a session."""
        return self.ask("hello", **{"versions": ["1.0"], "client": {"name": "test"}, **fields})

    def village(self, world: str, *npcs: str) -> Body:
        """Opens a world of the bundled pack, with characters at the smithy."""
        opened = self.ask("world.open", world=world)
        assert opened["type"] == "world.opened", opened
        for npc in npcs:
            spawned = self.ask("npc.spawn", world=world, npc=npc, at="smithy")
            assert spawned["type"] == "npc.spawned", spawned
        return opened
