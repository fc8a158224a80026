"""Message type -> service. The only place where errors become replies.

Services raise; here every RuntimeFault becomes an `error` message, and whatever else goes wrong becomes `internal`, is
logged with its traceback, and costs nobody but the request it touched.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine, Iterable
from functools import partial
from typing import Any

from npc_runtime.errors import Cancelled, InternalError, Invalid, NoSession, RuntimeFault, Unauthorized
from npc_runtime.wire import codec
from npc_runtime.wire import messages as m
from npc_runtime.wire.gate import Answer, Begin, Gates
from npc_runtime.wire.handling import Handler, handlers
from npc_runtime.wire.keys import ANYTHING, Pass
from npc_runtime.wire.lifecycle import Lifecycle
from npc_runtime.wire.session import Caller, Post, Saying, Session, Sessions, cancel_soon

log = logging.getLogger(__name__)

FAREWELL_SECONDS = 5.0
"""How long worlds get to finish what has begun when the daemon stops."""


class Dispatch:
    """Receives frames, finds the service, sends what it answers. Lives on the event loop."""

    def __init__(
        self, post: Post, sessions: Sessions, gates: Gates, lifecycle: Lifecycle, services: Iterable[object]
    ) -> None:
        self._post = post
        self._sessions = sessions
        self._gates = gates
        self._lifecycle = lifecycle
        self._handlers = handlers(services)
        self._resting: set[asyncio.Task[None]] = set()
        self._stopping = False

    def receive(self, peer: bytes, frames: list[bytes], may: Pass | None = ANYTHING) -> None:
        """One message from a peer. What goes wrong is answered; what goes wrong in that, the server logs."""
        session = self._sessions.get(peer)
        if session is not None and session.may is not may and session.may != may:
            # Removed, or another client took the place of one that is gone.
            self._sessions.end(peer, "its key was removed")
            session = None
        if session is not None:
            session.heard_at = time.monotonic()
        body: dict[str, Any] = {}
        begun = False
        try:
            body = codec.unpack(frames)
            request = codec.request(body)
            handler = self._handlers[request.type]
            if may is None:
                raise Unauthorized("the key of this connection was removed", hint="ask for a new one")
            if about := getattr(request, "world", ""):
                may.check(about)
            if self._stopping and not handler.to_the_end:
                raise Cancelled("the daemon stops, and nothing new begins", hint="start it again")
            if handler.before_hello:
                self._answer(peer, session, handler.answer(Caller(peer, may), request))  # type: ignore[arg-type]  # at once
            elif session is None:
                raise NoSession(
                    f"{request.type} came before hello, or the session has ended",
                    hint="send hello first; a silent session expires",
                )
            elif begun := session.requests.begin(request.id, frames[1]):
                self._warn(session, request, body)
                self._serve(session, request, handler)
            elif (answer := session.requests.answer(request.id)) is not None:
                self._post.send(peer, answer)
        except Exception as error:
            failed, world = failure(codec.message_id(body), error, may), body.get("world")
            if session is not None and not begun and failed.re in session.requests:
                self._post.send(peer, codec.answer(failed))  # the request that has this id goes on
            else:
                self._answer(peer, session, failed, world if isinstance(world, str) else "")

    def gone(self, peer: bytes, why: str) -> None:
        """A peer cannot be reached any more."""
        self._sessions.end(peer, why)

    def stop(self) -> None:
        """From now on nothing new begins: what comes after a session's end must not overtake what it left."""
        self._stopping = True

    async def close(self) -> None:
        """Waits a while for what has begun to change whole worlds, and for answers on their way to the disk."""
        under_way = [*self._gates.tasks, *self._resting]
        if under_way:
            await asyncio.wait(under_way, timeout=FAREWELL_SECONDS)

    def rest(self) -> None:
        """Closes the worlds that nobody uses any more, until somebody does."""
        for world in self._lifecycle.idle():
            work = _logged(self._lifecycle.rest(world), f"world {world} was not closed")
            task = asyncio.create_task(work, name=f"rest {world}")
            self._resting.add(task)
            task.add_done_callback(self._resting.discard)

    @staticmethod
    def _warn(session: Session, request: m.Request, body: dict[str, Any]) -> None:
        """Says in the answer what the request has not. Raises Invalid where the session wants it so."""
        found = codec.strangers(body, request)
        if found and session.strict:
            raise Invalid("; ".join(found), hint=f'the fields of "{request.type}" are in protocol/SPEC.md')
        if found:
            session.warnings[request.id] = found

    def _serve(self, session: Session, request: m.Request, handler: Handler) -> None:
        world: str = getattr(request, "world", "")
        begin: Begin = partial(handler.answer, session, request)
        answer = self._begin(begin, handler, world) if world else begin()
        if isinstance(answer, m.Response):
            self._answer(session.peer, session, answer, world)
        elif handler.streamed:
            task = session.start(self._stream(session, request.id, answer), f"{request.type} {request.id}")
            # Until its handler says what taking it back means, it has not begun.
            session.sayings.setdefault(request.id, Saying(world, frozenset(), partial(cancel_soon, task)))
        else:
            self._later(session, self._finished(session, request.id, answer), f"{request.type} {request.id}", world)

    def _begin(self, begin: Begin, handler: Handler, world: str) -> Answer:
        """The answer to a request, or work that comes to it, which takes its turn in the world that it is about."""
        self._lifecycle.use(world)
        if handler.keeps:
            begin = partial(self._keeping, world, begin)
        if handler.alone:
            return self._gates.of(world).alone(begin)  # type: ignore[arg-type]  # each of them gives work
        if self._lifecycle.rests(world) and not self._gates.shut(world):
            waking = self._gates.of(world).alone(lambda: self._lifecycle.wake(world))
            return self._woken(waking, self._gates.of(world).enter(begin, streamed=handler.streamed))
        return self._gates.enter(world, begin, streamed=handler.streamed)

    def _keeping(self, world: str, begin: Begin) -> Answer:
        """Raises StorageError, before anything has changed, where nothing can be kept."""
        self._lifecycle.check_room(world)
        return begin()

    @staticmethod
    async def _woken(waking: Coroutine[Any, Any, Any], answer: Answer) -> m.Response | None:
        """The answer of a request for whose sake its world opens again. Raises what kept the world from opening."""
        assert not isinstance(answer, m.Response), "it waits until the world is open"
        try:
            await waking
        except RuntimeFault:
            answer.close()
            raise
        found: m.Response | None = await answer
        return found

    def _answer(self, peer: bytes, session: Session | None, answer: m.Response, world: str = "") -> None:
        """Sends at once, or behind the answers that requests about the same world still wait for."""
        before = None if session is None or session.ended else session.answering.get(world)
        if session is None or session.ended:
            self._post.send(peer, codec.answer(answer))
        elif before is None:
            session.send(answer)
        else:
            self._later(session, _known(answer), f"after {before.get_name()}", world)

    def _later(self, session: Session, answer: Coroutine[Any, Any, m.Response], name: str, world: str) -> None:
        before = session.answering.get(world)
        task = session.answering[world] = session.start(self._in_turn(session, answer, before), name)

        def answered(done: asyncio.Task[None]) -> None:
            if session.answering.get(world) is done:
                del session.answering[world]

        task.add_done_callback(answered)

    async def _in_turn(
        self, session: Session, work: Coroutine[Any, Any, m.Response], before: asyncio.Task[None] | None
    ) -> None:
        answer = await work
        if before is not None:
            await asyncio.wait({before})
        session.send(answer)

    async def _finished(self, session: Session, request: str, work: Coroutine[Any, Any, Any]) -> m.Response:
        try:
            answer: m.Response = await work
        except Exception as error:
            return failure(request, error, session.may)
        return answer

    async def _stream(self, session: Session, request: str, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            if session.ended:
                raise
            session.send(failure(request, Cancelled("it was taken back before it began")))
        except Exception as error:
            session.send(failure(request, error, session.may))
        finally:
            session.sayings.pop(request, None)


async def _logged(work: Coroutine[Any, Any, Any], problem: str) -> None:
    try:
        await work
    except Exception:
        log.exception(problem)


async def _known(answer: m.Response) -> m.Response:
    return answer


def failure(request: str, error: Exception, may: Pass | None = ANYTHING) -> m.Error:
    """The `error` message for an exception; a bug of ours is logged with its traceback."""
    if not isinstance(error, RuntimeFault):
        log.error("request %s failed", request or "without id", exc_info=error)
        error = InternalError(
            f"the daemon failed on this request ({type(error).__name__})",
            hint="its log has the traceback; please report it",
        )
    hint = error.hint
    if may is not None and may.world is not None and error.detail.get("kind") == "world":
        hint = "open it with world.open"  # and not which others are open
    return m.Error(re=request, code=error.code, message=error.message, hint=hint, detail=error.detail)
