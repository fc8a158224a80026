"""Characters: bringing them to life, taking them out, and who lives."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from npc_runtime.wire.messages.base import (
    AfterName,
    AfterNumber,
    DisplayName,
    EntityId,
    Final,
    NextName,
    NextNumber,
    PageSize,
    Part,
    Request,
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
    """Has a character of the pack live at a place: brings it to life, or moves it where it lives already."""

    type: Literal["npc.spawn"] = "npc.spawn"
    last: ClassVar[tuple[str, ...]] = ("npc.spawned",)
    world: WorldId
    npc: EntityId
    at: Annotated[EntityId | None, Field(description="absent: where it is, or at first where its persona says")] = None


class NpcSpawned(Written):
    """Answers `npc.spawn`."""

    type: Literal["npc.spawned"] = "npc.spawned"
    world: WorldId
    npc: NpcInfo
    created: Annotated[bool, Field(description="false: it lived already, or came along with a file or a save")]


class NpcDespawn(Request):
    """Takes a character out of the world; what it is saying is cancelled."""

    type: Literal["npc.despawn"] = "npc.despawn"
    world: WorldId
    npc: EntityId


class NpcNear(Request):
    """Says that a player has come near a character, and may speak to it soon: what it will read is computed now.

    Nothing else comes of it: no memory, no event, and nobody waits for it who speaks.
    """

    type: Literal["npc.near"] = "npc.near"
    last: ClassVar[tuple[str, ...]] = ("npc.nearby",)
    world: WorldId
    npc: EntityId
    player: Annotated[EntityId, Field(description="who may speak: `player:alex`")]
    name: Annotated[DisplayName | None, Field(description="how characters call the player; defaults to its id")] = None


class NpcNearby(Final):
    """Answers `npc.near`, at once."""

    type: Literal["npc.nearby"] = "npc.nearby"
    warmed: Annotated[
        bool,
        Field(description="false: nothing is computed beforehand, since there is no model, or it runs elsewhere"),
    ]


class NpcDefine(Request):
    """Makes characters who can be spawned then, or changes them; kept with the world. Answered by `done`."""

    type: Literal["npc.define"] = "npc.define"
    world: WorldId
    personas: Annotated[
        dict[str, dict[str, Any]],
        Field(min_length=1, max_length=1000, description="by id, as in a pack's `personas/<id>.yaml`"),
    ]


class NpcList(Request):
    """Asks who lives in a world."""

    type: Literal["npc.list"] = "npc.list"
    last: ClassVar[tuple[str, ...]] = ("npc.listing",)
    world: WorldId
    after: AfterNumber = 0
    limit: PageSize = 500


class NpcListing(Final):
    """Answers `npc.list`, in order of arrival."""

    type: Literal["npc.listing"] = "npc.listing"
    world: WorldId
    npcs: list[NpcInfo]
    next: NextNumber


class PersonaList(Request):
    """Asks who can be brought to life in a world, a page at a time."""

    type: Literal["persona.list"] = "persona.list"
    last: ClassVar[tuple[str, ...]] = ("persona.listing",)
    world: WorldId
    after: AfterName = ""
    limit: PageSize = 500


class PersonaListing(Final):
    """Answers `persona.list`, by id."""

    type: Literal["persona.listing"] = "persona.listing"
    world: WorldId
    personas: list[EntityId]
    next: NextName
