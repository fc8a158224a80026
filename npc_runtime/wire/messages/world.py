"""Worlds: opening one, who is where, what is true, what happens, what time it is."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field

from npc_runtime.wire.messages.base import (
    LARGEST,
    AfterName,
    At,
    Changes,
    Count,
    DisplayName,
    EntityId,
    Final,
    GameTime,
    Given,
    Moment,
    NextName,
    PageSize,
    Part,
    Request,
    Share,
    Words,
    WorldId,
    Written,
)
from npc_runtime.world.perception import How

Value: TypeAlias = str | int | Annotated[float, Field(allow_inf_nan=False)] | bool
Scope = Annotated[
    EntityId, Field(description="what it is true of: `world`, a place or an entity, such as `place:mill`")
]


class PlaceInfo(Part):
    """A place of a world."""

    place: EntityId
    name: str
    leads_to: list[EntityId] = []


class VillageDefinition(Given):
    """A village of the game's own, without a pack."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    summary: Annotated[str | None, Field(max_length=240, description="a sentence about it")] = None
    language: Annotated[str | None, Field(max_length=35, description="that its people speak: `en`, `de`, `ja`")] = None


class WorldOpen(Request):
    """Opens a world, or joins it when it is open already with the same pack."""

    type: Literal["world.open"] = "world.open"
    last: ClassVar[tuple[str, ...]] = ("world.opened",)
    world: WorldId
    pack: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=1024,
            description="a bundled pack's name, or a folder; absent: the one that is open, else `hollowmere`",
        ),
    ] = None
    village: Annotated[
        VillageDefinition | None,
        Field(description="instead of a pack: `place.define` and `npc.define` make its places and people"),
    ] = None


class WorldOpened(Final):
    """Answers `world.open`."""

    type: Literal["world.opened"] = "world.opened"
    world: WorldId
    pack: str
    created: Annotated[bool, Field(description="false when it was there: open already, or kept from before")]
    places: Annotated[list[PlaceInfo], Field(description="as many of the first as fit; `place.list` has them all")]
    personas: Annotated[
        list[EntityId],
        Field(description="who can be spawned, as many of the first as fit; `persona.list` has them all"),
    ]
    more: Annotated[bool, Field(description="whether a place or a persona did not fit")] = False
    at: At = 0
    moment: Moment = ""
    remembers: Annotated[bool, Field(description="false: the memory cannot be kept; `trouble` says why")] = True
    trouble: Annotated[str, Field(description="why nothing can be kept, and what to do")] = ""
    changes: Changes = []


class WorldClose(Request):
    """Closes a world: what is being said in it is cancelled, everything is written, and its file is let go of.

    Whoever wants it afterwards opens it again. A world that nobody uses for a while closes by itself, and opens again
    with the next request for it: that needs no care.
    """

    type: Literal["world.close"] = "world.close"
    world: WorldId


class PlaceList(Request):
    """Asks for the places of a world, a page at a time."""

    type: Literal["place.list"] = "place.list"
    last: ClassVar[tuple[str, ...]] = ("place.listing",)
    world: WorldId
    after: AfterName = ""
    limit: PageSize = 500


class PlaceListing(Final):
    """Answers `place.list`, by id."""

    type: Literal["place.listing"] = "place.listing"
    world: WorldId
    places: list[PlaceInfo]
    next: NextName


class PlaceDefine(Request):
    """Makes places, beside those that there are or in their stead; kept with the world. Answered by `done`."""

    type: Literal["place.define"] = "place.define"
    world: WorldId
    places: Annotated[
        dict[str, dict[str, Any]],
        Field(min_length=1, max_length=1000, description="by id, as in `pack.yaml`: `name`, `looks`, `leads_to`"),
    ]


class EntityMove(Request):
    """Says where a player or an NPC is now. Who is at the same place hears what is said there."""

    type: Literal["entity.move"] = "entity.move"
    world: WorldId
    entity: EntityId
    to: EntityId
    name: Annotated[DisplayName | None, Field(description="how characters call a player")] = None


class FactInfo(Part):
    """Something that is true."""

    scope: Scope
    name: str
    value: Value
    text: Annotated[str, Field(description="the fact as a sentence, where the game gave one")]


class WorldSet(Request):
    """Says what is true: a named value of the world, of a place or of an entity."""

    type: Literal["world.set"] = "world.set"
    world: WorldId
    scope: Scope = "world"
    name: Annotated[str, Field(min_length=1, max_length=64, description="such as `bridge.closed`")]
    value: Annotated[Value | None, Field(description="nil takes the fact out")]
    text: Annotated[str, Field(max_length=240, description="the fact as a sentence, for characters to read")] = ""


class WorldGet(Request):
    """Asks what is true."""

    type: Literal["world.get"] = "world.get"
    last: ClassVar[tuple[str, ...]] = ("world.facts",)
    world: WorldId
    scope: Scope = "world"
    name: Annotated[str | None, Field(min_length=1, max_length=64, description="absent: all of the scope")] = None
    after: Annotated[str, Field(max_length=64, description="`next` of the page before; empty: the first page")] = ""
    limit: PageSize = 500


class WorldFacts(Final):
    """Answers `world.get`, by name."""

    type: Literal["world.facts"] = "world.facts"
    world: WorldId
    facts: list[FactInfo]
    next: NextName


class WorldEvent(Request):
    """Says that something happened. Whoever perceives it remembers it."""

    type: Literal["world.event"] = "world.event"
    deed: ClassVar[bool] = True
    last: ClassVar[tuple[str, ...]] = ("world.perceived",)
    world: WorldId
    what: Annotated[Words, Field(description="a sentence in the third person: `Tom stole the hammer.`")]
    at: Annotated[EntityId | None, Field(description="where; absent: where `by` is")] = None
    by: Annotated[EntityId | None, Field(description="who did it")] = None
    to: Annotated[EntityId | None, Field(description="to whom")] = None
    witnesses: Annotated[
        list[EntityId] | None, Field(max_length=256, description="who saw it; absent: everybody who is there")
    ] = None
    earshot: Annotated[int, Field(ge=0, le=8, description="how many places away `noise` is heard")] = 1
    noise: Annotated[str, Field(max_length=120, description="what is heard of it from outside: `a loud crash`")] = ""
    importance: Annotated[Share, Field(description="0: nothing; 1: never forgotten")] = 0.5
    kind: Annotated[
        Literal["died", "born", "arrived", "left"] | None,
        Field(description="what became of `to`, or of `by` where there is no `to`"),
    ] = None


class PerceivedInfo(Part):
    """What a character has of an event."""

    npc: EntityId
    how: How
    text: Annotated[str, Field(description="as the character remembers it")]


class WorldPerceived(Written):
    """Answers `world.event` and `action.result`."""

    type: Literal["world.perceived"] = "world.perceived"
    world: WorldId
    perceived: list[PerceivedInfo]
    others: Annotated[Count, Field(description="how many more perceived it than fit into `perceived`")] = 0


class WorldAdvance(Request):
    """Sets the game clock forward: by a duration, or to a time. Exactly one is given."""

    type: Literal["world.advance"] = "world.advance"
    deed: ClassVar[bool] = True  # by a duration; to a time it may be asked again
    last: ClassVar[tuple[str, ...]] = ("world.time",)
    world: WorldId
    by: Annotated[
        Annotated[str, Field(max_length=64)] | Annotated[int, Field(ge=0, le=LARGEST)] | None,
        Field(description="`2d`, `3h 30m`, or seconds; 0 only asks for the time"),
    ] = None
    to: Annotated[GameTime | None, Field(description="a game time, in seconds")] = None


class WorldTime(Written):
    """Answers `world.advance`."""

    type: Literal["world.time"] = "world.time"
    world: WorldId
    at: At
    moment: Moment
