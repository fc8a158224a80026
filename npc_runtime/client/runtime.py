"""A connection to a daemon, and the worlds that are opened through it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeVar

from npc_runtime import errors
from npc_runtime.client import launch
from npc_runtime.client.credentials import Credentials
from npc_runtime.client.frames import Frames
from npc_runtime.client.handles.world import World
from npc_runtime.client.session import OPENING_SECONDS, Restored, Session
from npc_runtime.wire import codec
from npc_runtime.wire import messages as m
from npc_runtime.wire.endpoint import Endpoint

Expected = TypeVar("Expected", bound=m.Response)
Events = asyncio.Queue[m.Event]

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
    """A session with the daemon. One that is lost begins again by itself, and `on_restored` tells when it has."""

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
        self._given = endpoint
        self._data_dir = launch.data_folder(data_dir)
        self._start = start
        self._credentials = credentials
        self._name = name
        self._command, self._arguments = command, arguments
        self._start_timeout = start_timeout
        self._numbers = itertools.count(1)
        self._listeners: dict[str, list[Events]] = {}
        self._worlds: dict[str, tuple[dict[str, Any], set[str]]] = {}  # by id: how it was opened, and who was spawned
        self._told: list[Callable[[Restored], None]] = []
        self._session: Session | None = None
        self._frames = Frames()
        self._budget: dict[str, Any] = {}  # as it was set
        self.launched: launch.Launched | None = None

    @property
    def welcome(self) -> m.Welcome:
        """What the daemon said to `hello`. Raises NoSession before."""
        if self._session is None or self._session.welcome is None:
            raise errors.NoSession("this client is not connected", hint="use `async with connect() as runtime:`")
        return self._session.welcome

    @property
    def pending(self) -> int:
        """How many requests wait for something."""
        return 0 if self._session is None else self._session.pending

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
        if self._session is not None:
            await self._session.close()
        if self.launched is not None:
            await self.launched.stop()
            self.launched = None

    def on_restored(self, told: Callable[[Restored], None]) -> None:
        """Tells when a session was lost and another is there, with everything in it."""
        self._told.append(told)

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
        opened = await self.request(self.message("world.open", world=world, **how), timeout=OPENING_SECONDS)
        assert isinstance(opened, m.WorldOpened), opened
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

    def report_frame(self, ms: float, target_ms: float = 1000 / 60) -> None:
        """Tells how many milliseconds a frame took, and how many it may take; for every frame, since it averages.

        About once a second the daemon is told, and holds the model back where it costs frames. Never waits; without a
        session, nobody is told.
        """
        average = self._frames.add(ms, time.monotonic())
        if average is not None and average > 0 and self._session is not None:
            self._session.post(self.message("budget.report", frame_ms=average, target_ms=target_ms))

    async def budget(
        self,
        *,
        duty: float = 1.0,
        vram_mb: int | None = None,
        ram_mb: int | None = None,
        writes: Literal["all", "players"] = "all",
    ) -> None:
        """Sets what the model may take while this client lives: a share of the time, MiB of the card and of RAM.

        With `writes="players"` the model writes only what answers a player; all else is spoken in authored lines.
        """
        self._budget = {"duty": duty, "vram_mb": vram_mb, "ram_mb": ram_mb, "writes": writes}
        await self.call(m.Done, "budget.set", **self._budget)

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
        """Sends a request whose response does not matter; where there is no session, it is let be."""
        self._connected().post(request)

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
        and the request sent once more; where it was half answered, or might happen twice, NoSession is raised.
        """
        session = self._connected()
        inbox = session.begin(request)
        try:
            while True:
                yield await session.next(inbox, timeout)
        finally:
            session.end(inbox)

    # ---------------------------------------------------------------------------------------------- the session

    def _connected(self) -> Session:
        if self._session is None:
            raise errors.NoSession("this client is not connected", hint="use `async with connect() as runtime:`")
        return self._session

    async def _open(self) -> None:
        self._session = Session(
            self._name,
            self._credentials,
            self._find,
            self._serves,
            self.message,
            self._again,
            self._happened,
            self._restored,
        )
        await self._session.open(REQUEST_SECONDS)

    async def _find(self) -> Endpoint:
        """Where the daemon is, by now."""
        if self._given is not None:
            return Endpoint(self._given, "", 0, "")
        found = await self._find_or_launch()
        self._credentials.suit(found)
        return found

    def _serves(self, endpoint: str) -> bool:
        """Whether a daemon that says nothing may only be busy."""
        if self._given is not None:
            return True
        try:
            return launch.find(self._data_dir).endpoint == endpoint
        except errors.RuntimeFault:
            return False

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

    def _again(self, restarted: bool) -> list[m.Request]:
        """What a new session is asked for, in this order. Another run of the daemon knows of no world, and nobody."""
        found = []
        for world, (how, npcs) in self._worlds.items() if restarted else ():
            found.append(self.message("world.open", world=world, **how))
            found += [self.message("npc.spawn", world=world, npc=npc) for npc in sorted(npcs)]
        found += [self.message("subscribe", world=world) for world, listeners in self._listeners.items() if listeners]
        return found + ([self.message("budget.set", **self._budget)] if self._budget else [])

    def _restored(self, restored: Restored) -> None:
        loop = asyncio.get_running_loop()
        for told in self._told:
            loop.call_soon(told, restored)  # what it throws is the game's

    def _happened(self, event: m.Event) -> None:
        for listener in self._listeners.get(event.world, ()):
            if listener.qsize() == EVENTS_KEPT:
                listener.get_nowait()
            listener.put_nowait(event)
