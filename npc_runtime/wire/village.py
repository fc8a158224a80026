"""The services about worlds: opening one, who lives in it, and who is where."""

from __future__ import annotations

from pathlib import Path

from npc_runtime.dialogue.director import Director
from npc_runtime.errors import not_found
from npc_runtime.persona.model import Pack, Persona
from npc_runtime.persona.pack import load_pack
from npc_runtime.wire import messages as m
from npc_runtime.wire.session import Session, Sessions
from npc_runtime.world.world import Entity, World, Worlds, bare, entity_id

DEFAULT_PACK = "hollowmere"


class Village:
    """Handlers for `subscribe`, `world.*`, `entity.*` and `npc.*`."""

    def __init__(self, worlds: Worlds, director: Director, sessions: Sessions) -> None:
        self._worlds = worlds
        self._director = director
        self._sessions = sessions
        self._packs: dict[str, Pack] = {}  # by world id

    def subscribe(self, session: Session, request: m.Subscribe) -> m.Done:
        """From now on the session gets the events of a world."""
        session.subscriptions.add(self._worlds.get(request.world).id)
        return m.Done(re=request.id)

    def unsubscribe(self, session: Session, request: m.Unsubscribe) -> m.Done:
        """Takes `subscribe` back; doing so twice is no error."""
        session.subscriptions.discard(request.world)
        return m.Done(re=request.id)

    def open(self, session: Session, request: m.WorldOpen) -> m.WorldOpened:
        """Opens or joins a world. Raises PackError, or Conflict when it is open with another pack."""
        if request.world in self._packs:
            world = self._worlds.get(request.world)
            world, created = self._worlds.open(world.id, request.pack or world.pack, world.places)
        else:
            name = request.pack or DEFAULT_PACK
            pack = load_pack(name)
            places = {f"place:{place.id}": place.name for place in pack.village.places}
            world, created = self._worlds.open(request.world, name, places)
            self._packs[world.id] = pack
            self._director.open(world, pack)
        pack = self._packs[world.id]
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
        )

    def move(self, session: Session, request: m.EntityMove) -> m.Done:
        """Takes a player or an NPC to a place."""
        world = self._worlds.get(request.world)
        place = world.place(request.to)
        if not request.entity.startswith("npc:"):
            world.player(request.entity, request.name)
        entity = world.move(request.entity, place)
        self._sessions.publish(m.EventMoved(world=world.id, entity=entity.id, to=place))
        return m.Done(re=request.id)

    def spawn(self, session: Session, request: m.NpcSpawn) -> m.NpcSpawned:
        """Brings a persona of the pack to life. Raises NotFound, or Conflict when it lives already."""
        world = self._worlds.get(request.world)
        pack = self._packs[world.id]
        persona = _persona(pack, world, request.npc)
        place = world.place(request.at or persona.place or pack.village.places[0].id)
        info = _info(world.enter(f"npc:{persona.id}", persona.name, place), pack)
        self._sessions.publish(m.EventNpcSpawned(world=world.id, npc=info))
        return m.NpcSpawned(re=request.id, world=world.id, npc=info)

    def despawn(self, session: Session, request: m.NpcDespawn) -> m.Done:
        """Takes an NPC out of its world; what it is saying, to whomever, is cancelled."""
        world = self._worlds.get(request.world)
        npc = world.npc(request.npc).id
        for other in self._sessions:
            for saying in other.sayings.values():
                if (saying.world, saying.npc) == (world.id, npc):
                    saying.cancelled.set()
        world.leave(npc)
        self._sessions.publish(m.EventNpcDespawned(world=world.id, npc=npc))
        return m.Done(re=request.id)

    def list(self, session: Session, request: m.NpcList) -> m.NpcListing:
        """Who lives in a world, in order of arrival."""
        world = self._worlds.get(request.world)
        pack = self._packs[world.id]
        npcs = [_info(entity, pack) for entity in world.entities.values() if entity.id.startswith("npc:")]
        return m.NpcListing(re=request.id, world=world.id, npcs=npcs)


def _persona(pack: Pack, world: World, npc: str) -> Persona:
    name = bare(entity_id(npc, "npc"))
    if name not in pack.personas:
        raise not_found("persona", name, pack.personas, where=f"the pack {Path(world.pack).name}")
    return pack.personas[name]


def _info(entity: Entity, pack: Pack) -> m.NpcInfo:
    assert entity.at is not None, "an NPC is spawned at a place"
    persona = pack.personas[bare(entity.id)]
    return m.NpcInfo(npc=entity.id, name=entity.name, role=persona.role, at=entity.at, mood=persona.mood)
