"""What happens in an encounter, in order: each line is a LineBegun with its reply behind it, and Parted comes last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from npc_runtime.dialogue.encounter.encounter import Reason
from npc_runtime.dialogue.events import ReplyEvent
from npc_runtime.dialogue.gossip.exchange import Passed
from npc_runtime.dialogue.policy.moves import Move


@dataclass(frozen=True)
class LineBegun:
    """Somebody begins to speak; its reply follows. `number` counts from 1."""

    number: int
    reply: str
    speaker: str
    to: str
    move: Move


@dataclass(frozen=True)
class Parted:
    """It is over: why, and what news went from whom to whom."""

    reason: Reason
    news: tuple[Passed, ...]


Happening: TypeAlias = LineBegun | Parted | ReplyEvent
"""What happens in an encounter."""
