"""Characters: bringing them to life, taking them out, and who lives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from npc_runtime.wire.messages.base import (
    AfterName,
    AfterNumber,
    EntityId,
    NextName,
    NextNumber,
    PageSize,
    Part,
    Request,
    Response,
    WorldId,
    Written,
)


class NpcInfo(Part):
    """A living NPC."""

    npc: EntityId
    name: str
    role: str
    at: EntityId
    mood: str


class NpcSpawn(Request):
    """Brings a character of the pack to life. One that a file or a save brought along is there already, and welcome."""

    type: Literal["npc.spawn"] = "npc.spawn"
    world: WorldId
    npc: EntityId
    at: Annotated[EntityId | None, Field(description="defaults to the place in the persona")] = None


class NpcSpawned(Written):
    """Answers `npc.spawn`."""

    type: Literal["npc.spawned"] = "npc.spawned"
    world: WorldId
    npc: NpcInfo


class NpcDespawn(Request):
    """Takes a character out of the world; what it is saying is cancelled."""

    type: Literal["npc.despawn"] = "npc.despawn"
    world: WorldId
    npc: EntityId


class NpcList(Request):
    """Asks who lives in a world."""

    type: Literal["npc.list"] = "npc.list"
    world: WorldId
    after: AfterNumber = 0
    limit: PageSize = 500


class NpcListing(Response):
    """Answers `npc.list`, in order of arrival."""

    type: Literal["npc.listing"] = "npc.listing"
    world: WorldId
    npcs: list[NpcInfo]
    next: NextNumber


class PersonaList(Request):
    """Asks who can be brought to life in a world, a page at a time."""

    type: Literal["persona.list"] = "persona.list"
    world: WorldId
    after: AfterName = ""
    limit: PageSize = 500


class PersonaListing(Response):
    """Answers `persona.list`, by id."""

    type: Literal["persona.listing"] = "persona.listing"
    world: WorldId
    personas: list[EntityId]
    next: NextName
