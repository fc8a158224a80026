"""A daemon that only pretends: a village in which everybody whom a game talks to streams a reply, token by token."""

from __future__ import annotations

import heapq
import itertools
import secrets
import threading
import time
from types import TracebackType
from typing import Any

import zmq
from zmq.auth.thread import ThreadAuthenticator

from npc_runtime.wire import codec
from npc_runtime.wire import messages as m
from npc_runtime.wire.endpoint import USER

TOKEN = "any"
WORLD = "village"
TOKENS_PER_SECOND = 30.0
THINKING_SECONDS = 2.0
"""Until the first word, at most: a village does not begin and end its lines all at once."""
SENTENCES = (
    "I sell horseshoes, nails and the odd kettle, if you ask me nicely.",
    "Tom says that the bridge will hold until the frost comes.",
    "Do not believe him.",
    "Good day to you, Alex, and mind the puddle by the door.",
)
"""What everybody says; a token is a word and the space before it."""


class Village:
    """Serves one game on a thread of its own."""

    def __init__(self, tokens_per_second: float = TOKENS_PER_SECOND, *, deltas: bool = True) -> None:
        self._pause = 1 / tokens_per_second
        self._deltas = deltas
        self._context = zmq.Context()
        self._door = ThreadAuthenticator(self._context)
        self._door.start()
        self._door.configure_plain(domain="*", passwords={USER: TOKEN})
        self._socket = self._context.socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.SNDHWM, 100_000)
        self._socket.setsockopt(zmq.PLAIN_SERVER, 1)
        self.endpoint = f"tcp://127.0.0.1:{self._socket.bind_to_random_port('tcp://127.0.0.1')}"
        self.sent = 0
        self._client = b""
        self._due: list[tuple[float, int, list[bytes]]] = []  # what is to be sent, by its time
        self._numbers = itertools.count(1)
        self._session = secrets.token_hex(8)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Village:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._thread.join()
        self._socket.close()
        self._door.stop()
        self._context.term()

    def _serve(self) -> None:
        while not self._closing.is_set():
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                self._send(heapq.heappop(self._due)[2])
            patience = min(0.1, self._due[0][0] - now) if self._due else 0.1
            if not self._socket.poll(max(1, round(1000 * patience))):
                continue
            self._client, *frames = self._socket.recv_multipart()
            self._answer(codec.unpack(frames))

    def _answer(self, body: dict[str, Any]) -> None:
        re, kind, world = str(body["id"]), body["type"], str(body.get("world", WORLD))
        if kind == "say":
            self._reply(re, world, str(body["to"]).removeprefix("npc:"), str(body["text"]))
        elif kind == "hello":
            self._now(self._welcome(re))
        elif kind == "ping":
            self._now(m.Pong(re=re, session=self._session))
        elif kind == "world.open":
            self._now(m.WorldOpened(re=re, world=world, pack="hollowmere", created=True, places=[], personas=[]))
        elif kind == "npc.spawn":
            npc = str(body["npc"]).removeprefix("npc:")
            info = m.NpcInfo(npc=f"npc:{npc}", name=npc.title(), role="villager", at="place:smithy", mood="calm")
            self._now(m.NpcSpawned(re=re, world=world, npc=info, created=True))
        else:
            self._now(m.Done(re=re))

    def _reply(self, re: str, world: str, npc: str, text: str) -> None:
        """Plans all of a reply: what is said to somebody, word after word, and the events that go with it."""
        reply, who = f"r-{next(self._numbers)}", f"npc:{npc}"
        of: dict[str, Any] = {"re": re, "reply": reply, "npc": who}
        self._now(self._said(world, "player:alex", who, text))
        at = time.monotonic() + secrets.randbelow(1000) / 1000 * THINKING_SECONDS
        self._at(at, m.ReplyStart(**of, emotion="neutral", source="model"))
        for index, sentence in enumerate(SENTENCES):
            for number, word in enumerate(sentence.split()):
                at += self._pause
                if self._deltas:
                    self._at(at, m.ReplyDelta(**of, text=word if index == number == 0 else f" {word}"))
            self._at(at, m.ReplySentence(**of, text=sentence, index=index))
        whole = " ".join(SENTENCES)
        self._at(at, m.ReplyEnd(**of, last=True, text=whole, emotion="neutral", source="model", finish="stop"))
        self._at(at + self._pause, self._said(world, who, "player:alex", whole))

    def _said(self, world: str, speaker: str, to: str, text: str) -> m.EventSaid:
        return m.EventSaid(world=world, speaker=speaker, to=to, text=text, heard_by=[to])

    def _welcome(self, re: str) -> m.Welcome:
        return m.Welcome(
            re=re,
            session=self._session,
            daemon=self._session,
            version=m.PROTOCOL_VERSION,
            server="village",
            capabilities=["events"],
            heartbeat=5.0,
            expiry=20.0,
            events="tcp://127.0.0.1:1",
            model="",
            deadline=20.0,
            heard_timeout=120.0,
            limits=m.Limits(body=codec.BODY_LIMIT, line=m.LINE_LENGTH, requests=4096, answers=256),
        )

    def _now(self, message: m.Body) -> None:
        self._send(codec.frames(message))

    def _at(self, when: float, message: m.Body) -> None:
        heapq.heappush(self._due, (when, next(self._numbers), codec.frames(message)))

    def _send(self, frames: list[bytes]) -> None:
        self._socket.send_multipart([self._client, *frames])
        self.sent += 1
