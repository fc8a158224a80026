"""Relations: how a character stands to somebody, and why."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from npc_runtime.wire.messages.base import (
    AfterName,
    Ago,
    At,
    EntityId,
    NextName,
    PageSize,
    Part,
    Request,
    Words,
    WorldId,
    Written,
)

Change = Annotated[float, Field(ge=-2, le=2, allow_inf_nan=False)]


class ReasonInfo(Part):
    """Something that moved a relation."""

    text: Annotated[str, Field(description="from the character's side: `Alex insulted you.`")]
    at: At
    ago: Ago


class RelationInfo(Part):
    """How a character stands to somebody now. The other way round may look different."""

    toward: EntityId
    feeling: Annotated[str, Field(description="`hostile`, `cold`, `neutral`, `warm` or `devoted`")]
    affinity: Annotated[float, Field(description="-1 to 1")]
    trust: Annotated[float, Field(description="-1 to 1")]
    fear: Annotated[float, Field(description="0 to 1")]
    respect: Annotated[float, Field(description="-1 to 1")]
    reasons: Annotated[list[ReasonInfo], Field(description="the latest last")]


class RelationGet(Request):
    """Asks how a character stands to somebody, or to everybody it has met."""

    type: Literal["relation.get"] = "relation.get"
    last: ClassVar[tuple[str, ...]] = ("relation.report",)
    world: WorldId
    npc: EntityId
    toward: Annotated[EntityId | None, Field(description="absent: everybody")] = None
    after: AfterName = ""
    limit: PageSize = 500


class RelationAdjust(Request):
    """Moves a relation, for a reason that the character remembers."""

    type: Literal["relation.adjust"] = "relation.adjust"
    deed: ClassVar[bool] = True
    last: ClassVar[tuple[str, ...]] = ("relation.report",)
    world: WorldId
    npc: EntityId
    toward: EntityId
    affinity: Annotated[Change, Field(description="added to what there is; the result stays in its range")] = 0.0
    trust: Change = 0.0
    fear: Change = 0.0
    respect: Change = 0.0
    reason: Annotated[Words, Field(description="from the character's side: `Alex brought your hammer back.`")]


class RelationReport(Written):
    """Answers `relation.get` and `relation.adjust`, by the id of the other."""

    type: Literal["relation.report"] = "relation.report"
    world: WorldId
    npc: EntityId
    relations: list[RelationInfo]
    next: NextName = None
