"""A scene among characters, as a client holds it: its turns, and its end."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from npc_runtime.emotions import Emotion
from npc_runtime.errors import NotFound
from npc_runtime.wire import messages as m

if TYPE_CHECKING:
    from npc_runtime.client.handles.world import World

Started = TypeVar("Started", bound=m.SceneStarted)
Ended = TypeVar("Ended", bound=m.SceneEnded)


@dataclass(frozen=True)
class Turn:
    """A line of a scene. `heat` is the speaker's, from 0 calm to 3 furious; `finish` is `cancelled` if it broke off."""

    number: int
    speaker: str
    to: str
    text: str
    emotion: Emotion
    move: str
    heat: int
    source: m.Source
    finish: m.FinishReason
    reply: str


class Scene(ABC, Generic[Started, Ended]):
    """A scene that goes on: an iterator of turns; or awaited, when its end is enough. For one use."""

    _last: ClassVar[type[m.SceneEnded]]  # the message that ends it

    def __init__(
        self,
        world: World,
        request: m.Request,
        started: Started,
        responses: AsyncGenerator[m.Response, None],
        ack: bool,
    ) -> None:
        self.world = world
        self.started = started
        self.ended: Ended | None = None
        self._request = request
        self._responses = responses
        self._ack = ack

    @property
    @abstractmethod
    def id(self) -> str:
        """Names it in requests."""

    @abstractmethod
    async def stop(self) -> None:
        """Ends it; the iteration goes on to its end, which comes at once."""

    def __aiter__(self) -> AsyncGenerator[Turn, None]:
        return self._turns()

    def __await__(self) -> Generator[Any, None, Ended]:
        return self._whole().__await__()

    async def messages(self) -> AsyncGenerator[m.Response, None]:
        """Everything as it comes, word by word, instead of turns; the caller then says what was `heard`.

        Raises Cancelled where it breaks off.
        """
        try:
            async with contextlib.aclosing(self._responses) as responses:
                async for message in responses:
                    if isinstance(message, self._last):
                        self.ended = message  # type: ignore[assignment]  # a kind's `_last` is its Ended
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

    async def _whole(self) -> Ended:
        async for _ in self:
            pass
        assert self.ended is not None, "a scene that raises nothing has ended"
        return self.ended

    async def _turns(self) -> AsyncGenerator[Turn, None]:
        turn: m.SceneTurn | None = None
        async with contextlib.aclosing(self.messages()) as messages:
            async for message in messages:
                if isinstance(message, m.SceneTurn):
                    turn = message
                elif isinstance(message, m.ReplyEnd) and turn is not None:
                    if self._ack and message.finish != "cancelled":
                        with contextlib.suppress(NotFound):  # it has broken off meanwhile: the next message says so
                            await self.heard(message.reply)
                    yield Turn(
                        number=turn.turn,
                        speaker=turn.npc,
                        to=turn.to,
                        text=message.text,
                        emotion=message.emotion,
                        move=turn.move,
                        heat=turn.heat,
                        source=message.source,
                        finish=message.finish,
                        reply=message.reply,
                    )
