"""What was said within a character's hearing, and what it stated and answered itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from typing import Any

from npc_runtime.dialogue.generation.prompt import Turn
from npc_runtime.dialogue.policy.barks import Answered
from npc_runtime.emotions import Emotion
from npc_runtime.errors import StorageError
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.recall import Memory

LINES_KEPT = 64  # of one character's hearing
GIVEN_KEPT = 8
ANSWERS_KEPT = 4  # to one speaker


@dataclass(frozen=True)
class Said:
    """A line that was heard. Speaker and addressee are entity ids."""

    speaker: str
    to: str
    text: str
    emotion: Emotion | None = None


@dataclass
class Conversation:
    """One character's hearing: the last lines of both sides, and what it stated itself."""

    lines: deque[Said] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))
    complete: bool = False  # the lines from before this was opened are here too
    given: dict[str, deque[Memory]] = field(default_factory=dict)  # listener -> facts it stated to them, latest last
    asked: dict[str, str] = field(default_factory=dict)  # speaker -> its last question that named a topic
    answers: dict[str, deque[Answered]] = field(default_factory=dict)  # speaker -> what it was answered, latest last

    @classmethod
    def from_record(cls, key: str, record: Any) -> Conversation:
        """The reverse of `as_record`. Raises StorageError naming the record."""
        try:
            return cls(
                given={
                    listener: deque((Memory(*fact) for fact in facts), maxlen=GIVEN_KEPT)
                    for listener, facts in record["given"].items()
                },
                asked={speaker: str(asked) for speaker, asked in record["asked"].items()},
                answers={
                    speaker: deque(
                        (Answered(line, move, tuple(facts), words, at) for line, move, facts, words, at in answers),
                        maxlen=ANSWERS_KEPT,
                    )
                    for speaker, answers in record.get("answers", {}).items()
                },
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise StorageError(f'the record "{key}" cannot be read: {error!r}') from None

    def as_record(self) -> dict[str, Any]:
        """What is kept besides the lines, as JSON."""
        given = {
            listener: [[fact.claim, fact.source, fact.kind] for fact in facts] for listener, facts in self.given.items()
        }
        answers = {speaker: [list(astuple(answer)) for answer in said] for speaker, said in self.answers.items()}
        return {"given": given, "asked": self.asked, "answers": answers}

    def begin(self, earlier: list[Said]) -> None:
        """Puts the lines that were kept before those that came since."""
        since = [line for line in self.lines if line not in earlier]
        self.lines.clear()
        self.lines.extend([*earlier, *since])
        self.complete = True

    def hear(self, line: Said) -> None:
        """A line reached the character."""
        self.lines.append(line)

    def without(self, naming: Naming) -> Conversation:
        """The same without somebody and all that names it; the lines are to be read again."""
        return Conversation(
            given={
                listener: deque((fact for fact in facts if not _names(naming, fact)), GIVEN_KEPT)
                for listener, facts in self.given.items()
                if listener != naming.entity
            },
            asked={speaker: asked for speaker, asked in self.asked.items() if not naming.in_value([speaker, asked])},
            answers={
                speaker: deque((answer for answer in answers if not naming.in_value(astuple(answer))), ANSWERS_KEPT)
                for speaker, answers in self.answers.items()
                if speaker != naming.entity
            },
        )

    def give(self, listener: str, facts: tuple[Memory, ...]) -> None:
        """Keeps what the character itself stated to somebody."""
        self.given.setdefault(listener, deque(maxlen=GIVEN_KEPT)).extend(facts)

    def answered(self, speaker: str, answer: Answered) -> None:
        """Keeps what it answered somebody, for when the same is asked again."""
        self.answers.setdefault(speaker, deque(maxlen=ANSWERS_KEPT)).append(answer)

    def given_to(self, listener: str) -> tuple[Memory, ...]:
        """What it stated to somebody, latest first."""
        return tuple(reversed(self.given.get(listener, ())))

    def exchanges(self, npc: str, other: str) -> tuple[Turn, ...]:
        """What the two said to each other: lines that were answered, each with its answer, oldest first."""
        turns: list[Turn] = []
        asked: str | None = None
        for line in self.lines:
            if (line.speaker, line.to) == (other, npc):
                asked = line.text
            elif (line.speaker, line.to) == (npc, other) and asked is not None:
                turns += [Turn(own=False, text=asked), Turn(own=True, text=f"({line.emotion}) {line.text}")]
                asked = None
        return tuple(turns)

    def heard(self, npc: str, other: str, name: Callable[[str], str]) -> tuple[Turn, ...]:
        """All that it heard, oldest first, but the line that is being answered; `name` gives a display name by id."""
        lines = list(self.lines)
        while lines and (lines[-1].speaker, lines[-1].to) == (other, npc):
            lines.pop()  # it stands at the end of the prompt anyway
        return tuple(
            Turn(
                own=line.speaker == npc,
                text=f"({line.emotion}) {line.text}" if line.speaker == npc else line.text,
                speaker="" if line.speaker in (npc, other) else name(line.speaker),
                to="" if npc in (line.speaker, line.to) else name(line.to),
            )
            for line in lines
        )


def _names(naming: Naming, fact: Memory) -> bool:
    return naming.in_value([fact.source, fact.claim, fact.text])
