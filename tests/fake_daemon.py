"""A daemon that only says what stands in a transcript, when its client has said what comes before."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from types import TracebackType
from typing import Any

import msgpack
import zmq
import zmq.asyncio
from zmq.auth.asyncio import AsyncioAuthenticator

Body = dict[str, Any]
TRANSCRIPTS: dict[str, Body] = {
    talk["name"]: talk
    for talk in json.loads(
        (Path(__file__).parent.parent / "protocol" / "vectors" / "transcripts.json").read_text(encoding="utf-8")
    )["transcripts"]
}

HEADER = b"NPC1"
TOKEN = "any"
OF_THE_CLIENT = ("id", "client", "capabilities", "stream", "seed")
"""What another client says differently, and may."""


class FakeDaemon:
    """A ROUTER socket. Pings are answered whenever they come: clients have clocks of their own."""

    def __init__(self, transcript: Body) -> None:
        self._steps = [step for step in transcript["steps"] if step["from"] in ("client", "daemon")]
        self._ids: dict[str, str] = {}  # the client's own, by those of the transcript
        self._client = b""
        self._session: str | None = None
        self.said: dict[str, Body] = {}
        """The last message of each type that it sent."""

    async def __aenter__(self) -> FakeDaemon:
        self._context = zmq.asyncio.Context()
        self._door = AsyncioAuthenticator(self._context)  # without one, ZeroMQ lets nobody in who shows a password
        self._door.start()
        self._door.configure_plain(domain="*", passwords={"npc-runtime": TOKEN})
        self._socket = self._context.socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.PLAIN_SERVER, 1)
        port = self._socket.bind_to_random_port("tcp://127.0.0.1")
        self.endpoint = f"tcp://127.0.0.1:{port}"
        self._playing = asyncio.create_task(self._play())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._playing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._playing
        self._door.stop()
        self._context.destroy(linger=0)

    async def finished(self) -> None:
        """Returns when all was said; raises where the client said something else."""
        await asyncio.wait_for(self._playing, 10)

    async def _play(self) -> None:
        for step in self._steps:
            message = step["message"]
            if message["type"] in ("ping", "pong"):
                self._session = message.get("session", self._session)  # the client's next ping tells it, when it comes
                continue
            if step["from"] == "client":
                self._compare(await self._next(), message)
            else:
                await self._send(message)

    async def _next(self) -> Body:
        while True:
            self._client, header, body = await self._socket.recv_multipart()
            assert header == HEADER
            found: Body = msgpack.unpackb(body)
            if found["type"] != "ping":
                return found
            await self._send({"type": "pong", "re": found["id"], "last": True, "session": self._session})

    def _compare(self, found: Body, wanted: Body) -> None:
        assert found["type"] == wanted["type"]
        self._ids[wanted["id"]] = found["id"]
        if "target" in wanted:
            wanted = {**wanted, "target": self._ids.get(wanted["target"], wanted["target"])}
        for name in wanted.keys() - OF_THE_CLIENT:
            assert bare(found.get(name)) == bare(wanted[name]), (name, found, wanted)

    async def _send(self, message: Body) -> None:
        self.said[message["type"]] = message
        self._session = message.get("session", self._session)
        asked = message.get("re", "")
        told = {**message, "re": self._ids.get(asked, asked)} if "re" in message else message
        await self._socket.send_multipart([self._client, HEADER, msgpack.packb(told)])


def bare(value: Any) -> Any:
    """An id without its kind, which a client may leave out."""
    return value.rpartition(":")[2] if isinstance(value, str) else value


def an_action() -> Body:
    """A transcript of an action: none is recorded, since a model's choice would not be the same the next time."""
    steps = TRANSCRIPTS["first-talk"]["steps"][:6]
    about = {"re": "4", "reply": "r-1", "npc": "npc:mira"}
    offer = {"name": "give", "args": [["item:minecraft:bread"]]}
    end = {"emotion": "happy", "source": "model", "finish": "stop"}
    said: Body = {"type": "say", "id": "4", "world": "an-action", "from": "player:alex", "to": "npc:mira"}
    said |= {"text": "A loaf, please.", "heard_by": ["npc:tom", "player:Steve Smith"], "actions": [offer]}
    perceived = {"npc": "npc:mira", "how": "witnessed", "text": "You did not give Alex the bread: none are left."}
    told = [
        ("client", said),
        ("daemon", {"type": "reply.start", **about, "emotion": "happy", "source": "model"}),
        ("daemon", {"type": "reply.action", **about, "name": "give", "args": ["item:minecraft:bread"]}),
        ("daemon", {"type": "reply.end", **about, "last": True, "text": "", **end}),
        ("client", {"type": "action.result", "id": "5", "reply": "r-1", "done": False, "reason": "none are left"}),
        ("daemon", {"type": "world.perceived", "re": "5", "last": True, "world": "x", "perceived": [perceived]}),
    ]
    steps = [*steps, *({"from": who, "message": message} for who, message in told)]
    told_again: Body = json.loads(json.dumps({"steps": steps}).replace("first-talk", "an-action"))
    return told_again
