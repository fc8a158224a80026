"""What somebody who is no party says into an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

InterventionKind = Literal["calm", "side", "evidence", "rule", "threaten", "joke", "insult", "other"]
INTERVENTIONS: tuple[str, ...] = get_args(InterventionKind)


@dataclass(frozen=True)
class Intervention:
    """One line of a mediator, as it is understood."""

    by: str  # entity id
    name: str
    text: str
    kind: InterventionKind
    side: str = ""  # the party that it speaks for
    against: str = ""  # the party that it speaks against, or that a ruling binds; empty: all of them
    known: bool = False  # evidence that a party has too


@dataclass(frozen=True)
class Intervened:
    """An intervention that was heard, after so many turns, and how each party took it: from -1 badly to 1 well."""

    said: Intervention
    turn: int
    taken: Mapping[str, float] = field(default_factory=dict)
