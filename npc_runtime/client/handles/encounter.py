"""Characters who talk among themselves, as a client holds it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from npc_runtime.emotions import Emotion
from npc_runtime.wire import messages as m

if TYPE_CHECKING:
    from npc_runtime.client.handles.world import World


@dataclass(frozen=True)
class Line:
    """A line of an encounter. `finish` is `cancelled` for one that broke off."""

    number: int
    speaker: str
    to: str
    text: str
    emotion: Emotion
    move: str
    source: m.Source
    finish: m.FinishReason
    reply: str


class Encounter:
    """An encounter that goes on: an iterator of lines; or awaited, when its end is enough. For one use.

    Leaving the iteration early ends the encounter.
    """

    def __init__(
        self,
        world: World,
        request: m.Request,
        started: m.EncounterStarted,
        responses: AsyncGenerator[m.Response, None],
        ack: bool,
    ) -> None:
        self.world = world
        self.id = started.encounter
        self.started = started
        self.ended: m.EncounterEnded | None = None
        self._request = request
        self._responses = responses
        self._ack = ack

    @property
    def reason(self) -> str:
        """Why it ended, once it has."""
        return self.ended.reason if self.ended else ""

    @property
    def news(self) -> list[m.NewsInfo]:
        """What they have learned from each other, once it has ended."""
        return self.ended.news if self.ended else []

    def __aiter__(self) -> AsyncGenerator[Line, None]:
        return self._lines()

    def __await__(self) -> Generator[Any, None, m.EncounterEnded]:
        return self._whole().__await__()

    async def messages(self) -> AsyncGenerator[m.Response, None]:
        """Everything as it comes, word by word, instead of lines; the caller then says what was `heard`.

        Raises Cancelled where a restored save takes the encounter back.
        """
        try:
            async with contextlib.aclosing(self._responses) as responses:
                async for message in responses:
                    if isinstance(message, m.EncounterEnded):
                        self.ended = message
                    yield message
                    if self.ended is not None:
                        return
        except (GeneratorExit, asyncio.CancelledError):
            if self.ended is None:
                runtime = self.world.runtime
                await runtime.post(runtime.message("cancel", target=self._request.id))
            raise

    async def heard(self, reply: str, upto: int | None = None) -> None:
        """Says that a line was really spoken, as far as its first `upto` sentences. The next turn waits for it."""
        await self.world.runtime.call(m.Done, "heard", world=self.world.id, reply=reply, upto=upto)

    async def stop(self) -> None:
        """Ends it; the iteration goes on to its end, which comes at once."""
        await self.world.runtime.call(m.Done, "encounter.stop", world=self.world.id, encounter=self.id)

    async def _whole(self) -> m.EncounterEnded:
        async for _ in self:
            pass
        assert self.ended is not None, "an encounter that raises nothing has ended"
        return self.ended

    async def _lines(self) -> AsyncGenerator[Line, None]:
        turn: m.EncounterTurn | None = None
        async with contextlib.aclosing(self.messages()) as messages:
            async for message in messages:
                if isinstance(message, m.EncounterTurn):
                    turn = message
                elif isinstance(message, m.ReplyEnd) and turn is not None:
                    if self._ack and message.finish != "cancelled":
                        await self.heard(message.reply)
                    yield Line(
                        number=turn.turn,
                        speaker=turn.speaker,
                        to=turn.to,
                        text=message.text,
                        emotion=message.emotion,
                        move=turn.move,
                        source=message.source,
                        finish=message.finish,
                        reply=message.reply,
                    )
