"""A turn among characters while it is taken, in an argument or in an encounter."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Chosen = TypeVar("Chosen")


@dataclass
class Beat(Generic[Chosen]):
    """A turn that is being taken; `spoken` is what the rules chose for it."""

    spoken: Chosen
    began: float = field(default_factory=time.monotonic)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    reply: str = ""  # known with the first word
    tokens: int | None = None  # known at the end
    text: str = ""  # the same

    @property
    def seconds(self) -> float:
        """How long it has taken until now."""
        return time.monotonic() - self.began
