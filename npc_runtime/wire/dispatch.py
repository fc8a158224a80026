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
from functools import partial
from typing import Any

import npc_runtime
from npc_runtime.config import Config
from npc_runtime.dialogue.director import Director
from npc_runtime.errors import Cancelled, InternalError, RuntimeFault, Unauthorized, UnsupportedVersion
from npc_runtime.wire import codec
from npc_runtime.wire import messages as m
from npc_runtime.wire.arguing import Arguing
from npc_runtime.wire.creatures import Creatures
from npc_runtime.wire.encountering import Encountering
from npc_runtime.wire.gate import Answer, Gates
from npc_runtime.wire.journal import Journal
from npc_runtime.wire.lifecycle import Lifecycle
from npc_runtime.wire.lore import Lore
from npc_runtime.wire.memories import Memories
from npc_runtime.wire.saves import Saves
from npc_runtime.wire.session import Post, Saying, Session, Sessions, cancel_soon
from npc_runtime.wire.state import State
from npc_runtime.wire.talk import Talk
from npc_runtime.wire.village import Village

log = logging.getLogger(__name__)

STREAMED = frozenset({"say", "argue.start", "argue.resume", "encounter.start", "lore.ask", "creature.generate"})
"""Requests whose answers come beside the others. Those about one world are answered in the order of the requests."""
ALONE = frozenset({"world.open", "world.close", "save.restore", "memory.forget"})
"""Requests that change a whole world: no other one about it comes in between."""
KEEPING = frozenset({
    *("entity.move", "npc.spawn", "npc.despawn", "creature.generate", "talk.budget"),
    *("world.set", "world.event", "world.advance", "memory.teach", "relation.adjust"),
})  # fmt: skip
"""Requests that are refused while nothing more can be kept, before anything has changed. Talk goes on."""
FAREWELL_SECONDS = 5.0
"""How long worlds get to finish what has begun when the daemon stops."""


class Dispatch:
    """Receives frames, finds the service, sends what it answers. Lives on the event loop."""

    def __init__(
        self,
        config: Config,
        post: Post,
        *,
        sessions: Sessions,
        director: Director,
        lifecycle: Lifecycle,
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
        gates: Gates,
        events: str,
    ) -> None:
        self._config = config
        self._post = post
        self._sessions = sessions
        self._health_report = health
        self._events = events
        self._lifecycle = lifecycle
        self._director = director
        self._gates = gates
        self._resting: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._before_hello: dict[str, Callable[[bytes, Any], m.Response]] = {
            "hello": self._hello,
            "ping": self._ping,
            "health": self._health,
        }
        self._in_session: dict[str, Callable[[Session, Any], Answer]] = {
            "subscribe": village.subscribe,
            "unsubscribe": village.unsubscribe,
            "world.open": lifecycle.open,
            "world.close": lifecycle.close,
            "place.list": village.places,
            "persona.list": village.personas,
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
        """One message from a peer. What goes wrong is answered; what goes wrong in that, the server logs."""
        session = self._sessions.get(peer)
        if session is not None:
            session.heard_at = time.monotonic()
        body: dict[str, Any] = {}
        try:
            body = codec.unpack(frames)
            request = codec.request(body)
            if self._stopping and request.type != "ping":
                raise Cancelled("the daemon stops, and nothing new begins", hint="start it again")
            if request.type in self._before_hello:
                self._answer(peer, session, self._before_hello[request.type](peer, request))
            elif session is None:
                raise Unauthorized(
                    f"{request.type} came before hello", hint="send hello first; a silent session expires"
                )
            elif session.requests.add(request.id):
                self._serve(session, request, getattr(request, "world", ""))
        except Exception as error:
            world = body.get("world")
            failed = failure(codec.message_id(body), error)
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

    def _serve(self, session: Session, request: m.Request, world: str) -> None:
        answer = self._begin(session, request, world)
        if isinstance(answer, m.Response):
            self._answer(session.peer, session, answer, world)
        elif request.type in STREAMED:
            task = session.start(self._stream(session, request.id, answer), f"{request.type} {request.id}")
            # Until its handler says what taking it back means, it has not begun.
            session.sayings.setdefault(request.id, Saying(world, frozenset(), partial(cancel_soon, task)))
        else:
            self._later(session, self._finished(request.id, answer), f"{request.type} {request.id}", world)

    def _begin(self, session: Session, request: m.Request, world: str) -> Answer:
        """The answer to a request, or work that comes to it, which takes its turn in the world that it is about."""
        if not world:
            return self._in_session[request.type](session, request)
        self._lifecycle.use(world)
        begin = partial(self._do, session, request, world)
        streamed = request.type in STREAMED
        if request.type in ALONE:
            return self._gates.of(world).alone(begin)  # type: ignore[arg-type]  # each of them gives work
        if self._lifecycle.rests(world) and not self._gates.shut(world):
            waking = self._gates.of(world).alone(lambda: self._lifecycle.wake(world))
            return self._woken(waking, self._gates.of(world).enter(begin, streamed=streamed))
        return self._gates.enter(world, begin, streamed=streamed)

    def _do(self, session: Session, request: m.Request, world: str) -> Answer:
        """What its handler gives back. Raises StorageError, before anything has changed, where nothing can be kept."""
        if request.type in KEEPING:
            self._director.mind(world).memory.check_room()
        return self._in_session[request.type](session, request)

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
        if session is None or before is None:
            self._post.send(peer, codec.answer(answer))
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

    async def _finished(self, request: str, work: Coroutine[Any, Any, Any]) -> m.Response:
        try:
            answer: m.Response = await work
        except Exception as error:
            return failure(request, error)
        return answer

    async def _stream(self, session: Session, request: str, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            if session.ended:
                raise
            session.send(failure(request, Cancelled("it was taken back before it began")))
        except Exception as error:
            session.send(failure(request, error))
        finally:
            session.sayings.pop(request, None)

    def _hello(self, peer: bytes, request: m.Hello) -> m.Welcome:
        version = negotiate(request.versions)
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


async def _logged(work: Coroutine[Any, Any, Any], problem: str) -> None:
    try:
        await work
    except Exception:
        log.exception(problem)


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
