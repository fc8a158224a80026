"""Who speaks in one world: turns in order, what was said last and why, and what nobody has heard yet."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakSet

from npc_runtime.dialogue.conversation import Pending
from npc_runtime.dialogue.why import Why
from npc_runtime.errors import Cancelled

WHYS_KEPT = 64  # last replies of a world that can be asked about and judged
SPOKEN_KEPT = 4  # last lines of a character that it must not repeat


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


@dataclass
class Speaking:
    """The replies of one world's characters."""

    pending: Pending
    whys: OrderedDict[str, Why] = field(default_factory=OrderedDict)
    floors: dict[str, asyncio.Lock] = field(default_factory=dict)  # npc -> held while it speaks
    turns: dict[str, int] = field(default_factory=dict)  # npc -> replies begun
    spoken: dict[str, deque[str]] = field(default_factory=dict)
    yielding: dict[str, asyncio.Event] = field(default_factory=dict)  # npc -> takes back a turn that gives way
    company: dict[str, Callable[[], None]] = field(default_factory=dict)  # npc -> ends the talk that it is in
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

    def give_way(self, npc: str) -> None:
        """The talk that an NPC is in with other characters ends at once."""
        end = self.company.get(npc)
        if end is not None:
            end()

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

    def forget(self, player: str, naming: re.Pattern[str]) -> None:
        """Takes out the reasons of replies to a player, and those that name it."""
        self.whys = OrderedDict((reply, why) for reply, why in self.whys.items() if why.outlives(player, naming))
