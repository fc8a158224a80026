"""Requests about one world take turns where one of them changes everything: opening, closing, restoring, forgetting.

Such a request runs alone: those before it are answered first, those behind it wait until it is done. Other worlds
notice nothing of it, since nothing is waited for on the event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from npc_runtime.wire.messages import Response

Work: TypeAlias = Coroutine[Any, Any, Any]
Answer: TypeAlias = Response | Work
"""What a handler gives back: the response, or work that comes to it; a streamed one sends its own."""
Begin: TypeAlias = Callable[[], Answer]


class Gate:
    """The way into one world."""

    def __init__(self) -> None:
        self._alone: asyncio.Task[Answer] | None = None
        self._inside: set[asyncio.Task[Any]] = set()  # answers under way, which whoever comes alone waits for
        self._queue: deque[tuple[Begin, bool, asyncio.Future[Answer]]] = deque()

    @property
    def shut(self) -> bool:
        """Whether somebody is alone inside."""
        return self._alone is not None

    @property
    def tasks(self) -> list[asyncio.Task[Any]]:
        """What is under way inside. While there is any, the gate is needed."""
        return [*self._inside, *([self._alone] if self._alone else [])]

    def enter(self, begin: Begin, *, streamed: bool) -> Answer:
        """Begins a request, at once where that may be. Raises what beginning raises."""
        if self._alone is not None:
            return self._behind(self._wait(begin, streamed))
        return self.follow(begin(), streamed=streamed)

    def alone(self, begin: Callable[[], Work]) -> Work:
        """Begins a request that no other one may come into.

        Where its work gives back further work, that goes on outside: the gate is open again by then.
        """
        if self._alone is not None:
            return self._behind(self._wait(lambda: self.alone(begin), True))
        self._alone = asyncio.create_task(self._run(begin), name="alone in a world")
        self._alone.add_done_callback(self._open)
        return self._behind(self._alone)

    async def _run(self, begin: Callable[[], Work]) -> Answer:
        if self._inside:
            await asyncio.wait(set(self._inside))
        found: Answer = await begin()
        return found

    def follow(self, answer: Answer, *, streamed: bool) -> Answer:
        """Has whoever comes alone wait for work that has begun; gives what comes to its answer.

        A streamed one is not waited for: whoever comes alone voids it by the epoch that it began in.
        """
        if isinstance(answer, Response) or streamed:
            return answer
        task = asyncio.ensure_future(answer)
        self._inside.add(task)
        task.add_done_callback(self._inside.discard)
        return self._behind(task)

    def _wait(self, begin: Begin, streamed: bool) -> asyncio.Future[Answer]:
        turn: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append((begin, streamed, turn))
        return turn

    def _open(self, alone: asyncio.Task[Answer]) -> None:
        """Lets those in who waited, in their order, up to the next who comes alone."""
        _noticed(alone)
        self._alone = None
        while self._queue and self._alone is None:
            begin, streamed, turn = self._queue.popleft()
            if turn.cancelled():  # whoever sent it is gone
                continue
            try:
                turn.set_result(self.follow(begin(), streamed=streamed))
            except Exception as error:
                turn.set_exception(error)

    def _behind(self, turn: asyncio.Future[Answer]) -> Work:
        """The answer when its turn has come. Whoever waits may give up; what has begun goes on."""
        turn.add_done_callback(_noticed)
        return _answered(turn)


class Gates:
    """The gates of all worlds. One is kept while it is needed only: anybody can name worlds that there are not."""

    def __init__(self) -> None:
        self._gates: dict[str, Gate] = {}

    @property
    def tasks(self) -> list[asyncio.Task[Any]]:
        """What is under way in any world."""
        return [task for gate in self._gates.values() for task in gate.tasks]

    def shut(self, world: str) -> bool:
        """Whether somebody is alone in a world."""
        gate = self._gates.get(world)
        return gate is not None and gate.shut

    def enter(self, world: str, begin: Begin, *, streamed: bool) -> Answer:
        """As `Gate.enter`; most requests are answered at once, and need no gate at all."""
        if world in self._gates and self._gates[world].shut:
            return self._gates[world].enter(begin, streamed=streamed)
        answer = begin()
        return answer if isinstance(answer, Response) else self.of(world).follow(answer, streamed=streamed)

    def of(self, world: str) -> Gate:
        """The gate of a world, whether or not there is that world."""
        if world not in self._gates:
            self._gates = {known: gate for known, gate in self._gates.items() if gate.tasks}
            self._gates[world] = Gate()
        return self._gates[world]


async def _answered(turn: asyncio.Future[Answer]) -> Any:
    try:
        answer = await (asyncio.shield(turn) if isinstance(turn, asyncio.Task) else turn)
    except asyncio.CancelledError:
        if turn.done():
            _unwanted(turn)
        else:
            turn.add_done_callback(_unwanted)
        raise
    return await answer if asyncio.iscoroutine(answer) else answer


def _unwanted(done: asyncio.Future[Answer]) -> None:
    """Closes the further work of a request whose answer nobody waits for any more."""
    if not done.cancelled() and done.exception() is None and asyncio.iscoroutine(done.result()):
        done.result().close()  # type: ignore[union-attr]


def _noticed(done: asyncio.Future[Any]) -> None:
    """Takes note of how something ended that nobody may be waiting for any more."""
    if not done.cancelled():
        done.exception()
