"""Who watches a play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from npc_runtime.scenes.checks import Check
from npc_runtime.scenes.schema import Scene
from npc_runtime.wire import messages as m


class Show(Protocol):
    """Who watches a play; see `npc_runtime.scenes.report`."""

    def opens(self, scene: Scene) -> None:
        """The scene begins."""

    def message(self, message: m.Body) -> None:
        """A message was sent or received."""

    def checked(self, checks: Sequence[Check]) -> None:
        """A step's expectations were checked."""


class Nobody:
    """Watches nothing."""

    def opens(self, scene: Scene) -> None:
        """Ignores it."""

    def message(self, message: m.Body) -> None:
        """Ignores it."""

    def checked(self, checks: Sequence[Check]) -> None:
        """Ignores it."""
