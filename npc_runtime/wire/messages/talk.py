"""Talk: a line, the reply to it as it comes, and what became of that reply."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from npc_runtime.wire.messages.base import (
    REPLY,
    Count,
    DisplayName,
    Emotion,
    EntityId,
    Final,
    FinishReason,
    Given,
    Hearers,
    Line,
    Request,
    RequestId,
    Response,
    Seconds,
    Seed,
    Source,
    Stream,
    Words,
    WorldId,
)


class ActionOffer(Given):
    """An action the game would perform now: `{"name": "give", "args": [["bread", "ale"], ["player:alex"]]}`."""

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
    deed: ClassVar[bool] = True
    before: ClassVar[tuple[str, ...]] = REPLY
    last: ClassVar[tuple[str, ...]] = ("reply.end", "reply.none")
    world: WorldId
    speaker: Annotated[EntityId, Field(alias="from", description="who speaks: `player:alex`")]
    to: Annotated[
        EntityId | None, Field(description="the NPC spoken to; nil: all who are there, of whom one answers, or nobody")
    ] = None
    text: Line
    heard_by: Hearers = None
    private: Annotated[bool, Field(description="nobody else hears it, nor the answer")] = False
    name: Annotated[DisplayName | None, Field(description="how characters call the speaker; defaults to its id")] = None
    actions: Annotated[list[ActionOffer], Field(max_length=16, description="what the NPC may do now")] = []
    priority: Annotated[Literal["player", "normal", "background"], Field(description="who is served first")] = "player"
    deadline: Annotated[Seconds | None, Field(description="after this a fallback line is spoken")] = None
    seed: Annotated[Seed | None, Field(description="same seed, same model, same inputs: same words")] = None
    temperature: Annotated[float | None, Field(ge=0, le=2, description="0 takes the likeliest words")] = None
    max_tokens: Annotated[int | None, Field(ge=8, le=1024, description="of the reply")] = None
    passing: Annotated[bool, Field(description="the speaker only passes by: a greeting needs no model")] = False
    barks: Annotated[
        Literal["auto", "never"] | None,
        Field(description="never: the model writes the reply, whatever it is; absent: as the daemon is set"),
    ] = None
    aside: Annotated[bool, Field(description="it is no word in an argument that goes on there")] = False
    stream: Stream = "sentence"


class ReplyPart(Response):
    """A piece of a reply."""

    reply: Annotated[str, Field(description="names it in `heard`, `why` and `feedback`")]
    npc: EntityId


class ReplyStart(ReplyPart):
    """The NPC begins to speak: the emotion is known before the first word, so that the face can move first."""

    type: Literal["reply.start"] = "reply.start"
    emotion: Emotion
    source: Source


class ReplyDelta(ReplyPart):
    """A run of text (`stream: delta`). May be skipped for a slow reader: `reply.end` carries the whole."""

    type: Literal["reply.delta"] = "reply.delta"
    text: str


class ReplySentence(ReplyPart):
    """A whole sentence, as soon as it is complete (for speech)."""

    type: Literal["reply.sentence"] = "reply.sentence"
    text: str
    index: Annotated[Count, Field(description="0 for the first; `heard` counts in these")]


class ReplyAction(ReplyPart):
    """The NPC proposes an action from those that were offered. The game decides."""

    type: Literal["reply.action"] = "reply.action"
    name: str
    args: list[str]


class ActionResult(Request):
    """Says what became of a proposed action, which those within earshot remember. Answered by `world.perceived`."""

    type: Literal["action.result"] = "action.result"
    deed: ClassVar[bool] = True
    last: ClassVar[tuple[str, ...]] = ("world.perceived",)
    world: WorldId
    reply: Annotated[str, Field(description="the one of the `reply.action`; a second time it is `not_found`")]
    done: Annotated[bool, Field(description="false: it was not possible, or the game would not")]
    reason: Annotated[str, Field(max_length=120, description="why not: `none are left`")] = ""
    what: Annotated[
        Words | None,
        Field(description="what happened, as in `world.event`: `Mira gave Alex a loaf.`; absent: made of the action"),
    ] = None


class ReplyEnd(Final):
    """The last message of a reply, whatever happened."""

    type: Literal["reply.end"] = "reply.end"
    reply: str
    npc: EntityId
    text: Annotated[str, Field(description="the whole spoken text")]
    emotion: Emotion
    source: Annotated[
        Source,
        Field(description="the model wrote it; `fallback`: it could not; `bark`: it need not"),
    ]
    finish: FinishReason
    reason: Annotated[str, Field(description="why it is a fallback or a bark, or was cut short")] = ""
    prompt_tokens: Count = 0
    cached_tokens: Annotated[Count, Field(description="prompt tokens that were computed before")] = 0
    completion_tokens: Count = 0
    first_word: Annotated[Seconds | None, Field(description="from the request's arrival to the first text")] = None
    total: Seconds = 0.0


class ReplyNone(Final):
    """Nobody answers a line by itself: it was said to all, or into an argument. The last message of that `say`."""

    type: Literal["reply.none"] = "reply.none"
    heard_by: Annotated[list[EntityId], Field(description="the characters who heard it and kept silent, 256 at most")]
    others: Annotated[Count, Field(description="how many more heard it")] = 0
    argument: Annotated[str | None, Field(description="it was said into this one, whose next turn answers it")] = None
    reason: str


class Cancel(Request):
    """Takes a request back, which still gets its last message: section 8 says which."""

    type: Literal["cancel"] = "cancel"
    target: Annotated[RequestId, Field(description="the id of the request to cancel")]


class Heard(Request):
    """Says that a reply was really spoken. Only what was heard, and in time, enters anybody's memory.

    May be sent again with a larger `upto` as more is spoken; a smaller one takes nothing back. Answered by `done`.
    """

    type: Literal["heard"] = "heard"
    world: WorldId
    reply: str
    upto: Annotated[
        Count | None, Field(description="sentences spoken so far, at most those that came; absent: all of these")
    ] = None


class Why(Request):
    """Asks what a character was told and knew for a reply (capability `why`)."""

    type: Literal["why"] = "why"
    last: ClassVar[tuple[str, ...]] = ("why.report",)
    capability: ClassVar[str] = "why"
    world: WorldId
    reply: str


class WhyReport(Final):
    """Answers `why`."""

    type: Literal["why.report"] = "why.report"
    reply: str
    intent: Annotated[str, Field(description="how the line was understood")]
    move: Annotated[str, Field(description="what the character chose to do")]
    facts: Annotated[list[str], Field(description="what it was given to say")]
    knew: Annotated[list[dict[str, Any]], Field(description="what recall weighed: text, source, score")]
    profile: Annotated[str, Field(description="what the model is given and trusted with, in words")] = ""
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
