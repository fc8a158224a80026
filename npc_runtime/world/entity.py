"""Somebody who is in a world, and the ids by which everybody and everything is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from npc_runtime.errors import Invalid
from npc_runtime.world import records as stored

KINDS = ("npc", "player", "place", "item")


def entity_id(text: str, kind: str) -> str:
    """`mira` and `npc:mira` are the same NPC; raises Invalid for an id of another kind."""
    head, _, tail = text.partition(":")
    if head not in KINDS:  # `minecraft:bread` is an item where one is wanted
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
    entered: int = 0  # order of arrival in the world
    since: int = 0  # game time of its arrival at the place; 0: unknown
    gone: bool = False  # it died, or left for good, as the game said; until it moves or enters again

    def as_record(self) -> dict[str, Any]:
        """For the store; `from_record` reads it."""
        return {"name": self.name, "at": self.at, "entered": self.entered, "since": self.since, "gone": self.gone}

    @classmethod
    def from_record(cls, key: str, record: object) -> Entity:
        """Raises StorageError, naming the key."""
        id = key.removeprefix("entity/")
        if id.partition(":")[0] not in ("npc", "player"):
            raise stored.broken(key, f'"{id}" is no NPC and no player')
        if not isinstance(record, dict):
            raise stored.broken(key, "it is no map")
        return cls(
            id,
            name=stored.field(key, record, "name", str),
            at=stored.field(key, record, "at", str, type(None)),
            entered=stored.field(key, record, "entered", int),
            # Records have not always had these.
            since=stored.field(key, {"since": 0, **record}, "since", int),
            gone=stored.field(key, {"gone": False, **record}, "gone", bool),
        )
