"""Saves: points of a world's history that it can go back to."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from npc_runtime.wire.messages.base import (
    AfterNumber,
    Changes,
    Count,
    Final,
    GameTime,
    Moment,
    NextNumber,
    PageSize,
    Part,
    Request,
    SaveName,
    WorldId,
)

SavedAt = Annotated[GameTime, Field(description="the game time that it holds, in seconds")]


class SaveInfo(Part):
    """A save."""

    save: SaveName
    number: Annotated[Count, Field(description="in order of making")]
    at: SavedAt
    moment: Moment


class SaveCreate(Request):
    """Saves a world under the game's own name for the slot, in place of what that slot held."""

    type: Literal["save.create"] = "save.create"
    last: ClassVar[tuple[str, ...]] = ("save.created",)
    world: WorldId
    save: SaveName


class SaveCreated(Final):
    """Answers `save.create` and `save.branch`."""

    type: Literal["save.created"] = "save.created"
    world: WorldId
    save: SaveName
    at: SavedAt


class SaveRestore(Request):
    """Takes a world back to a save. What happened since is abandoned: nobody remembers it."""

    type: Literal["save.restore"] = "save.restore"
    last: ClassVar[tuple[str, ...]] = ("save.restored",)
    world: WorldId
    save: SaveName


class SaveRestored(Final):
    """Answers `save.restore`."""

    type: Literal["save.restored"] = "save.restored"
    world: WorldId
    save: SaveName
    at: SavedAt
    moment: Moment
    changes: Changes = []


class SaveDelete(Request):
    """Gives a save up. The world goes on as it is."""

    type: Literal["save.delete"] = "save.delete"
    world: WorldId
    save: SaveName


class SaveList(Request):
    """Asks which saves there are."""

    type: Literal["save.list"] = "save.list"
    last: ClassVar[tuple[str, ...]] = ("save.listing",)
    world: WorldId
    after: AfterNumber = 0
    limit: PageSize = 500


class SaveListing(Final):
    """Answers `save.list`, in order of making."""

    type: Literal["save.listing"] = "save.listing"
    world: WorldId
    saves: list[SaveInfo]
    next: NextNumber


class SaveBranch(Request):
    """Gives a save a second name, so that a game can go on from one slot in two ways."""

    type: Literal["save.branch"] = "save.branch"
    last: ClassVar[tuple[str, ...]] = ("save.created",)
    world: WorldId
    save: SaveName
    twin: Annotated[SaveName, Field(alias="copy", description="the new name")]
