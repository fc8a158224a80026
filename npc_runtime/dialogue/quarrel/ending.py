"""How an argument can end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["concede", "compromise", "stalemate", "walk_away", "blows"]
KINDS: tuple[str, ...] = get_args(Kind)
Cause = Literal["settled", "turns", "time", "words", "stopped"]


@dataclass(frozen=True)
class Ending:
    """The last thing that happened. `by` gave in, accepted, left or struck, and `to` is whom that was toward.

    Both are empty for a stalemate. `terms` is a sentence, for a compromise only.
    """

    kind: Kind
    by: str = ""
    to: str = ""
    terms: str = ""
    cause: Cause = "settled"
