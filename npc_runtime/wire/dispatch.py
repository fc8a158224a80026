"""Message type -> service. The only place where errors become replies.

Services raise; here every RuntimeFault becomes an `error` message, and whatever else goes wrong becomes `internal`, is
logged with its traceback, and costs nobody but the request it touched.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

import npc_runtime
from npc_runtime.config import Config
from npc_runtime.errors import InternalError, RuntimeFault, Unauthorized, UnsupportedVersion
from npc_runtime.wire import codec, token
from npc_runtime.wire import messages as m
from npc_runtime.wire.arguing import Arguing
from npc_runtime.wire.creatures import Creatures
from npc_runtime.wire.encountering import Encountering
from npc_runtime.wire.journal import Journal
from npc_runtime.wire.lore import Lore
from npc_runtime.wire.memories import Memories
from npc_runtime.wire.saves import Saves
from npc_runtime.wire.session import Post, Session, Sessions
from npc_runtime.wire.state import State
from npc_runtime.wire.talk import Talk
from npc_runtime.wire.village import Village

log = logging.getLogger(__name__)

Answer: TypeAlias = m.Response | Coroutine[Any, Any, m.Response | None]
"""What a handler gives back: the response, or work that comes to it; a streamed one sends its own."""

STREAMED = frozenset({"say", "argue.start", "argue.resume", "encounter.start", "lore.ask", "creature.generate"})
"""Requests whose answers come beside the others. All others are answered in the order of the requests."""


class Dispatch:
    """Receives frames, finds the service, sends what it answers. Lives on the event loop."""

    def __init__(
        self,
        config: Config,
        post: Post,
        *,
        sessions: Sessions,
        village: Village,
        talk: Talk,
        state: State,
        memories: Memories,
        saves: Saves,
        arguing: Arguing,
        journal: Journal,
        lore: Lore,
        creatures: Creatures,
        encountering: Encountering,
        health: Callable[[], m.HealthReport],
        secret: str,
        events: str,
    ) -> None:
        self._config = config
        self._post = post
        self._sessions = sessions
        self._health_report = health
        self._secret = secret
        self._events = events
        self._before_hello: dict[str, Callable[[bytes, Any], m.Response]] = {
            "hello": self._hello,
            "ping": self._ping,
            "health": self._health,
        }
        self._in_session: dict[str, Callable[[Session, Any], Answer]] = {
            "subscribe": village.subscribe,
            "unsubscribe": village.unsubscribe,
            "world.open": village.open,
            "entity.move": village.move,
            "npc.spawn": village.spawn,
            "npc.despawn": village.despawn,
            "npc.list": village.list,
            "say": talk.say,
            "cancel": talk.cancel,
            "heard": talk.heard,
            "why": talk.why,
            "feedback": talk.feedback,
            "world.set": state.set,
            "world.get": state.get,
            "world.event": state.event,
            "world.advance": state.advance,
            "memory.query": memories.query,
            "memory.teach": memories.teach,
            "memory.forget": memories.forget,
            "memory.export": memories.export,
            "gossip.trace": memories.trace,
            "relation.get": memories.relations,
            "relation.adjust": memories.adjust,
            "save.create": saves.create,
            "save.restore": saves.restore,
            "save.delete": saves.delete,
            "save.branch": saves.branch,
            "save.list": saves.list,
            "argue.start": arguing.start,
            "argue.resume": arguing.resume,
            "argue.intervene": arguing.intervene,
            "argue.stop": arguing.stop,
            "argue.list": arguing.list,
            "journal.list": journal.list,
            "lore.ask": lore.ask,
            "creature.generate": creatures.generate,
            "encounter.start": encountering.start,
            "encounter.stop": encountering.stop,
            "talk.hush": encountering.hush,
            "talk.budget": encountering.budget,
        }

    def receive(self, peer: bytes, frames: list[bytes]) -> None:
        """One message from a peer. Never raises."""
        session = self._sessions.get(peer)
        if session is not None:
            session.heard_at = time.monotonic()
        body: dict[str, Any] = {}
        try:
            body = codec.unpack(frames)
            request = codec.request(body)
            if request.type in self._before_hello:
                self._answer(peer, session, self._before_hello[request.type](peer, request))
            elif session is None:
                raise Unauthorized(
                    f"{request.type} came before hello", hint="send hello first; a silent session expires"
                )
            elif session.requests.add(request.id):
                self._serve(session, request)
        except Exception as error:
            self._answer(peer, session, failure(codec.message_id(body), error))

    def gone(self, peer: bytes, why: str) -> None:
        """A peer cannot be reached any more."""
        self._sessions.end(peer, why)

    def _serve(self, session: Session, request: m.Request) -> None:
        answer = self._in_session[request.type](session, request)
        if isinstance(answer, m.Response):
            self._answer(session.peer, session, answer)
        elif request.type in STREAMED:
            session.start(self._stream(session, request.id, answer), f"{request.type} {request.id}")
        else:
            self._later(session, self._finished(request.id, answer), f"{request.type} {request.id}")

    def _answer(self, peer: bytes, session: Session | None, answer: m.Response) -> None:
        """Sends at once, or behind the answers that requests before it still wait for."""
        if session is None or session.ended or session.answering is None or session.answering.done():
            self._post.send(peer, codec.encode(answer))
        else:
            self._later(session, _known(answer), f"after {session.answering.get_name()}")

    def _later(self, session: Session, answer: Coroutine[Any, Any, m.Response], name: str) -> None:
        session.answering = session.start(self._in_turn(session, answer, session.answering), name)

    async def _in_turn(
        self, session: Session, work: Coroutine[Any, Any, m.Response], before: asyncio.Task[None] | None
    ) -> None:
        answer = await work
        if before is not None:
            await asyncio.wait({before})
        session.send(answer)

    async def _finished(self, request: str, work: Coroutine[Any, Any, Any]) -> m.Response:
        try:
            answer: m.Response = await work
        except Exception as error:
            return failure(request, error)
        return answer

    async def _stream(self, session: Session, request: str, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except Exception as error:
            session.send(failure(request, error))

    def _hello(self, peer: bytes, request: m.Hello) -> m.Welcome:
        version = negotiate(request.versions)
        token.check(request.token, self._secret)
        client = f"{request.client.name} {request.client.version}".strip()
        session = self._sessions.open(peer, client, time.monotonic())
        return m.Welcome(
            re=request.id,
            session=session.id,
            version=version,
            server=f"npc-runtime {npc_runtime.__version__}",
            capabilities=[name for name in m.CAPABILITIES if name in request.capabilities],
            heartbeat=self._config.heartbeat,
            expiry=self._config.session_expiry,
            events=self._events,
            model=self._health_report().model,
        )

    def _ping(self, peer: bytes, request: m.Ping) -> m.Pong:
        return m.Pong(re=request.id)

    def _health(self, peer: bytes, request: m.Health) -> m.HealthReport:
        return self._health_report().model_copy(update={"re": request.id})


async def _known(answer: m.Response) -> m.Response:
    return answer


def negotiate(offered: list[str]) -> str:
    """The version in force: ours or an older minor. Raises UnsupportedVersion when no major is shared."""
    major, minor = map(int, m.PROTOCOL_VERSION.split("."))
    found = [re.fullmatch(r"([0-9]{1,4})\.([0-9]{1,4})", version) for version in offered]
    minors = [int(match[2]) for match in found if match and int(match[1]) == major]
    if not minors:
        raise UnsupportedVersion(
            f"the client speaks protocol {', '.join(offered)[:120]}",
            hint=f"this daemon speaks {', '.join(codec.SUPPORTED)}",
        )
    return f"{major}.{min(minor, max(minors))}"


def failure(request: str, error: Exception) -> m.Error:
    """The `error` message for an exception; a bug of ours is logged with its traceback."""
    if not isinstance(error, RuntimeFault):
        log.error("request %s failed", request or "without id", exc_info=error)
        error = InternalError(
            f"the daemon failed on this request ({type(error).__name__})",
            hint="its log has the traceback; please report it",
        )
    detail = {"supported": list(codec.SUPPORTED)} if isinstance(error, UnsupportedVersion) else {}
    return m.Error(re=request, code=error.code, message=error.message, hint=error.hint, detail=detail)
