"""What a player has learned, and questions over the lore of a village."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from npc_runtime.wire.messages.base import (
    REPLY,
    AfterNumber,
    At,
    Count,
    DisplayName,
    EntityId,
    Final,
    Line,
    NextNumber,
    Part,
    Request,
    Seconds,
    Seed,
    Somebody,
    Stream,
    WorldId,
)


class JournalSource(Part):
    """One way in which a note came to the player."""

    how: Annotated[
        Literal["told", "overheard", "witnessed"], Field(description="overheard: it was said to somebody else")
    ]
    who: Annotated[Somebody, Field(description="whoever said or did it")] = None
    to: Annotated[Somebody, Field(description="whom it was said or done to")] = None
    origin: Annotated[
        str, Field(description="entity id of whoever had told it to `who`; `who` itself where nobody had")
    ]
    place: Annotated[Somebody, Field(description="where")] = None
    reply: Annotated[Somebody, Field(description="the reply that told it")] = None
    at: At
    ago: Annotated[str, Field(description="the same in words: `two days ago`")]
    count: Annotated[Count, Field(description="how often `who` told it")]


class JournalNote(Part):
    """One thing that the player has learned."""

    id: Annotated[int, Field(description="grows with every note of a world")]
    text: Annotated[str, Field(description="as the player reads it: `Mira: Tom stole the hammer.`")]
    kind: Annotated[str, Field(description="`fact`, `price`, `need`, `view`, `want`, `person`, `relation` or `secret`")]
    sources: Annotated[list[JournalSource], Field(description="first learned first; one to 32")]


class JournalList(Request):
    """Asks what a player has learned, and from whom, a page at a time, oldest first."""

    type: Literal["journal.list"] = "journal.list"
    last: ClassVar[tuple[str, ...]] = ("journal.listing",)
    world: WorldId
    player: EntityId
    about: Annotated[str, Field(max_length=2000, description="only what has to do with it, in any words")] = ""
    npc: Annotated[EntityId | None, Field(description="only what this character said or did")] = None
    after: AfterNumber = 0
    limit: Annotated[int, Field(ge=1, le=100, description="at most so many on a page")] = 20


class JournalListing(Final):
    """Answers `journal.list`."""

    type: Literal["journal.listing"] = "journal.listing"
    world: WorldId
    player: EntityId
    notes: list[JournalNote]
    next: NextNumber


class LoreAsk(Request):
    """Asks what the lore of the village may tell; a character who may know it answers, in `reply.*` messages."""

    type: Literal["lore.ask"] = "lore.ask"
    before: ClassVar[tuple[str, ...]] = ("lore.answered", *REPLY)
    last: ClassVar[tuple[str, ...]] = ("reply.end", "lore.answered")
    world: WorldId
    question: Line
    npc: Annotated[EntityId | None, Field(description="who is asked; absent: whoever knows it and is nearest")] = None
    player: Annotated[EntityId | None, Field(description="who asks; absent: `player:stranger`")] = None
    name: Annotated[DisplayName | None, Field(description="how characters call the player")] = None
    deadline: Annotated[Seconds | None, Field(description="after this a fallback line is spoken")] = None
    seed: Annotated[Seed | None, Field(description="same seed, same model, same inputs: same words")] = None
    stream: Stream = "sentence"


class PassageInfo(Part):
    """A paragraph of the lore."""

    document: Annotated[str, Field(description="the file in the pack: `lore/chapel.md`")]
    heading: Annotated[str, Field(description="the heading that it stands under; or empty")]
    text: str
    score: Annotated[float, Field(description="how well it answers; only comparable within one answer")]


class LoreAnswered(Final):
    """Says who answers a `lore.ask`, and from what; its reply follows, unless `npc` is nil."""

    type: Literal["lore.answered"] = "lore.answered"
    world: WorldId
    npc: Annotated[Somebody, Field(description="who answers; nil: nobody who is in the world may know")] = None
    passages: Annotated[list[PassageInfo], Field(description="what it knows of it, best first; empty: nothing")]
    may_know: Annotated[
        list[EntityId],
        Field(description="who here may know it: of the best passage first, then nearest; 64 of them at most"),
    ]
    reason: Annotated[str, Field(description="why nobody answers; or empty")] = ""
