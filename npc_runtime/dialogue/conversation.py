"""What was said within a character's hearing, and the replies that nobody has heard yet."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from npc_runtime.dialogue.emotions import Emotion
from npc_runtime.dialogue.events import Source
from npc_runtime.dialogue.prompt import Turn
from npc_runtime.errors import Conflict, NotFound
from npc_runtime.memory.recall import Memory

LINES_KEPT = 64  # of one character's hearing
TOLD_KEPT = 128
GIVEN_KEPT = 8
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


@dataclass
class Conversation:
    """One character's hearing: lines of both sides, and what it was told in them."""

    lines: deque[Said] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))
    told: deque[Memory] = field(default_factory=lambda: deque(maxlen=TOLD_KEPT))
    given: dict[str, deque[Memory]] = field(default_factory=dict)  # listener -> facts it stated to them, latest last
    asked: dict[str, str] = field(default_factory=dict)  # speaker -> its last question that named a topic

    def learn(self, memory: Memory) -> None:
        """Keeps what somebody told; said again, it counts as new."""
        if memory in self.told:
            self.told.remove(memory)
        self.told.append(memory)

    def give(self, listener: str, facts: tuple[Memory, ...]) -> None:
        """Keeps what the character itself stated to somebody."""
        self.given.setdefault(listener, deque(maxlen=GIVEN_KEPT)).extend(facts)

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
    sentences: list[str] = field(default_factory=list)


class Pending:
    """The replies of one world that wait for `heard`, oldest dropped first."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, Unheard | None] = OrderedDict()

    def add(self, reply: str, unheard: Unheard) -> None:
        """Keeps a reply until it is heard."""
        self._waiting[reply] = unheard
        while len(self._waiting) > PENDING_KEPT:
            self._waiting.popitem(last=False)

    def take(self, reply: str) -> Unheard:
        """The reply, once. Raises NotFound for one that is not known, Conflict the second time."""
        if reply not in self._waiting:
            raise NotFound(f'no reply "{reply}" waits to be heard', hint="send the reply named in reply.start")
        unheard = self._waiting[reply]
        if unheard is None:
            raise Conflict(
                f'reply "{reply}" was heard already', hint="send heard once a reply, when it has been spoken"
            )
        self._waiting[reply] = None
        return unheard
