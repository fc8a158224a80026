"""A connection to a daemon, and the worlds that are opened through it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import zmq
import zmq.asyncio
from zmq.utils.monitor import parse_monitor_message

from npc_runtime import __version__, errors
from npc_runtime.client import launch
from npc_runtime.client.credentials import REFUSED, Credentials
from npc_runtime.client.handles.world import World
from npc_runtime.client.patience import within
from npc_runtime.wire import codec
from npc_runtime.wire import messages as m
from npc_runtime.wire.endpoint import Endpoint

Expected = TypeVar("Expected", bound=m.Response)
Events = asyncio.Queue[m.Event]

log = logging.getLogger(__name__)

REQUEST_SECONDS = 10.0
EVENTS_KEPT = 4096
"""Events kept for a listener that does not read; the oldest go first."""


def connect(
    endpoint: str | None = None,
    *,
    data_dir: Path | str | None = None,
    start: bool = True,
    token: str | None = None,
    key: Path | str | None = None,
    name: str = "python",
    command: Sequence[str] = (),
    arguments: Sequence[str] = (),
    start_timeout: float = 120.0,
) -> Runtime:
    """A client to be opened with `async with` or `await`.

    Without an `endpoint` the running daemon of the data folder is found, or one is started, which ends with this
    client; `arguments` are further flags for its `npc-runtime serve`, and `command` is what runs that where the game
    brings its own: `["runtime/npc-runtime"]`. `token` defaults to the token file of the folder.
    A daemon on another machine asks for a `key` instead: the file that `npc-runtime keys add` wrote there.
    """
    start = start and key is None  # one that is started asks for the token
    credentials = Credentials(data_dir, token, key)
    return Runtime(endpoint, data_dir, start, credentials, name, command, arguments, start_timeout)


class Runtime:
    """A session with the daemon."""

    def __init__(
        self,
        endpoint: str | None,
        data_dir: Path | str | None,
        start: bool,
        credentials: Credentials,
        name: str,
        command: Sequence[str],
        arguments: Sequence[str],
        start_timeout: float,
    ) -> None:
        self._endpoint, self._given = endpoint, endpoint is not None
        self._data_dir = launch.data_folder(data_dir)
        self._start = start
        self._credentials = credentials
        self._name = name
        self._command, self._arguments = command, arguments
        self._start_timeout = start_timeout
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Queue[m.Response]] = {}
        self._listeners: dict[str, list[Events]] = {}
        self._worlds: dict[str, tuple[dict[str, Any], set[str]]] = {}  # by id: how it was opened, and who was spawned
        self._tasks: list[asyncio.Task[None]] = []
        self._hello = asyncio.Lock()
        self._context: zmq.asyncio.Context | None = None
        self._welcome: m.Welcome | None = None
        self.launched: launch.Launched | None = None

    @property
    def welcome(self) -> m.Welcome:
        """What the daemon said to `hello`. Raises NoSession before."""
        if self._welcome is None:
            raise errors.NoSession("this client is not connected", hint="use `async with connect() as runtime:`")
        return self._welcome

    async def __aenter__(self) -> Runtime:
        """Connects, and says hello."""
        try:
            await self._open()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __await__(self) -> Generator[Any, None, Runtime]:
        return self.__aenter__().__await__()

    async def close(self) -> None:
        """Ends the session, and the daemon if this client started it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        if self._context is not None:
            self._context.destroy(linger=0)
        if self.launched is not None:
            await self.launched.stop()
            self.launched = None

    # ---------------------------------------------------------------------------------------------- the runtime

    async def open_world(
        self, world: str, pack: str | Path | None = None, *, village: Mapping[str, Any] | None = None
    ) -> World:
        """Opens or joins a world. `pack` is a bundled pack's name or the path of a folder.

        `village`, such as `{"name": "Millbrook"}`, is instead of a pack: its places and people are defined by
        `World.define_places` and `World.define`.
        """
        if pack is not None and Path(pack, "pack.yaml").is_file():
            pack = Path(pack).resolve()
        how = {"pack": None if pack is None else str(pack), "village": None if village is None else dict(village)}
        opened = await self.call(m.WorldOpened, "world.open", world=world, **how)
        self._worlds.setdefault(world, (how, set()))
        return World(self, opened)

    def spawned(self, world: str, npc: str) -> None:
        """Notes who was brought to life, so that another run of the daemon can be asked for it again."""
        if world in self._worlds:
            self._worlds[world][1].add(npc)

    def despawned(self, world: str, npc: str) -> None:
        """Notes who was taken out again."""
        if world in self._worlds:
            self._worlds[world][1].discard(npc)

    async def ping(self) -> None:
        """Returns when the daemon has answered."""
        await self.call(m.Pong, "ping")

    async def health(self) -> m.HealthReport:
        """How the daemon is."""
        return await self.call(m.HealthReport, "health")

    def message(self, kind: str, /, **fields: Any) -> m.Request:
        """A request with an id of its own. Raises Invalid, naming the field and what is wrong with it.

        What is said comes in runs of text, unless `stream` says otherwise.
        """
        asked = m.Catalogue.requests.get(kind)
        if asked is not None and "stream" in asked.model_fields:
            fields = {"stream": "delta", **fields}
        return codec.request({"type": kind, "id": str(next(self._numbers)), **fields})

    async def call(self, expected: type[Expected], kind: str, /, **fields: Any) -> Expected:
        """Makes a request and returns its response. Raises what the daemon answers instead."""
        response = await self.request(self.message(kind, **fields))
        if not isinstance(response, expected):
            raise errors.InternalError(f"{kind} was answered by {response.type}")
        return response

    async def request(self, request: m.Request, *, timeout: float = REQUEST_SECONDS) -> m.Response:
        """Sends a request and returns the first response. Raises what the daemon answers instead."""
        async with contextlib.aclosing(self.exchange(request, timeout=timeout)) as responses:
            return await anext(responses)

    async def post(self, request: m.Request) -> None:
        """Sends a request whose response does not matter."""
        await self._socket.send_multipart(codec.frames(request))

    @contextlib.contextmanager
    def listen(self, world: str) -> Iterator[Events]:
        """A queue of what is heard of a world, once this session has subscribed to it."""
        queue: Events = asyncio.Queue()
        listeners = self._listeners.setdefault(world, [])
        listeners.append(queue)
        try:
            yield queue
        finally:
            listeners.remove(queue)

    async def exchange(self, request: m.Request, *, timeout: float) -> AsyncGenerator[m.Response, None]:
        """Sends a request and yields what comes back for it, for as long as the caller wants to read.

        Raises what the daemon answers, and DeadlineExceeded after `timeout` seconds of silence. When the session is
        lost (a debugger held the game, or the daemon was started again), a new one is opened, with the worlds in it,
        and the request sent once more; where it was half answered, NoSession is raised.
        """
        inbox = self._waiting[request.id] = asyncio.Queue()
        session = self._welcome
        answered = False
        try:
            await self.post(request)
            while True:
                response = await self._next(inbox, request, timeout)
                if not isinstance(response, m.Error):
                    answered = True
                    yield response
                elif response.code == errors.NoSession.code and session is not None:
                    await self._say_hello(instead_of=session)
                    if answered:
                        raise _as_exception(response)
                    session = None
                    await self.post(request)
                else:
                    raise _as_exception(response)
        finally:
            self._waiting.pop(request.id, None)

    # ---------------------------------------------------------------------------------------------- the session

    async def _open(self) -> None:
        if self._endpoint is None:
            self._goto(await self._find_or_launch())
        self._context = zmq.asyncio.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 0)
        refused = self._socket.get_monitor_socket(sum(REFUSED))
        self._connect()
        self._tasks.append(asyncio.create_task(self._read(), name="npc-runtime reader"))
        self._tasks.append(asyncio.create_task(self._refused(refused), name="npc-runtime doorbell"))
        await self._say_hello()
        self._tasks.append(asyncio.create_task(self._beat(), name="npc-runtime heartbeat"))

    def _connect(self) -> None:
        assert self._endpoint is not None, "it was found or given"
        self._socket.setsockopt(zmq.IPV6, int("[" in self._endpoint))
        self._credentials.show(self._socket)
        self._socket.connect(self._endpoint)

    def _goto(self, found: Endpoint) -> None:
        self._endpoint = found.endpoint
        self._credentials.suit(found)

    async def _find_or_launch(self) -> Endpoint:
        try:
            return launch.find(self._data_dir)
        except errors.NotFound:
            if not self._start:
                raise
        try:
            self.launched = await launch.launch(
                self._data_dir, command=self._command, arguments=self._arguments, timeout=self._start_timeout
            )
        except errors.Conflict:  # somebody else started one meanwhile
            return launch.find(self._data_dir)
        return self.launched.endpoint

    async def _say_hello(self, *, instead_of: m.Welcome | None = None) -> None:
        """Opens a session, unless another request has replaced the lost one meanwhile."""
        async with self._hello:
            if instead_of is not None and self._welcome is not instead_of:
                return
            hello = self.message(
                "hello",
                versions=list(codec.SUPPORTED),
                client={"name": self._name, "version": __version__},
                capabilities=list(m.CAPABILITIES),
            )
            inbox = self._waiting[hello.id] = asyncio.Queue()
            try:
                await self.post(hello)
                response = await self._next(inbox, hello, REQUEST_SECONDS)
            finally:
                del self._waiting[hello.id]
            if isinstance(response, m.Error):
                raise _as_exception(response)
            assert isinstance(response, m.Welcome)
            if self._welcome is not None and self._welcome.daemon != response.daemon:
                await self._open_again()
            self._welcome = response
            for world in (world for world, listeners in self._listeners.items() if listeners):
                await self.post(self.message("subscribe", world=world))

    async def _open_again(self) -> None:
        """Another run of the daemon knows of no world and of nobody in it."""
        for world, (how, npcs) in self._worlds.items():
            await self.post(self.message("world.open", world=world, **how))
            for npc in sorted(npcs):
                await self.post(self.message("npc.spawn", world=world, npc=npc))

    async def _next(self, inbox: asyncio.Queue[m.Response], request: m.Request, timeout: float) -> m.Response:
        try:
            return await within(timeout, inbox.get())
        except asyncio.TimeoutError:
            raise errors.DeadlineExceeded(
                f"the daemon at {self._endpoint} has not answered {request.type} for {timeout:g} s",
                hint=self._credentials.doubt,
            ) from None

    async def _read(self) -> None:
        """Hands every message to the request it belongs to, or to the listeners of its world."""
        while True:
            frames = await self._socket.recv_multipart()
            try:
                message = codec.message(codec.unpack(frames))
            except errors.RuntimeFault as error:
                log.warning("the daemon sent what cannot be read: %s", error)
                continue
            if isinstance(message, m.Response):
                inbox = self._waiting.get(message.re)
                if inbox is not None:
                    inbox.put_nowait(message)
            elif isinstance(message, m.Event):
                for listener in self._listeners.get(message.world, ()):
                    if listener.qsize() == EVENTS_KEPT:
                        listener.get_nowait()
                    listener.put_nowait(message)

    async def _refused(self, refused: zmq.asyncio.Socket) -> None:
        """Tells whoever waits that the daemon lets nobody in who shows this token or key."""
        while True:
            event = parse_monitor_message(await refused.recv_multipart())
            why = self._credentials.refusal(int(event["event"]))
            if why is None:
                continue
            for request, inbox in self._waiting.items():
                inbox.put_nowait(why.model_copy(update={"re": request}))

    async def _beat(self) -> None:
        """Keeps the session alive; where it is lost all the same, whoever waits for an answer is told."""
        while True:
            await asyncio.sleep(self.welcome.heartbeat / 2)
            session = self.welcome.session
            ping = self.message("ping")
            inbox = self._waiting[ping.id] = asyncio.Queue()
            try:
                await self.post(ping)
                pong = await self._next(inbox, ping, self.welcome.heartbeat)
            except errors.DeadlineExceeded:
                self._look_again()
                continue  # whoever waits for an answer has a time limit of its own
            finally:
                del self._waiting[ping.id]
            if isinstance(pong, m.Pong) and pong.session != session == self.welcome.session:
                self._lost()

    def _look_again(self) -> None:
        """Goes where the daemon of the data folder serves now, if that is elsewhere: it may have been started again."""
        if self._given:
            return
        with contextlib.suppress(errors.RuntimeFault, zmq.ZMQError):
            found = launch.find(self._data_dir)
            if found.endpoint != self._endpoint:
                self._socket.disconnect(str(self._endpoint))
                self._goto(found)
                self._connect()

    def _lost(self) -> None:
        for request, inbox in self._waiting.items():
            inbox.put_nowait(
                m.Error(
                    re=request,
                    code=errors.NoSession.code,
                    message="the session was lost, and what had begun in it has ended",
                    hint="ask again: a new session is open",
                )
            )


def _as_exception(error: m.Error) -> errors.RuntimeFault:
    """The exception class of a wire code; of several, the most general."""
    classes = {cls.code: cls for cls in errors.RuntimeFault.__subclasses__()}
    return classes.get(error.code, errors.RuntimeFault)(error.message, hint=error.hint)
