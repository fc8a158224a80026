"""Keeps what was said in every play, step by step, for whoever reads it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from npc_runtime.scenes.narration import Line, Narrator
from npc_runtime.scenes.outcome import Verdict
from npc_runtime.scenes.schema import Scene, Step
from npc_runtime.wire import messages as m


@dataclass
class Passage:
    """One step of a play: what was heard and seen in it, and how its expectations turned out."""

    line: int
    lines: list[Line] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)


class Record:
    """The plays that it has watched, in their order."""

    def __init__(self) -> None:
        self.plays: list[list[Passage]] = []
        self._narrator = Narrator()
        self._actions: list[str] = []

    def opens(self, scene: Scene) -> None:
        """Another play begins, with names of its own."""
        self.plays.append([])
        self._narrator, self._actions = Narrator(), []

    def begins(self, step: Step) -> None:
        """Another passage."""
        self.plays[-1].append(Passage(step.line))

    def message(self, message: m.Body) -> None:
        """A line, where a reader would care for the message. A reply is one when it is whole."""
        match message:
            case m.ReplyStart():
                self._actions = []
            case m.ReplyAction():
                self._actions.append(" ".join((message.name, *message.args)))
            case m.ReplyEnd():
                self._add(self._reply(message))
            case _:
                for line in self._narrator.tell(message):
                    self._add(line)

    def checked(self, verdicts: Sequence[Verdict]) -> None:
        """They belong to the passage that has just been played."""
        self.plays[-1][-1].verdicts += verdicts

    def _add(self, line: Line) -> None:
        if self.plays[-1]:  # nothing is told of a world before its first step
            self.plays[-1][-1].lines.append(line)

    def _reply(self, end: m.ReplyEnd) -> Line:
        return Line(
            "reply",
            end.text,
            self._narrator.name(end.npc),
            emotion=end.emotion,
            source=end.source,
            reason=end.reason,
            action="; ".join(self._actions),
        )
