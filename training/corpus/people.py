"""Who speaks and who listens: the part of a card that does not depend on what is said."""

from __future__ import annotations

import random
from dataclasses import dataclass

from npc_runtime.persona.model import FEELINGS, MOODS, TRAITS
from training.corpus.names import Names, Split

TRADES = (
    "alchemist", "apothecary", "astronomer", "baker", "barber", "bard", "beekeeper", "beggar", "blacksmith",
    "brewer", "butcher", "candlemaker", "captain of the guard", "carpenter", "cartwright", "charcoal burner",
    "cobbler", "cook", "cooper", "dairymaid", "dyer", "elder", "executioner", "farmer", "ferryman", "fisherman",
    "fortune teller", "gardener", "glassblower", "goatherd", "gravedigger", "guard", "healer", "herbalist",
    "hunter", "innkeeper", "jester", "jeweller", "judge", "knight", "librarian", "locksmith", "mason", "mayor",
    "merchant", "messenger", "midwife", "miller", "miner", "monk", "nun", "peddler", "potter", "priest", "ranger",
    "rope maker", "sailor", "scholar", "schoolteacher", "scribe", "servant", "shepherd", "shipwright", "smith",
    "soldier", "squire", "stable hand", "tailor", "tanner", "tax collector", "thatcher", "thief", "toymaker",
    "weaver", "wheelwright", "witch", "wizard", "woodcutter",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A character as the card shows it."""

    name: str
    role: str
    home: str
    traits: tuple[str, ...]
    mood: str
    listener: str
    feeling: str


def person(rng: random.Random, split: Split) -> Person:
    """A character and a listener; common trades come up more often."""
    names = Names(rng, split)
    name, listener = names.person(), names.person()
    while listener == name:
        listener = names.person()
    return Person(
        name=name,
        role=rng.choice(TRADES) if rng.random() < 0.65 else names.role(),
        home=names.place(),
        traits=tuple(rng.sample(TRAITS, rng.choice((1, 2, 2)))),
        mood=rng.choice(MOODS),
        listener="Traveller" if rng.random() < 0.03 else listener,
        feeling=rng.choice((*FEELINGS, "neutral", "neutral", "warm")),
    )
