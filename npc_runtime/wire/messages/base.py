"""What all messages have in common, and the kinds of values in them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from npc_runtime import emotions

PROTOCOL_VERSION = "1.0"
"""Majors compare, minors do not."""

ENTITY_PATTERN = r"^((npc|player|place|item):)?[^\s:<>{}|\x00-\x1f]([^\t\n<>{}|\x00-\x1f]{0,62}[^\s<>{}|\x00-\x1f])?$"
WORLD_PATTERN = r"^[^\x00-\x1f/\\]{1,64}$"
SAVE_PATTERN = r"^[^\x00-\x1f\x7f]{1,128}$"

# A title makes a type a shared definition of the schemas: the same there for all who use it.
RequestId = Annotated[
    str, Field(title="RequestId", min_length=1, max_length=64, description="chosen by the client, unique in a session")
]
EntityId = Annotated[str, Field(title="EntityId", pattern=ENTITY_PATTERN)]
Somebody = Annotated[str | None, BeforeValidator(lambda id: id or None), Field(description="an id; nil: nobody")]
"""Whoever it was, if anybody: within this program nobody is an empty string."""
WorldId = Annotated[str, Field(title="WorldId", pattern=WORLD_PATTERN)]
SaveName = Annotated[str, Field(title="SaveName", pattern=SAVE_PATTERN)]
LINE_LENGTH = 2000
Line = Annotated[str, Field(min_length=1, max_length=LINE_LENGTH, description="what is said")]
Words = Annotated[str, Field(min_length=1, max_length=240)]
DisplayName = Annotated[
    str, Field(title="DisplayName", min_length=1, max_length=64, description="any Unicode; never used to address")
]
LARGEST = 2**53 - 1
"""The largest integer in a message: every language has it, and the store can hold it."""

Hearers = Annotated[
    list[EntityId] | None,
    Field(max_length=256, description="who else hears it, wherever they are; absent: everybody at the same place"),
]

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
GameTime = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
At = Annotated[GameTime, Field(description="the game time, in seconds")]
Moment = Annotated[str, Field(description="the same in words: `day 3, evening`")]
Ago = Annotated[str, Field(description="the same as a character says it: `two days ago`")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=LARGEST)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]

PageSize = Annotated[int, Field(ge=1, le=1000, description="at most so many on a page")]
AfterNumber = Annotated[Count, Field(description="`next` of the page before; 0: the first page")]
NextNumber = Annotated[Count | None, Field(description="`after` of the page that follows; nil: this was the last")]
AfterName = Annotated[str, Field(max_length=80, description="`next` of the page before; empty: the first page")]
NextName = Annotated[str | None, Field(description="`after` of the page that follows; nil: this was the last")]
Changes = Annotated[
    list[str], Field(description="what does not fit the pack any more since that was edited, and was done about it")
]

Stream = Annotated[
    Literal["sentence", "delta", "end"],
    Field(
        title="Stream", description="how much of a reply comes before its end: sentences, runs of text too, or nothing"
    ),
]
Emotion = Annotated[emotions.Emotion, Field(title="Emotion")]
Source = Annotated[Literal["model", "fallback", "bark"], Field(title="ReplySource")]
REPLY = ("reply.start", "reply.delta", "reply.sentence", "reply.action")
TURNS = ("scene.turn", *REPLY, "reply.end")
FinishReason = Annotated[Literal["stop", "length", "cancelled", "deadline", "error"], Field(title="FinishReason")]


class Part(BaseModel):
    """What stands inside a message."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, populate_by_name=True)


class Given(Part):
    """What a client gives: nil is as good as leaving out whatever may be left out."""

    @model_validator(mode="before")
    @classmethod
    def _leave_out(cls, values: Any) -> Any:
        if not isinstance(values, dict) or None not in values.values():
            return values
        needed = {field.alias or name for name, field in cls.model_fields.items() if field.is_required()}
        return {name: value for name, value in values.items() if value is not None or name in needed}


class Body(Part):
    """What all messages have in common."""

    type: str


class Request(Given, Body):
    """From client to daemon."""

    before: ClassVar[tuple[str, ...]] = ()
    """Types of what may come because of it before the last message."""
    last: ClassVar[tuple[str, ...]] = ("done",)
    """Types of the last message, where it is no `error`."""
    capability: ClassVar[str] = ""
    """Which a client names in `hello` to make it; empty: none."""
    deed: ClassVar[bool] = False
    """Asked twice it would happen twice, so it is not sent again where a lost session may have done it."""
    id: RequestId


class Response(Body):
    """From daemon to client, because of a request."""

    re: str


class Final(Response):
    """The last message for a request, wherever `last` is true."""

    last: Annotated[bool, Field(description="nothing more comes for this request")] = True
    # A list as default is copied deep for each message.
    warnings: Annotated[list[str], Field(description="fields of the request that it has not: mistyped, or too new")] = (
        Field(default_factory=list, json_schema_extra={"default": []})
    )


class Written(Final):
    """Answers a request that changed something."""

    kept: Annotated[
        bool, Field(description="false: it is done, and not on disk yet; `memory` of `health.report` says why")
    ] = True


class Event(Body):
    """From daemon to observers: the events socket, and sessions that subscribed."""

    world: WorldId
