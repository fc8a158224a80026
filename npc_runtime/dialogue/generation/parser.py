"""Reading what a model writes: `(emotion) spoken line <action>`, in pieces that may break anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from npc_runtime.dialogue.policy.actions import Action
from npc_runtime.emotions import EMOTIONS, Emotion

BRACKET_LIMIT = 24  # characters; what is longer between brackets is speech


@dataclass(frozen=True)
class Felt:
    """The emotion; comes first, once."""

    emotion: Emotion


@dataclass(frozen=True)
class Spoken:
    """A run of the spoken line."""

    text: str


@dataclass(frozen=True)
class Proposed:
    """An action, as the model wrote it."""

    action: Action


Part: TypeAlias = Felt | Spoken | Proposed


class ReplyParser:
    """An incremental parser. Whatever the model writes, there is one Felt before any Spoken."""

    def __init__(self, expected: Emotion) -> None:
        """`expected` is the emotion where the model names none, or none that exists."""
        self._expected = expected
        self._read = self._before
        self._held = ""

    def feed(self, text: str) -> list[Part]:
        """The parts that `text` completes."""
        parts: list[Part] = []
        for char in text:
            parts += self._read("\n" if char == "\r" else char)
        return _joined(parts)

    def end(self) -> list[Part]:
        """What is left when the model has stopped."""
        parts: list[Part] = []
        if self._read == self._emotion:
            parts += [Felt(self._expected), Spoken(self._held)]
        elif self._read == self._before:
            parts.append(Felt(self._expected))
        self._read, self._held = self._after, ""
        return parts

    def _before(self, char: str) -> list[Part]:
        if char.isspace():
            return []
        if char == "(":
            self._read, self._held = self._emotion, char
            return []
        self._read = self._opening
        return [Felt(self._expected), *self._opening(char)]

    def _emotion(self, char: str) -> list[Part]:
        self._held += char
        if char == ")":
            word = self._held[1:-1].strip().lower()
            self._read, self._held = self._opening, ""
            return [Felt(next((emotion for emotion in EMOTIONS if emotion == word), self._expected))]
        if len(self._held) > BRACKET_LIMIT or char == "\n":
            held, self._held = self._held, ""
            self._read = self._line
            return [Felt(self._expected), Spoken(held.replace("\n", " "))]
        return []

    def _opening(self, char: str) -> list[Part]:
        """Between the emotion and the first word."""
        if char.isspace():
            return []
        self._read = self._line
        return self._line(char)

    def _line(self, char: str) -> list[Part]:
        if char == "<":
            self._read, self._held = self._action, ""
            return []
        return [Spoken(" " if char == "\n" else char)]

    def _action(self, char: str) -> list[Part]:
        if char != ">":
            self._held += char
            return []
        words = self._held.split()
        self._read, self._held = self._after, ""
        return [Proposed(Action(words[0], tuple(words[1:])))] if words else []

    def _after(self, char: str) -> list[Part]:
        """Nothing counts behind the action."""
        return []


def _joined(parts: list[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Spoken) and isinstance(last, Spoken):
            joined[-1] = Spoken(last.text + part.text)
        else:
            joined.append(part)
    return joined
