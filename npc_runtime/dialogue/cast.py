"""The characters of one world: those of its pack, those that the game defined, and the creatures born in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from npc_runtime.errors import PackError, StorageError
from npc_runtime.memory.naming import Naming
from npc_runtime.persona.born import Born
from npc_runtime.persona.defined import NOTHING, Definitions
from npc_runtime.persona.model import Pack, Persona, Relation, Village
from npc_runtime.world.perception import adjacency
from npc_runtime.world.records import broken

BORN = "born/npc:"
DEFINED = "defined/"


class Cast:
    """Who can be brought to life in a world. `pack` is the pack as this world has it: with those born here in it."""

    def __init__(self, pack: Pack | None, definitions: Definitions = NOTHING) -> None:
        """`pack` None: there is none, and the village is defined. Raises PackError for definitions with mistakes."""
        self._base = pack
        self.definitions = definitions
        self.pack = self._written = definitions.added_to(pack) if definitions or pack is None else pack
        self._born: dict[str, Born] = {}  # by id
        self._expected: dict[str, str] = {}  # names by id, of those whose words are still being written

    def anew(self, records: Mapping[str, Any]) -> Cast:
        """The same pack, with what these records have defined and those born in them. Raises StorageError."""
        try:
            found = Cast(self._base, defined(records))
        except PackError as error:
            raise StorageError(f"what a game defined does not fit any more: {error.message}", hint=error.hint) from None
        found.load(records)
        return found

    @property
    def original(self) -> Pack:
        """The pack as its author wrote it."""
        return self._written

    @property
    def written(self) -> list[Persona]:
        """Those whom the author wrote."""
        return list(self._written.personas.values())

    @property
    def names(self) -> dict[str, str]:
        """The names of all, and of those that are expected, by id."""
        return {id: persona.name for id, persona in self.pack.personas.items()} | self._expected

    def define(self, definitions: Definitions) -> dict[str, Any]:
        """What the game defines; gives the records to keep. Raises PackError, and changes nothing then."""
        written = definitions.added_to(self._base)
        before = _defined(self.definitions)
        self.definitions, self._written = definitions, written
        self._take(self._born)
        return {key: record for key, record in _defined(definitions).items() if before.get(key) != record}

    def load(self, records: Mapping[str, Any]) -> None:
        """Replaces those born here by those that were kept. Raises StorageError, naming the record."""
        found = {}
        for key, record in records.items():
            if key.startswith(BORN):
                try:
                    found[key.removeprefix(BORN)] = Born.model_validate(record)
                except ValidationError as error:
                    problem = error.errors()[0]
                    raise broken(key, f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None
        self._take(found)

    def state(self) -> dict[str, Any]:
        """All who were defined or born here, as records by key."""
        return _defined(self.definitions) | dict(map(_record, self._born.values()))

    @contextlib.contextmanager
    def expecting(self, born: Born) -> Iterator[None]:
        """Keeps a name and an id for somebody who is on the way."""
        id = born.persona.id
        self._expected[id] = born.persona.name
        try:
            yield
        finally:
            del self._expected[id]

    def add(self, born: Born) -> dict[str, Any]:
        """Somebody is born; gives the record to keep."""
        self._take({**self._born, born.persona.id: born})
        return dict([_record(born)])

    def forget(self, naming: Naming) -> None:
        """Takes out every sentence that names somebody."""
        self._take({id: _without(born, naming) for id, born in self._born.items()})

    def _take(self, born: dict[str, Born]) -> None:
        """Puts those born here among those of the pack, who know of them."""
        self._born = born
        personas = {**{id: each.persona for id, each in born.items()}, **self._written.personas}
        for id, each in born.items():
            for other, relation in each.met.items():
                if other in personas:
                    known = personas[other]
                    relations = {**known.relations, id: known.relations.get(id, relation)}
                    personas[other] = known.model_copy(update={"relations": relations})
        order = dict.fromkeys((*self._written.personas, *born))
        self.pack = self._written.model_copy(update={"personas": {id: personas[id] for id in order}})


def defined(records: Mapping[str, Any]) -> Definitions:
    """What these records have defined."""
    found: dict[str, dict[str, Any]] = {"place": {}, "npc": {}}
    for key, record in records.items():
        kind, _, id = key.removeprefix(DEFINED).partition(":")
        if key.startswith(DEFINED) and kind in found:
            found[kind][id] = record
    return Definitions(records.get(f"{DEFINED}village", {}), found["place"], found["npc"])


def _defined(found: Definitions) -> dict[str, Any]:
    village = {f"{DEFINED}village": dict(found.village)} if found.village else {}
    places = {f"{DEFINED}place:{id}": dict(place) for id, place in found.places.items()}
    return {**village, **places, **{f"{DEFINED}npc:{id}": dict(data) for id, data in found.personas.items()}}


def layout(village: Village) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """The places of a village by id: what each is called, and which lie next to it."""
    names = {f"place:{place.id}": place.name for place in village.places}
    return names, adjacency({f"place:{place.id}": [f"place:{to}" for to in place.leads_to] for place in village.places})


def _record(born: Born) -> tuple[str, dict[str, Any]]:
    return BORN + born.persona.id, born.model_dump(mode="json", exclude_defaults=True)


def _without(born: Born, naming: Naming) -> Born:
    def kept(texts: list[str]) -> list[str]:
        return [text for text in texts if not naming.in_text(text)]

    def unnamed(relations: Mapping[str, Relation]) -> dict[str, Relation]:
        return {
            other: relation.model_copy(update={"why": None}) if naming.in_text(relation.why or "") else relation
            for other, relation in relations.items()
        }

    persona = born.persona
    cleaned = {
        "looks": None if naming.in_text(persona.looks or "") else persona.looks,
        "wants": kept(persona.wants),
        "facts": [fact for fact in persona.facts if not naming.in_text(fact.text)],
        "voice": kept(persona.voice),
        "relations": unnamed(persona.relations),
        "barks": {move: lines for move, found in persona.barks.items() if (lines := kept(found))},
    }
    return born.model_copy(update={"persona": persona.model_copy(update=cleaned), "met": unnamed(born.met)})
