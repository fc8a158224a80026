"""Many creatures at once, and how like each other they sound."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from npc_runtime.persona.bestiary import bundled
from npc_runtime.persona.creature import generate
from npc_runtime.persona.model import Persona

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


def homes() -> list[tuple[str, str]]:
    """Every (species, biome) that goes together."""
    book = bundled()
    return [(species, biome) for species in sorted(book.species) for biome in book.species[species].lives]


def many(count: int) -> list[Persona]:
    """Creatures of one world, of all species and biomes by turns."""
    pairs, found, taken = homes(), list[Persona](), set[str]()
    for seed in range(count):
        species, biome = pairs[seed % len(pairs)]
        found.append(generate(biome, species, seed, taken_names=taken))
        taken.add(found[-1].name)
    return found


def similarities(creatures: Sequence[Persona]) -> dict[tuple[int, int], float]:
    """Jaccard similarity, by pair, of the sets of words in voice lines and barks."""
    bits: dict[str, int] = {}
    masks = []
    for creature in creatures:
        lines = [*creature.voice, *(line for lines in creature.barks.values() for line in lines)]
        words = set(_WORD.findall(" ".join(lines).lower()))
        masks.append(sum(1 << bits.setdefault(word, len(bits)) for word in sorted(words)))
    sizes = [mask.bit_count() for mask in masks]
    found = {}
    for one, other in combinations(range(len(masks)), 2):
        shared = (masks[one] & masks[other]).bit_count()
        found[one, other] = shared / (sizes[one] + sizes[other] - shared)
    return found
