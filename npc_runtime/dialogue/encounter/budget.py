"""What a world may spend on talk among characters: turns a minute of real time, and a cool-down in game time."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from npc_runtime.errors import StorageError

RECORD = "talk-budget"
WINDOW = 60.0  # seconds
TURNS_PER_MINUTE = 30
COOLDOWN = 4 * 3600  # game seconds


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
