"""The services about worlds: opening one, who lives in it, and who is where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.mind import PACK, Mind
from npc_runtime.dialogue.remembering import Remembering
from npc_runtime.errors import Conflict, StorageError, not_found
from npc_runtime.persona.model import Pack, Persona
from npc_runtime.persona.pack import load_pack
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import Answering, when_tried
from npc_runtime.wire.session import Session, Sessions
from npc_runtime.world.clock import moment
from npc_runtime.world.entity import Entity, bare, entity_id
from npc_runtime.world.perception import adjacency
from npc_runtime.world.world import World
from npc_runtime.world.worlds import Worlds

DEFAULT_PACK = "hollowmere"


class Village:
    """Handlers for `subscribe`, `world.open`, `entity.*` and `npc.*`."""

    def __init__(
        self, worlds: Worlds, director: Director, sessions: Sessions, remember: Callable[[str], Remembering]
    ) -> None:
        """`remember` opens the memory of a world, by its id."""
        self._worlds = worlds
        self._director = director
        self._sessions = sessions
        self._remember = remember
        self._asleep: dict[str, set[str]] = {}  # id of an open world -> NPCs that a file or a save brought along

    def subscribe(self, session: Session, request: m.Subscribe) -> m.Done:
        """From now on the session gets the events of a world."""
        session.subscriptions.add(self._worlds.get(request.world).id)
        return m.Done(re=request.id)

    def unsubscribe(self, session: Session, request: m.Unsubscribe) -> m.Done:
        """Takes `subscribe` back; doing so twice is no error."""
        session.subscriptions.discard(request.world)
        return m.Done(re=request.id)

    def open(self, session: Session, request: m.WorldOpen) -> m.WorldOpened:
        """Opens or joins a world. Raises PackError, StorageError, or Conflict when it has another pack."""
        if request.world in self._asleep:
            world = self._worlds.get(request.world)
            world, created = self._worlds.open(world.id, request.pack or world.pack, world.places, world.adjacent)
        else:
            world, created = self._begin(request.world, request.pack)
        mind = self._director.mind(world.id)
        memory, pack = mind.memory, mind.pack
        return m.WorldOpened(
            re=request.id,
            world=world.id,
            pack=world.pack,
            created=created,
            places=[
                m.PlaceInfo(
                    place=f"place:{place.id}", name=place.name, leads_to=[f"place:{other}" for other in place.leads_to]
                )
                for place in pack.village.places
            ],
            personas=[f"npc:{persona}" for persona in pack.personas],
            at=world.clock.now,
            moment=moment(world.clock.now),
            remembers=not memory.trouble,
            trouble=memory.trouble,
        )

    def _begin(self, name: str, pack_name: str | None) -> tuple[World, bool]:
        """Opens a world from its file, or makes it; whether it is new."""
        memory = self._remember(name)
        try:
            records = _read(memory)
            kept = records.get(PACK)
            if kept is not None and pack_name not in (None, kept):
                raise Conflict(
                    f'world "{name}" was made with the pack {kept}', hint=f"open it without naming {pack_name}"
                )
            pack_name = kept or pack_name or DEFAULT_PACK
            pack = load_pack(pack_name)
            places = {f"place:{place.id}": place.name for place in pack.village.places}
            paths = {f"place:{place.id}": [f"place:{to}" for to in place.leads_to] for place in pack.village.places}
            world, _ = self._worlds.open(name, pack_name, places, adjacency(paths))
            mind = self._director.open(world, pack, memory)
            if kept is None:
                mind.keep(records=mind.state())
            else:
                mind.load(records)
        except BaseException:
            self._worlds.close(name)
            self._director.close(name)
            memory.history.close()
            raise
        self.asleep(world)
        return world, kept is None

    def asleep(self, world: World) -> None:
        """The NPCs that are in a world now came with it: spawning one of them is no conflict."""
        self._asleep[world.id] = {entity for entity in world.entities if entity.startswith("npc:")}

    def move(self, session: Session, request: m.EntityMove) -> Answering:
        """Takes a player or an NPC to a place."""
        world = self._worlds.get(request.world)
        place = world.place(request.to)
        if not request.entity.startswith("npc:"):
            world.player(request.entity, request.name)
        entity = world.move(request.entity, place)
        self._sessions.publish(m.EventMoved(world=world.id, entity=entity.id, to=place))
        return when_tried(self._director.mind(world.id).keep(), m.Done(re=request.id))

    def spawn(self, session: Session, request: m.NpcSpawn) -> Answering:
        """Brings a persona of the world to life. Raises NotFound, or Conflict when it was spawned already."""
        mind = self._director.mind(request.world)
        info = self.bring(mind, _persona(mind.pack, mind.world, request.npc), request.at)
        return when_tried(mind.keep(), m.NpcSpawned(re=request.id, world=mind.world.id, npc=info))

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
        world = self._worlds.get(request.world)
        npc = world.npc(request.npc).id
        for other in self._sessions:
            for saying in list(other.sayings.values()):
                if saying.world == world.id and npc in saying.npcs:
                    saying.leave(npc) if saying.leave else saying.cancel()
        world.leave(npc)
        self._sessions.publish(m.EventNpcDespawned(world=world.id, npc=npc))
        return when_tried(self._director.mind(world.id).keep(), m.Done(re=request.id))

    def list(self, session: Session, request: m.NpcList) -> m.NpcListing:
        """Who lives in a world, in order of arrival."""
        mind = self._director.mind(request.world)
        world, pack = mind.world, mind.pack
        npcs = [_info(entity, pack) for entity in world.entities.values() if entity.id.startswith("npc:")]
        return m.NpcListing(re=request.id, world=world.id, npcs=npcs)


def _read(memory: Remembering) -> dict[str, Any]:
    """What was kept of a world; where its file turns out to be broken, it begins anew without it."""
    try:
        return memory.history.records().result()
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
