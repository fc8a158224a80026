"""The core of a reply becomes a line of this character: its traits, mood, trade and feelings made audible."""

from __future__ import annotations

import random

from npc_runtime.dialogue.policy.moves import QUARREL_MOVES, Move
from training.corpus import flavour
from training.corpus.expand import expand
from training.corpus.people import Person

_LONG = 22  # words; a core of this length says enough on its own
_HEARTLESS = frozenset({Move.COWER, Move.STAND, Move.RETORT, Move.OPINION, Move.FORGIVE, Move.REBUFF})
"""Moves that say by themselves how the listener is regarded."""


def _lead(rng: random.Random, person: Person, move: Move) -> str:
    kind = rng.choices(("trait", "mood", "feeling"), (5, 5, 0 if move in _HEARTLESS else 1.5))[0]
    if kind == "trait":
        return rng.choice(flavour.TRAIT_LEADS[rng.choice(person.traits)])
    if kind == "mood":
        return rng.choice(flavour.MOOD_LEADS[person.mood])
    return rng.choice(flavour.FEELING_LEADS[person.feeling])


def _tail(rng: random.Random, person: Person, move: Move) -> str:
    trade = 6 if person.role in flavour.TRADE_TAILS else 0
    weights = (5, 3, trade, 0 if move in _HEARTLESS else 1)
    kind = rng.choices(("trait", "mood", "trade", "feeling"), weights)[0]
    if kind == "trait":
        return rng.choice(flavour.TRAIT_TAILS[rng.choice(person.traits)])
    if kind == "mood":
        return rng.choice(flavour.MOOD_TAILS[person.mood])
    if kind == "trade":
        return rng.choice(flavour.TRADE_TAILS[person.role])
    return rng.choice(flavour.FEELING_TAILS[person.feeling])


def voiced(rng: random.Random, person: Person, move: Move, core: str, plain: float = 0.12) -> str:
    """`core` with at most a lead and a tail; `plain` is the chance of neither."""
    if move in QUARREL_MOVES:
        # The heat is audible in the core; only the traits add to it.
        if rng.random() < 0.72:
            return core
        bank = flavour.TRAIT_LEADS if rng.random() < 0.5 else flavour.TRAIT_TAILS
        extra = expand(rng, rng.choice(bank[rng.choice(person.traits)]), {"listener": person.listener})
        return f"{extra} {core}" if bank is flavour.TRAIT_LEADS else f"{core} {extra}"
    if len(core.split()) > _LONG:
        plain = max(plain, 0.5)
    shape = rng.random()
    if shape < plain:
        return core
    values = {"listener": person.listener}
    lead = tail = ""
    if shape > 0.75 and len(core.split()) < 12:
        lead, tail = _lead(rng, person, move), _tail(rng, person, move)
    elif rng.random() < 0.55:
        lead = _lead(rng, person, move)
    else:
        tail = _tail(rng, person, move)
    lead, tail = expand(rng, lead, values), expand(rng, tail, values)
    if person.listener in core:
        lead, tail = ("" if person.listener in extra else extra for extra in (lead, tail))
    return " ".join(part for part in (lead, core, tail) if part)
