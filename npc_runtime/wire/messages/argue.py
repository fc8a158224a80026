"""Arguments between characters: begun by the game, spoken turn by turn, mediated by anybody, and always ended."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from npc_runtime.wire.messages.base import (
    TURNS,
    Count,
    DisplayName,
    EntityId,
    Final,
    Given,
    Hearers,
    Line,
    PageSize,
    Part,
    Request,
    Response,
    Seed,
    Share,
    Somebody,
    Stream,
    Words,
    WorldId,
    Written,
)
from npc_runtime.wire.messages.scene import (
    Degree,
    ModelTokens,
    RealSeconds,
    SceneEnded,
    SceneId,
    ScenePriority,
    SceneStarted,
)

Topic = Annotated[str, Field(max_length=160, description="`the stolen hammer`, or `Tom stole Mira's hammer`")]
Clause = Annotated[str, Field(max_length=120)]


class ProposedAction(Given):
    """Something that the game may do: `{"name": "give", "args": ["item:hammer", "npc:mira"]}`."""

    name: Annotated[str, Field(max_length=64)]
    args: Annotated[list[EntityId], Field(max_length=8)] = []


class ArgueParty(Given):
    """What the game knows better than the topic tells. What is left out follows from topic, traits and memories."""

    npc: EntityId
    position: Annotated[
        Literal["", "claims", "disputes", "regrets"],
        Field(description="it was wronged, it did no wrong, or it knows that it did"),
    ] = ""
    grievance: Annotated[Clause, Field(description="in the second person: `Tom stole your hammer`")] = ""
    demand: Annotated[Clause, Field(description="completes `You want Tom to`: `give it back`")] = ""
    evidence: Annotated[
        list[Words], Field(max_length=4, description="what it knows that speaks for it; remembered from then on")
    ] = []
    amends: Annotated[
        ProposedAction | None, Field(description="what the game does where its demand is met; `agreed` names it again")
    ] = None


class ArgueLimits(Given):
    """What an argument may cost at most. It ends as a stalemate where a usual turn does not fit any more."""

    turns: Annotated[int, Field(ge=2, le=40)] = 10
    seconds: Annotated[RealSeconds, Field(ge=16, le=3600)] = 120.0
    tokens: Annotated[ModelTokens, Field(ge=120, le=20000)] = 1000


class ArgueStart(Request):
    """Has characters argue who hear each other. The answer streams and always ends."""

    type: Literal["argue.start"] = "argue.start"
    deed: ClassVar[bool] = True
    before: ClassVar[tuple[str, ...]] = ("argue.started", "argue.escalated", "argue.intervened", *TURNS)
    last: ClassVar[tuple[str, ...]] = ("argue.settled",)
    world: WorldId
    between: Annotated[
        list[EntityId], Field(min_length=2, max_length=8, description="different NPCs, within earshot of each other")
    ]
    about: Topic = ""
    stakes: Annotated[Share, Field(description="0 a trifle to 1 a matter of life")] = 0.5
    parties: Annotated[list[ArgueParty], Field(max_length=8)] = []
    limits: ArgueLimits = ArgueLimits()
    priority: ScenePriority = "normal"
    heard_by: Hearers = None
    seed: Annotated[Seed | None, Field(description="same seed, same model, same inputs: same argument")] = None
    stream: Stream = "sentence"


class ArgueResume(Request):
    """Takes up an argument that broke off, or that a save brought along. Answered like `argue.start`."""

    type: Literal["argue.resume"] = "argue.resume"
    before: ClassVar[tuple[str, ...]] = ("argue.started", "argue.escalated", "argue.intervened", *TURNS)
    last: ClassVar[tuple[str, ...]] = ("argue.settled",)
    world: WorldId
    argument: SceneId
    priority: ScenePriority = "normal"
    heard_by: Hearers = None
    stream: Stream = "sentence"


class ArgueStarted(SceneStarted):
    """The first answer to `argue.start` and `argue.resume`."""

    type: Literal["argue.started"] = "argue.started"
    argument: Annotated[SceneId, Field(description="names it in the other requests")]
    turns: Annotated[Count, Field(description="that were taken before it was resumed")] = 0


class ArgueEscalated(Response):
    """It has become hotter than it was before."""

    type: Literal["argue.escalated"] = "argue.escalated"
    argument: SceneId
    party: Annotated[EntityId, Field(description="the hottest")]
    heat: Degree


class ArgueIntervene(Request):
    """A player, or a character who is no party, speaks into an argument. Everybody near hears the line."""

    type: Literal["argue.intervene"] = "argue.intervene"
    deed: ClassVar[bool] = True
    last: ClassVar[tuple[str, ...]] = ("argue.intervened",)
    world: WorldId
    argument: SceneId
    speaker: Annotated[EntityId, Field(alias="from", description="who speaks: `player:alex`, `npc:odile`")]
    text: Line
    name: Annotated[DisplayName | None, Field(description="how characters call the player; defaults to its id")] = None


class TakenInfo(Part):
    """How a party takes an intervention."""

    npc: EntityId
    taken: Annotated[float, Field(description="-1 badly to 1 well")]


class ArgueIntervened(Written):
    """Answers `argue.intervene`; and, on the argument's own stream, says that an intervention takes effect now."""

    type: Literal["argue.intervened"] = "argue.intervened"
    argument: SceneId
    speaker: Annotated[EntityId, Field(alias="from")]
    text: str
    kind: Annotated[
        Literal["calm", "side", "evidence", "rule", "threaten", "joke", "insult", "other"],
        Field(description="how the line was read"),
    ]
    side: Annotated[Somebody, Field(description="the party that it speaks for")] = None
    against: Annotated[Somebody, Field(description="the party that it speaks against or binds")] = None
    taken: Annotated[list[TakenInfo], Field(description="by each party, as things stand")] = []


class ArgueStop(Request):
    """Ends an argument where it stands, as a stalemate; also one that broke off. Answered by `done`."""

    type: Literal["argue.stop"] = "argue.stop"
    world: WorldId
    argument: SceneId


class ChangeInfo(Part):
    """What an argument moved between a character and somebody."""

    npc: EntityId
    toward: EntityId
    affinity: float
    trust: float
    fear: float
    respect: float
    reason: Annotated[str, Field(description="from the character's side: `Tom gave in to you over the hammer.`")]


class AgreementInfo(Part):
    """What the parties agreed on, for the game to carry out."""

    kind: Annotated[
        Literal["whole", "part", "ruling", "rest"],
        Field(description="what was asked for, a part of it, what a mediator said, or that it rests"),
    ]
    by: Annotated[Somebody, Field(description="who makes it good; nil: both, or nobody")] = None
    to: Annotated[Somebody, Field(description="toward whom")] = None
    demand: Annotated[str, Field(description="what was asked for: `give the hammer back`")] = ""
    action: Annotated[ProposedAction | None, Field(description="the `amends` of whoever asked for it")] = None
    text: Annotated[str, Field(description="in a sentence")] = ""


class OutcomeInfo(Part):
    """How an argument ended, for the game to act on."""

    kind: Literal["concede", "compromise", "stalemate", "walk_away", "blows"]
    by: Annotated[Somebody, Field(description="who gave in, accepted, left or struck; nil: a stalemate")] = None
    to: Annotated[Somebody, Field(description="whom that was toward")] = None
    agreed: Annotated[AgreementInfo | None, Field(description="where one gave in, or both did")] = None
    cause: Annotated[
        Literal["settled", "turns", "time", "words", "stopped"],
        Field(description="what ended it; limits make stalemates"),
    ] = "settled"
    action: Annotated[ProposedAction | None, Field(description="proposed by `by`: `attack`, for blows")] = None
    text: Annotated[str, Field(description="what bystanders remember")]
    changes: Annotated[list[ChangeInfo], Field(description="of relations")] = []


class ArgueSettled(SceneEnded):
    """The last message of an argument: its effects on relations and memories are done."""

    type: Literal["argue.settled"] = "argue.settled"
    argument: SceneId
    outcome: OutcomeInfo


class ArgueList(Request):
    """Asks which arguments of a world are not settled: those going on, and those that can be resumed."""

    type: Literal["argue.list"] = "argue.list"
    last: ClassVar[tuple[str, ...]] = ("argue.listing",)
    world: WorldId
    after: Annotated[str, Field(max_length=64, description="`next` of the page before; empty: the first page")] = ""
    limit: PageSize = 500


class ArgumentInfo(Part):
    """An argument that is not settled."""

    argument: SceneId
    between: list[EntityId]
    about: str
    at: Annotated[EntityId, Field(description="the place")]
    turns: Count
    heat: Degree
    going_on: Annotated[bool, Field(description="false: it broke off; `argue.resume` takes it up again")]


class ArgueListing(Final):
    """Answers `argue.list`, by id."""

    type: Literal["argue.listing"] = "argue.listing"
    world: WorldId
    arguments: list[ArgumentInfo]
    next: Annotated[str | None, Field(description="`after` of the page that follows; nil: this was the last")]
