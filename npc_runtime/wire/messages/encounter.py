"""Talk among characters: encounters, and what the game sets for them: silence, and a budget."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from npc_runtime.wire.messages.base import (
    TURNS,
    Count,
    EntityId,
    Given,
    Hearers,
    Part,
    Request,
    Seconds,
    Seed,
    Share,
    Somebody,
    Stream,
    WorldId,
)
from npc_runtime.wire.messages.scene import (
    ModelTokens,
    RealSeconds,
    SceneEnded,
    SceneId,
    ScenePriority,
    SceneStarted,
)

EncounterTopic = Annotated[str, Field(max_length=160, description="`the stolen hammer`; empty: whatever is new")]
EncounterReason = Annotated[
    Literal["done", "silent", "parted", "yielded", "hushed", "stopped", "limit", "cooling", "budget"],
    Field(
        title="EncounterReason",
        description="they took leave, had no more to say, or somebody went away; a player spoke to one of them; "
        "`talk.hush`; `encounter.stop` or `cancel`; the limits; they talked lately and have nothing new; `talk.budget`",
    ),
]


class EncounterLimits(Given):
    """What an encounter may cost at most."""

    turns: Annotated[int, Field(ge=1, le=40)] = 8
    seconds: Annotated[RealSeconds, Field(ge=1, le=3600)] = 60.0
    tokens: Annotated[ModelTokens, Field(ge=24, le=20000)] = 600


class EncounterStart(Request):
    """Has characters who hear each other talk among themselves. The answer streams and always ends."""

    type: Literal["encounter.start"] = "encounter.start"
    deed: ClassVar[bool] = True
    before: ClassVar[tuple[str, ...]] = ("encounter.started", *TURNS)
    last: ClassVar[tuple[str, ...]] = ("encounter.ended",)
    world: WorldId
    between: Annotated[
        list[EntityId], Field(max_length=8, description="two or more different NPCs; none: some who are free at `at`")
    ] = []
    at: Annotated[EntityId | None, Field(description="the place, where `between` is empty")] = None
    about: EncounterTopic = ""
    limits: EncounterLimits = EncounterLimits()
    heard_by: Hearers = None
    private: Annotated[bool, Field(description="nobody else hears it")] = False
    quiet: Annotated[
        bool | None,
        Field(description="no lines and no model, only the news; nil: where every player is known to be elsewhere"),
    ] = None
    priority: ScenePriority = "background"
    seed: Annotated[Seed | None, Field(description="same seed, same model, same inputs: same talk")] = None
    stream: Stream = "sentence"


class EncounterStarted(SceneStarted):
    """The first answer to `encounter.start`."""

    type: Literal["encounter.started"] = "encounter.started"
    encounter: Annotated[SceneId, Field(description="names it in `encounter.stop`")]
    at: EntityId
    quiet: Annotated[bool, Field(description="there will be no lines")]


class NewsInfo(Part):
    """What one character has learned from another."""

    teller: EntityId
    listener: EntityId
    text: Annotated[str, Field(description="as the listener remembers it")]
    origin: Annotated[Somebody, Field(description="whom it came from at first")] = None
    depth: Annotated[Count, Field(description="how many mouths it went through")] = 1
    confidence: Annotated[Share, Field(description="how sure the listener is of it")] = 1.0


class EncounterEnded(SceneEnded):
    """The last message of an encounter: what was heard is remembered."""

    type: Literal["encounter.ended"] = "encounter.ended"
    encounter: SceneId
    reason: EncounterReason
    news: list[NewsInfo]


class EncounterStop(Request):
    """Ends an encounter where it stands. Answered by `done`."""

    type: Literal["encounter.stop"] = "encounter.stop"
    world: WorldId
    encounter: SceneId


class TalkHush(Request):
    """Nobody of these chats for a while, for a scripted scene; players are still answered. Answered by `done`."""

    type: Literal["talk.hush"] = "talk.hush"
    world: WorldId
    npcs: Annotated[list[EntityId], Field(max_length=64, description="these characters")] = []
    place: Annotated[EntityId | None, Field(description="and all who are here; neither: the whole world")] = None
    seconds: Annotated[
        Seconds | None, Field(description="of real time; nil: until it is lifted; 0 lifts it for the same ones")
    ] = None


class TalkBudget(Request):
    """Sets what encounters may cost in this world; kept with its saves. Answered by `done`."""

    type: Literal["talk.budget"] = "talk.budget"
    world: WorldId
    turns_per_minute: Annotated[
        int | None, Field(ge=0, le=600, description="of real time; 0: no lines at all; nil leaves it (30 at first)")
    ] = None
    cooldown: Annotated[
        int | None,
        Field(
            ge=0,
            le=10**9,
            description="game seconds before two tell each other the same again; nil leaves it (14400 at first)",
        ),
    ] = None
