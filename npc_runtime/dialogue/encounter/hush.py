"""Who keeps quiet for a scripted scene, and until when, on the clock of `time.monotonic`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


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


EVERYBODY = "world"
