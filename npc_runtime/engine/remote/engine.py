"""An engine elsewhere: what `npc_runtime.engine.bridge` is to a model of this machine, for one that servers compute.

A request waits for a place by its priority, is written by one server, and by another one where that fails before its
first word. What comes is held to its form here, too; what is not in it is written anew once. So whoever asks gets what
the engine of this machine would give, or an `Ended` with an error, behind which a character says a line of its own.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

import httpx

from npc_runtime.dice import mix
from npc_runtime.engine.books import EngineStats
from npc_runtime.engine.remote.attempt import Attempt, Tally
from npc_runtime.engine.remote.faults import ServerFault
from npc_runtime.engine.remote.pool import Pool
from npc_runtime.engine.remote.reading import Misformed
from npc_runtime.engine.remote.replica import Replica
from npc_runtime.engine.request import Ended, EngineEvent, FinishReason, Request, Text
from npc_runtime.errors import InternalError, ModelUnavailable, RuntimeFault

log = logging.getLogger(__name__)

PLACES = 32  # requests at one server at once
ATTEMPTS = 4  # of one request, at all servers together
FORMED_ATTEMPTS = 2  # of these, how many may be in another form than was asked for
FIRST_WORD_SECONDS = 5.0  # after which another server is asked, where one has a place
_SEED = 0x7FFFFFFF

Channel = asyncio.Queue[EngineEvent]


class RemoteEngine:
    """Writes texts with the model of one or more servers. For one event loop."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        key: str = "",
        model: str = "",
        places: int = 0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`model` is its name there, empty: the first there is; `places` are requests at one server at once."""
        self.pool = Pool([Replica(url, key, transport=transport) for url in urls], model, places or PLACES)
        self._books = EngineStats()

    async def open(self, patience: float) -> None:
        """Meets the servers; those that do not answer are asked again while it runs."""
        await self.pool.open(patience)

    async def close(self) -> None:
        """Ends all that waits."""
        await self.pool.close()

    @property
    def model_name(self) -> str:
        """What the model is called where it is served; empty before any server was met."""
        return next((replica.model for replica in (*self.pool.well, *self.pool.replicas) if replica.model), "")

    @property
    def stats(self) -> EngineStats:
        """A copy of the books as they stand."""
        return replace(self._books, speaking=sum(one.busy for one in self.pool.replicas), waiting=self.pool.waiting)

    @property
    def place(self) -> str:
        """Where the model runs, for people."""
        return ", ".join(map(str, self.pool.replicas))

    async def generate(self, request: Request) -> AsyncGenerator[EngineEvent, None]:
        """Yields the events of a request, `Ended` last. Closing the iterator early takes the request back."""
        channel: Channel = asyncio.Queue()
        tally = Tally()
        work = asyncio.create_task(self._serve(request, tally, channel))
        timer = None
        if request.deadline is not None:
            late = lambda: channel.put_nowait(Ended("deadline", tally.usage))  # noqa: E731
            timer = asyncio.get_running_loop().call_later(request.deadline, late)
        self._books.requests += 1
        try:
            while not isinstance(event := await channel.get(), Ended):
                yield event
        finally:
            self._books.ended += 1
            self._books.generated += tally.usage.completion_tokens
            self._books.reused += tally.cached
            self._books.prefilled += tally.prompt - tally.cached
            if timer is not None:
                timer.cancel()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        yield event

    async def forget(self, owners: str) -> None:
        """Nothing of a prompt is kept here; what a server remembers of its prompts is that server's own."""

    async def _serve(self, request: Request, tally: Tally, channel: Channel) -> None:
        """Has a request written, and says how it ended, whatever happens."""
        try:
            finish = await self._written(request, tally, channel)
            channel.put_nowait(Ended(finish, tally.usage))
        except RuntimeFault as fault:
            channel.put_nowait(Ended("error", tally.usage, fault))
        except Exception as error:  # a bug must not leave anybody waiting
            log.exception("request %d failed", request.number)
            channel.put_nowait(Ended("error", tally.usage, InternalError(f"the engine failed: {error}")))

    async def _written(self, request: Request, tally: Tally, channel: Channel) -> FinishReason:
        """Tries until it is written. Raises RuntimeFault where it cannot be."""
        seed = request.sampling.seed if request.sampling.seed is not None else secrets.randbits(31)
        tried: frozenset[Replica] = frozenset()
        misformed, free = 0, False
        fault: RuntimeFault = ModelUnavailable("nobody was asked")
        for number in range(ATTEMPTS):
            replica = await self.pool.take(request.priority, tried)
            try:
                hurried = self.pool.others(replica, tried)
                cut = await Attempt(
                    replica,
                    request,
                    tally,
                    lambda text: channel.put_nowait(Text(text)),
                    seed=(mix(seed, number) if number else seed) & _SEED,
                    patience=FIRST_WORD_SECONDS if hurried else None,
                    free=free,
                ).run()
            except Misformed as error:
                fault = ModelUnavailable(f"what {replica.url} wrote is not in the form that was asked for: {error}")
                misformed += 1
                if tally.given or misformed == FORMED_ATTEMPTS:
                    raise fault from None
            except ServerFault as error:
                fault = error
                if error.refused and not error.gone:
                    if free or request.format is None:
                        raise
                    free = True  # it may be the form that it does not take
                    continue
                self.pool.failed(replica, error)
                if tally.given:
                    raise
                tried |= {replica}
            else:
                replica.succeeded()
                return "length" if cut else "stop"
            finally:
                self.pool.give(replica)
        raise fault
