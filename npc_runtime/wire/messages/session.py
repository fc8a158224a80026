"""Sessions: hello, heartbeats, health, and what every request may be answered with."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from npc_runtime.wire.messages.base import (
    Count,
    DisplayName,
    EntityId,
    Final,
    Given,
    Part,
    Request,
    Response,
    Seconds,
    Share,
    WorldId,
    Written,
)
from npc_runtime.wire.messages.budget import BudgetState

Capability = Literal["events", "why"]
CAPABILITIES: tuple[Capability, ...] = ("events", "why")


class Client(Given):
    """Who is calling, for logs and `health`."""

    name: DisplayName
    version: Annotated[str, Field(max_length=32)] = ""


class Hello(Request):
    """Opens a session. Must be the first request; may be sent again to begin a new session."""

    type: Literal["hello"] = "hello"
    last: ClassVar[tuple[str, ...]] = ("welcome",)
    versions: Annotated[
        list[str], Field(min_length=1, max_length=16, description="protocol versions the client speaks")
    ]
    client: Client
    strict: Annotated[bool, Field(description="a field that a request has not is an error, not a warning")] = False
    heard: Annotated[
        Literal["client", "auto"],
        Field(description="auto: every line counts as heard when it is complete; the session sends no `heard`"),
    ] = "client"
    capabilities: Annotated[
        list[str], Field(max_length=32, description="features wanted; unknown ones are ignored")
    ] = []


class Limits(Part):
    """The most of what a client may send."""

    body: Annotated[Count, Field(description="bytes in a message")]
    line: Annotated[Count, Field(description="characters in the text of a `say`")]
    requests: Annotated[Count, Field(description="requests whose ids are remembered")]
    answers: Annotated[Count, Field(description="of these, the last whose answers are kept to be given again")]


class Welcome(Final):
    """Answers `hello`."""

    type: Literal["welcome"] = "welcome"
    session: Annotated[str, Field(description="`pong` names it for as long as it lives")]
    daemon: Annotated[str, Field(description="names this run of the daemon: another one knows nothing of its sessions")]
    version: Annotated[str, Field(description="the protocol version in force")]
    server: Annotated[str, Field(description="name and version of the daemon")]
    capabilities: Annotated[list[str], Field(description="those of the wanted ones that the daemon has")]
    heartbeat: Annotated[Seconds, Field(description="send something at least this often; `ping` will do")]
    expiry: Annotated[Seconds, Field(description="silence after which the session ends and its work is cancelled")]
    events: Annotated[str, Field(description="the endpoint of the events socket")]
    model: Annotated[str, Field(description="the model's name, or empty when there is none")]
    deadline: Annotated[Seconds, Field(description="the longest that a reply takes where `say` names no other time")]
    heard_timeout: Annotated[
        Seconds, Field(description="how long a reply waits for `heard` before it counts as unsaid")
    ]
    limits: Limits


class Ping(Request):
    """Keeps the session alive; needs no `hello`."""

    type: Literal["ping"] = "ping"
    last: ClassVar[tuple[str, ...]] = ("pong",)


class Pong(Final):
    """Answers `ping`."""

    type: Literal["pong"] = "pong"
    session: Annotated[str | None, Field(description="of this connection; nil: none, or none any more")] = None


class Health(Request):
    """Asks how the daemon is; needs no `hello`."""

    type: Literal["health"] = "health"
    last: ClassVar[tuple[str, ...]] = ("health.report",)


class ReplyCounts(Part):
    """Replies that were spoken since the daemon started, by who wrote them."""

    model: Count = 0
    bark: Count = 0
    fallback: Count = 0


class QueueCounts(Part):
    """The requests of one priority."""

    priority: Annotated[str, Field(description="their class; who is served first comes first")]
    speaking: Annotated[Count, Field(description="being written")] = 0
    waiting: Count = 0
    first_words: Annotated[
        list[Count],
        Field(description="replies that a model was needed for, by how soon they began: see `first_word_bounds`"),
    ] = []
    first_word_seconds: Annotated[Seconds, Field(description="of all of these together")] = 0.0


class Speaker(Part):
    """A character whose words are being written."""

    world: WorldId
    npc: EntityId
    priority: str


class SlotCounts(Part):
    """The slots of the model: a stream of its cache each."""

    speaking: Count = 0
    resting: Annotated[Count, Field(description="nobody speaks there; what was computed of somebody is held")] = 0
    empty: Count = 0
    tokens: Annotated[Count, Field(description="held in all of them")] = 0
    room: Annotated[Count, Field(description="tokens that there is room for")] = 0


class TierCounts(Part):
    """A place for characters whose slot somebody else has."""

    characters: Count = 0
    bytes: Count = 0
    limit: Annotated[Count, Field(description="bytes")] = 0
    resumed: Annotated[Count, Field(description="how often somebody came back from there, since the start")] = 0


class Tiers(Part):
    """Where lies what was computed of characters; what is in none of these is computed again."""

    slots: SlotCounts
    ram: TierCounts
    disk: TierCounts
    given_up: Annotated[Count, Field(description="since the start, for want of room")] = 0


class GpuMemory(Part):
    """The memory of a graphics card, in bytes, whoever uses it."""

    name: str
    total: Count
    free: Count


class Books(Part):
    """What the daemon is at, for tools and people: games have no use for it. Counts are since the start."""

    queues: Annotated[list[QueueCounts], Field(description="what speaks and waits, by priority")] = []
    first_word_bounds: Annotated[
        list[Seconds], Field(description="up to which each count of `first_words` goes; the last has none")
    ] = []
    speakers: Annotated[list[Speaker], Field(description="of those who speak, the first 32 characters")] = []
    prompt_tokens: Annotated[Count, Field(description="of prompts, computed")] = 0
    reused_tokens: Annotated[Count, Field(description="of prompts, which had been computed before")] = 0
    decode_seconds: Annotated[Seconds, Field(description="of `step_seconds`, inside the model")] = 0.0
    tiers: Annotated[Tiers | None, Field(description="nil: no model runs on this machine")] = None
    vram: list[GpuMemory] = []
    plan: Annotated[str, Field(description="how the model lies in memory; empty: nobody planned it")] = ""


class HealthReport(Final):
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
    steps: Annotated[Count, Field(description="of the model since the start: each computes for everybody at once")] = 0
    step_seconds: Annotated[Seconds, Field(description="time spent in them, all together")] = 0.0
    balanced: Annotated[bool, Field(description="true whenever the engine is idle: all that it took was given back")]
    replies: Annotated[ReplyCounts, Field(description="spoken since the start, in all worlds")] = ReplyCounts()
    without_model: Annotated[Share, Field(description="of them, the share that needed no model: barks")] = 0.0
    books: Annotated[Books | None, Field(description="what `npc-runtime top` shows")] = None
    memory: Annotated[str, Field(description="why memories are not kept, and what to do; empty: they are")] = ""
    budget: Annotated[BudgetState, Field(description="how far the model is held back, and why")] = BudgetState()


class Subscribe(Request):
    """Asks for the events of a world on this session too."""

    type: Literal["subscribe"] = "subscribe"
    capability: ClassVar[str] = "events"
    world: WorldId
    speech: Annotated[
        bool,
        Field(description="what others asked for too, as `event.speaking`; the latest `subscribe` counts"),
    ] = False


class Unsubscribe(Request):
    """Takes `subscribe` back."""

    type: Literal["unsubscribe"] = "unsubscribe"
    capability: ClassVar[str] = "events"
    world: WorldId


class Done(Written):
    """Answers a request that has nothing else to say."""

    type: Literal["done"] = "done"


class Beat(Response):
    """Tells a client that the daemon lives, while something that it began goes on and nothing else is sent."""

    type: Literal["beat"] = "beat"
    re: Annotated[str, Field(description="always empty: it belongs to no request")] = ""


class Error(Final):
    """Answers a request that failed. `re` is empty when the request's id could not be read."""

    type: Literal["error"] = "error"
    code: str
    message: str
    hint: Annotated[str, Field(description="what would be right")] = ""
    detail: Annotated[dict[str, Any], Field(description="by code, see section 11")] = {}
