"""The bestiary: what creatures are composed of, as data, and loading it.

A bestiary is a folder:

    biomes.yaml          where creatures live, with the nouns that sentences take from there
    temperaments.yaml    bundles of traits, moods and ways to talk; and traits that shut each other out
    histories.yaml       what once happened to a creature
    bonds.yaml           how a creature may stand to somebody of the village
    barks.yaml           lines by move and mood, as in a pack
    species/<id>.yaml    one file per species

What becomes a fact of the creature is written as in a persona: a sentence, or its kind and a sentence behind it.
Sentences hold slots such as `{spot}`, which the generator fills; a slot that nothing fills is an error.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticKnownError

from npc_runtime.errors import clipped, not_found
from npc_runtime.persona.barks import PLACEHOLDERS
from npc_runtime.persona.mistakes import AnyModel, Mistakes, Origin
from npc_runtime.persona.model import BarkMove, Barks, Fact, Feeling, Id, KnownTrait, Mood, Name, Strict
from npc_runtime.persona.reading import Folder

Size = Literal["tiny", "small", "middling", "large", "huge"]
SIZES: tuple[str, ...] = get_args(Size)

SLOTS = ("biome", "lair", "spot", "far_spot", "weather", "beasts", "find", "address")
_MORE_SLOTS = {"barks": PLACEHOLDERS, "bonds": ("who", "name")}
_SLOT = re.compile(r"\{([^{}]*)\}")


LONGEST = 160  # characters of a sentence, which leaves room for filled slots


def _short(fact: Fact) -> Fact:
    if len(fact.text) > LONGEST:
        raise PydanticKnownError("string_too_long", {"max_length": LONGEST})
    return fact


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=LONGEST)]
Known = Annotated[Fact, AfterValidator(_short)]  # a sentence that becomes a fact of the creature
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]
Syllable = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=12)]
Texts = Annotated[list[Text], Field(min_length=2)]
Phrases = Annotated[list[Phrase], Field(min_length=2)]


class Lairs(Strict):
    """Where a creature sleeps; each reads after "You sleep"."""

    small: Phrases  # for tiny and small creatures
    large: Phrases  # for large and huge ones; those of middling size sleep near the biome's spots


class Biome(Strict):
    """A kind of country."""

    name: Phrase  # reads after "in" and "of": the marsh
    lairs: Lairs
    spots: Phrases  # places, with their article: the drowned oak
    weather: Phrases  # the fog
    beasts: Phrases  # many of them: the herons
    finds: Phrases  # things that lie about: a bog-oak comb
    facts: Annotated[list[Known], Field(min_length=2)]  # what anybody who lives there knows: You know ...
    company: Texts  # who is near, where there is no village
    voice: Texts


class Temperament(Strict):
    """A bundle of traits that go together."""

    traits: Annotated[list[KnownTrait], Field(min_length=3)]
    moods: Annotated[list[Mood], Field(min_length=1)]
    feelings: Annotated[list[Feeling], Field(min_length=1)]  # toward strangers
    facts: Annotated[list[Known], Field(min_length=2)]
    voice: Texts


class Temperaments(Strict):
    """`temperaments.yaml`."""

    opposites: list[Annotated[list[KnownTrait], Field(min_length=2, max_length=2)]]  # never in one creature
    temperaments: dict[Id, Temperament]


class History(Strict):
    """Something that happened, and what it left behind."""

    fact: Known
    want: Text
    line: Text


class Bond(Strict):
    """How a creature stands to `{who}`, somebody of the village."""

    feeling: Feeling
    why: Text
    theirs: Text | None = None  # the same as `{who}` knows it, of the creature `{name}`; None: they have only met


class Names(Strict):
    """How the names of a species sound: a start, now and then a middle, an end."""

    starts: Annotated[list[Syllable], Field(min_length=8)]
    middles: list[Syllable]
    ends: Annotated[list[Syllable], Field(min_length=8)]
    bynames: Annotated[list[Phrase], Field(min_length=2)]  # for when every plain name is taken


class Calling(Strict):
    """What a creature of a species does with its days."""

    fact: Known
    want: Text
    line: Text


class Species(Strict):
    """One kind of creature."""

    name: Name
    lives: Annotated[list[Id], Field(min_length=1)]  # biomes
    temperaments: Annotated[list[Id], Field(min_length=2)]
    sizes: dict[Size, Phrase]  # reads after a head: "no taller than a milk churn"
    names: Names
    heads: Phrases  # a looks sentence is: HEAD SIZE, with FEATURE and FEATURE.
    features: Annotated[list[Phrase], Field(min_length=5)]
    callings: Annotated[dict[Name, Calling], Field(min_length=2)]  # its role is: NAME CALLING
    sleeps: Annotated[list[Text], Field(min_length=1)]
    habits: Annotated[list[Text], Field(min_length=4)]
    wants: Texts
    fears: Texts
    tastes: Texts
    address: Annotated[list[Phrase], Field(min_length=1)]  # what it calls strangers
    openers: Phrases  # tics before a line
    closers: Phrases  # tics after a line
    voice: Annotated[list[Text], Field(min_length=6)]
    bonds: list[Bond]
    barks: dict[BarkMove, Texts]


class Bestiary(Strict):
    """A loaded bestiary; every id that it names exists."""

    biomes: dict[Id, Biome]
    temperaments: dict[Id, Temperament]
    opposites: list[list[KnownTrait]]
    histories: list[History]
    bonds: list[Bond]
    barks: Barks
    species: dict[Id, Species]

    def living_in(self, biome: str) -> list[str]:
        """The species that live in a biome, by id."""
        return sorted(species for species, found in self.species.items() if biome in found.lives)


class _Biomes(Strict):
    biomes: dict[Id, Biome]


class _Histories(Strict):
    histories: Annotated[list[History], Field(min_length=2)]


class _Bonds(Strict):
    bonds: Annotated[list[Bond], Field(min_length=2)]


_PACKAGE = Path(__file__).resolve().parents[1]
_BUNDLED = (_PACKAGE / "personas" / "bestiary", _PACKAGE.parent / "personas" / "bestiary")  # in a wheel, in a checkout


@functools.cache
def bundled() -> Bestiary:
    """The bestiary that comes with the package; read once."""
    return load_bestiary(next((folder for folder in _BUNDLED if folder.is_dir()), _BUNDLED[0]))


def load_bestiary(folder: Path) -> Bestiary:
    """The bestiary in `folder`. Raises PackError listing every mistake with file, key and what is allowed; NotFound."""
    if not folder.is_dir():
        raise not_found("bestiary", str(folder), [])
    mistakes = Mistakes(str(folder))
    files = Folder(folder, mistakes)
    biomes = _read(files, "biomes.yaml", _Biomes, mistakes, under="biomes")
    tempers = _read(files, "temperaments.yaml", Temperaments, mistakes)
    histories = _read(files, "histories.yaml", _Histories, mistakes, under="histories")
    bonds = _read(files, "bonds.yaml", _Bonds, mistakes, under="bonds")
    barks = _read(files, "barks.yaml", Barks, mistakes, under="lines")
    species = {}
    for kind, name in files.members("species", ".yaml"):
        found = _read(files, name, Species, mistakes)
        if found is not None:
            species[kind] = found
    if not species:
        mistakes.add(Origin("species"), "there is no species; write species/<id>.yaml")
    for name, found in species.items():
        origin = Origin(f"species/{name}.yaml")
        mistakes.unknown(origin.at("lives"), "biome", found.lives, biomes.biomes if biomes else ())
        known = tempers.temperaments if tempers else ()
        mistakes.unknown(origin.at("temperaments"), "temperament", found.temperaments, known)
    mistakes.raise_if_any()
    if biomes is None or tempers is None or histories is None or bonds is None or barks is None:
        raise AssertionError("a file that gave no data left no mistake")
    return Bestiary(
        biomes=biomes.biomes,
        temperaments=tempers.temperaments,
        opposites=tempers.opposites,
        histories=histories.histories,
        bonds=bonds.bonds,
        barks=barks,
        species=species,
    )


def _read(files: Folder, name: str, model: type[AnyModel], mistakes: Mistakes, *, under: str = "") -> AnyModel | None:
    """A file as a model, its slots checked; `under` is the key that the author does not write."""
    origin, data = files.yaml(name)
    if data is None:
        return None
    found = mistakes.check(origin, model, {under: data} if under else data, unwrap=1 if under else 0)
    if found is not None:
        for key, text in _texts(found.model_dump(exclude_unset=True)):
            here = key[1:] if under else key
            _check_slots(text, origin.at(*here), _slots((PurePath(name).stem, *here)), mistakes)
    return found


def _texts(data: object, key: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text in nested data, with the path of keys that leads to it."""
    if isinstance(data, str):
        yield key, data
    elif isinstance(data, Mapping):
        for name, value in data.items():
            yield from _texts(value, (*key, name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(value, (*key, index))


def _slots(path: Iterable[str | int]) -> tuple[str, ...]:
    """The slots that are filled in the sentences of a place in the bestiary."""
    return (*SLOTS, *(slot for part, more in _MORE_SLOTS.items() if part in path for slot in more))


def _check_slots(text: str, origin: Origin, allowed: Iterable[str], mistakes: Mistakes) -> None:
    names = [f"{{{name}}}" for name in allowed]
    for word in _SLOT.findall(text):
        if f"{{{word}}}" not in names:
            mistakes.add(origin, f"{{{clipped(word)}}} is never filled in", f"{{{word}}}", names)
