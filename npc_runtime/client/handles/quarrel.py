"""An argument between characters, as a client holds it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from npc_runtime.emotions import Emotion
from npc_runtime.errors import NotFound
from npc_runtime.wire import messages as m

if TYPE_CHECKING:
    from npc_runtime.client.handles.world import World


@dataclass(frozen=True)
class Turn:
    """A line of an argument that was spoken to its end. `heat` is the speaker's, from 0 calm to 3 furious."""

    number: int
    speaker: str
    to: str
    text: str
    emotion: Emotion
    move: str
    heat: int
    source: m.Source
    reply: str


class Quarrel:
    """An argument that goes on: an iterator of turns; or awaited, when the outcome is enough. For one use.

    Leaving the iteration early breaks the argument off; it can be resumed.
    """

    def __init__(
        self,
        world: World,
        request: m.Request,
        started: m.ArgueStarted,
        responses: AsyncGenerator[m.Response, None],
        ack: bool,
    ) -> None:
        self.world = world
        self.id = started.argument
        self.started = started
        self.settled: m.ArgueSettled | None = None
        self._request = request
        self._responses = responses
        self._ack = ack

    @property
    def outcome(self) -> m.OutcomeInfo | None:
        """How it ended, once it has."""
        return self.settled.outcome if self.settled else None

    def __aiter__(self) -> AsyncGenerator[Turn, None]:
        return self._turns()

    def __await__(self) -> Generator[Any, None, m.OutcomeInfo]:
        return self._whole().__await__()

    async def messages(self) -> AsyncGenerator[m.Response, None]:
        """Everything as it comes, word by word, instead of turns; the caller then says what was `heard`.

        Raises Cancelled where the argument breaks off.
        """
        try:
            async with contextlib.aclosing(self._responses) as responses:
                async for message in responses:
                    if isinstance(message, m.ArgueSettled):
                        self.settled = message
                    yield message
                    if self.settled is not None:
                        return
        except (GeneratorExit, asyncio.CancelledError):
            if self.settled is None:
                runtime = self.world.runtime
                await runtime.post(runtime.message("cancel", target=self._request.id))
            raise

    async def heard(self, reply: str, upto: int | None = None) -> None:
        """Says that a line was really spoken, as far as its first `upto` sentences. The next turn waits for it."""
        await self.world.runtime.call(m.Done, "heard", world=self.world.id, reply=reply, upto=upto)

    async def intervene(self, speaker: str, text: str, *, name: str | None = None) -> m.ArgueIntervened:
        """A player, or a character who is no party, speaks into it; gives back how the line was read and taken."""
        fields = {"from": speaker, "text": text, "name": name}
        return await self.world.runtime.call(
            m.ArgueIntervened, "argue.intervene", world=self.world.id, argument=self.id, **fields
        )

    async def stop(self) -> None:
        """Ends it as a stalemate; the iteration goes on to its end, which comes at once."""
        await self.world.runtime.call(m.Done, "argue.stop", world=self.world.id, argument=self.id)

    async def _whole(self) -> m.OutcomeInfo:
        async for _ in self:
            pass
        assert self.outcome is not None, "an argument that raises nothing is settled"
        return self.outcome

    async def _turns(self) -> AsyncGenerator[Turn, None]:
        turn: m.ArgueTurn | None = None
        async with contextlib.aclosing(self.messages()) as messages:
            async for message in messages:
                if isinstance(message, m.ArgueTurn):
                    turn = message
                elif isinstance(message, m.ReplyEnd) and turn is not None:
                    if self._ack and message.finish != "cancelled":
                        with contextlib.suppress(NotFound):  # it has broken off meanwhile: the next message says so
                            await self.heard(message.reply)
                    yield Turn(
                        number=turn.turn,
                        speaker=turn.speaker,
                        to=turn.to,
                        text=message.text,
                        emotion=message.emotion,
                        move=turn.move,
                        heat=turn.heat,
                        source=message.source,
                        reply=message.reply,
                    )
