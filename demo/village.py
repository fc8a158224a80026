"""The player's visit: the talk with the daemon, on the ground that `demo.ground` keeps. Nothing of the screen."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.ground import PLAYER, PLAYER_NAME, Ground
from npc_runtime.client import Encounter, LoreAnswer, Npc, Piece, Quarrel, Reply, Runtime, World, connect
from npc_runtime.client.patience import within
from npc_runtime.errors import Conflict, Invalid, ModelUnavailable, RuntimeFault
from npc_runtime.persona.model import Pack
from npc_runtime.wire.messages import (
    ArgueIntervened,
    HealthReport,
    JournalNote,
    RelationInfo,
    ReplyEnd,
    ReplyNone,
    WhyReport,
)

WORLD = "demo"
HERE, COMPANY, WEATHER = "traveller.here", "traveller.company", "weather"  # facts of the world
WATCH_SECONDS = 1.0
PATIENCE_SECONDS = 8.0
"""Silence after which a daemon counts as gone."""


class DaemonGone(RuntimeFault):
    """The daemon ended, or does not answer any more."""

    code = ModelUnavailable.code


@dataclass(frozen=True)
class Told:
    """An exchange that has ended: what the player said, how the reply ended, and how much of it was heard."""

    npc: str
    line: str
    end: ReplyEnd
    heard: str
    judgement: dict[str, Any] = field(default_factory=dict)  # what the player thinks of it: rating, better

    @property
    def unheard(self) -> str:
        """What was cut off."""
        return self.end.text[len(self.heard) :]

    @property
    def tokens_per_second(self) -> float:
        """Tokens of the reply over the time from the player's line to its end."""
        return self.end.completion_tokens / self.end.total if self.end.total else 0.0


class Village(Ground):
    """A visit to a pack's village, through a daemon that is found in `data_dir` or started there."""

    def __init__(
        self, pack: Pack, *, pack_name: str, data_dir: Path, arguments: Sequence[str] = (), world: str = WORLD
    ) -> None:
        super().__init__()
        self.lay_out(pack)
        self.health: HealthReport | None = None
        self.told: Told | None = None
        self.happenings: asyncio.Queue[str] = asyncio.Queue()  # what happens, in words
        self._pack_name = pack_name
        self._data_dir = data_dir
        self._world_name = world
        self._arguments = tuple(arguments)
        self.runtime: Runtime | None = None
        self._world: World | None = None
        self.npcs: dict[str, Npc] = {}
        self.saves: list[str] = []
        self._kept: dict[str, str] = {}  # facts as the world has them
        self._reply: Reply | None = None
        self._quarrel: Quarrel | None = None
        self._shown = 0  # sentences of the reply that were on the screen when it was cut off
        self._turn = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None

    # ------------------------------------------------------------------------------------- coming and going

    async def arrive(self) -> None:
        """Connects and wakes everybody, where they were last or where they live. Raises RuntimeFault."""
        await self.leave()
        self.runtime = await connect(data_dir=self._data_dir, name="demo", arguments=self._arguments)
        self._world = await self.runtime.open_world(self._world_name, pack=self._pack_name)
        self._listening = asyncio.create_task(self._listen(self._world))  # subscribes before anybody wakes
        self.health = await self.runtime.health()
        self.moment = self._world.opened.moment
        await self.take_over(self._world)

    async def take_over(self, world: World) -> None:
        """Makes the game the same as the world: who is where, what the day is like, where the player was."""
        self.npcs = {npc.id: npc for npc in await world.npcs()}
        for persona in self.villagers:  # creatures are there, or they left
            if persona not in self.npcs:
                known = self.people.get(persona)
                self.npcs[persona] = await world.spawn(persona, at=known.at if known else None)
        self.people = {id: npc.info for id, npc in self.npcs.items()}
        self._kept = {fact.name: str(fact.value) for fact in await world.get()}
        self.weather = self._kept.get(WEATHER, "")
        if self._kept.get(HERE) in self.places:
            self.here = self._kept[HERE]
        self.followers = set(self._kept.get(COMPANY, "").split())
        self.saves = [save.save for save in await world.saves()]
        await world.move(PLAYER, self.here, name=PLAYER_NAME)

    async def leave(self) -> None:
        """Ends the session, and the daemon with it if it was started here."""
        runtime, self.runtime, self._world, self._reply = self.runtime, None, None, None
        self._quarrel = None
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
        if runtime is not None:
            await runtime.close()

    async def watch(self) -> None:
        """Returns never; raises DaemonGone when the daemon has ended or fallen silent."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            runtime = self.runtime
            if runtime is None:
                raise DaemonGone("there is no daemon")
            _check_runs(runtime)
            try:
                await within(PATIENCE_SECONDS, runtime.ping())
            except asyncio.TimeoutError:
                _check_runs(runtime)  # it may have ended while it was asked
                raise DaemonGone(f"the daemon has not answered for {PATIENCE_SECONDS:g} s") from None

    async def stroll(self) -> None:
        """One of those who are elsewhere walks a step, so that the village is not a row of statues."""
        walk = self.wander(random.choice)
        if walk is not None and self._world is not None:
            await self._world.move(*walk)

    async def _listen(self, world: World) -> None:
        async with contextlib.aclosing(world.events()) as events:
            async for event in events:
                self.happenings.put_nowait(self.observe(event))

    @property
    def world(self) -> World:
        """The open world. Raises DaemonGone."""
        if self._world is None:
            raise DaemonGone("the daemon is not there", hint="it is being started; try again in a moment")
        return self._world

    # ------------------------------------------------------------------------------------- what the player does

    async def say(self, npc: str, line: str) -> AsyncGenerator[Piece | Told | ReplyNone, None]:
        """Says a line and yields the reply as it comes, ending with a Told; or a ReplyNone, where a quarrel goes on.

        A reply in flight is cut off first.
        """
        await self.interrupt()
        async with self._turn:
            offers = [offer.model_dump() for offer in self.offers(npc)]
            reply = self.npcs[npc].say(PLAYER, line, name=PLAYER_NAME, actions=offers, ack=False)
            async with contextlib.aclosing(self._hear(npc, line, reply)) as pieces:
                async for piece in pieces:
                    yield piece

    async def ask(self, question: str) -> AsyncGenerator[LoreAnswer | Piece | Told | ReplyNone, None]:
        """Asks over the lore, and yields who answers, then the reply as it comes, ending with a Told."""
        await self.interrupt()
        async with self._turn:
            answer = await self.world.lore(question, player=PLAYER, name=PLAYER_NAME, ack=False)
            yield answer
            if answer.npc:
                async with contextlib.aclosing(self._hear(answer.npc, question, answer)) as pieces:
                    async for piece in pieces:
                        yield piece

    async def journal(self, about: str) -> list[JournalNote]:
        """What the player has learned."""
        return await self.world.journal(PLAYER, about)

    async def _hear(self, npc: str, line: str, reply: Reply) -> AsyncGenerator[Piece | Told | ReplyNone, None]:
        self._reply, self._shown = reply, -1
        try:
            async for piece in reply:
                yield piece
            yield reply.silence or await self._settle(npc, line, reply)
        finally:
            self._reply = None

    async def _settle(self, npc: str, line: str, reply: Reply) -> Told:
        """Says how much was heard: all of a whole reply, the shown sentences of one that was cut off."""
        assert reply.end is not None, "a reply that raises nothing has its end"
        heard, upto = reply.end.text, None
        if reply.end.finish == "cancelled" and self._shown >= 0:
            upto = self._shown
            heard = " ".join(sentence.strip() for sentence in reply.sentences[:upto])
        self.told = Told(npc, line, reply.end, heard)
        if reply.end.text:
            await reply.heard(upto)
        await self.keep()
        self.health = await reply.world.runtime.health()
        return self.told

    async def interrupt(self) -> None:
        """Cuts off who is speaking; only the sentences shown so far count as heard."""
        reply = self._reply
        if reply is not None and self._shown < 0:
            self._shown = len(reply.sentences)
            await reply.cancel()

    async def go(self, place: str) -> list[str]:
        """Walks, with whoever follows; returns the names of the places passed through. Raises Invalid, DaemonGone."""
        way = self.route(place)
        world = self.world
        await self.interrupt()
        for step in way:
            for entity in (PLAYER, *sorted(self.followers)):
                await world.move(entity, step)
                self.put(entity, step)
            self.here = step
        await self.keep()
        await self.approach()
        return [self.place_names[step] for step in way[:-1]]

    async def approach(self) -> None:
        """Whoever would be spoken to now may get ready for it."""
        if self.partner:
            await self.npcs[self.partner].near(PLAYER, name=PLAYER_NAME)

    async def creature(self, biome: str | None = None, species: str | None = None) -> Npc:
        """A creature that nobody wrote turns up where the player is, who turns to it. Raises Invalid, Conflict."""
        npc = await self.world.creature(biome, species, at=self.here)
        self.npcs[npc.id], self.people[npc.id] = npc, npc.info
        self.turn_to(npc.id)
        return npc

    async def argue(self, npcs: Sequence[str], about: str) -> Quarrel:
        """Has people quarrel before the player; who is elsewhere comes here. Raises Invalid, Conflict."""
        for npc in npcs:
            if self.people[npc].at != self.here:
                await self.world.move(npc, self.here)
                self.put(npc, self.here)
        self._quarrel = await self.world.argue(npcs, about or "an old matter", ack=False)
        return self._quarrel

    async def meet(self, npcs: Sequence[str], about: str) -> Encounter:
        """Has people talk before the player; who is elsewhere comes here. Raises Invalid, Conflict."""
        for npc in npcs:
            if self.people[npc].at != self.here:
                await self.world.move(npc, self.here)
                self.put(npc, self.here)
        return await self.world.encounter(npcs, about, ack=False)

    async def chatter(self) -> Encounter | None:
        """Some of those around begin to talk, if the player is silent; None where nobody does. Raises DaemonGone."""
        if self._reply is not None or len(self.around()) < 2:
            return None
        with contextlib.suppress(Conflict):  # they are busy, or keep silent
            return await self.world.encounter(at=self.here, ack=False)
        return None

    @property
    def quarrelling(self) -> bool:
        """Whether a quarrel goes on before the player."""
        return self._quarrel is not None and self._quarrel.ended is None

    async def mediate(self, line: str) -> ArgueIntervened:
        """Steps into the quarrel that goes on. Raises Invalid where there is none."""
        quarrel = self._quarrel
        if quarrel is None or quarrel.ended is not None:
            raise Invalid(
                "nobody is quarrelling", hint="/argue mira tom about the stolen hammer has two of them quarrel"
            )
        return await quarrel.intervene(PLAYER, line, name=PLAYER_NAME)

    async def why(self) -> tuple[Told, WhyReport]:
        """What was behind the last reply. Raises Invalid when nobody has spoken yet."""
        told = self._last()
        return told, await self.world.why(told.end.reply)

    async def judge(self, **judgement: int | str) -> None:
        """Sends a `rating` of the last reply, or a `better` line, with the other as it was given before."""
        told = self._last()
        await self.world.feedback(told.end.reply, **told.judgement | judgement)
        told.judgement.update(judgement)

    def _last(self) -> Told:
        if self.told is None:
            raise Invalid("nobody has answered you yet", hint="say something first")
        return self.told

    # ------------------------------------------------------------------------------------- what is kept

    async def relations(self, npc: str) -> list[RelationInfo]:
        """How a character stands to everybody it has met, and to the player anyway."""
        found = await self.npcs[npc].relations()
        met = any(relation.toward == PLAYER for relation in found)
        return found if met else [*await self.npcs[npc].relations(PLAYER), *found]

    @contextlib.asynccontextmanager
    async def silence(self) -> AsyncGenerator[None, None]:
        """Cuts off who is speaking, and lets nobody begin."""
        await self.interrupt()
        async with self._turn:
            yield
            self.told = None  # nobody can tell any more what was behind it

    async def keep(self) -> None:
        """Keeps where the player is and who comes along: facts of the world are part of every save."""
        for name, value in ((HERE, self.here), (COMPANY, " ".join(sorted(self.followers)))):
            if value != self._kept.get(name, ""):
                await self.set_fact(name, value)

    async def set_fact(self, name: str, value: str) -> None:
        """Says what is true of the world. Raises Invalid."""
        await self.world.set(name, value)
        self._kept[name] = value


def _check_runs(runtime: Runtime) -> None:
    """Raises DaemonGone where the daemon was started here and has ended."""
    if runtime.launched is not None and runtime.launched.process.poll() is not None:
        raise DaemonGone(f"the daemon ended with status {runtime.launched.process.returncode}")
