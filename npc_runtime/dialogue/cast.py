"""The characters of one world: those of its pack, and the creatures that were born in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from npc_runtime.memory.naming import Naming
from npc_runtime.persona.born import Born
from npc_runtime.persona.model import Pack, Persona, Relation
from npc_runtime.world.records import broken

BORN = "born/npc:"


class Cast:
    """Who can be brought to life in a world. `pack` is the pack as this world has it: with those born here in it."""

    def __init__(self, pack: Pack) -> None:
        self.pack = self._written = pack
        self._born: dict[str, Born] = {}  # by id
        self._expected: dict[str, str] = {}  # names by id, of those whose words are still being written

    def anew(self) -> Cast:
        """The same pack, with nobody born yet."""
        return Cast(self._written)

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
        """All who were born here, as records by key."""
        return dict(map(_record, self._born.values()))

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
