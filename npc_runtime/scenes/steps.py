"""What a step of a scene may say, and what it may expect."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from npc_runtime.dialogue.policy import moves
from npc_runtime.emotions import Emotion
from npc_runtime.wire import messages as m

Item = TypeVar("Item")
Choices = Annotated[
    tuple[Item, ...],
    BeforeValidator(lambda value: value if isinstance(value, list) else [value]),
    Field(min_length=1),
]
"""One value, or a list of which any will do."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Short(_Strict):
    """A step that may be written as one value, such as `advance: 2d`."""

    short: ClassVar[str]  # the field that it stands for

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {cls.short: value}


class Spawn(_Strict):
    """Brings a character of the pack to life."""

    npc: m.EntityId
    at: m.EntityId | None = None


class Creature(_Strict):
    """Makes a creature that nobody wrote; later steps call it by the name in `as`."""

    called: Annotated[m.EntityId, Field(alias="as", pattern=r"^[^:]+$")]
    biome: m.Word | None = None
    species: m.Word | None = None
    at: m.EntityId | None = None
    constraints: dict[str, Any] = {}
    source: Literal["auto", "rules", "model"] = "auto"
    seed: Annotated[int, Field(ge=0)] | None = None


class Despawn(_Strict):
    """Takes a character out of the world."""

    npc: m.EntityId


class Move(_Strict):
    """Takes a player or a character to a place."""

    entity: m.EntityId
    to: m.EntityId
    name: m.DisplayName | None = None


class Offer(m.ActionOffer):
    """An action that the character may propose."""

    model_config = ConfigDict(extra="forbid")


class Say(_Strict):
    """A player says a line to a character, who answers; or to all who are there, of whom one answers, or nobody."""

    speaker: Annotated[m.EntityId, Field(alias="from")]
    to: m.EntityId | None = None
    text: m.Line
    name: m.DisplayName | None = None
    private: bool = False
    actions: list[Offer] = []
    seed: Annotated[int, Field(ge=0)] | None = None
    passing: bool = False


class AskLore(_Strict):
    """A player asks over the lore; whoever may know it answers."""

    question: m.Line
    npc: m.EntityId | None = None
    player: m.EntityId | None = None
    name: m.DisplayName | None = None
    seed: Annotated[int, Field(ge=0)] | None = None


class ArgueParty(m.ArgueParty):
    """What the scene knows better than the topic tells."""

    model_config = ConfigDict(extra="forbid")


class Argue(_Strict):
    """Characters argue, to the end; the `mediate` steps right behind it are spoken into it."""

    between: Annotated[list[m.EntityId], Field(min_length=2, max_length=8)]
    about: m.Topic = ""
    stakes: m.Share = 0.5
    parties: list[ArgueParty] = []
    max_turns: Annotated[int, Field(ge=2, le=40)] = 10
    seed: Annotated[int, Field(ge=0)] | None = None


class Mediate(_Strict):
    """Somebody speaks into the argument before it, when so many turns were heard."""

    speaker: Annotated[m.EntityId, Field(alias="from")]
    text: m.Line
    name: m.DisplayName | None = None
    after: Annotated[int, Field(ge=1, le=40)] = 1


class Encounter(_Strict):
    """Characters talk among themselves, to the end: `between`, or `a` and `b`, or some who are `at` a place."""

    between: Annotated[list[m.EntityId], Field(max_length=8)] = []
    a: m.EntityId | None = None
    b: m.EntityId | None = None
    at: m.EntityId | None = None
    about: m.EncounterTopic = ""
    max_turns: Annotated[int, Field(ge=1, le=40)] = 8
    private: bool = False
    quiet: bool | None = None
    seed: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Encounter:
        pair = [npc for npc in (self.a, self.b) if npc is not None]
        if len(pair) == 1 or sum(map(bool, (self.between, pair, self.at))) != 1:
            raise ValueError("name who meets: `a` and `b`, or `between`, or the place `at` which some do")
        return self

    @property
    def npcs(self) -> list[str]:
        """Who meets; nobody where the place decides."""
        return self.between or [npc for npc in (self.a, self.b) if npc is not None]


class Hush(_Strict):
    """Nobody of these, or at the place, chats for so many seconds; without, until `seconds: 0`."""

    npcs: list[m.EntityId] = []
    place: m.EntityId | None = None
    seconds: Annotated[float, Field(ge=0)] | None = None


class TalkBudget(_Strict):
    """What encounters may cost in this world."""

    turns_per_minute: Annotated[int, Field(ge=0, le=600)] | None = None
    cooldown: Annotated[int, Field(ge=0)] | None = None


class Set(_Strict):
    """Says what is true; null takes a fact out."""

    scope: m.EntityId = "world"
    name: str
    value: m.Value | None
    text: str = ""


class Happening(_Strict):
    """Something happens in front of witnesses, or of everybody who is there."""

    what: m.Words
    at: m.EntityId | None = None
    by: m.EntityId | None = None
    to: m.EntityId | None = None
    witnesses: list[m.EntityId] | None = None
    earshot: Annotated[int, Field(ge=0, le=8)] = 1
    noise: str = ""
    importance: m.Share = 0.5
    kind: Literal["died", "born", "arrived", "left"] | None = None


class Advance(_Short):
    """Game time passes."""

    short = "by"
    by: str | int | None = None
    to: int | None = None


class Teach(_Strict):
    """The author gives a character a memory."""

    npc: m.EntityId
    text: m.Words


class Forget(_Short):
    """Everybody forgets a player."""

    short = "player"
    player: m.EntityId


class Save(_Short):
    """Saves the world."""

    short = "save"
    save: m.SaveName


class Restore(_Short):
    """Goes back to a save."""

    short = "save"
    save: m.SaveName


class Knowledge(_Strict):
    """A character, and words that stand together in something it remembers; from whom, and through how many mouths."""

    npc: m.EntityId
    about: Annotated[str, Field(min_length=1)]
    teller: Annotated[m.EntityId | None, Field(alias="from")] = None
    depth: Annotated[int, Field(ge=0, le=3)] | None = None

    def came(self, memory: m.MemoryInfo) -> bool:
        """Whether a memory came about as it is wanted."""
        told = self.teller is None or memory.who in (self.teller, f"npc:{self.teller}")
        return told and self.depth in (None, memory.depth)


class Journal(_Strict):
    """A player, and words that stand in some note of its journal, or in none."""

    player: m.EntityId
    mentions_any: Choices[str] = ()
    mentions_none: Choices[str] = ()

    @model_validator(mode="after")
    def _wants_something(self) -> Journal:
        if not (self.mentions_any or self.mentions_none):
            raise ValueError("name `mentions_any` or `mentions_none`")
        return self


class Expect(_Strict):
    """What must hold of a reply, an argument, an encounter, or what somebody remembers.

    Each key that is named is one expectation.
    """

    source: Choices[m.Source] = ()
    emotion: Choices[Emotion] = ()
    finish: Choices[m.FinishReason] = ()
    move: Choices[moves.Move] = ()
    action: Choices[str] = ()  # a name, a whole action such as "give bread player:alex", or "none"
    mentions_any: Choices[str] = ()
    mentions_all: Choices[str] = ()
    mentions_none: Choices[str] = ()
    answered_by: Choices[m.EntityId] = ()  # or "nobody"
    outcome: Choices[Literal["concede", "compromise", "stalemate", "walk_away", "blows"]] = ()
    turns_max: Annotated[int, Field(ge=0)] | None = None
    reason: Choices[m.EncounterReason] = ()  # why an encounter ended
    news: Choices[str] = ()  # all of these words in one piece of news that somebody has from another; or "none"
    knows: Knowledge | None = None
    knows_not: Knowledge | None = None
    journal: Journal | None = None
    answers: Choices[str] = ()  # who answered over the lore: an id without its kind, or "nobody"

    @property
    def of_reply(self) -> bool:
        """Whether there must be a reply to check."""
        others = {"knows", "knows_not", "journal", "answers", "outcome", "turns_max", "reason", "news"}
        return bool(self.model_fields_set - others)

    @property
    def of_argument(self) -> bool:
        """Whether there must be an argument to check."""
        return "outcome" in self.model_fields_set

    @property
    def of_encounter(self) -> bool:
        """Whether there must be an encounter to check."""
        return bool(self.model_fields_set & {"reason", "news"})

    @property
    def of_turns(self) -> bool:
        """Whether there must be an argument or an encounter to check."""
        return "turns_max" in self.model_fields_set


Act: TypeAlias = (
    Spawn
    | Creature
    | Despawn
    | Move
    | Say
    | AskLore
    | Argue
    | Mediate
    | Encounter
    | Hush
    | TalkBudget
    | Set
    | Happening
    | Advance
    | Teach
    | Forget
    | Save
    | Restore
)
STEPS: dict[str, type[Act]] = {
    "spawn": Spawn,
    "creature": Creature,
    "despawn": Despawn,
    "move": Move,
    "say": Say,
    "ask_lore": AskLore,
    "argue": Argue,
    "mediate": Mediate,
    "encounter": Encounter,
    "hush": Hush,
    "talk_budget": TalkBudget,
    "set": Set,
    "event": Happening,
    "advance": Advance,
    "teach": Teach,
    "forget": Forget,
    "save": Save,
    "restore": Restore,
}
NESTED: dict[str, type[BaseModel]] = {
    "actions": Offer,
    "parties": ArgueParty,
    "knows": Knowledge,
    "knows_not": Knowledge,
    "journal": Journal,
}
"""What stands inside the keys of a step or an `expect`."""
