"""What a client holds in its hands: a world, its characters, and what they reply."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from npc_runtime.dialogue.emotions import Emotion
from npc_runtime.errors import not_found
from npc_runtime.wire import messages as m

if TYPE_CHECKING:
    from npc_runtime.client import Runtime

Priority = Literal["player", "normal", "background"]

REPLY_SECONDS = 60.0
"""Silence within a reply after which it counts as lost; the daemon ends every reply long before."""


class World:
    """An open world."""

    def __init__(self, runtime: Runtime, opened: m.WorldOpened) -> None:
        self.runtime = runtime
        self.id = opened.world
        self.pack = opened.pack
        self.created = opened.created
        self.places = opened.places
        self.personas = opened.personas

    async def spawn(self, npc: str, at: str | None = None) -> Npc:
        """Brings a character of the pack to life; without `at`, where its persona is found."""
        return Npc(self, (await self.runtime.call(m.NpcSpawned, "npc.spawn", world=self.id, npc=npc, at=at)).npc)

    async def npcs(self) -> list[Npc]:
        """Who lives here."""
        listing = await self.runtime.call(m.NpcListing, "npc.list", world=self.id)
        return [Npc(self, info) for info in listing.npcs]

    async def npc(self, npc: str) -> Npc:
        """A character that lives here already. Raises NotFound."""
        living = {found.id.removeprefix("npc:"): found for found in await self.npcs()}
        name = npc.removeprefix("npc:")
        if name not in living:
            raise not_found("NPC", name, living, where=f'world "{self.id}"')
        return living[name]

    async def move(self, entity: str, to: str, *, name: str | None = None) -> None:
        """Takes a player or a character to a place; `name` is how characters call a player."""
        await self.runtime.call(m.Done, "entity.move", world=self.id, entity=entity, to=to, name=name)

    async def why(self, reply: str) -> m.WhyReport:
        """What a character was told and knew for a reply."""
        return await self.runtime.call(m.WhyReport, "why", world=self.id, reply=reply)

    async def feedback(self, reply: str, *, rating: int | None = None, better: str | None = None) -> None:
        """Judges one of the last replies: from 1 to 5, or by a better line; said again, it replaces what was said."""
        await self.runtime.call(m.Done, "feedback", world=self.id, reply=reply, rating=rating, better=better)

    async def events(self) -> AsyncGenerator[m.Event, None]:
        """What happens in this world from the first step of the iteration on. Ends only when it is closed."""
        with self.runtime.listen(self.id) as queue:
            await self.runtime.call(m.Done, "subscribe", world=self.id)
            while True:
                yield await queue.get()


class Npc:
    """A living character."""

    def __init__(self, world: World, info: m.NpcInfo) -> None:
        self.world = world
        self.info = info
        self.id = info.npc
        self.name = info.name

    def say(
        self,
        speaker: str,
        text: str,
        *,
        name: str | None = None,
        actions: Sequence[Mapping[str, Any]] = (),
        priority: Priority = "player",
        deadline: float | None = None,
        seed: int | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        ack: bool = True,
    ) -> Reply:
        """Somebody says a line to this character; iterate over the reply, or await it.

        It is sent when the iteration begins. `actions` are what the character may do now, such as
        `{"name": "give", "args": [["bread", "ale"]], "when": "asks for food"}`. With `ack` the reply counts as heard
        when the iteration ends; without, call `reply.heard(...)`. Raises Invalid for a wrong value.
        """
        request = self.world.runtime.message(
            "say",
            **{"from": speaker},
            world=self.world.id,
            to=self.id,
            text=text,
            name=name,
            actions=[dict(action) for action in actions],
            priority=priority,
            deadline=deadline,
            seed=seed,
            temperature=temperature,
            max_tokens=max_tokens,
        )
        return Reply(self, request, ack)

    async def despawn(self) -> None:
        """Takes this character out of the world."""
        await self.world.runtime.call(m.Done, "npc.despawn", world=self.world.id, npc=self.id)


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

    Leaving the iteration early cancels the reply.
    """

    def __init__(self, npc: Npc, request: m.Request, ack: bool) -> None:
        self.npc = npc
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
    def emotion(self) -> Emotion | None:
        """The emotion, once it is known."""
        known = self.end or self.start
        return known.emotion if known else None

    @property
    def source(self) -> m.Source | None:
        """Who wrote it, once it is known: the model, or the persona's own lines."""
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
        await self.npc.world.runtime.call(m.Done, "cancel", target=self.request.id)

    async def heard(self, upto: int | None = None) -> None:
        """Says that the line was really spoken, as far as its first `upto` sentences; only that is remembered."""
        await self.npc.world.runtime.call(m.Done, "heard", world=self.npc.world.id, reply=self.id, upto=upto)

    async def why(self) -> m.WhyReport:
        """What the character was told and knew."""
        return await self.npc.world.why(self.id)

    async def feedback(self, *, rating: int | None = None, better: str | None = None) -> None:
        """Judges the reply once it has ended: from 1 to 5, by a better line, or both."""
        await self.npc.world.feedback(self.id, rating=rating, better=better)

    async def _whole(self) -> Reply:
        async for _ in self:
            pass
        return self

    async def _pieces(self) -> AsyncGenerator[Piece, None]:
        runtime = self.npc.world.runtime
        try:
            async with contextlib.aclosing(runtime.exchange(self.request, timeout=REPLY_SECONDS)) as messages:
                async for message in messages:
                    if isinstance(message, m.ReplyEnd):
                        self.end = message
                        break
                    piece = self._piece(message)
                    if piece is not None:
                        yield piece
        except (GeneratorExit, asyncio.CancelledError):
            if self.end is None:
                await runtime.post(runtime.message("cancel", target=self.request.id))
            raise
        if self._ack and self.text:
            await self.heard()

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
