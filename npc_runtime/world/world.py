"""Worlds: who is where, and who hears what is said there. Addresses are ids with their kind: `npc:mira`."""

from __future__ import annotations

from dataclasses import dataclass, field

from npc_runtime.errors import Conflict, Invalid, not_found

KINDS = ("npc", "player", "place", "item")


def entity_id(text: str, kind: str) -> str:
    """`mira` and `npc:mira` are the same NPC; raises Invalid for an id of another kind."""
    head, colon, tail = text.partition(":")
    if not colon:
        return f"{kind}:{text}"
    if head != kind:
        raise Invalid(f'"{text}" is a {head}', hint=f"a {kind} is wanted here, such as {kind}:{tail}")
    return text


def bare(entity: str) -> str:
    """The id without its kind."""
    return entity.partition(":")[2] or entity


@dataclass
class Entity:
    """A player or an NPC in a world."""

    id: str
    name: str
    at: str | None = None  # place id


@dataclass
class World:
    """One save of one game. Not thread-safe: it belongs to the daemon's event loop."""

    id: str
    pack: str
    places: dict[str, str]  # place id -> name
    entities: dict[str, Entity] = field(default_factory=dict)

    def place(self, text: str) -> str:
        """The id of a place. Raises NotFound, listing the places."""
        place = entity_id(text, "place")
        if place not in self.places:
            raise not_found("place", bare(place), map(bare, self.places), where=f'world "{self.id}"')
        return place

    def enter(self, entity: str, name: str, at: str | None) -> Entity:
        """Adds an entity. Raises Conflict when it is there already."""
        if entity in self.entities:
            where = self.entities[entity].at
            raise Conflict(
                f'{entity} is in world "{self.id}" already' + (f" (at {bare(where)})" if where else ""),
                hint="use entity.move to take it elsewhere",
            )
        self.entities[entity] = Entity(entity, name, at)
        return self.entities[entity]

    def npc(self, text: str) -> Entity:
        """A living NPC. Raises NotFound, listing those that live."""
        npc = entity_id(text, "npc")
        if npc not in self.entities:
            living = [bare(other) for other in self.entities if other.startswith("npc:")]
            raise not_found("NPC", bare(npc), living, where=f'world "{self.id}"')
        return self.entities[npc]

    def move(self, entity: str, to: str) -> Entity:
        """Takes an entity to a place; a player that is new to the world enters it."""
        place = self.place(to)
        kind = entity.partition(":")[0] if ":" in entity else "player"
        found = self.npc(entity) if kind == "npc" else self.player(entity)
        found.at = place
        return found

    def player(self, text: str, name: str | None = None) -> Entity:
        """A player, who enters the world when first named. A name, once given, stays until another is given."""
        player = entity_id(text, "player")
        found = self.entities.get(player)
        if found is None:
            found = self.entities[player] = Entity(player, name or bare(player).replace("_", " ").title())
        elif name:
            found.name = name
        return found

    def leave(self, entity: str) -> None:
        """Takes an entity out."""
        self.entities.pop(entity, None)

    def here(self, place: str | None) -> list[str]:
        """Who is at a place, in order of arrival."""
        return [entity.id for entity in self.entities.values() if entity.at == place and place is not None]


class Worlds:
    """All open worlds."""

    def __init__(self) -> None:
        self._worlds: dict[str, World] = {}

    def __len__(self) -> int:
        return len(self._worlds)

    def get(self, world: str) -> World:
        """An open world. Raises NotFound, listing those that are open."""
        try:
            return self._worlds[world]
        except KeyError:
            raise not_found("world", world, self._worlds) from None

    def open(self, world: str, pack: str, places: dict[str, str]) -> tuple[World, bool]:
        """The world, and whether it is new. Raises Conflict when it is open with another pack."""
        found = self._worlds.get(world)
        if found is None:
            found = self._worlds[world] = World(world, pack, places)
            return found, True
        if found.pack != pack:
            raise Conflict(f'world "{world}" is open with the pack {found.pack}', hint=f"open it without naming {pack}")
        return found, False
