"""A performance: a scene among characters, played turn by turn, which always ends.

    (choose -> write -> wait until it was heard) ... -> end

The rules of its kind choose, the director has the line written like any reply, and the game says what was heard. A
speaker's floor is held only while it speaks, so a player may talk to anybody meanwhile, and goes first.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.encounter.encounter import Encounter
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.stage.beat import Beat, Cue, Happening, Incident, Spoken, TurnTaken
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.turn.events import Ended, Started
from npc_runtime.dialogue.turn.utterance import Part, Utterance
from npc_runtime.dice import mix
from npc_runtime.engine.request import Priority
from npc_runtime.errors import Cancelled, StorageError

Value = TypeVar("Value", bound="Argument | Encounter")


@dataclass(eq=False, kw_only=True)
class Performance(ABC, Generic[Value, Spoken]):
    """A scene on the stage. Belongs to the daemon's event loop."""

    kind: ClassVar[str]
    begun_by: ClassVar[str]  # the request for one
    again: ClassVar[str]  # what to do where it broke off

    director: Director
    mind: Mind
    scene: Value  # as it stands
    between: Sequence[str]  # who was in it at first
    priority: Priority
    seeded: bool  # the caller named the seed: the same words again
    epoch: Epoch  # in which it was asked for
    said: list[str] = field(default_factory=list)  # the lines since it went on stage
    private: bool = False  # nobody else hears it
    heard_by: Sequence[str] | None = None  # who else is within earshot, where the game says so and no place does
    beat: Beat[Spoken] | None = None
    gone: set[str] = field(default_factory=set)  # who went away meanwhile
    unheard: int = 0  # lines for whose being heard it waited in vain

    @property
    def id(self) -> str:
        """The scene's."""
        return self.scene.id

    @property
    def void(self) -> str:
        """Why it goes on no further and has no end, or nothing."""
        return self.epoch.void

    @property
    def npcs(self) -> list[str]:
        """Who is in it; everybody else is free."""
        return [] if self.void else [npc for npc in self.present if npc not in self.gone]

    async def perform(self) -> AsyncGenerator[Happening, None]:
        """What happens, to its end. Raises Cancelled where it breaks off; closing the generator ends it too."""
        try:
            await self.open()
            while True:
                for incident in self.react():
                    yield incident
                if self.void:
                    raise Cancelled(f"the {self.kind} broke off: {self.void}", hint=self.again)
                spoken = self.choose()
                if self.scene.ending is not None:
                    break
                if spoken is not None:
                    async with aclosing(self._turn(spoken)) as happenings:
                        async for happening in happenings:
                            yield happening
            yield await self.close()
        finally:
            self.mind.speaking.scenes.pop(self.id, None)

    @property
    def near(self) -> Sequence[str]:
        """Who hears it."""
        if self.private:
            return self.npcs
        if self.heard_by is None:
            return self.mind.world.here(self.scene.place)
        return list(dict.fromkeys([*self.npcs, *self.heard_by]))

    def away(self, npc: str) -> bool:
        """Whether somebody is out of earshot by now."""
        if self.heard_by is not None:
            return npc not in self.mind.world.entities
        return self.mind.place(npc) != self.scene.place

    def leave(self, npc: str) -> None:
        """One goes away and is free; what it says breaks off."""
        self.gone.add(npc)
        if self.beat is not None and self.beat.spoken.speaker == npc:
            self.hurry()

    def hurry(self) -> None:
        """Takes back the turn that is being taken."""
        if self.beat is not None:
            self.beat.over.set()

    def give_way(self) -> None:
        """A player speaks to one of them."""

    # ---------------------------------------------------------------------------------------------- what a kind says

    @property
    @abstractmethod
    def present(self) -> Sequence[str]:
        """Who is in it, as it stands."""

    @abstractmethod
    def break_off(self, why: str = "it was taken back") -> None:
        """Whoever asked for it wants no more of it."""

    async def open(self) -> None:
        """What comes before the first turn."""
        await self.keep(self.record())

    def react(self) -> Iterable[Incident]:
        """What comes between two turns."""
        return ()

    @abstractmethod
    def choose(self) -> Spoken | None:
        """The next turn; None: nobody takes it, or it has ended."""

    @abstractmethod
    async def cue(self, spoken: Spoken) -> Cue:
        """What the speaker answers."""

    @abstractmethod
    async def close(self) -> Incident:
        """Its end, and what follows from it."""

    @abstractmethod
    def after(self, beat: Beat[Spoken], tokens: int) -> Value:
        """The scene after a turn that was heard."""

    @abstractmethod
    def elapsed(self, seconds: float) -> Value:
        """The scene after time in which nobody took a turn."""

    def note(self, beat: Beat[Spoken]) -> dict[str, Any]:
        """What a line that was heard brings about, even if it comes too late to be a turn, as records."""
        return {}

    def record(self) -> dict[str, Any]:
        """The scene as it stands, for the world's history, where it is kept there."""
        return {}

    def heat(self, npc: str) -> int:
        """How heated somebody is, from 0 to 3."""
        return 0

    # ---------------------------------------------------------------------------------------------- one turn

    async def _turn(self, spoken: Spoken) -> AsyncGenerator[Happening, None]:
        """One turn: written and heard; or taken back, when only its time is spent."""
        beat = self.beat = Beat(spoken)
        number, limit = self.scene.turn + 1, self.scene.limits.seconds - self.scene.seconds
        try:
            reply = self.director.say(self.mind.world, await self._utterance(beat))
            async with aclosing(reply) as events:
                async for event in events:
                    if isinstance(event, Started):
                        beat.reply = event.reply
                        heat = self.heat(spoken.speaker)
                        yield TurnTaken(number, event.reply, spoken.speaker, spoken.toward, spoken.move, heat)
                    if isinstance(event, Ended):
                        beat.tokens, beat.text = event.completion_tokens, event.text
                        self.said.append(event.text)
                    if beat.reply:
                        yield event
            if beat.reply and not self.void:
                await beat.wait(limit)
                self.unheard += not beat.heard and beat.seconds >= limit
            await self.keep(self._take(beat))
        finally:
            if self.beat is beat:
                self.beat = None
                self.scene = self.elapsed(beat.seconds)

    async def _utterance(self, beat: Beat[Spoken]) -> Utterance:
        scene, spoken, cue = self.scene, beat.spoken, await self.cue(beat.spoken)
        return Utterance(
            speaker=spoken.toward,
            speaker_name=self.mind.persona(spoken.toward).name,
            to=spoken.speaker,
            text=cue.answers,
            hearers=tuple(npc for npc in self.near if npc != spoken.toward),
            priority=self.priority,
            deadline=min(self.director.deadline, max(0.0, scene.limits.seconds - scene.seconds)),
            seed=mix(scene.seed, scene.turn) if self.seeded else None,
            part=Part(
                move=spoken.move,
                quarrel=cue.quarrel,
                emotion=cue.emotion,
                fallback=cue.fallback,
                then=lambda: self._heard(beat),
                tokens=scene.limits.tokens - scene.tokens,
                facts=cue.facts,
                tells=cue.tells,
            ),
            private=self.private,
            cancelled=beat.over,
        )

    def _heard(self, beat: Beat[Spoken]) -> dict[str, Any]:
        """The game says that a line was spoken; gives the records that follow."""
        beat.hear()
        return self.note(beat) | self._take(beat)

    def _take(self, beat: Beat[Spoken]) -> dict[str, Any]:
        """The turn counts once it was written to its end and heard; gives the records that change by it."""
        if self.beat is not beat or beat.tokens is None or not beat.heard or self.void or self.scene.ending is not None:
            return {}
        self.beat = None
        self.scene = self.after(beat, beat.tokens)
        return self.record()

    async def keep(self, records: dict[str, Any]) -> None:
        """Keeps records; a disk that fails stops nobody."""
        if records:
            with contextlib.suppress(StorageError):
                await self.mind.keep(records=records)
