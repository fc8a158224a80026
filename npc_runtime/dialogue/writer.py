"""Whoever writes text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from npc_runtime.engine import request as engine


class Writer(Protocol):
    """The engine, or a fake one in tests."""

    def generate(self, request: engine.Request) -> AsyncIterator[engine.EngineEvent]:
        """Text events, then one Ended. Closing the iterator takes the request back."""
