"""Sessions: who has said hello, when they were last heard from, and the work that is theirs."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from npc_runtime.errors import shown
from npc_runtime.wire.codec import BODY_LIMIT, answer, encode
from npc_runtime.wire.messages import Beat, Event, ReplyDelta, Response

log = logging.getLogger(__name__)

REMEMBERED_IDS = 4096


class Post(Protocol):
    """What carries bodies to peers and observers, without ever waiting; see `npc_runtime.wire.server`."""

    def send(self, peer: bytes, body: bytes, *, skippable: bool = False) -> None:
        """To one peer; a skippable body is left out when that peer reads slowly."""

    def publish(self, topic: bytes, body: bytes) -> None:
        """To observers of a topic."""


class RecentIds:
    """The last request ids of a session, so that a repeated request is answered once."""

    def __init__(self) -> None:
        self._order: deque[str] = deque()
        self._known: set[str] = set()

    def __contains__(self, request: str) -> bool:
        return request in self._known

    def add(self, request: str) -> bool:
        """Whether the id is new."""
        if request in self._known:
            return False
        if len(self._order) == REMEMBERED_IDS:
            self._known.discard(self._order.popleft())
        self._order.append(request)
        self._known.add(request)
        return True


@dataclass
class Saying:
    """A `say`, an argument or an encounter that is being answered, by these NPCs."""

    world: str
    npcs: frozenset[str]
    cancel: Callable[[], None]
    leave: Callable[[str], None] | None = None  # one of them goes away and others may go on; None: it is cancelled


@dataclass(eq=False)
class Session:
    """One client between its `hello` and its silence."""

    peer: bytes
    post: Post
    client: str
    heard_at: float
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    requests: RecentIds = field(default_factory=RecentIds)
    subscriptions: set[str] = field(default_factory=set)
    sayings: dict[str, Saying] = field(default_factory=dict)  # by request id
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    answering: dict[str, asyncio.Task[None]] = field(default_factory=dict)  # by world: the last that had to wait
    ended: bool = False

    def start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Begins work that ends with the session."""
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def send(self, message: Response) -> None:
        """Sends, unless the session has ended."""
        if not self.ended:
            self.post.send(self.peer, answer(message), skippable=isinstance(message, ReplyDelta))


def cancel_soon(task: asyncio.Task[None]) -> None:
    """Cancels work, not before it has taken its first step and with that hold of what it was given."""
    asyncio.get_running_loop().call_soon(task.cancel)


class Sessions:
    """All sessions, by the identity that the socket gave each peer. `expiry` is in seconds."""

    def __init__(self, post: Post, expiry: float) -> None:
        self._post = post
        self._expiry = expiry
        self._by_peer: dict[bytes, Session] = {}

    def __len__(self) -> int:
        return len(self._by_peer)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._by_peer.values()))

    def get(self, peer: bytes) -> Session | None:
        """The session of a peer that has said hello."""
        return self._by_peer.get(peer)

    def open(self, peer: bytes, client: str, now: float) -> Session:
        """A new session; an earlier one of the same peer ends."""
        self.end(peer, "it said hello again")
        session = self._by_peer[peer] = Session(peer, self._post, client, now)
        log.info("session %s opened by %s", session.id, shown(client))
        return session

    def end(self, peer: bytes, why: str) -> None:
        """Ends the session of a peer, if it has one, and cancels all its work."""
        session = self._by_peer.pop(peer, None)
        if session is None:
            return
        session.ended = True
        for task in session.tasks:
            cancel_soon(task)
        log.info("session %s of %s ended: %s", session.id, shown(session.client), why)

    def beat(self, now: float, silence: float) -> None:
        """Writes to those for whom something goes on and who have said nothing for `silence` seconds.

        That is how a connection is found gone, so that what it began ends long before the session expires.
        """
        for session in self:
            if session.sayings and now - session.heard_at > silence:
                session.send(Beat())

    def expire(self, now: float) -> None:
        """Ends the sessions that have been silent for too long."""
        for session in self:
            if now - session.heard_at > self._expiry:
                self.end(session.peer, f"silent for {self._expiry:g} s")

    def publish(self, event: Event) -> None:
        """Tells observers, and the sessions that subscribed to the event's world."""
        body = encode(event)
        if len(body) > BODY_LIMIT:
            log.error("%s in world %s has %d bytes, so nobody is told", event.type, event.world, len(body))
            return
        self._post.publish(b"world/" + event.world.encode(), body)
        for session in self:
            if event.world in session.subscriptions:
                self._post.send(session.peer, body)
