"""What differs from run to run of a daemon, and what stands for it in the transcripts."""

from __future__ import annotations

import re
from typing import Any

ID = re.compile(r"\b([rae])[0-9a-f]{12}\b")
"""What a daemon calls replies, arguments and encounters."""
NAMED = ("session", "daemon")
FIXED: dict[str, Any] = {
    "events": "tcp://127.0.0.1:5578",
    "server": "npc-runtime 0.1.0",
    "first_word": 0.01,
    "total": 0.02,
    "seconds": 8.0,
    "prompt_tokens": 96,
    "cached_tokens": 58,
    "completion_tokens": 14,
}
"""What stands for values of the daemon that are others in every run."""


class Mask:
    """What differs from run to run, under names that do not: `r-1` for the first reply that is heard of."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def hide(self, value: Any, field: str = "") -> Any:
        """A message of the daemon as it stands in a transcript."""
        if isinstance(value, dict):
            return {name: self.hide(found, name) for name, found in value.items()}
        if isinstance(value, list):
            return [self.hide(found) for found in value]
        if field in FIXED and isinstance(value, type(FIXED[field])) and value:
            return FIXED[field]
        if not isinstance(value, str):
            return value
        return self._name(field, value) if field in NAMED else ID.sub(lambda id: self._name(id[1], id[0]), value)

    def hide_names(self, sent: dict[str, Any]) -> dict[str, Any]:
        """A client's message as it stands in a transcript."""
        return {
            name: self._names.get(value, value) if isinstance(value, str) else value for name, value in sent.items()
        }

    def show(self, sent: dict[str, Any]) -> dict[str, Any]:
        """A client's message of a transcript, as the daemon of this run has to get it."""
        meant = {name: real for real, name in self._names.items()}
        return {name: meant.get(value, value) if isinstance(value, str) else value for name, value in sent.items()}

    def _name(self, kind: str, real: str) -> str:
        if real not in self._names:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._names[real] = f"{kind}-{self._counts[kind]}"
        return self._names[real]
