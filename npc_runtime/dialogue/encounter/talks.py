"""What one world keeps about talk among its characters: who met whom, the budget, and who is hushed."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from npc_runtime.dialogue.encounter.meetings import Meetings
from npc_runtime.errors import StorageError
from npc_runtime.memory.naming import Naming

EVERYBODY = "world"
RECORD = "talk-budget"
WINDOW = 60.0  # seconds
TURNS_PER_MINUTE = 30
COOLDOWN = 4 * 3600  # game seconds


@dataclass
class Hushes:
    """By entity id: of a character, of a place, or `world` for everybody. Not kept: a restored save has no scene."""

    _until: dict[str, float] = field(default_factory=dict)

    def hush(self, who: str, until: float | None) -> None:
        """Silence for somebody or somewhere; None: until it is lifted."""
        self._until[who] = math.inf if until is None else until

    def lift(self, who: str) -> None:
        """They may talk again."""
        self._until.pop(who, None)

    def any(self, now: float) -> bool:
        """Whether anybody keeps quiet at a time."""
        return any(until > now for until in self._until.values())

    def clear(self) -> None:
        """Everybody may talk again."""
        self._until.clear()

    def silent(self, npc: str, place: str, now: float) -> bool:
        """Whether a character keeps quiet at a time."""
        self._until = {who: until for who, until in self._until.items() if until > now}
        return any(who in self._until for who in (npc, place, EVERYBODY))


@dataclass
class Budget:
    """Belongs to one world. What was spent is not kept; what may be spent is."""

    turns_per_minute: int = TURNS_PER_MINUTE
    cooldown: int = COOLDOWN
    _begun: deque[float] = field(default_factory=deque)  # when the turns of the last minute began

    def left(self, now: float) -> int:
        """Turns that may begin at a time, in seconds of `time.monotonic`."""
        while self._begun and now - self._begun[0] >= WINDOW:
            self._begun.popleft()
        return max(0, self.turns_per_minute - len(self._begun))

    def spend(self, now: float) -> None:
        """A turn begins."""
        self._begun.append(now)

    def set(self, turns_per_minute: int | None, cooldown: int | None) -> dict[str, Any]:
        """Changes what is named; gives the record."""
        if turns_per_minute is not None:
            self.turns_per_minute = turns_per_minute
        if cooldown is not None:
            self.cooldown = cooldown
        return {RECORD: self._record()}

    def load(self, records: Mapping[str, Any]) -> None:
        """What was kept, or the defaults. Raises StorageError."""
        record = records.get(RECORD, {})
        try:
            self.turns_per_minute = int(record.get("turns_per_minute", TURNS_PER_MINUTE))
            self.cooldown = int(record.get("cooldown", COOLDOWN))
        except (AttributeError, TypeError, ValueError) as error:
            raise StorageError(f'the record "{RECORD}" cannot be read: {error!r}') from None

    def state(self) -> dict[str, Any]:
        """The record, by key; none while the defaults hold."""
        if (self.turns_per_minute, self.cooldown) == (TURNS_PER_MINUTE, COOLDOWN):
            return {}
        return {RECORD: self._record()}

    def _record(self) -> dict[str, int]:
        return {"turns_per_minute": self.turns_per_minute, "cooldown": self.cooldown}


@dataclass
class Talks:
    """Meetings and budget are records and follow the save."""

    meetings: Meetings = field(default_factory=Meetings)
    budget: Budget = field(default_factory=Budget)
    hushes: Hushes = field(default_factory=Hushes)

    def load(self, records: Mapping[str, Any]) -> None:
        """Begins anew from what was kept. Raises StorageError."""
        self.meetings.load(records)
        self.budget.load(records)
        self.hushes.clear()

    def state(self) -> dict[str, Any]:
        """All records, by key."""
        return {**self.meetings.state(), **self.budget.state()}

    def forget(self, naming: Naming) -> None:
        """Takes out what names somebody."""
        self.meetings.forget(naming)
