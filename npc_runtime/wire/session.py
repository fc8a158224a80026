"""Sessions: who has said hello, when they were last heard from, and the work that is theirs."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from npc_runtime.errors import Duplicate, clipped, shown
from npc_runtime.wire.codec import BODY_LIMIT, answer, encode
from npc_runtime.wire.keys import ANYTHING, Pass
from npc_runtime.wire.messages import Beat, Error, Event, Final, ReplyDelta, Response

log = logging.getLogger(__name__)

REMEMBERED = 4096
"""Requests of a session whose ids are known."""
ANSWERS_KEPT = 256
"""Of these, the last whose answers can be given again."""
LONGEST_KEPT = 16 * 1024
"""Bytes of an answer that is kept."""


class Post(Protocol):
    """What carries bodies to peers and observers, without ever waiting; see `npc_runtime.wire.server`."""

    def send(self, peer: bytes, body: bytes, *, skippable: bool = False) -> None:
        """To one peer; a skippable body is left out when that peer reads slowly."""

    def publish(self, topic: bytes, body: bytes) -> None:
        """To observers of a topic."""


class Requests:
    """The last requests of a session, by id, with their answers: what is sent again is answered again, not done."""

    def __init__(self) -> None:
        # The oldest first. A plain dict would look for its first entry behind all that were taken out before.
        self._asked: OrderedDict[str, int] = OrderedDict()  # hashes of the bodies
        self._under_way: set[str] = set()
        self._answers: OrderedDict[str, bytes] = OrderedDict()  # bodies

    def __contains__(self, request: str) -> bool:
        return request in self._asked

    def begin(self, request: str, body: bytes) -> bool:
        """Whether it is new, and not only sent again. Raises Duplicate where the id was that of another request."""
        mark = hash(body)
        before = self._asked.get(request)
        if before is not None and before != mark:
            raise Duplicate(
                f'the id "{clipped(request)}" was that of another request',
                hint="give each request of a session an id of its own",
                detail={"id": request},
            )
        if before is None:
            if len(self._asked) == REMEMBERED:
                self._forget(next(iter(self._asked)))
            self._asked[request] = mark  # bytes are hashed with a key of this process
            self._under_way.add(request)
        return before is None

    def answer(self, request: str) -> bytes | None:
        """The answer that it had; None: it is still to come. Raises Duplicate where it is not kept any more."""
        if request in self._under_way:
            return None
        if request not in self._answers:
            raise Duplicate(
                f'the request "{clipped(request)}" was answered already, and the answer is not kept any more',
                hint="it was carried out; ask how things are now",
                detail={"id": request},
            )
        return self._answers[request]

    def end(self, request: str, body: bytes, *, refused: bool) -> None:
        """It is answered. One that was refused has changed nothing, and may be sent again."""
        if request not in self._under_way:
            return
        self._under_way.discard(request)
        if refused:
            self._forget(request)
        elif len(body) <= LONGEST_KEPT:
            if len(self._answers) == ANSWERS_KEPT:
                self._answers.popitem(last=False)
            self._answers[request] = body

    def _forget(self, request: str) -> None:
        self._asked.pop(request, None)
        self._under_way.discard(request)
        self._answers.pop(request, None)


@dataclass
class Saying:
    """A `say`, an argument or an encounter that is being answered, by these NPCs."""

    world: str
    npcs: frozenset[str]
    cancel: Callable[[], None]
    leave: Callable[[str], None] | None = None  # one of them goes away and others may go on; None: it is cancelled


@dataclass(frozen=True, slots=True)
class Caller:
    """A connection before and beside its session, and what it may."""

    peer: bytes
    may: Pass = ANYTHING


@dataclass(eq=False)
class Session:
    """One client between its `hello` and its silence."""

    peer: bytes
    post: Post
    client: str
    heard_at: float
    hears: bool = False  # its lines count as heard when they are complete
    strict: bool = False  # what a request has not is refused
    may: Pass = ANYTHING
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    requests: Requests = field(default_factory=Requests)
    subscriptions: set[str] = field(default_factory=set)
    overhears: set[str] = field(default_factory=set)  # of these, worlds in which it wants to be told what is spoken
    sayings: dict[str, Saying] = field(default_factory=dict)  # by request id
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    answering: dict[str, asyncio.Task[None]] = field(default_factory=dict)  # by world: the last that had to wait
    warnings: dict[str, list[str]] = field(default_factory=dict)  # by request id, until it is answered
    ended: bool = False

    def start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Begins work that ends with the session."""
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def send(self, message: Response) -> None:
        """Sends, unless the session has ended."""
        if self.ended:
            return
        if isinstance(message, Final) and message.last and message.re in self.warnings:
            message = message.model_copy(update={"warnings": self.warnings.pop(message.re)})
        body = answer(message)
        if isinstance(message, Final) and message.last:
            self.requests.end(message.re, body, refused=isinstance(message, Error))
        self.post.send(self.peer, body, skippable=isinstance(message, ReplyDelta))


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

    def open(self, caller: Caller, client: str, now: float, *, hears: bool = False, strict: bool = False) -> Session:
        """A new session; an earlier one of the same peer ends."""
        peer, may = caller.peer, caller.may
        self.end(peer, "it said hello again")
        session = self._by_peer[peer] = Session(peer, self._post, client, now, hears, strict, may)
        log.info(
            "session %s opened by %s%s", session.id, shown(client), f" with the key {may.name}" if may.name else ""
        )
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

    def keep(self, admits: Callable[[str], Pass | None]) -> None:
        """Ends the sessions whose key is not what it was."""
        for session in self:
            if admits(session.may.key) != session.may:
                self.end(session.peer, "its key was removed")

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

    def overheard(self, speaking: Session, event: Event) -> None:
        """Tells the other sessions that want to know of every sentence as it is spoken."""
        listening = [one for one in self if one is not speaking and event.world in one.overhears]
        body = encode(event) if listening else b""
        for session in listening:
            self._post.send(session.peer, body)
