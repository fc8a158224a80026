"""What happens in a world, for observers and for sessions that subscribed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from npc_runtime.wire.messages.argue import OutcomeInfo
from npc_runtime.wire.messages.base import At, Count, Emotion, EntityId, Event, Moment, SaveName, Somebody, Source
from npc_runtime.wire.messages.encounter import EncounterReason, NewsInfo
from npc_runtime.wire.messages.npc import NpcInfo
from npc_runtime.wire.messages.scene import SceneId


class EventNpcSpawned(Event):
    """A character came to life."""

    type: Literal["event.npc.spawned"] = "event.npc.spawned"
    npc: NpcInfo


class EventNpcDespawned(Event):
    """A character left the world."""

    type: Literal["event.npc.despawned"] = "event.npc.despawned"
    npc: EntityId


class EventMoved(Event):
    """A player or a character is at another place now."""

    type: Literal["event.moved"] = "event.moved"
    entity: EntityId
    to: EntityId


class EventSaid(Event):
    """A line was spoken and heard. There is no event of a private line: it concerns nobody else."""

    type: Literal["event.said"] = "event.said"
    speaker: EntityId
    to: Annotated[
        EntityId, Field(description="or the place or the speaker, where it was said to all and nobody answered")
    ]
    at: Annotated[EntityId | None, Field(description="where it was said; nil: the game named no place")] = None
    text: str
    emotion: Emotion | None = None
    source: Source | None = None
    heard_by: Annotated[list[EntityId], Field(description="everyone else who heard it, 256 of them at most")]
    others: Annotated[Count, Field(description="how many more heard it")] = 0


class EventSpeaking(Event):
    """A sentence is being spoken, for captions on other screens; what was heard of it comes as `event.said`."""

    type: Literal["event.speaking"] = "event.speaking"
    reply: str
    npc: EntityId
    emotion: Emotion
    index: Annotated[Count, Field(description="0 for the first of a reply")]
    text: str


class EventHappened(Event):
    """Something happened in the world."""

    type: Literal["event.happened"] = "event.happened"
    what: str
    at: EntityId
    by: Annotated[Somebody, Field(description="whoever did it")] = None
    to: Annotated[Somebody, Field(description="whom it was done to")] = None
    witnesses: Annotated[list[EntityId], Field(description="the characters who perceived it, 256 of them at most")]
    others: Annotated[Count, Field(description="how many more perceived it")] = 0


class EventArgueSettled(Event):
    """An argument between characters has ended."""

    type: Literal["event.argue.settled"] = "event.argue.settled"
    argument: SceneId
    at: EntityId
    between: list[EntityId]
    outcome: OutcomeInfo


class EventEncounterEnded(Event):
    """Characters have talked among themselves, or would have."""

    type: Literal["event.encounter.ended"] = "event.encounter.ended"
    encounter: SceneId
    at: EntityId
    between: list[EntityId]
    reason: EncounterReason
    news: Annotated[list[NewsInfo], Field(description="what was passed on; of a private encounter nothing is said")]


class EventTime(Event):
    """The game clock moved on."""

    type: Literal["event.time"] = "event.time"
    at: At
    moment: Moment


class EventClosed(Event):
    """The world was closed: whoever wants it opens it again."""

    type: Literal["event.closed"] = "event.closed"


class EventRestored(Event):
    """The world went back to a save: what an observer has shown of the time since is void."""

    type: Literal["event.restored"] = "event.restored"
    save: SaveName
