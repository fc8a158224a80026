"""Creatures generated on the spot: species x biome x temperament x history, composed by a seed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from npc_runtime.dice import Dice
from npc_runtime.errors import Invalid
from npc_runtime.persona.bestiary import SIZES, Bestiary, Bond, Species, Temperament, bundled
from npc_runtime.persona.born import Born
from npc_runtime.persona.constraints import MAX_TRAITS, STANCES, Constraints, calling_of, check, clash_of, unknown
from npc_runtime.persona.model import FEELINGS, BarkMove, Fact, Feeling, Persona, Relation
from npc_runtime.persona.naming import name_for

_NEAR = {"friendly": ("warm", "devoted"), "hostile": ("hostile", "cold")}
_MILDER: dict[Feeling, Feeling] = {"devoted": "warm", "hostile": "cold"}  # whoever did the deed feels less of it
_MET = "You have met {name} at {spot}."
_SLOT = re.compile(r"\{(\w+)\}")
_SENTENCE_START = re.compile(r"(?:^|[.!?]['\"]? )$")
_OPENED, _CLOSED = 0.35, 0.7  # of 1: a line gets a tic before it, or after it, or none

ANYTHING = Constraints()


def generate(
    biome: str | None,
    species: str | None,
    seed: int,
    constraints: Constraints = ANYTHING,
    taken_names: Iterable[str] = (),
    inhabitants: Collection[Persona] = (),
    *,
    bestiary: Bestiary | None = None,
) -> Persona:
    """The persona of a creature; see `bear`."""
    return bear(biome, species, seed, constraints, taken_names, inhabitants, bestiary=bestiary).persona


def bear(
    biome: str | None,
    species: str | None,
    seed: int,
    constraints: Constraints = ANYTHING,
    taken_names: Iterable[str] = (),
    inhabitants: Collection[Persona] = (),
    *,
    taken_ids: Iterable[str] = (),
    bestiary: Bestiary | None = None,
) -> Born:
    """A creature that lives in `biome`; with `species` None, one of those that do and can meet the constraints.

    With `biome` None, one of those where the species lives, or where there is somebody who can meet the constraints.
    The same arguments give the same creature, on every platform. Its name is none of `taken_names` and of nobody among
    `inhabitants`, one of whom it has a relation to, if there are any; its id is none of `taken_ids` and of theirs.
    Raises Invalid when what is asked for cannot be; Conflict when the species has no name left.
    """
    book = bestiary or bundled()
    if biome is None:
        biome = Dice("biome", species or "", seed).one(_somewhere(book, species, constraints))
    if biome not in book.biomes:
        raise unknown("biome", biome, book.biomes, "the bestiary")
    if species is None:
        species = Dice("species", biome, seed).one(_somebody(book, biome, constraints))
    if species not in book.species:
        raise unknown("species", species, book.species, "the bestiary")
    if biome not in book.species[species].lives:
        lives = f"it lives in {', '.join(sorted(book.species[species].lives))}"
        there = f"in {biome} there are {', '.join(book.living_in(biome))}"
        raise Invalid(f'the species "{species}" never lives in the biome "{biome}"', hint=f"{lives}; {there}")
    check(constraints, species, book)
    return _Composer(book, biome, species, seed, constraints).compose(taken_names, taken_ids, inhabitants)


class _Composer:
    """One creature on its way: what was drawn for it so far."""

    def __init__(self, book: Bestiary, biome: str, species: str, seed: int, asked: Constraints) -> None:
        self._book, self._asked, self._key = book, asked, (biome, species, seed)
        self._biome, self._species = book.biomes[biome], book.species[species]
        self._dice = Dice("creature", biome, species, seed)
        dice = self._dice.stream("draws")
        self._temperament = _temperament(book, self._species, asked, dice)
        self._history = dice.one(book.histories)
        self._calling = calling_of(self._species, asked.role) or dice.one(sorted(self._species.callings))
        sizes = {str(size): words for size, words in self._species.sizes.items()}
        self._size = asked.size or dice.one([size for size in SIZES if size in sizes])
        self._sized = sizes[self._size]
        self._mood = asked.mood or dice.one(self._temperament.moods)
        self._slots = self._draw_slots()

    def _draw_slots(self) -> dict[str, str]:
        dice, biome = self._dice.stream("slots"), self._biome
        spot, far_spot = dice.some(biome.spots, 2)
        lairs = biome.lairs.large if self._size in ("large", "huge") else biome.lairs.small
        if self._size == "middling":  # too big for a helmet, and lost in a cave
            lairs = [f"close to {spot}", f"within sight of {far_spot}"]
        return {
            "biome": biome.name, "lair": dice.one(lairs), "spot": spot, "far_spot": far_spot,
            "weather": dice.one(biome.weather), "beasts": dice.one(biome.beasts), "find": dice.one(biome.finds),
            "address": dice.one(self._species.address),
        }  # fmt: skip

    def compose(self, taken_names: Iterable[str], taken_ids: Iterable[str], inhabitants: Collection[Persona]) -> Born:
        """The creature. Raises Conflict when there is no name left for it."""
        biome, species, seed = self._key
        taken = [*taken_names, *(person.name for person in inhabitants)]
        name = name_for(self._species.names, self._dice.stream("name"), taken, self._species.name)
        feeling = STANCES.get(self._asked.stance or "") or self._dice.stream("feeling").one(self._temperament.feelings)
        relations, met = self._relations(inhabitants, name)
        persona = Persona.model_validate(
            {
                "id": _free_id(f"{species}-{name}", {*taken_ids, *(person.id for person in inhabitants)}),
                "name": name,
                "role": f"{self._species.name} {self._calling}",
                "home": self._biome.name,
                "looks": self._looks(),
                "traits": self._traits(),
                "mood": self._mood,
                "feeling": feeling,
                "wants": self._wants(),
                "facts": self._facts(alone=not inhabitants),
                "voice": self._voice(),
                "knows": [],
                "relations": relations,
                "barks": self._barks(),
            }
        )
        return Born(persona=persona, biome=biome, species=species, seed=seed, met=met)

    def _looks(self) -> str:
        dice, species = self._dice.stream("looks"), self._species
        first, second = dice.some(species.features, 2)
        return f"{dice.one(species.heads)}, {self._sized}, with {first} and with {second}."

    def _traits(self) -> list[str]:
        traits = list(dict.fromkeys(self._asked.traits))
        for trait in self._dice.stream("traits").some(self._temperament.traits, MAX_TRAITS):
            if len(traits) < 3 and trait not in traits and not clash_of(self._book, [*traits, trait]):
                traits.append(trait)
        return traits

    def _wants(self) -> list[str]:
        species, dice = self._species, self._dice.stream("wants")
        drawn = [species.callings[self._calling].want, dice.one(species.wants), self._history.want]
        return [*self._asked.must_want, *map(self._fill, drawn)]

    def _facts(self, alone: bool) -> list[Fact]:
        species, dice = self._species, self._dice.stream("facts")
        facts = [
            _plain(dice.one(species.sleeps)),
            species.callings[self._calling].fact,
            *map(_plain, dice.some(species.habits, 2)),
            self._history.fact,
            dice.one(self._biome.facts),
            dice.one(self._temperament.facts),
            _plain(dice.one(species.tastes)),
            _plain(dice.one(species.fears)),
        ]
        if alone:
            facts.append(_plain(self._dice.stream("company").one(self._biome.company)))
        return [replace(fact, text=self._fill(fact.text)) for fact in facts]

    def _voice(self) -> list[str]:
        species, dice = self._species, self._dice.stream("voice")
        own = [*dice.some(species.voice, 4), species.callings[self._calling].line]
        lent = [dice.one(self._temperament.voice), self._history.line, dice.one(self._biome.voice)]
        return [self._fill(line) for line in (*own, *self._in_manner(lent, dice))]

    def _barks(self) -> dict[BarkMove, list[str]]:
        """Lines of the species, and those of the mood as this species would say them."""
        barks: dict[BarkMove, list[str]] = {}
        for move in dict.fromkeys((*self._book.barks.lines, *self._species.barks)):
            dice = self._dice.stream(f"barks {move}")
            own = dice.some(self._species.barks.get(move, []), 2)
            moods = {str(mood): lines for mood, lines in self._book.barks.lines.get(move, {}).items()}
            lent = dice.some(moods.get(self._mood, []), 1)
            lent += dice.some(moods.get("any", []), (1 if own else 2) - len(lent))
            barks[move] = [self._fill(line) for line in (*own, *self._in_manner(lent, dice))]
        return barks

    def _in_manner(self, lines: Sequence[str], dice: Dice) -> list[str]:
        """Lines as this species would say them: some with a tic before or after, no tic twice in a row."""
        openers, closers = dice.some(self._species.openers, len(lines)), dice.some(self._species.closers, len(lines))
        said = []
        for index, line in enumerate(lines):
            chance = dice.chance()
            before = f"{openers[index % len(openers)]} " if chance < _OPENED else ""
            after = f" {closers[index % len(closers)]}" if _OPENED <= chance < _CLOSED else ""
            said.append(f"{before}{line}{after}")
        return said

    def _relations(
        self, inhabitants: Collection[Persona], name: str
    ) -> tuple[dict[str, Relation], dict[str, Relation]]:
        """How the creature stands to somebody, and how they stand to it; both by the id of that person."""
        if not inhabitants:
            return {}, {}
        dice = self._dice.stream("relation")
        person = dice.one(sorted(inhabitants, key=lambda person: person.id))
        bonds = [*self._species.bonds, *self._book.bonds]
        near = [bond for bond in bonds if bond.feeling in _NEAR.get(self._asked.stance or "", FEELINGS)]
        bond: Bond = dice.one(near or bonds)
        why = self._fill(bond.why, who=person.name, name=name)
        theirs = self._fill(bond.theirs or _MET, who=person.name, name=name)
        feeling = _MILDER.get(bond.feeling, bond.feeling)
        return {person.id: Relation(feeling=bond.feeling, why=why)}, {person.id: Relation(feeling=feeling, why=theirs)}

    def _fill(self, text: str, **people: str) -> str:
        """`text` with its slots filled, and a capital where one of ours begins a sentence."""

        def filled(found: re.Match[str]) -> str:
            if found[1] in people:
                return people[found[1]]
            words = self._slots.get(found[1], found[0])
            return words[0].upper() + words[1:] if _SENTENCE_START.search(text[: found.start()]) else words

        return _SLOT.sub(filled, text)


def _somewhere(book: Bestiary, species: str | None, asked: Constraints) -> list[str]:
    """The biomes to draw from. Raises Invalid where there is none."""
    if species is not None:
        if species not in book.species:
            raise unknown("species", species, book.species, "the bestiary")
        return sorted(book.species[species].lives)
    refusals = {name: refusal for name in book.species if (refusal := _refusal(asked, name, book))}
    able = [biome for biome in sorted(book.biomes) if any(kind not in refusals for kind in book.living_in(biome))]
    if not able:
        raise next(iter(refusals.values()))
    return able


def _somebody(book: Bestiary, biome: str, asked: Constraints) -> list[str]:
    """The species of a biome that can meet the constraints. Raises Invalid when there is none."""
    refusals = {species: _refusal(asked, species, book) for species in book.living_in(biome)}
    able = [species for species, refusal in refusals.items() if refusal is None]
    if not able:
        nobody = Invalid(f'no species lives in the biome "{biome}"', hint="add it to the `lives` of a species")
        raise next((refusal for refusal in refusals.values() if refusal), nobody)
    return able


def _refusal(asked: Constraints, species: str, book: Bestiary) -> Invalid | None:
    try:
        check(asked, species, book)
    except Invalid as refusal:
        return refusal
    return None


def _temperament(book: Bestiary, species: Species, asked: Constraints, dice: Dice) -> Temperament:
    """One of those that suit the species, and of these one that comes nearest to what is asked for."""
    near = _NEAR.get(asked.stance or "", ())

    def fit(temperament: Temperament) -> int:
        traits = sum(trait in temperament.traits for trait in asked.traits)
        return 2 * traits + (asked.mood in temperament.moods) + any(feels in near for feels in temperament.feelings)

    suited = [book.temperaments[name] for name in species.temperaments]
    best = max(map(fit, suited))
    return dice.one([temperament for temperament in suited if fit(temperament) == best])


def _plain(text: str) -> Fact:
    return Fact("fact", text)


def _free_id(name: str, taken: Collection[str]) -> str:
    """An id made of a name; a number follows it where it is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:56]
    return next(found for number in range(1, len(taken) + 2) if (found := _numbered(plain, number)) not in taken)


def _numbered(plain: str, number: int) -> str:
    return plain if number == 1 else f"{plain}-{number}"
