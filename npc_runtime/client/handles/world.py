"""A world, as a client holds it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from npc_runtime.client.handles.encounter import Encounter
from npc_runtime.client.handles.lore import LoreAnswer
from npc_runtime.client.handles.memory import Memory
from npc_runtime.client.handles.npc import Npc
from npc_runtime.client.handles.quarrel import Quarrel
from npc_runtime.client.handles.reply import REPLY_SECONDS, Reply
from npc_runtime.client.handles.saves import Saves
from npc_runtime.client.handles.truth import Truth
from npc_runtime.errors import not_found
from npc_runtime.wire import messages as m

if TYPE_CHECKING:
    from npc_runtime.client.runtime import Runtime

First = TypeVar("First", bound=m.Response)

LONGEST_ARGUMENT = 3600.0
"""Seconds that an argument may last at most."""


class World(Truth, Memory, Saves):
    """An open world: who is in it and what they say; what is true, remembered and saved is in its parts."""

    def __init__(self, runtime: Runtime, opened: m.WorldOpened) -> None:
        self.runtime = runtime
        self.id = opened.world
        self.pack = opened.pack
        self.created = opened.created
        self.places = opened.places
        self.personas = opened.personas
        self.opened = opened

    async def spawn(self, npc: str, at: str | None = None) -> Npc:
        """Brings a character of the pack to life; without `at`, where its persona is found."""
        spawned = await self.runtime.call(m.NpcSpawned, "npc.spawn", world=self.id, npc=npc, at=at)
        self.runtime.spawned(self.id, spawned.npc.npc)
        return Npc(self, spawned.npc)

    async def define_places(self, places: Mapping[str, Mapping[str, Any]]) -> None:
        """Makes places, or others in their stead: by id, as in `pack.yaml`. Raises PackError with every mistake."""
        await self.runtime.call(m.Done, "place.define", world=self.id, places={k: dict(v) for k, v in places.items()})

    async def define(self, personas: Mapping[str, Mapping[str, Any]]) -> None:
        """Makes characters who can be spawned then: by id, as in `personas/<id>.yaml`. Raises PackError."""
        people = {npc: dict(persona) for npc, persona in personas.items()}
        await self.runtime.call(m.Done, "npc.define", world=self.id, personas=people)

    async def creature(
        self,
        biome: str | None = None,
        species: str | None = None,
        *,
        at: str | None = None,
        seed: int | None = None,
        constraints: Mapping[str, Any] | None = None,
        source: str = "auto",
        deadline: float = 20.0,
    ) -> Npc:
        """Makes a creature that nobody wrote, and brings it to life; its `persona` says who it is.

        `constraints` are traits, mood, stance, size, role and must_want; `source` is `auto`, `rules` or `model`, which
        may take `deadline` seconds. The same seed gives the same creature. Raises NotFound, Invalid, Conflict.
        """
        request = self.runtime.message(
            "creature.generate",
            world=self.id,
            biome=biome,
            species=species,
            seed=seed,
            constraints=dict(constraints or {}),
            at=at,
            source=source,
            deadline=deadline,
        )
        born = await self.runtime.request(request, timeout=REPLY_SECONDS + deadline)
        assert isinstance(born, m.CreatureGenerated), born
        assert born.spawned is not None, "it was to be brought to life"
        return Npc(self, born.spawned, born)

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

    # ---------------------------------------------------------------------------------------------- arguments

    async def argue(
        self,
        between: Sequence[str],
        about: str = "",
        *,
        stakes: float = 0.5,
        parties: Sequence[Mapping[str, Any]] = (),
        limits: Mapping[str, Any] | None = None,
        heard_by: Sequence[str] | None = None,
        seed: int | None = None,
        priority: str = "normal",
        ack: bool = True,
    ) -> Quarrel:
        """Has characters argue who are at one place, or hear each other as `heard_by` says; iterate over the turns.

        `parties` are what the game knows better than the topic tells, such as `{"npc": "mira", "evidence": [...]}`;
        `limits` are turns, seconds and tokens; `heard_by` is who else hears it, wherever they are. With `ack` a line
        counts as heard when it is complete; without, call `quarrel.heard(...)`, which the next turn waits for. Raises
        NotFound, Invalid, Conflict.
        """
        request = self.runtime.message(
            "argue.start",
            world=self.id,
            between=list(between),
            about=about,
            stakes=stakes,
            parties=[dict(party) for party in parties],
            limits=dict(limits or {}),
            heard_by=heard_by,
            seed=seed,
            priority=priority,
        )
        return await self._quarrel(request, ack)

    async def resume(
        self, argument: str, *, heard_by: Sequence[str] | None = None, priority: str = "normal", ack: bool = True
    ) -> Quarrel:
        """Takes up an argument that broke off, or that a save brought along. Raises NotFound, Conflict."""
        request = self.runtime.message(
            "argue.resume", world=self.id, argument=argument, heard_by=heard_by, priority=priority
        )
        return await self._quarrel(request, ack)

    async def arguments(self) -> list[m.ArgumentInfo]:
        """Those that are not settled: going on, or to be resumed."""
        return (await self.runtime.call(m.ArgueListing, "argue.list", world=self.id)).arguments

    async def _quarrel(self, request: m.Request, ack: bool) -> Quarrel:
        # While a line waits to be heard, the daemon has nothing to say.
        patience = REPLY_SECONDS + (request.limits.seconds if isinstance(request, m.ArgueStart) else LONGEST_ARGUMENT)
        responses = self.runtime.exchange(request, timeout=patience)
        started = await _first(m.ArgueStarted, responses)
        return Quarrel(self, request, started, responses, ack)

    # ---------------------------------------------------------------------------------------------- lore

    async def lore(
        self,
        question: str,
        *,
        npc: str | None = None,
        player: str | None = None,
        name: str | None = None,
        deadline: float | None = None,
        seed: int | None = None,
        ack: bool = True,
    ) -> LoreAnswer:
        """Asks over the lore of the village; whoever may know it and is nearest answers, or `npc`, as a reply does.

        `answer.npc`, `answer.passages` and `answer.may_know` are there at once. Raises NotFound.
        """
        request = self.runtime.message(
            "lore.ask",
            world=self.id,
            question=question,
            npc=npc,
            player=player,
            name=name,
            deadline=deadline,
            seed=seed,
        )
        responses = self.runtime.exchange(request, timeout=REPLY_SECONDS)
        answered = await _first(m.LoreAnswered, responses)
        if not answered.npc:
            await responses.aclose()
        return LoreAnswer(self, request, answered, responses, ack)

    # ---------------------------------------------------------------------------------------------- talk

    def say(
        self,
        speaker: str,
        text: str,
        *,
        heard_by: Sequence[str] | None = None,
        name: str | None = None,
        seed: int | None = None,
        ack: bool = True,
    ) -> Reply:
        """A player says a line to all at its place, or to those in `heard_by`: one answers, or nobody (`silence`)."""
        request = self.runtime.message(
            "say", **{"from": speaker}, world=self.id, text=text, heard_by=heard_by, name=name, seed=seed
        )
        return Reply(self, request, ack)

    async def encounter(
        self,
        between: Sequence[str] = (),
        about: str = "",
        *,
        at: str | None = None,
        limits: Mapping[str, Any] | None = None,
        heard_by: Sequence[str] | None = None,
        private: bool = False,
        quiet: bool | None = None,
        seed: int | None = None,
        priority: str = "background",
        ack: bool = True,
    ) -> Encounter:
        """Has characters talk who are at one place, or hear each other as `heard_by` says; iterate over the lines.

        Without `between`, some who are free `at` a place. `quiet` None: no lines where every player is elsewhere. With
        `ack` a line counts as heard when it is complete; without, call `encounter.heard(...)`, which the next turn
        waits for. Raises NotFound, Invalid, Conflict.
        """
        request = self.runtime.message(
            "encounter.start",
            world=self.id,
            between=list(between),
            at=at,
            about=about,
            limits=dict(limits or {}),
            heard_by=heard_by,
            private=private,
            quiet=quiet,
            seed=seed,
            priority=priority,
        )
        assert isinstance(request, m.EncounterStart)
        responses = self.runtime.exchange(request, timeout=REPLY_SECONDS + request.limits.seconds)
        started = await _first(m.EncounterStarted, responses)
        return Encounter(self, request, started, responses, ack)

    async def hush(self, npcs: Sequence[str] = (), *, place: str | None = None, seconds: float | None = None) -> None:
        """Nobody of these, or at a place, or at all, chats for so long; None: until `seconds=0` lifts it."""
        await self.runtime.call(m.Done, "talk.hush", world=self.id, npcs=list(npcs), place=place, seconds=seconds)

    async def talk_budget(self, *, turns_per_minute: int | None = None, cooldown: int | None = None) -> None:
        """Sets what encounters may cost here: turns a minute, and game seconds before anything is told twice."""
        budget = {"turns_per_minute": turns_per_minute, "cooldown": cooldown}
        await self.runtime.call(m.Done, "talk.budget", world=self.id, **budget)


async def _first(kind: type[First], responses: AsyncGenerator[m.Response, None]) -> First:
    """The response that an exchange begins with; where the daemon refuses, the exchange is closed."""
    try:
        first = await anext(responses)
    except BaseException:
        await responses.aclose()
        raise
    assert isinstance(first, kind), first
    return first
