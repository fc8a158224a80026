"""What a game defines while it runs: places and characters beside those of a pack, by the same rules as in one.

A world may have no pack at all, but a village that the game names; everything in it is defined then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from npc_runtime.persona.mistakes import Mistakes, Origin
from npc_runtime.persona.model import FORMAT, Barks, Pack, Persona, Place, Village
from npc_runtime.persona.pack import read_persona
from npc_runtime.persona.resolve import Known, check_aliases, check_persona, check_village

NO_PACK = ""
"""What a world without a pack has for its name."""
Part = Mapping[str, Any]


@dataclass(frozen=True)
class Definitions:
    """As they were given, so that they are kept and read again like a pack's files. Raises PackError where read."""

    village: Part = field(default_factory=dict)  # as in pack.yaml: name, summary, language; of a world without a pack
    places: Mapping[str, Part] = field(default_factory=dict)  # by id, as in pack.yaml
    personas: Mapping[str, Part] = field(default_factory=dict)  # by id, as in personas/<id>.yaml

    def __bool__(self) -> bool:
        return bool(self.village or self.places or self.personas)

    def with_places(self, places: Mapping[str, Part]) -> Definitions:
        """With more of them, or others in their stead."""
        return replace(self, places={**self.places, **places})

    def with_personas(self, personas: Mapping[str, Part]) -> Definitions:
        """With more of them, or others in their stead."""
        return replace(self, personas={**self.personas, **personas})

    def added_to(self, pack: Pack | None) -> Pack:
        """A pack with all of it; without one, the village. Raises PackError with every mistake."""
        mistakes = Mistakes("of the game")
        base = pack or _village(self.village, mistakes)
        found = {
            id: mistakes.check(Origin("place.define").at("places", id), Place, {**place, "id": id})
            for id, place in self.places.items()
        }
        places = {**{place.id: place for place in base.village.places}, **{k: v for k, v in found.items() if v}}
        village = base.village.model_copy(update={"places": list(places.values())})
        check_village(village, Origin("place.define"), mistakes)
        origins = {id: Origin("npc.define").at("personas", id) for id in self.personas}
        written = {id: read_persona(id, origins[id], self.personas[id], base.language, mistakes) for id in origins}
        people: dict[str, Persona] = {**base.personas, **{id: one for id, one in written.items() if one is not None}}
        known = Known(village, {**people, **written}, base.lore)
        for id, one in written.items():
            if one is not None:
                check_persona(one, known, origins[id], mistakes)
        check_aliases(people, {id: origins.get(id, Origin(f"personas/{id}.yaml")) for id in people}, mistakes)
        mistakes.raise_if_any()
        return base.model_copy(update={"village": village, "personas": people})


def _village(data: Part, mistakes: Mistakes) -> Pack:
    """A pack of nobody, whose only place is the village itself. Raises PackError."""
    name = data.get("name") or "the village"
    place = {"id": "village", "name": name}
    whole = {"name": name, "summary": f"{name} is a small place.", **data, "places": [place], "format": FORMAT}
    village = mistakes.check(Origin("world.open").at("village"), Village, whole)
    mistakes.raise_if_any()
    assert village is not None, "its absence is a mistake"
    return Pack(id="defined", village=village, personas={}, lore=[], barks=Barks(lines={}))


NOTHING = Definitions()
