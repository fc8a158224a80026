"""How a half-typed line may go on in this village."""

from __future__ import annotations

from demo import creatures
from demo.commands import (
    ANYBODY,
    CREATURE,
    EVENT,
    LESSON,
    PERSON,
    PLACE,
    RECALL,
    SAVE,
    WEATHER,
    WEATHERS,
    complete,
)
from demo.village import Village
from npc_runtime.world.entity import bare


def completed(village: Village, line: str) -> str | None:
    """The typed line, completed as far as it is clear; None where nothing fits."""
    places, people = list(map(bare, village.places)), list(map(bare, village.names))
    known = {PLACE: places, EVENT: places, SAVE: village.saves, WEATHER: WEATHERS, CREATURE: creatures.words()}
    known |= dict.fromkeys((PERSON, ANYBODY, RECALL, LESSON), people)
    return complete(line, village.names.values(), known)
