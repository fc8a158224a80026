"""All servers of a model: who gets a place at which, and who is left alone for a while because it failed."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from npc_runtime.engine.remote import probe
from npc_runtime.engine.remote.faults import ServerFault
from npc_runtime.engine.remote.replica import Replica
from npc_runtime.engine.request import Priority
from npc_runtime.engine.scheduling.ageing import standing
from npc_runtime.engine.scheduling.shares import Shares
from npc_runtime.errors import ModelUnavailable, RuntimeFault

log = logging.getLogger(__name__)

MEET_SECONDS = 60.0
KEPT_FOR_PLAYERS = 4
"""One place in so many is taken by nobody but who answers a player."""


@dataclass(eq=False)
class _Waiting:
    priority: Priority
    world: str
    number: int
    tried: frozenset[Replica]
    place: asyncio.Future[Replica]
    since: float = field(default_factory=time.monotonic)


class Pool:
    """Servers with `places` requests at once each. Requests wait here by priority, which grows while they wait; of one
    priority those of the world go first that had fewest.
    """

    def __init__(self, replicas: Sequence[Replica], model: str, places: int) -> None:
        """`model` is what it is called there; empty: the first that each serves."""
        self.replicas = tuple(replicas)
        self._model, self._places = model, places
        self._waiting: list[_Waiting] = []
        self._shares = Shares()  # in requests: how long they become is not known here
        self._numbers = itertools.count()
        self._tasks: dict[Replica, asyncio.Task[None]] = {}
        self._tried = {replica: asyncio.Event() for replica in replicas}  # whether it has been asked at all
        self._closed = False

    @property
    def queue(self) -> tuple[Priority, ...]:
        """The classes of the requests without a place."""
        return tuple(entry.priority for entry in self._waiting)

    @property
    def well(self) -> list[Replica]:
        """The servers that may be asked."""
        return [replica for replica in self.replicas if replica.well]

    @property
    def trouble(self) -> str:
        """Why none can be asked, or nothing."""
        if self.well:
            return ""
        return "; ".join(replica.trouble or f"{replica.url} has not answered yet" for replica in self.replicas)

    async def open(self, patience: float) -> None:
        """Meets all servers; returns when each has answered or failed, or after `patience` seconds."""
        for replica in self.replicas:
            self._look_after(replica)
        asked = [asyncio.ensure_future(event.wait()) for event in self._tried.values()]
        await asyncio.wait(asked, timeout=patience)
        for one in asked:
            one.cancel()

    async def take(self, priority: Priority, world: str, tried: frozenset[Replica] = frozenset()) -> Replica:
        """A server with a place, which `give` gives back; none of `tried`, where there is another.

        Raises ModelUnavailable where no server can be asked.
        """
        waits = {one.world for one in self._waiting}
        if world not in waits:
            self._shares.join(world, waits)
        place = asyncio.get_running_loop().create_future()
        entry = _Waiting(priority, world, next(self._numbers), tried, place)
        self._waiting.append(entry)
        self._dispatch()
        try:
            return await entry.place
        except asyncio.CancelledError:
            if entry in self._waiting:
                self._waiting.remove(entry)
            elif entry.place.done() and not entry.place.cancelled() and entry.place.exception() is None:
                self.give(entry.place.result())
            raise

    def give(self, replica: Replica) -> None:
        """Gives a place back."""
        replica.busy -= 1
        self._dispatch()

    def others(self, replica: Replica, tried: frozenset[Replica]) -> bool:
        """Whether a request that this server keeps waiting could go to another one now."""
        return any(one.busy < self._places for one in self.well if one is not replica and one not in tried)

    def failed(self, replica: Replica, fault: RuntimeFault) -> None:
        """A server failed; where it is left alone now, it is met again afterwards."""
        if replica.failed(fault) and not self._closed:
            log.warning("%s; it is left alone for a while", fault)
            self._look_after(replica)
            self._dispatch()

    async def close(self) -> None:
        """Nobody waits any more, and no connection is open."""
        self._closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._dispatch()
        for replica in self.replicas:
            await replica.close()

    # ------------------------------------------------------------------------------------------------- inside

    def _look_after(self, replica: Replica) -> None:
        task = self._tasks.get(replica)
        if task is None or task.done():
            self._tasks[replica] = asyncio.create_task(self._meet(replica))

    async def _meet(self, replica: Replica) -> None:
        """Meets a server once it is no longer left alone, and again until it is well."""
        while not replica.well:
            await asyncio.sleep(max(0.0, replica.rests_until - time.monotonic()))
            known, fault = replica.trouble, await self._fault(replica)
            if fault is None:
                if known:
                    log.info("%s is back", replica.url)
                replica.succeeded()
            else:
                if str(fault) != known:  # or the log would say it every half minute
                    log.warning("%s", fault)
                replica.failed(fault)
            self._tried[replica].set()
            self._dispatch()

    async def _fault(self, replica: Replica) -> ServerFault | None:
        """Why a server cannot be met."""
        try:
            await asyncio.wait_for(probe.meet(replica, self._model), MEET_SECONDS)
        except asyncio.TimeoutError:
            return ServerFault(f"the server at {replica.url} takes more than {MEET_SECONDS:g} s", gone=True)
        except RuntimeFault as fault:
            return ServerFault(fault.message, hint=fault.hint, gone=True)
        except Exception as error:  # a bug must not leave a server alone for ever
            log.exception("meeting %s failed", replica.url)
            return ServerFault(f"meeting {replica.url} failed: {type(error).__name__}", gone=True)
        return None

    def _dispatch(self) -> None:
        """Hands out places, first to who ranks first."""
        if self._waiting and (self._closed or not (self.well or self._to_be_met())):
            fault = ModelUnavailable("the engine is closed") if self._closed else ModelUnavailable(self.trouble)
            waiting, self._waiting = self._waiting, []
            for entry in waiting:
                if not entry.place.done():
                    entry.place.set_exception(fault)
            return
        while (found := self._next()) is not None:
            entry, replica = found
            replica.busy += 1
            self._waiting.remove(entry)
            self._shares.charge(entry.world, 1)
            entry.place.set_result(replica)

    def _next(self) -> tuple[_Waiting, Replica] | None:
        """Who gets a place now, and where."""
        if not any(replica.busy < self._places for replica in self.well):
            return None
        for entry in sorted(self._waiting, key=self._rank):
            replica = self._free(entry)
            if replica is not None and not entry.place.done():
                return entry, replica
        return None

    def _rank(self, entry: _Waiting) -> tuple[int, int, int]:
        stands = standing(entry.priority, time.monotonic() - entry.since)
        return stands, self._shares.had(entry.world), entry.number

    def _free(self, entry: _Waiting) -> Replica | None:
        """The server with the fewest requests that has a place for this one."""
        most = self._places
        if entry.priority is not Priority.PLAYER and most > 1:
            most -= max(1, most // KEPT_FOR_PLAYERS)
        fresh = [replica for replica in self.well if replica not in entry.tried] or self.well
        free = [replica for replica in fresh if replica.busy < most]
        return min(free, key=lambda replica: replica.busy, default=None)

    def _to_be_met(self) -> bool:
        return any(not event.is_set() for event in self._tried.values())
