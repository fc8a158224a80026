"""A creature as its world keeps it: its persona, what it was made from, and who knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from npc_runtime.persona.model import Id, Persona, Relation, Strict

Source = Literal["rules", "model", "mixed"]


class Born(Strict):
    """A creature that was generated. The same biome, species, seed and constraints give the same one."""

    persona: Persona
    biome: Id
    species: Id
    seed: int
    met: Mapping[Id, Relation] = {}  # how those whom it has a relation to stand to it
    source: Source = "rules"  # who wrote its words: the model, the bestiary, or one some of them
