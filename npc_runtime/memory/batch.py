"""What is written into a history at once: memories and records that belong together."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from npc_runtime.errors import Invalid, clipped
from npc_runtime.memory.entry import NOT_UNICODE, Entry, encodable


@dataclass
class Batch:
    """What belongs together: written as a whole or not at all. A record's value is JSON; None takes its key out."""

    entries: list[Entry] = field(default_factory=list)
    records: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.entries) + len(self.records)

    def rows(self) -> Rows:
        """As it is written. Raises Invalid for what no file can keep, which would block what waits behind it."""
        for entry in self.entries:
            entry.check()
        return Rows(tuple(self.entries), {key: _json(key, value) for key, value in self.records.items()})


@dataclass(frozen=True)
class Rows:
    """A batch that can be written."""

    entries: tuple[Entry, ...]
    records: dict[str, str | None]  # key -> JSON

    def __len__(self) -> int:
        return len(self.entries) + len(self.records)


def _json(key: str, value: Any) -> str | None:
    if value is None:
        return None
    text = json.dumps(value, ensure_ascii=False)
    if not (encodable(key) and encodable(text)):
        raise Invalid(f'the record "{clipped(key)}" holds what is not Unicode', hint=NOT_UNICODE)
    return text
