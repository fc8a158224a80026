"""What a character answers, piece by piece."""

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

REPLY_SECONDS = 60.0
"""Silence within a reply after which it counts as lost; the daemon ends every reply long before."""


@dataclass(frozen=True)
class Action:
    """What a character proposes to do: one of the actions that were offered."""

    name: str
    args: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A part of a reply: its emotion, a run of text, a complete sentence (of text that came before), or an action.

    `text` is empty in all but the second kind, so joining the texts gives the reply.
    """

    text: str = ""
    emotion: Emotion | None = None
    sentence: str = ""
    action: Action | None = None


class Reply:
    """What a character answers: an iterator of pieces; or awaited, when the whole is enough. For one use.

    Leaving the iteration early cancels the reply. `silence` says that nobody answers a line that was said to all.
    """

    def __init__(self, world: World, request: m.Request, ack: bool) -> None:
        self.world = world
        self.silence: m.ReplyNone | None = None
        self.request = request
        self.start: m.ReplyStart | None = None
        self.end: m.ReplyEnd | None = None
        self.action: Action | None = None
        self.sentences: list[str] = []
        self._ack = ack
        self._said = ""

    @property
    def id(self) -> str:
        """Names the reply in `heard`, `why` and `feedback`; empty before its first piece."""
        known = self.end or self.start
        return known.reply if known else ""

    @property
    def npc(self) -> str:
        """Who answers, once that is known: an entity id, or empty."""
        known = self.end or self.start
        return known.npc if known else ""

    @property
    def emotion(self) -> Emotion | None:
        """The emotion, once it is known."""
        known = self.end or self.start
        return known.emotion if known else None

    @property
    def source(self) -> m.Source | None:
        """Who wrote it, once it is known: the model; or nobody, for want of one or of need."""
        known = self.end or self.start
        return known.source if known else None

    @property
    def text(self) -> str:
        """The text so far; the whole of it at the end."""
        return self.end.text if self.end else self._said

    def __aiter__(self) -> AsyncGenerator[Piece, None]:
        return self._pieces()

    def __await__(self) -> Generator[Any, None, Reply]:
        return self._whole().__await__()

    async def cancel(self) -> None:
        """Takes the line back. The iteration still goes on to its end, which comes at once."""
        await self.world.runtime.call(m.Done, "cancel", target=self.request.id)

    async def heard(self, upto: int | None = None) -> None:
        """Says that the line was really spoken, as far as its first `upto` sentences; only that is remembered."""
        await self.world.runtime.call(m.Done, "heard", world=self.world.id, reply=self.id, upto=upto)

    async def result(self, *, done: bool, reason: str = "", what: str | None = None) -> m.WorldPerceived:
        """Says what became of the action that was proposed: whoever heard the reply remembers that.

        `reason` says why not, `none are left`; `what` is the whole in a sentence, as in `World.event`. Raises NotFound.
        """
        told = {"world": self.world.id, "reply": self.id, "done": done, "reason": reason, "what": what}
        return await self.world.runtime.call(m.WorldPerceived, "action.result", **told)

    async def why(self) -> m.WhyReport:
        """What the character was told and knew."""
        return await self.world.why(self.id)

    async def feedback(self, *, rating: int | None = None, better: str | None = None) -> None:
        """Judges the reply once it has ended: from 1 to 5, by a better line, or both."""
        await self.world.feedback(self.id, rating=rating, better=better)

    async def _whole(self) -> Reply:
        async for _ in self:
            pass
        return self

    async def _pieces(self) -> AsyncGenerator[Piece, None]:
        runtime = self.world.runtime
        try:
            async with contextlib.aclosing(self._messages()) as messages:
                async for message in messages:
                    if isinstance(message, m.ReplyEnd):
                        self.end = message
                        break
                    if isinstance(message, m.ReplyNone):
                        self.silence = message
                        break
                    piece = self._piece(message)
                    if piece is not None:
                        yield piece
        except (GeneratorExit, asyncio.CancelledError):
            if self.end is None and self.silence is None:
                await runtime.post(runtime.message("cancel", target=self.request.id))
            raise
        if self._ack and self.text:
            await self.heard()

    def _messages(self) -> AsyncGenerator[m.Response, None]:
        return self.world.runtime.exchange(self.request, timeout=REPLY_SECONDS)

    def _piece(self, message: m.Response) -> Piece | None:
        match message:
            case m.ReplyStart():
                self.start = message
                return Piece(emotion=message.emotion)
            case m.ReplyDelta():
                self._said += message.text
                return Piece(text=message.text)
            case m.ReplySentence():
                self.sentences.append(message.text)
                return Piece(sentence=message.text)
            case m.ReplyAction():
                self.action = Action(message.name, tuple(message.args))
                return Piece(action=self.action)
        return None
