"""How one character stands to somebody else: four numbers, the reasons that moved them, and how time heals.

Directed: what Mira feels toward Tom says nothing of what Tom feels toward Mira. Every number drifts back to where the
character's temperament has it, each at its own pace, in game time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from npc_runtime.errors import StorageError

DAY = 86_400.0
REASONS_KEPT = 8
LEVEL = 0.4  # of affinity between one feeling and the next
_DULL = 1 / 3  # less of a level than this changes no feeling


@dataclass(frozen=True)
class Numbers:
    """Affinity, trust and respect from -1 to 1; fear from 0 to 1."""

    affinity: float = 0.0
    trust: float = 0.0
    fear: float = 0.0
    respect: float = 0.0

    def moved(self, by: Numbers) -> Numbers:
        """The sum, kept within bounds."""
        return Numbers(*(_bounded(name, getattr(self, name) + getattr(by, name)) for name in NAMES))

    def toward(self, rest: Numbers, seconds: float) -> Numbers:
        """What is left after some game time: each number halves its distance to `rest` every so often."""

        def drifted(name: str) -> float:
            here, there = float(getattr(self, name)), float(getattr(rest, name))
            left: float = 0.5 ** (max(0.0, seconds) / (_HALF_LIFE_DAYS[name] * DAY))
            return there + (here - there) * left

        return Numbers(*map(drifted, NAMES))


NEUTRAL = Numbers()
NAMES: tuple[str, ...] = tuple(field.name for field in fields(Numbers))
_HALF_LIFE_DAYS = {"affinity": 14.0, "trust": 21.0, "fear": 5.0, "respect": 30.0}


@dataclass(frozen=True)
class Reason:
    """Something that moved a relation, and when."""

    text: str  # in words, from the character's side: "Alex insulted you."
    at: int  # game time, seconds
    by: Numbers


@dataclass(frozen=True)
class Relation:
    """Where one character stands with another; `rest` is where its temperament would have it."""

    rest: Numbers
    numbers: Numbers
    at: int = 0  # the game time of the numbers
    reasons: tuple[Reason, ...] = ()  # latest last

    @classmethod
    def begin(cls, rest: Numbers) -> Relation:
        """A relation that nothing has moved yet."""
        return cls(rest, rest)

    def now(self, at: int) -> Numbers:
        """The numbers at a game time."""
        return self.numbers.toward(self.rest, at - self.at)

    def move(self, by: Numbers, text: str, at: int) -> Relation:
        """The relation after something happened."""
        reasons = (*self.reasons, Reason(text, at, by))[-REASONS_KEPT:]
        return Relation(self.rest, self.now(at).moved(by), at, reasons)

    def as_record(self) -> dict[str, Any]:
        """As JSON; `rest` is not kept, because the author may change it."""
        return {
            "numbers": [round(getattr(self.numbers, name), 4) for name in NAMES],
            "at": self.at,
            "reasons": [
                {"text": reason.text, "at": reason.at, "by": [getattr(reason.by, name) for name in NAMES]}
                for reason in self.reasons
            ],
        }

    @classmethod
    def from_record(cls, rest: Numbers, record: Mapping[str, Any]) -> Relation:
        """The reverse of `as_record`. Raises StorageError."""
        try:
            reasons = (Reason(str(r["text"]), int(r["at"]), Numbers(*map(float, r["by"]))) for r in record["reasons"])
            return cls(rest, Numbers(*map(float, record["numbers"])), int(record["at"]), tuple(reasons))
        except (KeyError, TypeError, ValueError) as error:
            raise StorageError(f"a relation in the memory cannot be read: {error!r}") from None


def steps(numbers: Numbers) -> int:
    """Affinity in steps from neutral: -2 hostile, -1 cold, 0, 1 warm, 2 devoted."""
    affinity = numbers.affinity
    whole = int((abs(affinity) + LEVEL * _DULL) / LEVEL)
    return max(-2, min(2, whole if affinity > 0 else -whole))


def _bounded(name: str, value: float) -> float:
    return max(0.0 if name == "fear" else -1.0, min(1.0, value))
