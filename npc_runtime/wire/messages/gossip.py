"""Gossip: who knows a matter, and from whom."""

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
    NextNumber,
    Part,
    Request,
    Share,
    Somebody,
    WorldId,
)


class GossipInfo(Part):
    """What one character has of it."""

    npc: Annotated[EntityId, Field(description="who knows it")]
    text: Annotated[str, Field(description="as the character remembers it")]
    first: Annotated[str, Field(description="the news before anybody changed it, in the third person")]
    how: Annotated[How, Field(title="MemoryHow", description="`witnessed`, `told` or `taught`")]
    who: Annotated[Somebody, Field(description="whoever told it, or did it")] = None
    origin: Annotated[str, Field(description="entity id of whoever it came from at first")]
    depth: Annotated[Count, Field(le=3, description="how many mouths it went through")]
    confidence: Annotated[Share, Field(description="how sure the character is of it, all things weighed")]
    believed: Annotated[bool, Field(description="false: it is not passed on")]
    denies: Annotated[bool, Field(description="it says that something is not so")]
    at: At
    ago: Ago


class GossipTrace(Request):
    """Asks who knows of a matter, and from whom. What a correction took the place of is left out."""

    type: Literal["gossip.trace"] = "gossip.trace"
    last: ClassVar[tuple[str, ...]] = ("gossip.traced",)
    world: WorldId
    about: Annotated[str, Field(min_length=1, max_length=2000, description="in any words")]
    npc: Annotated[EntityId | None, Field(description="only this character")] = None
    after: AfterNumber = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class GossipTraced(Final):
    """Answers `gossip.trace`, in the order in which everybody came to know it."""

    type: Literal["gossip.traced"] = "gossip.traced"
    world: WorldId
    known: list[GossipInfo]
    next: NextNumber
