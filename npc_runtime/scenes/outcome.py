"""How a play of a scene went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from npc_runtime.scenes.checks import Check
from npc_runtime.scenes.schema import Scene, Step
from npc_runtime.scenes.steps import Expect


@dataclass(frozen=True)
class Verdict:
    """One expectation, with what led to the reply where it failed. Those that were never `reached` failed too."""

    line: int
    check: Check
    reached: bool = True
    said: str = ""
    reply: str = ""
    why: dict[str, object] = field(default_factory=dict)


@dataclass
class Outcome:
    """How one play of a scene went, and with which model. `error` says why it broke off."""

    scene: Scene
    verdicts: list[Verdict] = field(default_factory=list)
    error: str = ""
    model: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.error and all(verdict.check.passed for verdict in self.verdicts)


def unreached(steps: Sequence[Step], error: str) -> list[Verdict]:
    """Every expectation that a broken play never came to, as failed; at least one."""
    left = [
        Verdict(step.line, Check(key, False, "to be reached", error), reached=False)
        for step in steps
        if step.expect
        for key in Expect.model_fields
        if key in step.expect.model_fields_set
    ]
    return left or [Verdict(steps[0].line if steps else 1, Check("played", False, "to the end", error), reached=False)]
