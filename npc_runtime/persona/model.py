"""What an author writes about a character and a village: the schema of a pack.

A pack is a folder:

    pack.yaml            name, places, items, who knows which lore
    personas/<id>.yaml   one file per character
    lore/<scope>.md      paragraphs that everyone of that knowledge scope knows
    barks.yaml           lines by move and mood: what is said in the author's words

Unknown keys are errors: a typo in `traits` must not silently make a bland villager.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from npc_runtime.config import SamplerKind
from npc_runtime.language import languages
from npc_runtime.language.language import Language
from npc_runtime.persona import limits
from npc_runtime.persona.temper import Temper, temper

KnownTrait = Literal[
    "blunt", "boastful", "brave", "cheeky", "cunning", "curious", "dramatic", "formal",
    "gloomy", "gossipy", "greedy", "gruff", "honest", "kind", "lazy", "pious",
    "polite", "proud", "sarcastic", "scholarly", "stubborn", "superstitious", "timid", "warm-hearted",
]  # fmt: skip
Mood = Literal["calm", "cheerful", "amused", "weary", "irritated", "grieving", "nervous", "suspicious"]
Feeling = Literal["hostile", "cold", "neutral", "warm", "devoted"]
# What a character sells, needs and thinks of others, what it has from hearsay, and all the rest that it knows
FactKind = Literal["fact", "price", "need", "view", "told"]
TRAITS: tuple[str, ...] = get_args(KnownTrait)
MOODS: tuple[str, ...] = get_args(Mood)
FEELINGS: tuple[str, ...] = get_args(Feeling)
FACT_KINDS: tuple[str, ...] = get_args(FactKind)

FORMAT: Literal[2] = 2
"""The form of packs that is read here, which a pack names. Before it, the kinds of facts were guessed."""

BarkMood = Literal[Mood, "any"]
# What the character does with its turn, as dialogue has it, but in a quarrel; then `busy`: it has no time to answer;
# `any`: all the rest
BarkMove = Literal[
    "greet", "part", "introduce", "work", "place", "feel", "opinion", "chat",
    "answer", "gossip", "recall", "admit", "deflect", "ask back", "acknowledge", "doubt",
    "sell", "offer work", "agree", "refuse",
    "welcome", "thank", "forgive", "rebuff", "retort", "stand", "cower", "puzzle", "busy", "any",
]  # fmt: skip
BARK_MOVES: tuple[str, ...] = get_args(BarkMove)

Allowed = Literal["machines"]
"""What the characters of a pack may do that those of others may not. `machines`: say that they are machines."""

COMMON_SCOPE = "village"
"""The lore scope of a character whose author names none: what every villager knows."""

LANGUAGE_PATTERN = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$"
ID_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=240)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=limits.DESCRIPTION_CHARACTERS)]
Barked = Annotated[list[Sentence], Field(min_length=1, max_length=limits.BARK_LINES)]
Threshold = Annotated[float, Field(ge=-1, le=1)]
Flag = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
Condition = Annotated[
    str,
    StringConstraints(
        pattern=r"^(world/|(npc|player|place|item):[^\s:/<>=]{1,64}/)?[a-z][a-z0-9_.-]{0,63}( *= *[^=]{1,240})?$"
    ),
]


def _as_known(trait: str) -> str:
    """A known word in small letters; any other as it is."""
    return trait.lower() if trait.lower() in TRAITS else trait


ADAPTER_PATTERN = r"^([A-Za-z0-9_][A-Za-z0-9_.-]{0,63}/)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\.gguf$"
AdapterFile = Annotated[str, StringConstraints(pattern=ADAPTER_PATTERN)]
"""A file in the pack's folder, or in a folder in it."""

TRAIT_PATTERN = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029<>\[\]{}|]+$"
"""Traits stand among words of ours in a prompt: no marks in them that a model may take for the end of a text."""
Trait = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=TRAIT_PATTERN),
    AfterValidator(_as_known),
]
"""A known word, or an author's own, which a model reads and no rule counts."""


class Strict(BaseModel):
    """Frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Fact:
    """A sentence that a character knows, and its kind. Written as the sentence, or as its kind, a colon and it."""

    kind: FactKind
    text: str

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            cls._read,
            handler.generate_schema(Sentence),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.as_written),
        )

    @classmethod
    def _read(cls, value: Any, sentence: ValidatorFunctionWrapHandler) -> Fact:
        if isinstance(value, Fact):
            return value
        if not isinstance(value, Mapping):
            return cls("fact", sentence(value))
        if len(value) != 1:
            raise PydanticCustomError("fact_keys", "a fact has one kind")
        ((kind, text),) = value.items()
        if kind not in FACT_KINDS:
            raise PydanticCustomError("fact_kind", "there is no such kind of fact")
        return cls(kind, sentence(text))

    def as_written(self) -> str | dict[str, str]:
        """As a pack has it."""
        return self.text if self.kind == "fact" else {self.kind: self.text}


class Relation(Strict):
    """How one character stands to another, and why."""

    feeling: Feeling = "neutral"
    why: Sentence | None = None


class Reveal(Strict):
    """When a secret may be told to a listener: all that is named must hold at once."""

    feeling: Literal["warm", "devoted"] | None = None  # at least; toward the listener, as the numbers are
    affinity: Threshold | None = None  # at least
    trust: Threshold | None = None
    fear: Annotated[float, Field(ge=0, le=1)] | None = None
    respect: Threshold | None = None
    fact: Condition | None = None  # "name", "name=value", or either after a scope: "place:mill/closed"
    item: Id | None = None  # the listener has it: the fact "item.<id>" in the listener's scope
    told: Sentence | None = None  # somebody told the character something with all these words in it
    flag: Flag | None = None  # a fact of the world

    @model_validator(mode="after")
    def _names_something(self) -> Reveal:
        if not self.model_fields_set:
            raise ValueError("name at least one condition, or leave `reveal` out")
        return self


class Secret(Strict):
    """Something that is absent from every prompt until `reveal_to` or `reveal` holds; either will do."""

    fact: Sentence
    reveal_to: Literal["devoted", "warm", "nobody"] = "nobody"
    reveal: Reveal | None = None


class Sampling(Strict):
    """How the model's words for a character are drawn, where that is not as usual. What it decides stays as it is."""

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None  # 0: the likeliest; above 1 it rambles
    sampler: SamplerKind | None = None
    min_p: Annotated[float, Field(ge=0, le=1)] | None = None  # of the likeliest word's chance; less is never drawn
    dry: Annotated[float, Field(ge=0, le=5)] | None = None  # how much it minds saying the same again; 0: not at all


class Persona(Strict):
    """One character. Facts are sentences: third person about others, `You ...` about the character itself."""

    id: Id
    name: Name
    role: Name  # the trade, as in "smith"
    home: Name | None = None  # defaults to the name of the pack's village
    place: Id | None = None  # where the character is found when a spawn names no place
    aliases: Annotated[list[Name], Field(max_length=limits.ALIASES)] = []  # what else it is called
    looks: Sentence | None = None
    description: Text = ""  # what the author says of it, in any form
    traits: Annotated[list[Trait], Field(min_length=1, max_length=4)]  # known words, or the author's own
    mood: Mood = "calm"
    feeling: Feeling = "neutral"  # toward strangers
    wants: Annotated[list[Sentence], Field(max_length=limits.WANTS)] = []
    facts: Annotated[list[Fact], Field(max_length=limits.FACTS)] = []  # what it knows and others need not
    voice: Annotated[list[Sentence], Field(max_length=12)] = []  # sample lines
    sampling: Sampling | None = None
    # lore scopes; leave `village` out for someone new here
    knows: Annotated[list[Id], Field(max_length=limits.KNOWS)] = [COMMON_SCOPE]
    relations: Annotated[dict[Id, Relation], Field(max_length=limits.RELATIONS)] = {}
    secrets: Annotated[list[Secret], Field(max_length=limits.SECRETS)] = []
    barks: dict[BarkMove, Barked] = {}  # lines of this character's own
    adapter: AdapterFile | None = None  # what a model learned of how it speaks: a LoRA adapter as a GGUF

    @property
    def own_sampling(self) -> dict[str, Any]:
        """What its author set of the way in which its words are drawn."""
        return {} if self.sampling is None else self.sampling.model_dump(exclude_none=True)

    @property
    def statements(self) -> list[str]:
        """Its facts as sentences, of whatever kind."""
        return [fact.text for fact in self.facts]

    @property
    def temper(self) -> Temper:
        """What traits and mood come to."""
        return temper(self.traits, self.mood)


class Place(Strict):
    """Somewhere to be. Characters hear each other when they are at the same place."""

    id: Id
    name: Name  # reads after "at": "the smithy"
    looks: Sentence | None = None
    leads_to: Annotated[list[Id], Field(max_length=limits.LEADS_TO)] = []
    items: Annotated[list[Id], Field(max_length=limits.LEADS_TO)] = []  # of the village's `items`


class Lore(Strict):
    """A paragraph of Markdown lore, the scope that knows it, and the heading that it stands under."""

    scope: Id
    text: Sentence
    heading: Annotated[str, StringConstraints(max_length=240)] = ""

    @property
    def document(self) -> str:
        """The file in the pack."""
        return f"lore/{self.scope}.md"


class Village(Strict):
    """`pack.yaml`: what is true of the whole village."""

    name: Name
    summary: Sentence
    places: Annotated[list[Place], Field(min_length=1, max_length=limits.PLACES)]
    # item id -> what people call it: "a smith's hammer"
    items: Annotated[dict[Id, Name], Field(max_length=limits.ITEMS)] = {}
    # lore scope -> who knows it, in words
    scopes: Annotated[dict[Id, Sentence], Field(max_length=limits.SCOPES)] = {}
    format: Literal[2]  # FORMAT
    # the code of the language that all texts of the pack are in: de, ja, pt-BR
    language: Annotated[str, StringConstraints(pattern=LANGUAGE_PATTERN)] = "en"
    allows: Annotated[list[Allowed], Field(max_length=limits.SCOPES)] = []
    adapter: AdapterFile | None = None  # that of all who have none of their own


class Barks(Strict):
    """`barks.yaml`: move -> mood (or `any`) -> lines. What stands in braces is filled in: `barks.PLACEHOLDERS`."""

    lines: dict[BarkMove, dict[BarkMood, Barked]]


class Pack(Strict):
    """A loaded pack."""

    id: Name  # the name of its folder, or of the scene that carries it
    village: Village
    personas: dict[Id, Persona]
    lore: list[Lore]
    barks: Barks
    # where each adapter is, by the file that is named; never among its texts, since a path may hold a player's name
    adapters: Annotated[dict[str, str], Field(exclude=True)] = {}

    def adapter(self, persona: Persona) -> str:
        """Where the adapter of a character is; empty where there is none."""
        return self.adapters.get(persona.adapter or self.village.adapter or "", "")

    @property
    def language(self) -> Language:
        """The language that it is written in."""
        return languages.of(self.village.language)

    @property
    def machines(self) -> bool:
        """Whether its characters may say that they are machines."""
        return "machines" in self.village.allows
