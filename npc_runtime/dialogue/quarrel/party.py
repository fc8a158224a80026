"""A party: what a character brings into an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from npc_runtime.dialogue.policy.actions import Action
from npc_runtime.memory.relations import NEUTRAL, Numbers
from npc_runtime.persona.temper import Temper, temper

Position = Literal["", "claims", "disputes", "regrets"]
"""It says that it was wronged, it says that it did no wrong, or it knows that it did; empty: as the topic has it."""


@dataclass(frozen=True)
class Complaint:
    """What a party holds against another, as `prompt.Quarrel` has it: in the second person."""

    grievance: str  # a clause without a full stop: "Tom stole your hammer"
    demand: str  # completes "You want Tom to ...": "give the hammer back"


@dataclass(frozen=True)
class Evidence:
    """A fact from the party's own memories that speaks for its side. `confidence` from 0 to 1."""

    text: str  # a sentence: "Bren saw Tom near the smithy."
    confidence: float = 1.0


@dataclass(frozen=True)
class Party:
    """One side of an argument. `toward` and `complaints` are by the id of another party."""

    id: str
    name: str
    position: Position = ""
    traits: tuple[str, ...] = ()
    mood: str = ""
    temperament: float = 0.0  # -1 slow to -- 1 quick to anger, beyond what its traits say
    toward: Mapping[str, Numbers] = field(default_factory=dict)
    complaints: Mapping[str, Complaint] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    amends: Action | None = None  # what the game does where its demand is met

    @cached_property
    def temper(self) -> Temper:
        """What traits, mood and temperament come to."""
        return temper(self.traits, self.mood, self.temperament)

    def numbers(self, other: str) -> Numbers:
        """How it stands to another party."""
        return self.toward.get(other, NEUTRAL)
