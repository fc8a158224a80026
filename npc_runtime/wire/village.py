"""The service about who lives in a world, and who is where."""

from __future__ import annotations

from pathlib import Path

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.state import Mind
from npc_runtime.errors import Conflict, not_found
from npc_runtime.persona.model import Pack, Persona
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import Answering, when_kept
from npc_runtime.wire.handling import handles
from npc_runtime.wire.lifecycle import Lifecycle, place_info
from npc_runtime.wire.pages import page
from npc_runtime.wire.session import Session, Sessions
from npc_runtime.world.entity import Entity, bare, entity_id
from npc_runtime.world.world import World
from npc_runtime.world.worlds import Worlds


class Village:
    """Places, those who are there, and sessions that want to be told of them."""

    def __init__(self, worlds: Worlds, director: Director, sessions: Sessions, lifecycle: Lifecycle) -> None:
        self._worlds = worlds
        self._director = director
        self._sessions = sessions
        self._lifecycle = lifecycle

    @handles("subscribe")
    def subscribe(self, session: Session, request: m.Subscribe) -> m.Done:
        """From now on the session gets the events of a world."""
        world = self._worlds.get(request.world).id
        session.subscriptions.add(world)
        if request.speech:
            session.overhears.add(world)
        else:
            session.overhears.discard(world)
        return m.Done(re=request.id)

    @handles("unsubscribe")
    def unsubscribe(self, session: Session, request: m.Unsubscribe) -> m.Done:
        """Takes `subscribe` back; doing so twice is no error."""
        session.subscriptions.discard(request.world)
        session.overhears.discard(request.world)
        return m.Done(re=request.id)

    @handles("place.list")
    def places(self, session: Session, request: m.PlaceList) -> m.PlaceListing:
        """The places of a world, by id. Raises NotFound."""
        mind = self._director.mind(request.world)
        found = mind.pack.village.places
        shown, following = page(found, request.after, request.limit, lambda place: f"place:{place.id}", place_info)
        return m.PlaceListing(re=request.id, world=mind.world.id, places=shown, next=following)

    @handles("place.define", keeps=True)
    def define_places(self, session: Session, request: m.PlaceDefine) -> Answering:
        """Makes places. Raises NotFound, PackError."""
        mind = self._director.mind(request.world)
        places = {bare(entity_id(id, "place")): place for id, place in request.places.items()}
        records = mind.define(mind.cast.definitions.with_places(places))
        return when_kept(mind, mind.keep(records=records), m.Done(re=request.id))

    @handles("npc.define", keeps=True)
    def define_personas(self, session: Session, request: m.NpcDefine) -> Answering:
        """Makes characters, who do not live yet. Raises NotFound, PackError."""
        mind = self._director.mind(request.world)
        personas = {bare(entity_id(id, "npc")): persona for id, persona in request.personas.items()}
        records = mind.define(mind.cast.definitions.with_personas(personas))
        return when_kept(mind, mind.keep(records=records), m.Done(re=request.id))

    @handles("persona.list")
    def personas(self, session: Session, request: m.PersonaList) -> m.PersonaListing:
        """Who can be brought to life in a world, by id. Raises NotFound."""
        mind = self._director.mind(request.world)
        found = [f"npc:{persona}" for persona in mind.pack.personas]
        shown, following = page(found, request.after, request.limit, str, str)
        return m.PersonaListing(re=request.id, world=mind.world.id, personas=shown, next=following)

    @handles("entity.move", keeps=True)
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

    @handles("npc.spawn", keeps=True)
    def spawn(self, session: Session, request: m.NpcSpawn) -> Answering:
        """Has a persona of the world live there, where the request says. Raises NotFound."""
        mind = self._director.mind(request.world)
        world, persona = mind.world, _persona(mind.pack, mind.world, request.npc)
        npc = f"npc:{persona.id}"
        known = npc in world.entities
        if known and not self._lifecycle.came_along(world, npc):
            info = self._settle(mind, npc, request.at)
        else:
            info = self.bring(mind, persona, request.at)
        spawned = m.NpcSpawned(re=request.id, world=world.id, npc=info, created=not known)
        return when_kept(mind, mind.keep(), spawned)

    def _settle(self, mind: Mind, npc: str, at: str | None) -> m.NpcInfo:
        """Somebody who lives here already, at another place where one is named. Raises NotFound."""
        world, entity = mind.world, mind.world.npc(npc)
        if at is not None and world.place(at) != entity.at:
            entity = world.move(npc, world.place(at))
            self._sessions.publish(m.EventMoved(world=world.id, entity=npc, to=_info(entity, mind.pack).at))
        return _info(entity, mind.pack)

    def bring(self, mind: Mind, persona: Persona, at: str | None = None) -> m.NpcInfo:
        """Brings somebody to life, at a place or where the persona is found. Raises NotFound, Conflict."""
        world, npc = mind.world, f"npc:{persona.id}"
        if self._lifecycle.came_along(world, npc):
            entity = world.move(npc, at) if at else world.npc(npc)
        else:
            place = world.place(at or persona.place or mind.pack.village.places[0].id)
            entity = world.enter(npc, persona.name, place)
        self._lifecycle.awake(world, npc)
        info = _info(entity, mind.pack)
        self._sessions.publish(m.EventNpcSpawned(world=world.id, npc=info))
        return info

    @handles("npc.despawn", keeps=True)
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

    @handles("npc.near")
    def near(self, session: Session, request: m.NpcNear) -> m.NpcNearby:
        """A player has come near an NPC. Raises NotFound, Invalid, Conflict."""
        world = self._director.mind(request.world).world
        npc, player = world.npc(request.npc), entity_id(request.player, "player")
        at = world.entities[player].at if player in world.entities else None
        if at is not None and at != npc.at:
            raise Conflict(
                f"{player} is at {bare(at)} and {npc.id} is at {bare(npc.at or '')}",
                hint=f"move {player} there with entity.move first",
            )
        warmed = self._director.near(world, npc.id, player, world.called(player, request.name))
        return m.NpcNearby(re=request.id, warmed=warmed)

    @handles("npc.list")
    def list(self, session: Session, request: m.NpcList) -> m.NpcListing:
        """Who lives in a world, in order of arrival."""
        mind = self._director.mind(request.world)
        living = (entity for entity in mind.world.entities.values() if entity.id.startswith("npc:"))
        shown, following = page(
            living, request.after, request.limit, lambda npc: npc.entered, lambda npc: _info(npc, mind.pack)
        )
        return m.NpcListing(re=request.id, world=mind.world.id, npcs=shown, next=following)


def _persona(pack: Pack, world: World, npc: str) -> Persona:
    name = bare(entity_id(npc, "npc"))
    if name not in pack.personas:
        raise not_found("persona", name, pack.personas, where=f"the pack {Path(world.pack).name}")
    return pack.personas[name]


def _info(entity: Entity, pack: Pack) -> m.NpcInfo:
    assert entity.at is not None, "an NPC is spawned at a place"
    persona = pack.personas[bare(entity.id)]
    return m.NpcInfo(npc=entity.id, name=entity.name, role=persona.role, at=entity.at, mood=persona.mood)
