"""What one world keeps about talk among its characters: who met whom, the budget, and who is hushed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from npc_runtime.dialogue.encounter.budget import Budget
from npc_runtime.dialogue.encounter.hush import Hushes
from npc_runtime.dialogue.encounter.meetings import Meetings
from npc_runtime.memory.naming import Naming


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
