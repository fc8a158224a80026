"""What a scene consists of: turns while they are taken, what each answers, and what happens, in order."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from npc_runtime.dialogue.encounter import encounter
from npc_runtime.dialogue.generation.prompt import Quarrel as QuarrelCard
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel import argument
from npc_runtime.dialogue.turn.events import ReplyEvent
from npc_runtime.emotions import Emotion
from npc_runtime.memory.recall import Memory

Spoken = TypeVar("Spoken", bound="argument.Spoken | encounter.Spoken")


@dataclass(frozen=True)
class TurnTaken:
    """Somebody begins to speak; its reply follows. `number` counts from 1, `heat` is the speaker's, from 0 to 3."""

    number: int
    reply: str
    speaker: str
    to: str
    move: Move
    heat: int


class Incident:
    """What happens in one kind of scene only; the last one is its end."""


Happening: TypeAlias = TurnTaken | Incident | ReplyEvent
"""What happens in a scene, in order: each turn is a TurnTaken with its reply behind it."""


@dataclass(frozen=True)
class Cue:
    """What a speaker answers, and what it is to do with it."""

    answers: str
    emotion: Emotion  # where the model names none
    fallback: str
    facts: tuple[Memory, ...] = ()
    tells: str = ""
    quarrel: QuarrelCard | None = None


@dataclass
class Beat(Generic[Spoken]):
    """A turn while it is taken; `spoken` is what the rules chose for it."""

    spoken: Spoken
    began: float = field(default_factory=time.monotonic)
    over: asyncio.Event = field(default_factory=asyncio.Event)  # taken back, or complete and heard
    heard: bool = False
    reply: str = ""  # known with the first word
    tokens: int | None = None  # known at the end
    text: str = ""  # the same

    @property
    def seconds(self) -> float:
        """How long it has taken until now."""
        return time.monotonic() - self.began

    def hear(self) -> None:
        """It was heard. One that is heard before its last word is still spoken to its end."""
        self.heard = True
        if self.tokens is not None:
            self.over.set()

    async def wait(self, seconds: float) -> None:
        """Until it was heard or is taken back, but no longer than for so many seconds from its beginning."""
        if self.heard:
            return
        timer = asyncio.get_running_loop().call_later(max(0.0, seconds - self.seconds), self.over.set)
        try:
            await self.over.wait()
        finally:
            timer.cancel()
