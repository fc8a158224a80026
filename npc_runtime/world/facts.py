"""World facts: named values that the game sets, of the whole world, of a place or of an entity.

Well-known names, which the runtime itself reads:

    weather    of the world or of a place: "rain", "snow", "clear", ... (world/now.py); a place's own comes first

Every other name is the author's: conditions of secrets and flags of quests read them.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from npc_runtime.errors import Invalid, not_found
from npc_runtime.world.records import broken, field
from npc_runtime.world.sentence import LIMIT, sentence

WORLD = "world"
"""The scope of what is true everywhere; the others are ids: `place:mill`, `npc:mira`, `player:alex`, `item:lamp`."""
WEATHER = "weather"

FactValue: TypeAlias = str | int | float | bool

_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Fact:
    """A named value; `text` says it in words for a prompt, where the author wrote it so."""

    scope: str
    name: str
    value: FactValue
    text: str = ""  # a sentence: "The bridge at Elmford is closed."

    @property
    def key(self) -> str:
        """Its record's key."""
        return f"fact/{self.scope}/{self.name}"

    def as_record(self) -> dict[str, FactValue]:
        """For the store; `from_record` reads it."""
        return {"value": self.value, "text": self.text}

    @classmethod
    def from_record(cls, key: str, record: object) -> Fact:
        """Raises StorageError, naming the key."""
        scope, _, name = key.removeprefix("fact/").rpartition("/")
        if scope != WORLD and ":" not in scope:
            raise broken(key, f'"{scope}" is no scope')
        value = field(key, record, "value", str, int, float, bool)
        text = field(key, record, "text", str)
        try:
            return fact(scope, name, value, text)
        except Invalid as error:
            raise broken(key, error.message) from error


def fact(scope: str, name: str, value: FactValue, text: str = "") -> Fact:
    """A fact whose name, value and text are in order. Raises Invalid."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            f'"{name:.80}" is no name for a fact',
            hint="small letters, digits, `_`, `.` and `-`, a letter first, at most 64: bridge.closed",
        )
    if not isinstance(value, str | int | float):
        raise Invalid(f"the fact {name} cannot be {value!r:.60}", hint="a text, a number, true or false")
    if isinstance(value, str) and len(value) > LIMIT:
        raise Invalid(f"the fact {name} has {len(value)} characters", hint=f"at most {LIMIT}")
    if isinstance(value, float) and not math.isfinite(value):
        raise Invalid(f"the fact {name} cannot be {value}", hint="a number that is one")
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise Invalid(f"the fact {name} is too large a number", hint="at most 64 bits")
    return Fact(scope, name, value, sentence(text, "text") if text else "")


class Facts:
    """All facts of a world. Scopes are taken as given: `World.scope` checks them."""

    def __init__(self) -> None:
        self._facts: dict[str, dict[str, Fact]] = {}  # scope -> name -> fact
        self._sorted: dict[str, list[str]] = {}  # scope -> names, where they were asked for since the last new one

    def __iter__(self) -> Iterator[Fact]:
        for named in self._facts.values():
            yield from named.values()

    def set(self, scope: str, name: str, value: FactValue, text: str = "") -> Fact:
        """Sets a fact, in place of the one there was. Raises Invalid."""
        return self.put(fact(scope, name, value, text))

    def put(self, fact: Fact) -> Fact:
        """Takes a fact in, in place of the one there was."""
        named = self._facts.setdefault(fact.scope, {})
        if fact.name not in named:
            self._sorted.pop(fact.scope, None)
        named[fact.name] = fact
        return fact

    def get(self, scope: str, name: str) -> Fact | None:
        """A fact, if it is set."""
        return self._facts.get(scope, {}).get(name)

    def delete(self, scope: str, name: str) -> Fact:
        """Takes a fact away. Raises NotFound, listing those of the scope."""
        named = self._facts.get(scope, {})
        if name not in named:
            raise not_found("fact", name, named, where=f'the scope "{scope}"')
        gone = named.pop(name)
        self._sorted.pop(scope, None)
        if not named:
            del self._facts[scope]
        return gone

    def names(self, scope: str) -> list[str]:
        """What the facts of a scope are called, in order."""
        if scope not in self._sorted:
            self._sorted[scope] = sorted(self._facts.get(scope, ()))
        return self._sorted[scope]

    def of(self, scope: str, after: str = "", limit: int | None = None) -> list[Fact]:
        """The facts of a scope by name, from the one behind `after` on; all of them without a `limit`."""
        names, named = self.names(scope), self._facts.get(scope, {})
        start = bisect_right(names, after) if after else 0
        return [named[name] for name in names[start : None if limit is None else start + limit]]
