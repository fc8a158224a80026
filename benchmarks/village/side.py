"""What each engine is to the benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from benchmarks.village.trace import Prompt


@dataclass(frozen=True)
class Reply:
    """One text: seconds to its first word, tokens that were written, prompt tokens that were computed for it.

    `prefilled` None: the engine does not say.
    """

    first: float
    written: int
    prefilled: int | None


class Side(Protocol):
    """An engine with a model."""

    name: str

    @property
    def peak_memory(self) -> int:
        """Bytes that it held at most."""

    async def write(self, prompt: Prompt, *, player: bool) -> Reply:
        """One reply. Only ours can be told that it is for a player."""
