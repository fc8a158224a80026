"""Creatures: characters that nobody wrote, made when a game wants to meet one."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from npc_runtime.wire.messages.base import EntityId, Given, Part, Request, Seed, Words, WorldId, Written
from npc_runtime.wire.messages.npc import NpcInfo

Word = Annotated[str, Field(min_length=1, max_length=64)]
Sentences = list[str]


class CreatureConstraints(Given):
    """What a creature must be like; what is left out is drawn. A key that is not here is refused, and named."""

    model_config = ConfigDict(extra="allow")
    traits: Annotated[list[Word], Field(max_length=16, description="up to four traits of a persona")] = []
    mood: Annotated[Word | None, Field(description="a mood of a persona")] = None
    stance: Annotated[Word | None, Field(description="`friendly` or `hostile`, toward all")] = None
    size: Annotated[Word | None, Field(description="`tiny`, `small`, `middling`, `large` or `huge`")] = None
    role: Annotated[Word | None, Field(description="what it does with its days: `rag-picker`")] = None
    must_want: Annotated[
        list[Words], Field(max_length=4, description="wants before all others: `You want the silver key.`")
    ] = []


class CreatureGenerate(Request):
    """Makes a creature: a persona of its own, with a name that nobody else has in this world, kept with the world."""

    type: Literal["creature.generate"] = "creature.generate"
    deed: ClassVar[bool] = True
    last: ClassVar[tuple[str, ...]] = ("creature.generated",)
    world: WorldId
    biome: Annotated[Word | None, Field(description="where it lives, such as `marsh`; absent: drawn")] = None
    species: Annotated[Word | None, Field(description="such as `goblin`; absent: one that lives there")] = None
    seed: Annotated[Seed | None, Field(description="the same seed in the same village: the same creature")] = None
    constraints: CreatureConstraints = CreatureConstraints()
    at: Annotated[EntityId | None, Field(description="where it is found; absent: the first place of the pack")] = None
    spawn: Annotated[bool, Field(description="false: it is born, and `npc.spawn` brings it to life later")] = True
    source: Annotated[
        Literal["auto", "rules", "model"],
        Field(description="who writes its looks, wants and sample lines; `auto`: a model that can, else the bestiary"),
    ] = "auto"
    deadline: Annotated[
        float, Field(gt=0, le=600, allow_inf_nan=False, description="seconds that a model may take")
    ] = 20.0


class BondInfo(Part):
    """How a character stands to another, as its persona says."""

    feeling: str
    why: str | None = None


class PersonaInfo(Part):
    """A persona, as a pack has it (`personas/README.md`)."""

    id: str
    name: str
    role: str
    home: str | None = None
    place: Annotated[str | None, Field(description="id of the place where it is found, without its kind")] = None
    looks: str | None = None
    traits: list[str]
    mood: str
    feeling: Annotated[str, Field(description="toward strangers")]
    wants: Sentences = []
    facts: Annotated[Sentences, Field(description="without their kinds")] = []
    voice: Annotated[Sentences, Field(description="sample lines")] = []
    knows: Annotated[list[str], Field(description="scopes of lore; a creature knows none")] = []
    relations: Annotated[dict[str, BondInfo], Field(description="by id of the other, without its kind")] = {}
    barks: Annotated[dict[str, Sentences], Field(description="by move")] = {}


class CreatureGenerated(Written):
    """Answers `creature.generate`."""

    type: Literal["creature.generated"] = "creature.generated"
    world: WorldId
    npc: EntityId
    biome: str
    species: str
    seed: Annotated[int, Field(description="the seed of the request, or the one that was drawn")]
    source: Annotated[
        Literal["rules", "model", "mixed"],
        Field(description="who wrote looks, wants and sample lines"),
    ]
    notes: Annotated[list[str], Field(description="why a model wrote nothing, or less than it was asked for")] = []
    persona: PersonaInfo
    spawned: Annotated[NpcInfo | None, Field(description="absent where it was not brought to life")] = None
