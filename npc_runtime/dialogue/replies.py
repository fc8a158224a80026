"""The replies of one world: turns in order, what was said last and why, and what nobody has heard yet."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol
from weakref import WeakSet

from npc_runtime.dialogue.generation.prompt import Card
from npc_runtime.dialogue.policy.actions import Action
from npc_runtime.dialogue.turn.events import Ended, Source
from npc_runtime.emotions import Emotion
from npc_runtime.errors import Cancelled, NotFound, clipped
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.recall import Memory

PENDING_KEPT = 256  # replies of one world that wait for `heard`
WHYS_KEPT = 64  # last replies of a world that can be asked about and judged
SPOKEN_KEPT = 4  # last lines of a character that it must not repeat


@dataclass
class Why:
    """What a character was told and knew for a reply."""

    reply: str
    intent: str
    move: str = ""
    profile: str = ""  # of the model
    facts: list[str] = field(default_factory=list)
    knew: list[dict[str, Any]] = field(default_factory=list)  # text, source, score
    prompt: list[dict[str, str]] = field(default_factory=list)  # role, text
    raw: str = ""
    notes: list[str] = field(default_factory=list)
    # For feedback on the reply
    speaker: str = ""  # who was answered
    card: Card | None = None  # None: nothing was thought of yet
    ended: Ended | None = None

    def outlives(self, naming: Naming) -> bool:
        """Whether it may still be asked about when somebody is forgotten."""
        if self.ended is None or self.speaker == naming.entity:
            return False
        return not naming.in_value([self.prompt, self.knew, self.ended.text])


@dataclass(frozen=True)
class Epoch:
    """A stretch of a world's life, up to the next break: a restored save, a forgotten player, the world's closing.

    Work keeps the epoch in which its request arrived, not the one in which it comes to be done.
    """

    _breaks: list[str]
    _before: int

    @property
    def void(self) -> str:
        """Why nothing that was begun in it counts any more, or nothing."""
        return next(iter(self._breaks[self._before :]), "")

    def check(self, what: str, hint: str) -> None:
        """Raises Cancelled when it is over; `what` was not done."""
        if self.void:
            raise Cancelled(f"{what}: {self.void}", hint=hint)


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
    action: Action | None = None  # that was proposed, until the game says what became of it
    answers: tuple[str, str] | None = None  # the gist of the line, and the move; None: it need not be known again
    sentences: list[str] = field(default_factory=list)
    then: Callable[[], dict[str, Any]] | None = None  # what follows from its being heard, as records
    heard: int | None = None  # sentences that were heard so far; None: nobody said yet
    ended: float | None = None  # when its last word was written; seconds, monotonic


class Pending:
    """The replies of one world that wait for `heard`, oldest dropped first, and those that waited too long."""

    def __init__(self, timeout: float) -> None:
        """`timeout` in seconds after a reply's end: what nobody said was heard by then never was."""
        self._timeout = timeout
        self._waiting: OrderedDict[str, Unheard] = OrderedDict()

    def clear(self) -> None:
        """Nothing of what waits will be heard."""
        self._waiting.clear()

    def any(self, now: float) -> bool:
        """Whether a reply may still be heard."""
        return any(
            unheard.heard is None and (unheard.ended is None or now - unheard.ended <= self._timeout)
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

    def find(self, reply: str) -> Unheard:
        """A reply of which something, or more than before, may be heard. Raises NotFound."""
        unheard = self._waiting.get(reply)
        late = unheard is not None and unheard.ended is not None and time.monotonic() - unheard.ended > self._timeout
        if unheard is None or (late and unheard.heard is None):
            self._waiting.pop(reply, None)
            raise NotFound(
                f'no reply "{reply}" waits to be heard',
                hint=f"send the reply named in reply.start, at most {self._timeout:g} seconds after its end",
                detail={"kind": "reply", "id": clipped(reply)},
            )
        return unheard

    def result(self, reply: str) -> tuple[Unheard, Action]:
        """A reply, and the action that it proposed; what became of that is told once. Raises NotFound."""
        unheard = self._waiting.get(reply)
        if unheard is None or unheard.action is None:
            raise NotFound(
                f'no action of the reply "{reply}" waits for its result',
                hint="name the reply of a reply.action, once",
                detail={"kind": "reply", "id": clipped(reply)},
            )
        action, unheard.action = unheard.action, None
        return unheard, action


class Scene(Protocol):
    """What goes on among characters."""

    kind: ClassVar[str]  # argument | encounter

    @property
    def npcs(self) -> Sequence[str]:
        """Who is in it now."""

    def give_way(self) -> None:
        """A player speaks to one of them, or an argument takes one away."""


@dataclass
class Speaking:
    """The replies of one world's characters."""

    pending: Pending
    whys: OrderedDict[str, Why] = field(default_factory=OrderedDict)
    floors: dict[str, asyncio.Lock] = field(default_factory=dict)  # npc -> held while it speaks
    turns: dict[str, int] = field(default_factory=dict)  # npc -> replies begun
    spoken: dict[str, deque[str]] = field(default_factory=dict)
    yielding: dict[str, asyncio.Event] = field(default_factory=dict)  # npc -> takes back a turn that gives way
    scenes: dict[str, Scene] = field(default_factory=dict)  # what is on stage, by id
    underway: WeakSet[asyncio.Event] = field(default_factory=WeakSet)  # they take back what is being said
    breaks: list[str] = field(default_factory=list)  # why what was under way then is void, in words

    @property
    def epoch(self) -> Epoch:
        """The one that is lived now."""
        return Epoch(self.breaks, len(self.breaks))

    def floor(self, npc: str) -> asyncio.Lock:
        """Held while an NPC speaks; those who wait are served in order."""
        return self.floors.setdefault(npc, asyncio.Lock())

    def last_lines(self, npc: str) -> deque[str]:
        """What an NPC said last, heard or not."""
        return self.spoken.setdefault(npc, deque(maxlen=SPOKEN_KEPT))

    def begin(self, npc: str) -> int:
        """The number of an NPC's next reply, from 1 on."""
        self.turns[npc] = self.turns.get(npc, 0) + 1
        return self.turns[npc]

    def make_way(self, npc: str) -> None:
        """A player speaks to an NPC: what it was about to say to another character waits, and a chat it is in ends."""
        self.give_way(npc)
        waiting = self.yielding.pop(npc, None)
        if waiting is not None:
            waiting.set()

    def stay(self, npc: str, turn: asyncio.Event) -> None:
        """A turn gives way no longer; `turn` takes it back."""
        if self.yielding.get(npc) is turn:
            del self.yielding[npc]

    def give_way(self, npc: str) -> None:
        """The talk that an NPC is in with other characters ends at once."""
        for scene in self.scenes_of(npc):
            scene.give_way()

    def scenes_of(self, npc: str) -> Iterator[Scene]:
        """What an NPC is in."""
        return (scene for scene in list(self.scenes.values()) if npc in scene.npcs)

    def remember_why(self, why: Why) -> None:
        """Keeps the reasons of the last replies."""
        self.whys[why.reply] = why
        while len(self.whys) > WHYS_KEPT:
            self.whys.popitem(last=False)

    def break_off(self, why: str) -> None:
        """What is being said is void, and what waits to be heard."""
        self.breaks.append(why)
        for cancelled in list(self.underway):
            cancelled.set()
        self.underway.clear()
        self.pending.clear()
        self.spoken.clear()

    def forget(self, naming: Naming) -> None:
        """Takes out the reasons of replies to somebody, and those that name it."""
        self.whys = OrderedDict((reply, why) for reply, why in self.whys.items() if why.outlives(naming))
