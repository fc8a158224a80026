"""Memories: what a character knows and from whom, taking it out to read, teaching it, and forgetting a player."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from npc_runtime.memory.entry import How
from npc_runtime.wire.messages.base import (
    AfterNumber,
    Ago,
    At,
    Count,
    EntityId,
    Final,
    GameTime,
    NextNumber,
    PageSize,
    Part,
    Request,
    SaveName,
    Share,
    Somebody,
    Words,
    WorldId,
    Written,
)


class MemoryInfo(Part):
    """A memory, and where it came from."""

    id: Annotated[int, Field(description="grows with every memory of a world; 0: from the persona or its lore")]
    npc: Annotated[EntityId, Field(description="whose it is; in an export also a player, whose journal it is in")]
    text: str
    how: Annotated[How, Field(title="MemoryHow", description="how it reached the character")]
    who: Annotated[Somebody, Field(description="whoever said, told or did it")] = None
    origin: Annotated[Somebody, Field(description="whoever it came from at first")] = None
    at: At
    ago: Ago
    importance: Share
    confidence: Annotated[Share, Field(description="how sure the character is of it")]
    depth: Annotated[Count, Field(description="how many mouths it went through")]
    count: Annotated[Count, Field(description="how often it came up")]
    score: Annotated[float, Field(description="how well it answers `about`; 0 where nothing was asked")]
    sources: Annotated[list[int], Field(description="ids of the memories that a reflection stands for")]


class MemoryQuery(Request):
    """Asks what a character remembers of something, best first."""

    type: Literal["memory.query"] = "memory.query"
    last: ClassVar[tuple[str, ...]] = ("memory.found",)
    world: WorldId
    npc: EntityId
    about: Annotated[str, Field(max_length=2000, description="in any words; empty: the latest, without mere lines")] = (
        ""
    )
    limit: Annotated[int, Field(ge=1, le=100)] = 10


class MemoryFound(Final):
    """Answers `memory.query`."""

    type: Literal["memory.found"] = "memory.found"
    world: WorldId
    npc: EntityId
    memories: list[MemoryInfo]


class MemoryTeach(Request):
    """Gives a character a memory of the author's: something of its past that no scene showed."""

    type: Literal["memory.teach"] = "memory.teach"
    deed: ClassVar[bool] = True
    world: WorldId
    npc: EntityId
    text: Annotated[Words, Field(description="a sentence; `You ...` about the character itself")]
    importance: Share = 0.7
    at: Annotated[
        GameTime | None,
        Field(
            ge=-(10**12),
            le=10**12,
            description="when it was, in game seconds; below 0: before the world began; absent: now",
        ),
    ] = None


class MemoryForget(Request):
    """Deletes a player: everything that it said, everything that was said of it to somebody, and every relation."""

    type: Literal["memory.forget"] = "memory.forget"
    last: ClassVar[tuple[str, ...]] = ("memory.forgotten",)
    world: WorldId
    player: EntityId


class SaveRenamed(Part):
    """A save that was called after the player; nothing else of it has changed."""

    was: SaveName
    now: SaveName


class MemoryForgotten(Written):
    """Answers `memory.forget`, once the bytes are gone; or, not `kept`, once it is out of sight: ask again then."""

    type: Literal["memory.forgotten"] = "memory.forgotten"
    world: WorldId
    player: EntityId
    memories: Annotated[Count, Field(description="how many were deleted")]
    renamed: Annotated[list[SaveRenamed], Field(description="saves that go by another name now: follow them")] = []


class MemoryExport(Request):
    """Asks for all memories, a page at a time, by id."""

    type: Literal["memory.export"] = "memory.export"
    last: ClassVar[tuple[str, ...]] = ("memory.exported",)
    world: WorldId
    npc: Annotated[EntityId | None, Field(description="only this character's")] = None
    after: AfterNumber = 0
    limit: PageSize = 500


class MemoryExported(Final):
    """Answers `memory.export`."""

    type: Literal["memory.exported"] = "memory.exported"
    world: WorldId
    memories: list[MemoryInfo]
    next: NextNumber
