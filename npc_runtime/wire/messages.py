"""Every message of the protocol, as a pydantic model; `protocol/SPEC.md` explains them.

A message is a msgpack map with a `type`. Requests carry an `id` that the client chooses; everything sent because of a
request carries that id as `re`. Validation is strict ("1" is not 1) on what we receive, and unknown fields are ignored,
so that newer clients can talk to older daemons.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from npc_runtime.dialogue.emotions import Emotion

PROTOCOL_VERSION = "1.1"
"""Majors compare, minors do not."""

ENTITY_PATTERN = r"^((npc|player|place|item):)?[^\s:<>\x00-\x1f]{1,64}$"
WORLD_PATTERN = r"^[^\x00-\x1f/\\]{1,64}$"

RequestId = Annotated[str, Field(min_length=1, max_length=64, description="chosen by the client, unique in a session")]
EntityId = Annotated[str, Field(pattern=ENTITY_PATTERN)]
WorldId = Annotated[str, Field(pattern=WORLD_PATTERN)]
Line = Annotated[str, Field(min_length=1, max_length=2000, description="what is said")]
DisplayName = Annotated[str, Field(min_length=1, max_length=64, description="any Unicode; never used to address")]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]

Source = Literal["model", "fallback", "bark"]
FinishReason = Literal["stop", "length", "cancelled", "deadline", "error"]
Capability = Literal["events", "why"]
CAPABILITIES: tuple[Capability, ...] = ("events", "why")


class Body(BaseModel):
    """What all messages have in common."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, populate_by_name=True)
    type: str


class Request(Body):
    """From client to daemon."""

    id: RequestId


class Response(Body):
    """From daemon to client, because of a request."""

    re: str


class Event(Body):
    """From daemon to observers: the events socket, and sessions that subscribed."""

    world: WorldId


# ------------------------------------------------------------------------------------------------- session


class Client(BaseModel):
    """Who is calling, for logs and `health`."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)
    name: DisplayName
    version: Annotated[str, Field(max_length=32)] = ""


class Hello(Request):
    """Opens a session. Must be the first request; may be sent again to begin a new session."""

    type: Literal["hello"] = "hello"
    versions: Annotated[
        list[str], Field(min_length=1, max_length=16, description="protocol versions the client speaks")
    ]
    client: Client
    capabilities: Annotated[
        list[str], Field(max_length=32, description="features wanted; unknown ones are ignored")
    ] = []
    token: Annotated[str, Field(max_length=128, description="the content of the token file")] = ""


class Welcome(Response):
    """Answers `hello`."""

    type: Literal["welcome"] = "welcome"
    session: str
    version: Annotated[str, Field(description="the protocol version in force")]
    server: Annotated[str, Field(description="name and version of the daemon")]
    capabilities: Annotated[list[str], Field(description="those of the wanted ones that the daemon has")]
    heartbeat: Annotated[Seconds, Field(description="send something at least this often; `ping` will do")]
    expiry: Annotated[Seconds, Field(description="silence after which the session ends and its work is cancelled")]
    events: Annotated[str, Field(description="the endpoint of the events socket")]
    model: Annotated[str, Field(description="the model's name, or empty when there is none")]


class Ping(Request):
    """Keeps the session alive; needs no `hello`."""

    type: Literal["ping"] = "ping"


class Pong(Response):
    """Answers `ping`."""

    type: Literal["pong"] = "pong"


class Health(Request):
    """Asks how the daemon is; needs no `hello`."""

    type: Literal["health"] = "health"


class HealthReport(Response):
    """Answers `health`."""

    type: Literal["health.report"] = "health.report"
    status: Annotated[Literal["ok", "degraded"], Field(description="degraded: characters speak fallback lines only")]
    reason: Annotated[str, Field(description="why it is degraded, and what to do")] = ""
    version: str
    model: str
    gpu: Annotated[str, Field(description="where the model runs, and why not on a GPU that is there")]
    uptime: Seconds
    sessions: Count
    worlds: Count
    speaking: Annotated[Count, Field(description="sequences in the model's batch")]
    waiting: Annotated[Count, Field(description="requests waiting for a slot")]
    tokens: Annotated[Count, Field(description="generated since the start")]
    balanced: Annotated[bool, Field(description="true whenever the engine is idle: all that it took was given back")]


class Subscribe(Request):
    """Asks for the events of a world on this session too."""

    type: Literal["subscribe"] = "subscribe"
    world: WorldId


class Unsubscribe(Request):
    """Takes `subscribe` back."""

    type: Literal["unsubscribe"] = "unsubscribe"
    world: WorldId


class Done(Response):
    """Answers a request that has nothing else to say."""

    type: Literal["done"] = "done"


# ------------------------------------------------------------------------------------------------- world


class PlaceInfo(BaseModel):
    """A place of a world."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)
    place: EntityId
    name: str
    leads_to: list[EntityId] = []


class WorldOpen(Request):
    """Opens a world, or joins it when it is open already with the same pack."""

    type: Literal["world.open"] = "world.open"
    world: WorldId
    pack: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=1024,
            description="a bundled pack's name, or a folder; absent: the one that is open, else `hollowmere`",
        ),
    ] = None


class WorldOpened(Response):
    """Answers `world.open`."""

    type: Literal["world.opened"] = "world.opened"
    world: WorldId
    pack: str
    created: Annotated[bool, Field(description="false when the world was open already")]
    places: list[PlaceInfo]
    personas: Annotated[list[EntityId], Field(description="who can be spawned")]


class EntityMove(Request):
    """Says where a player or an NPC is now. Who is at the same place hears what is said there."""

    type: Literal["entity.move"] = "entity.move"
    world: WorldId
    entity: EntityId
    to: EntityId
    name: Annotated[DisplayName | None, Field(description="how characters call a player")] = None


# ------------------------------------------------------------------------------------------------- npc


class NpcInfo(BaseModel):
    """A living NPC."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)
    npc: EntityId
    name: str
    role: str
    at: EntityId
    mood: str


class NpcSpawn(Request):
    """Brings a character of the pack to life."""

    type: Literal["npc.spawn"] = "npc.spawn"
    world: WorldId
    npc: EntityId
    at: Annotated[EntityId | None, Field(description="defaults to the place in the persona")] = None


class NpcSpawned(Response):
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


class NpcListing(Response):
    """Answers `npc.list`."""

    type: Literal["npc.listing"] = "npc.listing"
    world: WorldId
    npcs: list[NpcInfo]


# ------------------------------------------------------------------------------------------------- talk


class ActionOffer(BaseModel):
    """An action the game would perform now: `{"name": "give", "args": [["bread", "ale"], ["player:alex"]]}`."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)
    name: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$", description="small letters, digits and `_`, at most 32")
    ]
    args: Annotated[
        list[Annotated[list[EntityId], Field(min_length=1, max_length=64)]],
        Field(max_length=4, description="the choices for each argument"),
    ] = []
    when: Annotated[str, Field(max_length=120, description="what a player says to ask for it, in a few words")] = ""


class Say(Request):
    """Somebody says a line to an NPC; the answer streams as `reply.*` messages and always ends."""

    type: Literal["say"] = "say"
    world: WorldId
    speaker: Annotated[EntityId, Field(alias="from", description="who speaks: `player:alex`")]
    to: Annotated[EntityId, Field(description="the NPC spoken to")]
    text: Line
    name: Annotated[DisplayName | None, Field(description="how characters call the speaker; defaults to its id")] = None
    actions: Annotated[list[ActionOffer], Field(max_length=16, description="what the NPC may do now")] = []
    priority: Annotated[Literal["player", "normal", "background"], Field(description="who is served first")] = "player"
    deadline: Annotated[Seconds | None, Field(description="after this a fallback line is spoken")] = None
    seed: Annotated[Seed | None, Field(description="same seed, same model, same inputs: same words")] = None
    temperature: Annotated[float | None, Field(ge=0, le=2, description="0 takes the likeliest words")] = None
    max_tokens: Annotated[int | None, Field(ge=8, le=1024, description="of the reply")] = None


class ReplyStart(Response):
    """The NPC begins to speak: the emotion is known before the first word, so that the face can move first."""

    type: Literal["reply.start"] = "reply.start"
    reply: Annotated[str, Field(description="names this reply in `heard`, `why` and `feedback`")]
    npc: EntityId
    emotion: Emotion
    source: Source


class ReplyDelta(Response):
    """A run of text. May be skipped for a slow reader: `reply.end` carries the whole."""

    type: Literal["reply.delta"] = "reply.delta"
    text: str


class ReplySentence(Response):
    """A whole sentence, as soon as it is complete (for speech)."""

    type: Literal["reply.sentence"] = "reply.sentence"
    text: str
    index: Annotated[Count, Field(description="0 for the first; `heard` counts in these")]


class ReplyAction(Response):
    """The NPC proposes an action from those that were offered. The game decides."""

    type: Literal["reply.action"] = "reply.action"
    name: str
    args: list[str]


class ReplyEnd(Response):
    """The last message of a reply, whatever happened."""

    type: Literal["reply.end"] = "reply.end"
    reply: str
    npc: EntityId
    text: Annotated[str, Field(description="the whole spoken text")]
    emotion: Emotion
    source: Annotated[Source, Field(description="who wrote it: the model, or the persona's own lines")]
    finish: FinishReason
    reason: Annotated[str, Field(description="why it is a fallback or was cut short")] = ""
    prompt_tokens: Count = 0
    cached_tokens: Annotated[Count, Field(description="prompt tokens that were computed before")] = 0
    completion_tokens: Count = 0
    first_word: Annotated[Seconds | None, Field(description="from the request's arrival to the first text")] = None
    total: Seconds = 0.0


class Cancel(Request):
    """Takes a request back. The reply still gets its end, with `finish: cancelled`."""

    type: Literal["cancel"] = "cancel"
    target: Annotated[RequestId, Field(description="the id of the request to cancel")]


class Heard(Request):
    """Says that a reply was really spoken. Only what was heard enters anybody's memory."""

    type: Literal["heard"] = "heard"
    world: WorldId
    reply: str
    upto: Annotated[Count | None, Field(description="sentences spoken before an interruption; absent: all")] = None


class Why(Request):
    """Asks what a character was told and knew for a reply (capability `why`)."""

    type: Literal["why"] = "why"
    world: WorldId
    reply: str


class WhyReport(Response):
    """Answers `why`."""

    type: Literal["why.report"] = "why.report"
    reply: str
    intent: Annotated[str, Field(description="how the line was understood")]
    move: Annotated[str, Field(description="what the character chose to do")]
    facts: Annotated[list[str], Field(description="what it was given to say")]
    knew: Annotated[list[dict[str, Any]], Field(description="what recall weighed: text, source, score")]
    prompt: Annotated[list[dict[str, str]], Field(description="the messages the model read: role, text")]
    raw: Annotated[str, Field(description="what the model wrote, before the guard")]
    notes: Annotated[list[str], Field(description="what the guard or the fallback did, and why")]


class Feedback(Request):
    """Judges a reply: a rating, a better line, or both. Whoever trains a model learns from it."""

    type: Literal["feedback"] = "feedback"
    world: WorldId
    reply: str
    rating: Annotated[int | None, Field(ge=1, le=5, description="5 is best")] = None
    better: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=2000,
            description="what should have been said: `(happy) Good day!`; without an emotion, that of the reply",
        ),
    ] = None


class Error(Response):
    """Answers a request that failed. `re` is empty when the request's id could not be read."""

    type: Literal["error"] = "error"
    code: str
    message: str
    hint: Annotated[str, Field(description="what would be right")] = ""
    detail: Annotated[dict[str, Any], Field(description="by code: `unsupported_version` lists `supported`")] = {}


# ------------------------------------------------------------------------------------------------- events


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
    """A line was spoken and heard."""

    type: Literal["event.said"] = "event.said"
    speaker: EntityId
    to: EntityId
    at: Annotated[EntityId, Field(description="where it was said")]
    text: str
    emotion: Emotion | None = None
    source: Source | None = None
    heard_by: Annotated[list[EntityId], Field(description="everyone else who was there")]


REQUESTS: tuple[type[Request], ...] = (
    *(Hello, Ping, Health, Subscribe, Unsubscribe, WorldOpen, EntityMove),
    *(NpcSpawn, NpcDespawn, NpcList, Say, Cancel, Heard, Why, Feedback),
)
RESPONSES: tuple[type[Response], ...] = (
    *(Welcome, Pong, HealthReport, Done, WorldOpened, NpcSpawned, NpcListing),
    *(ReplyStart, ReplyDelta, ReplySentence, ReplyAction, ReplyEnd, WhyReport, Error),
)
EVENTS: tuple[type[Event], ...] = (EventNpcSpawned, EventNpcDespawned, EventMoved, EventSaid)


class Catalogue:
    """Message classes by their `type`."""

    requests: ClassVar[dict[str, type[Request]]] = {cls.model_fields["type"].default: cls for cls in REQUESTS}
    all: ClassVar[dict[str, type[Body]]] = {
        cls.model_fields["type"].default: cls for cls in (*REQUESTS, *RESPONSES, *EVENTS)
    }
