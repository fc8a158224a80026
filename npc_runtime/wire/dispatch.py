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
from npc_runtime.wire.session import Post, Session, Sessions
from npc_runtime.wire.talk import Talk
from npc_runtime.wire.village import Village

log = logging.getLogger(__name__)

Answer: TypeAlias = m.Response | Coroutine[Any, Any, None]
"""What a handler gives back: the response, or work that sends its own."""


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
                self._send(peer, self._before_hello[request.type](peer, request))
            elif session is None:
                raise Unauthorized(
                    f"{request.type} came before hello", hint="send hello first; a silent session expires"
                )
            elif session.requests.add(request.id):
                self._serve(session, request)
        except Exception as error:
            self._send(peer, failure(codec.message_id(body), error))

    def gone(self, peer: bytes, why: str) -> None:
        """A peer cannot be reached any more."""
        self._sessions.end(peer, why)

    def _serve(self, session: Session, request: m.Request) -> None:
        answer = self._in_session[request.type](session, request)
        if isinstance(answer, m.Response):
            session.send(answer)
            return
        task = asyncio.create_task(self._work(session, request.id, answer), name=f"{request.type} {request.id}")
        session.tasks.add(task)
        task.add_done_callback(session.tasks.discard)

    async def _work(self, session: Session, request: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            session.send(failure(request, error))

    def _send(self, peer: bytes, message: m.Response) -> None:
        self._post.send(peer, codec.encode(message))

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
