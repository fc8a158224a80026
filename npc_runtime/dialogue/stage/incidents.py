"""What happens in an argument, in order: each turn is a TurnTaken with its reply behind it, and Settled comes last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from npc_runtime.dialogue.events import ReplyEvent
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.intervention import Intervened
from npc_runtime.dialogue.quarrel.outcome import Outcome


@dataclass(frozen=True)
class TurnTaken:
    """Somebody begins to speak; its reply follows. `number` counts from 1, `heat` is the speaker's, from 0 to 3."""

    number: int
    reply: str
    speaker: str
    to: str
    move: Move
    heat: int


@dataclass(frozen=True)
class Escalated:
    """The hottest party is a degree hotter than anybody was before it, from 1 to 3."""

    party: str
    heat: int


@dataclass(frozen=True)
class Mediated:
    """Somebody spoke into it, and this is how it was taken."""

    heard: Intervened


@dataclass(frozen=True)
class Settled:
    """It has ended, and what follows from it is done."""

    outcome: Outcome


Incident: TypeAlias = TurnTaken | Escalated | Mediated | Settled | ReplyEvent
