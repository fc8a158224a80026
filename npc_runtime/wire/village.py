"""The services about worlds: opening and closing one, who lives in it, and who is where."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.mind import PACK, Mind
from npc_runtime.dialogue.remembering import Remembering
from npc_runtime.errors import Busy, Conflict, StorageError, not_found
from npc_runtime.persona.model import Pack, Persona, Place
from npc_runtime.persona.pack import load_pack
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import Answering, when_kept
from npc_runtime.wire.archive import Archive
from npc_runtime.wire.gate import Gates
from npc_runtime.wire.pages import PAGE_BYTES, fitting, page
from npc_runtime.wire.session import Session, Sessions
from npc_runtime.world.clock import moment
from npc_runtime.world.entity import Entity, bare, entity_id
from npc_runtime.world.perception import adjacency
from npc_runtime.world.world import World
from npc_runtime.world.worlds import Worlds

DEFAULT_PACK = "hollowmere"


class Village:
    """Handlers for `subscribe`, `world.open`, `world.close`, `place.*`, `persona.*`, `entity.*` and `npc.*`.

    A world that nobody uses closes by itself and opens again unseen, so that what is open is what is played.
    """

    def __init__(
        self,
        worlds: Worlds,
        director: Director,
        sessions: Sessions,
        archive: Archive,
        gates: Gates,
        *,
        most: int,
        idle: float,
    ) -> None:
        """`most`: worlds that are open at once; `idle`: seconds after which one that nobody uses is closed."""
        self._worlds = worlds
        self._director = director
        self._sessions = sessions
        self._archive = archive
        self._gates = gates
        self._most = most
        self._idle = idle
        self._asleep: dict[str, set[str]] = {}  # id of an open world -> NPCs that a file or a save brought along
        self._used: dict[str, float] = {}  # id of an open world -> when it was last asked for, monotonic
        self._resting: set[str] = set()  # closed by themselves
        self._opening: set[str] = set()

    # ---------------------------------------------------------------------------------------------- worlds

    def subscribe(self, session: Session, request: m.Subscribe) -> m.Done:
        """From now on the session gets the events of a world."""
        session.subscriptions.add(self._worlds.get(request.world).id)
        return m.Done(re=request.id)

    def unsubscribe(self, session: Session, request: m.Unsubscribe) -> m.Done:
        """Takes `subscribe` back; doing so twice is no error."""
        session.subscriptions.discard(request.world)
        return m.Done(re=request.id)

    async def open(self, session: Session, request: m.WorldOpen) -> m.WorldOpened:
        """Opens or joins a world. Raises PackError, StorageError, Busy, or Conflict when it has another pack."""
        created = False
        if request.world not in self._worlds:
            created = await self._begin(request.world, request.pack)
        mind = self._director.mind(request.world)
        world, memory, pack = mind.world, mind.memory, mind.pack
        if request.pack not in (None, world.pack):
            raise Conflict(
                f'world "{world.id}" is open with the pack {world.pack}', hint=f"open it without naming {request.pack}"
            )
        places = fitting(map(_place, pack.village.places), PAGE_BYTES // 2)
        personas = fitting((f"npc:{persona}" for persona in pack.personas), PAGE_BYTES // 2)
        return m.WorldOpened(
            re=request.id,
            world=world.id,
            pack=world.pack,
            created=created,
            places=places,
            personas=personas,
            more=len(places) < len(pack.village.places) or len(personas) < len(pack.personas),
            at=world.clock.now,
            moment=moment(world.clock.now),
            remembers=not memory.trouble,
            trouble=memory.trouble,
        )

    async def close(self, session: Session, request: m.WorldClose) -> m.Done:
        """Closes a world. Raises NotFound, or StorageError where the disk does not take what is still to be kept."""
        self._resting.discard(request.world)
        memory = self._director.mind(request.world).memory
        await memory.catch_up()
        await self._end(request.world, "the world was closed")
        self._sessions.publish(m.EventClosed(world=request.world))
        return m.Done(re=request.id, kept=memory.on_disk)

    def rests(self, world: str) -> bool:
        """Whether a world closed by itself and has to be opened again before anything can be done in it."""
        return world in self._resting and world not in self._worlds

    async def wake(self, world: str) -> None:
        """Opens a world again that closed by itself. Raises PackError, StorageError, Busy."""
        if self.rests(world):
            await self._begin(world, None)

    def use(self, world: str) -> None:
        """Somebody asks for a world: it is not idle."""
        if world in self._worlds:
            self._used[world] = time.monotonic()

    def idle(self) -> list[str]:
        """The worlds that can be closed, because nobody has used them for long enough."""
        since = time.monotonic() - self._idle
        return [world for world, used in self._used.items() if used < since and self._at_rest(world)]

    async def rest(self, world: str) -> None:
        """Closes a world that nobody uses, until somebody does; unless somebody does by then."""

        async def rest() -> None:
            if world in self._worlds and self._at_rest(world):
                self._resting.add(world)
                await self._end(world, "the world was closed")

        await self._gates.of(world).alone(rest)

    def _at_rest(self, world: str) -> bool:
        busy = any(saying.world == world for session in self._sessions for saying in session.sayings.values())
        return not busy and self._director.mind(world).at_rest

    async def _make_room(self) -> None:
        """Closes the worlds that were used least lately, where too many are open. Raises Busy when all are in use."""
        for world in sorted(self._used, key=self._used.__getitem__):
            if len(self._worlds) + len(self._opening) <= self._most:
                return
            if world in self._worlds and self._at_rest(world):
                await self.rest(world)
        if len(self._worlds) + len(self._opening) > self._most:
            raise Busy(
                f"{len(self._worlds)} worlds are open, and all of them are in use",
                hint="close one with world.close, or start the daemon with a larger --open-worlds",
            )

    async def _begin(self, name: str, pack_name: str | None) -> bool:
        """Opens a world from its file, or makes it; whether it is new. What fails leaves no file behind."""
        self._opening.add(name)
        try:
            await self._make_room()
            return await self._read(name, pack_name)
        finally:
            self._opening.discard(name)

    async def _read(self, name: str, pack_name: str | None) -> bool:
        # What takes long is done in threads: a pack of thousands, or a slow disk, keeps nobody else waiting.
        if not self._archive.holds(name):
            pack_name = pack_name or DEFAULT_PACK
            pack = await asyncio.to_thread(load_pack, pack_name)
        memory = await asyncio.to_thread(self._archive.open, name)
        try:
            records = await _kept(memory)
            kept = records.get(PACK)
            if kept is not None:
                if pack_name not in (None, kept):
                    raise Conflict(
                        f'world "{name}" was made with the pack {kept}', hint=f"open it without naming {pack_name}"
                    )
                pack_name, pack = kept, await asyncio.to_thread(load_pack, kept)
            elif pack_name is None:
                pack_name, pack = DEFAULT_PACK, await asyncio.to_thread(load_pack, DEFAULT_PACK)
            places = {f"place:{place.id}": place.name for place in pack.village.places}
            paths = {f"place:{place.id}": [f"place:{to}" for to in place.leads_to] for place in pack.village.places}
            world = self._worlds.open(name, pack_name, places, adjacency(paths))
            mind = self._director.open(world, pack, memory)
            if kept is None:
                mind.keep(records=mind.state())
            else:
                mind.become(await asyncio.to_thread(mind.read, records))
        except BaseException:
            self._worlds.close(name)
            self._director.close(name)
            await self._archive.close(name)
            raise
        memory.tidy_soon()  # the last daemon may not have come to the end of it
        self._used[name] = time.monotonic()
        self._resting.discard(name)
        self.asleep(world)
        return kept is None

    async def _end(self, world: str, why: str) -> None:
        """Lets go of a world, once all of it is written."""
        self._director.mind(world).speaking.break_off(why)
        await self._archive.close(world)
        self._director.close(world)
        self._worlds.close(world)
        for known in (self._asleep, self._used):
            known.pop(world, None)

    def asleep(self, world: World) -> None:
        """The NPCs that are in a world now came with it: spawning one of them is no conflict."""
        self._asleep[world.id] = {entity for entity in world.entities if entity.startswith("npc:")}

    # ---------------------------------------------------------------------------------------------- who is where

    def places(self, session: Session, request: m.PlaceList) -> m.PlaceListing:
        """The places of a world, by id. Raises NotFound."""
        mind = self._director.mind(request.world)
        found = mind.pack.village.places
        shown, following = page(found, request.after, request.limit, lambda place: f"place:{place.id}", _place)
        return m.PlaceListing(re=request.id, world=mind.world.id, places=shown, next=following)

    def personas(self, session: Session, request: m.PersonaList) -> m.PersonaListing:
        """Who can be brought to life in a world, by id. Raises NotFound."""
        mind = self._director.mind(request.world)
        found = [f"npc:{persona}" for persona in mind.pack.personas]
        shown, following = page(found, request.after, request.limit, str, str)
        return m.PersonaListing(re=request.id, world=mind.world.id, personas=shown, next=following)

    def move(self, session: Session, request: m.EntityMove) -> Answering:
        """Takes a player or an NPC to a place."""
        mind = self._director.mind(request.world)
        world = mind.world
        place = world.place(request.to)
        if not request.entity.startswith("npc:"):
            world.player(request.entity, request.name)
        entity = world.move(request.entity, place)
        self._sessions.publish(m.EventMoved(world=world.id, entity=entity.id, to=place))
        return when_kept(mind, mind.keep(), m.Done(re=request.id))

    def spawn(self, session: Session, request: m.NpcSpawn) -> Answering:
        """Brings a persona of the world to life. Raises NotFound, or Conflict when it was spawned already."""
        mind = self._director.mind(request.world)
        info = self.bring(mind, _persona(mind.pack, mind.world, request.npc), request.at)
        return when_kept(mind, mind.keep(), m.NpcSpawned(re=request.id, world=mind.world.id, npc=info))

    def bring(self, mind: Mind, persona: Persona, at: str | None = None) -> m.NpcInfo:
        """Brings somebody to life, at a place or where the persona is found. Raises NotFound, Conflict."""
        world, npc = mind.world, f"npc:{persona.id}"
        if npc in self._asleep[world.id] and npc in world.entities:
            entity = world.move(npc, at) if at else world.npc(npc)
        else:
            place = world.place(at or persona.place or mind.pack.village.places[0].id)
            entity = world.enter(npc, persona.name, place)
        self._asleep[world.id].discard(npc)
        info = _info(entity, mind.pack)
        self._sessions.publish(m.EventNpcSpawned(world=world.id, npc=info))
        return info

    def despawn(self, session: Session, request: m.NpcDespawn) -> Answering:
        """Takes an NPC out of its world; what it is saying is cancelled, and talk in which one alone would be left."""
        mind = self._director.mind(request.world)
        world = mind.world
        npc = world.npc(request.npc).id
        for other in self._sessions:
            for saying in list(other.sayings.values()):
                if saying.world == world.id and npc in saying.npcs:
                    saying.leave(npc) if saying.leave else saying.cancel()
        world.leave(npc)
        self._sessions.publish(m.EventNpcDespawned(world=world.id, npc=npc))
        return when_kept(mind, mind.keep(), m.Done(re=request.id))

    def list(self, session: Session, request: m.NpcList) -> m.NpcListing:
        """Who lives in a world, in order of arrival."""
        mind = self._director.mind(request.world)
        living = (entity for entity in mind.world.entities.values() if entity.id.startswith("npc:"))
        shown, following = page(
            living, request.after, request.limit, lambda npc: npc.entered, lambda npc: _info(npc, mind.pack)
        )
        return m.NpcListing(re=request.id, world=mind.world.id, npcs=shown, next=following)


async def _kept(memory: Remembering) -> dict[str, Any]:
    """What was kept of a world; where its file turns out to be broken, it begins anew without it."""
    try:
        return await asyncio.wrap_future(memory.history.records())
    except StorageError as error:
        memory.lose(str(error))
        return {}


def _persona(pack: Pack, world: World, npc: str) -> Persona:
    name = bare(entity_id(npc, "npc"))
    if name not in pack.personas:
        raise not_found("persona", name, pack.personas, where=f"the pack {Path(world.pack).name}")
    return pack.personas[name]


def _info(entity: Entity, pack: Pack) -> m.NpcInfo:
    assert entity.at is not None, "an NPC is spawned at a place"
    persona = pack.personas[bare(entity.id)]
    return m.NpcInfo(npc=entity.id, name=entity.name, role=persona.role, at=entity.at, mood=persona.mood)


def _place(place: Place) -> m.PlaceInfo:
    leads_to = [f"place:{other}" for other in place.leads_to]
    return m.PlaceInfo(place=f"place:{place.id}", name=place.name, leads_to=leads_to)
