"""Reading what a model writes: `move numbers`, below it `(emotion) line <action>`, in pieces of any size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from npc_runtime.emotions import EMOTIONS, Emotion

BRACKET_LIMIT = 24  # characters; what is longer between brackets is speech


@dataclass(frozen=True)
class Decided:
    """What the character does, and the numbers of what it draws on; comes before all else, once."""

    word: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Felt:
    """The emotion; comes before the line, once."""

    emotion: Emotion


@dataclass(frozen=True)
class Spoken:
    """A run of the spoken line."""

    text: str


@dataclass(frozen=True)
class Proposed:
    """An action, as the model wrote it: `give bread player:alex`."""

    text: str


Part: TypeAlias = Decided | Felt | Spoken | Proposed


class ReplyParser:
    """An incremental parser. Whatever the model writes, there is one Felt before any Spoken."""

    def __init__(self, expected: Emotion, *, decides: bool = False) -> None:
        """`expected` is the emotion where the model names none, or none that exists. `decides`: the first line is a
        choice, as the grammar forces it.
        """
        self._expected = expected
        self._read = self._choice if decides else self._before
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
        elif self._read in (self._choice, self._before):
            parts.append(Felt(self._expected))
        self._read, self._held = self._after, ""
        return parts

    def _choice(self, char: str) -> list[Part]:
        if char != "\n":
            self._held += char
            return []
        held, self._held = self._held, ""
        self._read = self._before
        return [decided(held)]

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
        text = " ".join(self._held.split())
        self._read, self._held = self._after, ""
        return [Proposed(text)] if text else []

    def _after(self, char: str) -> list[Part]:
        """Nothing counts behind the action."""
        return []


def decided(text: str) -> Decided:
    """What a line such as `ask back 2 11` says."""
    words = text.split()
    numbers = tuple(int(word) for word in words if word.isdecimal())
    return Decided(" ".join(word for word in words if not word.isdecimal()), numbers)


def _joined(parts: list[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Spoken) and isinstance(last, Spoken):
            joined[-1] = Spoken(last.text + part.text)
        else:
            joined.append(part)
    return joined
