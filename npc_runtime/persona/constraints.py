"""What a game may ask of a creature that is generated, and complaints about what cannot be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from npc_runtime.errors import Invalid, not_found
from npc_runtime.persona.bestiary import Bestiary, Species
from npc_runtime.persona.model import MOODS, TRAITS

MAX_TRAITS = 4
MAX_WANT = 240  # characters

STANCES: Mapping[str, str] = {"friendly": "warm", "hostile": "hostile"}
"""A stance that a game may ask for, and the feeling toward strangers that it means."""


@dataclass(frozen=True)
class Constraints:
    """What the game asks of a creature; what it leaves open is drawn."""

    traits: Sequence[str] = ()  # of TRAITS, up to four
    mood: str | None = None  # of MOODS
    stance: str | None = None  # of STANCES
    size: str | None = None  # of SIZES, as far as the species has it
    role: str | None = None  # a calling of the species: "rag-picker" or "goblin rag-picker"
    must_want: Sequence[str] = ()  # sentences: "You want the silver key."


def check(asked: Constraints, species: str, book: Bestiary) -> None:
    """Raises Invalid for what no creature of the species can be, naming it and what there is."""
    found = book.species[species]
    for trait in asked.traits:
        if trait not in TRAITS:
            raise unknown("trait", trait, TRAITS)
    if len(set(asked.traits)) > MAX_TRAITS:
        raise Invalid(f"{len(set(asked.traits))} traits are too many", hint=f"a creature has up to {MAX_TRAITS}")
    if clash := clash_of(book, asked.traits):
        raise Invalid(f"a creature cannot be {clash[0]} and {clash[1]}", hint="ask for one of the two")
    if asked.mood is not None and asked.mood not in MOODS:
        raise unknown("mood", asked.mood, MOODS)
    if asked.stance is not None and asked.stance not in STANCES:
        raise unknown("stance", asked.stance, STANCES)
    if asked.size is not None and asked.size not in found.sizes:
        raise unknown("size", asked.size, found.sizes, f'the species "{species}"')
    if asked.role is not None and calling_of(found, asked.role) is None:
        raise unknown("role", asked.role, found.callings, f'the species "{species}"')
    for want in asked.must_want:
        if not want.startswith("You ") or not 8 <= len(want.strip()) <= MAX_WANT:
            raise Invalid(
                f'"{want[:60]}" is not a want',
                hint=f'write 8 to {MAX_WANT} characters: "You want the silver key."',
            )


def unknown(kind: str, name: str, known: Iterable[str], where: str = "") -> Invalid:
    """An `Invalid` that lists what there is and guesses what was meant."""
    fault = not_found(kind, name, known, where=where)
    return Invalid(fault.message, hint=fault.hint)


def calling_of(species: Species, role: str | None) -> str | None:
    """The calling that a role names, with the name of the species before it or without."""
    return next((name for name in species.callings if role in (name, f"{species.name} {name}")), None)


def clash_of(book: Bestiary, traits: Collection[str]) -> list[str]:
    """The first pair of traits that shut each other out, or nothing."""
    return next(([*pair] for pair in book.opposites if all(trait in traits for trait in pair)), [])
