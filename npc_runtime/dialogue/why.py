"""Why a character said what it said: kept for the last replies, which can be asked about and judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from npc_runtime.dialogue.events import Ended
from npc_runtime.dialogue.prompt import Card
from npc_runtime.memory.naming import Naming


@dataclass
class Why:
    """What a character was told and knew for a reply."""

    reply: str
    intent: str
    move: str = ""
    facts: list[str] = field(default_factory=list)
    knew: list[dict[str, Any]] = field(default_factory=list)  # text, source, score
    prompt: list[dict[str, str]] = field(default_factory=list)  # role, text
    raw: str = ""
    notes: list[str] = field(default_factory=list)
    # For feedback on the reply
    speaker: str = ""  # who was answered
    card: Card | None = None  # None: nothing was thought of yet
    ended: Ended | None = None

    def outlives(self, naming: Naming) -> bool:
        """Whether it may still be asked about when somebody is forgotten."""
        if self.ended is None or self.speaker == naming.entity:
            return False
        return not naming.in_value([self.prompt, self.knew, self.ended.text])
