"""A session with the daemon that is kept alive, and begun again when it is lost."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import zmq

from npc_runtime import __version__, errors
from npc_runtime.client.credentials import Credentials
from npc_runtime.client.inbox import Inbox
from npc_runtime.client.line import Line
from npc_runtime.wire import codec
from npc_runtime.wire import messages as m
from npc_runtime.wire.endpoint import Endpoint

log = logging.getLogger(__name__)

OPENING_SECONDS = 60.0
"""The opening of a world reads a whole game: it may take longer than other requests, and what waits behind it too."""
HELLO_SECONDS = 3.0
"""How long a daemon that was found again may take to say welcome."""
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0


@dataclass(frozen=True)
class Restored:
    """The session was lost, and there is another: worlds, characters and subscriptions are there again.

    `restarted`: it is another run of the daemon, and what was going on in the last one is over. `troubles` are what
    could not be brought back, and why.
    """

    restarted: bool
    troubles: tuple[errors.RuntimeFault, ...]


class Session:
    """What is asked and answered, whichever connection it goes over."""

    def __init__(
        self,
        name: str,
        credentials: Credentials,
        find: Callable[[], Awaitable[Endpoint]],
        serves: Callable[[str], bool],
        new_request: Callable[..., m.Request],
        again: Callable[[bool], Sequence[m.Request]],
        happened: Callable[[m.Event], None],
        restored: Callable[[Restored], None],
    ) -> None:
        """`find` gives where the daemon is, `serves` whether it is still there; `again` names what to ask for anew."""
        self._name, self._credentials, self._find, self._serves = name, credentials, find, serves
        self._new_request, self._again, self._happened, self._restored = new_request, again, happened, restored
        self._context: zmq.Context[zmq.Socket[bytes]] | None = None
        self._inboxes: dict[str, Inbox] = {}  # in the order of sending
        self._line: Line | None = None
        self._heard_at = 0.0
        self._open = False
        self._complete = ""  # the run of the daemon that has all that the game had
        self._beating: asyncio.Task[None] | None = None
        self._restoring: asyncio.Task[None] | None = None
        self.endpoint = ""
        self.welcome: m.Welcome | None = None

    @property
    def pending(self) -> int:
        """Requests that wait for something."""
        return len(self._inboxes)

    async def open(self, seconds: float) -> None:
        """Connects for the first time. Raises what prevents it."""
        self.welcome = await self._hello(await self._find(), seconds)
        self._complete = self.welcome.daemon
        self._open = True
        self._beating = asyncio.create_task(self._beat(), name="npc-runtime heartbeat")

    async def close(self) -> None:
        """Ends it; whoever waits is told."""
        tasks = [task for task in (self._beating, self._restoring) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._open = False
        if self._line is not None:
            self._line.close()
        for inbox in list(self._inboxes.values()):
            inbox.put(_error(inbox.request.id, errors.Cancelled.code, "this client was closed"))
        if self._context is not None:
            self._context.destroy(linger=0)

    def begin(self, request: m.Request, *, perishable: bool = False) -> Inbox:
        """Sends a request, now or as soon as there is a session again; `end` lets go of it."""
        inbox = self._inboxes[request.id] = Inbox(request, perishable=perishable)
        if self._open:
            self._send(inbox)
        return inbox

    def end(self, inbox: Inbox) -> None:
        """Nobody waits for more of it."""
        self._inboxes.pop(inbox.request.id, None)
        inbox.close()

    def post(self, request: m.Request) -> None:
        """Sends what no answer matters of; where there is no session, it is let be."""
        if self._open and self._line is not None:
            self._line.send(codec.frames(request))

    async def ask(self, request: m.Request, seconds: float) -> m.Response:
        """The answer to a request of this session alone. Raises what the daemon answers instead."""
        inbox = Inbox(request, perishable=True)
        self._inboxes[request.id] = inbox
        self._send(inbox)
        try:
            return await self.next(inbox, seconds)
        finally:
            self.end(inbox)

    async def next(self, inbox: Inbox, seconds: float) -> m.Response:
        """What comes next for a request. Raises what the daemon answers instead, and DeadlineExceeded."""
        try:
            response = await inbox.next(seconds)
        except asyncio.TimeoutError:
            raise errors.DeadlineExceeded(
                f"the daemon at {self.endpoint} has not answered {inbox.request.type} for {seconds:g} s",
                hint=self._credentials.doubt,
            ) from None
        if isinstance(response, m.Error):
            raise as_exception(response)
        return response

    # ---------------------------------------------------------------------------------------------- the connection

    async def _hello(self, found: Endpoint, seconds: float) -> m.Welcome:
        if self._line is not None:
            self._line.close()
        self.endpoint = found.endpoint
        self._context = self._context or zmq.Context()
        self._line = Line(self._context, found.endpoint, self._credentials, self._received, self._refused, self._gone)
        hello = self._new_request(
            "hello",
            versions=list(codec.SUPPORTED),
            client={"name": self._name, "version": __version__},
            capabilities=list(m.CAPABILITIES),
        )
        try:
            response = await self.ask(hello, seconds)
        except BaseException:
            self._line.close()
            raise
        assert isinstance(response, m.Welcome), response
        return response

    def _send(self, inbox: Inbox) -> None:
        assert self._line is not None, "there is a session"
        inbox.sent = True
        try:
            self._line.send(codec.frames(inbox.request))
        except errors.Busy as error:
            inbox.put(_error(inbox.request.id, error.code, error.message, error.hint))

    def _received(self, frames: list[bytes]) -> None:
        self._heard_at = time.monotonic()
        try:
            message = codec.message(codec.unpack(frames))
        except errors.RuntimeFault as error:
            log.warning("the daemon sent what cannot be read: %s", error)
            return
        if isinstance(message, m.Event):
            self._happened(message)
        elif isinstance(message, m.Response):
            inbox = self._inboxes.get(message.re)
            if inbox is None:
                return
            if isinstance(message, m.Error):
                if message.code == errors.NoSession.code and self._open:
                    self._lose(refused=inbox)
                    return
            else:
                inbox.answered = True
            inbox.put(message)

    def _refused(self, why: m.Error) -> None:
        """Tells whoever waits that the daemon lets nobody in who shows this token or key."""
        for request, inbox in list(self._inboxes.items()):
            if inbox.sent:
                inbox.put(why.model_copy(update={"re": request}))

    def _gone(self) -> None:
        """The connection broke off."""
        if self._open:
            self._lose()
        elif self.welcome is not None:  # a daemon that was found again, and is gone again
            for inbox in list(self._inboxes.values()):
                if inbox.sent and inbox.perishable:
                    inbox.put(_lost(inbox.request))

    # ---------------------------------------------------------------------------------------------- keeping it alive

    async def _beat(self) -> None:
        """Keeps the session alive, and finds out when it is lost all the same."""
        while True:
            assert self.welcome is not None
            await asyncio.sleep(self.welcome.heartbeat / 2)
            welcome, line = self.welcome, self._line
            if not self._open:
                continue
            try:
                pong = await self.ask(self._new_request("ping"), welcome.heartbeat)
                lost = isinstance(pong, m.Pong) and pong.session != welcome.session
            except errors.DeadlineExceeded:
                silent = time.monotonic() - self._heard_at
                lost = silent > welcome.expiry or not self._serves(self.endpoint)
            except errors.RuntimeFault:
                continue  # it is known already
            if lost and self._open and line is self._line:
                self._lose()

    def _lose(self, refused: Inbox | None = None) -> None:
        """The session is gone: what was half answered has failed, and so has what might happen twice.

        What was `refused`, and whatever was sent behind it, has not been done.
        """
        self._open = False
        undone = False
        for inbox in list(self._inboxes.values()):
            undone = undone or inbox is refused
            doubtful = inbox.sent and not undone and _might_happen_twice(inbox.request)
            if inbox.answered or inbox.perishable or doubtful:
                inbox.put(_lost(inbox.request))
                self.end(inbox)
            else:
                inbox.sent = False
        if self._line is not None:
            self._line.close()
        if self._restoring is None or self._restoring.done():
            self._restoring = asyncio.create_task(self._restore(), name="npc-runtime restoring")

    async def _restore(self) -> None:
        """Begins another session, however long it takes."""
        told, pause = "", FIRST_PAUSE
        while True:
            try:
                self.welcome = await self._hello(await self._find(), HELLO_SECONDS)
                if await self._bring_back(self.welcome):
                    return
                pause = FIRST_PAUSE
            except errors.NotFound as error:
                log.debug("no daemon yet: %s", error)  # whoever started it may start it again: looking costs nothing
            except (errors.RuntimeFault, zmq.ZMQError) as error:
                if str(error) != told:
                    log.warning("no session again yet: %s", error)
                told, pause = str(error), min(LONGEST_PAUSE, 2 * pause)
            await asyncio.sleep(pause)

    async def _bring_back(self, welcome: m.Welcome) -> bool:
        """Asks for what the game had, and right behind it for what was put off; False where it is lost again."""
        restarted = welcome.daemon != self._complete
        asked = [self.begin(request, perishable=True) for request in self._again(restarted)]  # not open: not sent yet
        for inbox in asked:
            self._send(inbox)
        self._open = True
        for inbox in list(self._inboxes.values()):
            if not inbox.sent:
                self._send(inbox)
        answers = [self.next(inbox, OPENING_SECONDS) for inbox in asked]
        came = await asyncio.gather(*answers, return_exceptions=True)
        for inbox in asked:
            self.end(inbox)
        if not self._open:
            return False
        self._complete = welcome.daemon
        troubles = tuple(answer for answer in came if isinstance(answer, errors.RuntimeFault))
        self._restored(Restored(restarted, troubles))
        return True


def as_exception(error: m.Error) -> errors.RuntimeFault:
    """The exception class of a wire code; of several, the most general."""
    classes = {cls.code: cls for cls in errors.RuntimeFault.__subclasses__()}
    return classes.get(error.code, errors.RuntimeFault)(error.message, hint=error.hint)


def _might_happen_twice(request: m.Request) -> bool:
    return request.deed and not (isinstance(request, m.WorldAdvance) and request.to is not None)


def _lost(request: m.Request) -> m.Error:
    return _error(
        request.id,
        errors.NoSession.code,
        f"the session was lost before {request.type} was answered: it may have been done or not",
        "ask again if it does no harm twice: a new session opens by itself",
    )


def _error(re: str, code: str, message: str, hint: str = "") -> m.Error:
    return m.Error(re=re, code=code, message=message, hint=hint)
