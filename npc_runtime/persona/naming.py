"""Names of creatures: how a species sounds, and no name twice in one world."""

from __future__ import annotations

import re
from collections.abc import Iterable

from npc_runtime.dice import Dice
from npc_runtime.errors import Conflict
from npc_runtime.persona.bestiary import Names

MIDDLE_CHANCE = 0.35
_TRIES = 40  # draws before every name is looked through in turn
_THRICE = re.compile(r"(.)\1\1", re.IGNORECASE)


def name_for(names: Names, dice: Dice, taken: Iterable[str], kind: str) -> str:
    """A name that sounds like its kind and is not `taken`, whatever the case of letters; a byname when it must be.

    Raises Conflict when every name with every byname is taken.
    """
    given = {name.strip().casefold() for name in taken}
    for _ in range(_TRIES):
        name = _join(dice.one(names.starts), _middle(names, dice), dice.one(names.ends))
        if name.casefold() not in given:
            return name
    plain = [
        _join(start, middle, end) for start in names.starts for middle in ("", *names.middles) for end in names.ends
    ]
    for byname in ("", *names.bynames):
        free = [name for name in (f"{first} {byname}".strip() for first in plain) if name.casefold() not in given]
        if free:
            return dice.one(free)
    raise Conflict(
        f"every name of a {kind} is taken", hint="take fewer of this species, or add syllables to its `names`"
    )


def _middle(names: Names, dice: Dice) -> str:
    return dice.one(names.middles) if names.middles and dice.chance() < MIDDLE_CHANCE else ""


def _join(start: str, middle: str, end: str) -> str:
    """One word; a letter stands at most twice in a row."""
    return _THRICE.sub(r"\1\1", f"{start}{middle}{end}")
