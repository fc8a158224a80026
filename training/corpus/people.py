"""Who speaks and who listens: the part of a card that does not depend on what is said."""

from __future__ import annotations

import random
from dataclasses import dataclass

from npc_runtime.persona.model import FEELINGS, MOODS, TRAITS
from training.corpus.flavour import TRADE_TAILS
from training.corpus.names import Names, Split


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
    """A character and a listener; trades that have words of their own come up more often."""
    names = Names(rng, split)
    name, listener = names.person(), names.person()
    while listener == name:
        listener = names.person()
    return Person(
        name=name,
        role=rng.choice(sorted(TRADE_TAILS)) if rng.random() < 0.65 else names.role(),
        home=names.place(),
        traits=tuple(rng.sample(TRAITS, rng.choice((1, 2, 2)))),
        mood=rng.choice(MOODS),
        listener="Traveller" if rng.random() < 0.03 else listener,
        feeling=rng.choice((*FEELINGS, "neutral", "neutral", "warm")),
    )
