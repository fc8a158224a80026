"""What was said within a character's hearing, and the replies that nobody has heard yet."""

from __future__ import annotations

import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from typing import Any

from npc_runtime.dialogue.emotions import Emotion
from npc_runtime.dialogue.events import Source
from npc_runtime.dialogue.passing import Answer
from npc_runtime.dialogue.prompt import Turn
from npc_runtime.errors import Conflict, NotFound, StorageError
from npc_runtime.memory.recall import Memory

LINES_KEPT = 64  # of one character's hearing
GIVEN_KEPT = 8
ANSWERS_KEPT = 4  # to one speaker
PENDING_KEPT = 256  # replies of one world that wait for `heard`


@dataclass(frozen=True)
class Said:
    """A line that was heard. Speaker and addressee are entity ids."""

    speaker: str
    to: str
    text: str
    emotion: Emotion | None = None


@dataclass(frozen=True)
class HeardLine:
    """What `heard` made known: up to where the reply was spoken, and to whom."""

    speaker: str
    to: str
    at: str  # the place, as it was when the character spoke
    text: str
    emotion: Emotion
    source: Source
    hearers: tuple[str, ...]  # without the character itself
    private: bool = False


@dataclass
class Conversation:
    """One character's hearing: the last lines of both sides, and what it stated itself."""

    lines: deque[Said] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))
    complete: bool = False  # the lines from before this was opened are here too
    given: dict[str, deque[Memory]] = field(default_factory=dict)  # listener -> facts it stated to them, latest last
    asked: dict[str, str] = field(default_factory=dict)  # speaker -> its last question that named a topic
    answers: dict[str, deque[Answer]] = field(default_factory=dict)  # speaker -> what it was answered, latest last

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
                        (Answer(line, move, tuple(facts), words, at) for line, move, facts, words, at in answers),
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
            listener: [[fact.text, fact.source, fact.kind] for fact in facts] for listener, facts in self.given.items()
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

    def without(self, player: str, naming: re.Pattern[str]) -> Conversation:
        """The same without a player and all that names it; the lines are to be read again."""
        return Conversation(
            given={
                listener: deque((fact for fact in facts if not naming.search(f"{fact.source} {fact.text}")), GIVEN_KEPT)
                for listener, facts in self.given.items()
                if listener != player
            },
            asked={speaker: asked for speaker, asked in self.asked.items() if not naming.search(f"{speaker} {asked}")},
            answers={
                speaker: deque((answer for answer in answers if not naming.search(str(answer))), ANSWERS_KEPT)
                for speaker, answers in self.answers.items()
                if speaker != player
            },
        )

    def give(self, listener: str, facts: tuple[Memory, ...]) -> None:
        """Keeps what the character itself stated to somebody."""
        self.given.setdefault(listener, deque(maxlen=GIVEN_KEPT)).extend(facts)

    def answered(self, speaker: str, answer: Answer) -> None:
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


@dataclass
class Unheard:
    """A reply that was written; what of it was spoken aloud only the game knows."""

    npc: str
    to: str
    at: str
    audience: tuple[str, ...]
    emotion: Emotion
    source: Source
    facts: tuple[Memory, ...] = ()
    private: bool = False  # observers are told nothing of it
    answers: tuple[str, str] | None = None  # the gist of the line, and the move; None: it need not be known again
    sentences: list[str] = field(default_factory=list)
    then: Callable[[], dict[str, Any]] | None = None  # what follows from its being heard, as records
    ended: float | None = None  # when its last word was written; seconds, monotonic


class Pending:
    """The replies of one world that wait for `heard`, oldest dropped first, and those that waited too long."""

    def __init__(self, timeout: float) -> None:
        """`timeout` in seconds after a reply's end: what nobody said was heard by then never was."""
        self._timeout = timeout
        self._waiting: OrderedDict[str, Unheard | None] = OrderedDict()

    def clear(self) -> None:
        """Nothing of what waits will be heard."""
        self._waiting.clear()

    def any(self, now: float) -> bool:
        """Whether a reply may still be heard."""
        return any(
            unheard is not None and (unheard.ended is None or now - unheard.ended <= self._timeout)
            for unheard in self._waiting.values()
        )

    def ended(self, reply: str, now: float) -> None:
        """A reply is complete: from now on its time runs."""
        unheard = self._waiting.get(reply)
        if unheard is not None:
            unheard.ended = now

    def add(self, reply: str, unheard: Unheard) -> None:
        """Keeps a reply until it is heard."""
        self._waiting[reply] = unheard
        while len(self._waiting) > PENDING_KEPT:
            self._waiting.popitem(last=False)

    def take(self, reply: str) -> Unheard:
        """The reply, once. Raises NotFound for one that is not known, Conflict the second time."""
        unheard = self._waiting.get(reply)
        late = unheard is not None and unheard.ended is not None and time.monotonic() - unheard.ended > self._timeout
        if late or reply not in self._waiting:
            self._waiting.pop(reply, None)
            raise NotFound(
                f'no reply "{reply}" waits to be heard',
                hint=f"send the reply named in reply.start, at most {self._timeout:g} seconds after its end",
            )
        if unheard is None:
            raise Conflict(
                f'reply "{reply}" was heard already', hint="send heard once a reply, when it has been spoken"
            )
        self._waiting[reply] = None
        return unheard
