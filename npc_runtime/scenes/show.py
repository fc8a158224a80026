"""Who watches a play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from npc_runtime.scenes.outcome import Verdict
from npc_runtime.scenes.schema import Scene, Step
from npc_runtime.wire import messages as m


class Show(Protocol):
    """Who watches a play; see `npc_runtime.scenes.report` and `npc_runtime.scenes.record`."""

    def opens(self, scene: Scene) -> None:
        """The scene begins."""

    def begins(self, step: Step) -> None:
        """A step begins."""

    def message(self, message: m.Body) -> None:
        """A message was sent or received."""

    def checked(self, verdicts: Sequence[Verdict]) -> None:
        """A step's expectations were checked."""


class Nobody:
    """Watches nothing."""

    def opens(self, scene: Scene) -> None:
        """Ignores it."""

    def begins(self, step: Step) -> None:
        """Ignores it."""

    def message(self, message: m.Body) -> None:
        """Ignores it."""

    def checked(self, verdicts: Sequence[Verdict]) -> None:
        """Ignores it."""
