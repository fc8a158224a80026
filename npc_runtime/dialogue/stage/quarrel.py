"""An argument on the stage: what each turn answers, what is said into it, how it gets hotter, and how it breaks off."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from npc_runtime.dialogue.commit import hear
from npc_runtime.dialogue.generation.choices import Line
from npc_runtime.dialogue.generation.guard import clean_line
from npc_runtime.dialogue.memories import memory
from npc_runtime.dialogue.quarrel.argument import Argument, Spoken
from npc_runtime.dialogue.quarrel.card import card, degree
from npc_runtime.dialogue.quarrel.course import after, elapsed, next_turn, stopped
from npc_runtime.dialogue.quarrel.intervention import Intervened, Intervention
from npc_runtime.dialogue.quarrel.lastword import last_word
from npc_runtime.dialogue.quarrel.mediation import mediated
from npc_runtime.dialogue.quarrel.mediator import understood
from npc_runtime.dialogue.quarrel.outcome import Outcome
from npc_runtime.dialogue.quarrel.reading import read
from npc_runtime.dialogue.quarrel.stock import face, stock_line
from npc_runtime.dialogue.stage.aftermath import settle
from npc_runtime.dialogue.stage.beat import Beat, Cue, Incident
from npc_runtime.dialogue.stage.performance import Performance
from npc_runtime.dialogue.state import ARGUMENT
from npc_runtime.errors import Invalid, StorageError
from npc_runtime.memory.recall import Memory
from npc_runtime.memory.relations import Numbers

_SEARCHED = 3


@dataclass(frozen=True)
class Escalated(Incident):
    """The hottest party is a degree hotter than anybody was before it, from 1 to 3."""

    party: str
    heat: int


@dataclass(frozen=True)
class Mediated(Incident):
    """Somebody spoke into it, and this is how it was taken."""

    heard: Intervened


@dataclass(frozen=True)
class Settled(Incident):
    """It has ended, and what follows from it is done."""

    outcome: Outcome


@dataclass(eq=False, kw_only=True)
class Quarrel(Performance[Argument, Spoken]):
    """An argument that is being performed. One that breaks off is kept as it stands, and can be resumed."""

    kind = "argument"
    begun_by = "argue.start"
    again = "argue.resume takes it up again"

    waiting: list[Intervention] = field(default_factory=list)  # what was said into it during this turn
    stopping: bool = False
    broken: str = ""  # why it broke off
    hottest: int = field(init=False)  # so far, in degrees

    def __post_init__(self) -> None:
        self.hottest = degree(self.scene.heat)

    @property
    def void(self) -> str:
        """Why it goes on no further, or nothing."""
        return self.broken or self.epoch.void

    @property
    def present(self) -> list[str]:
        """The parties that have not left."""
        return [party.id for party in self.scene.present]

    def break_off(self, why: str = "it was taken back") -> None:
        """Leaves the stage as it stands; it can be resumed."""
        self.broken = self.broken or why
        self.hurry()

    def stop(self) -> None:
        """Ends it where it stands."""
        self.stopping = True
        self.hurry()

    def leave(self, npc: str) -> None:
        """A party goes away: what it says breaks off, and the argument where those who remain have nothing to argue."""
        if npc in self.present and not self.scene.without([npc]).contested:
            self.break_off(f"{npc} is gone")
        super().leave(npc)

    async def understood(self, by: str, name: str, text: str) -> Intervention:
        """What somebody means who speaks into it. Raises Invalid for a line without words."""
        line = clean_line(text)
        if not line:
            raise Invalid("the line has no words in it", hint="send the text that the mediator says")
        words, choosing = read(self.scene, by, name, line), self.director.choosing_for(self.mind, "mediator")
        if choosing is None:
            return words
        wording, lines = self.mind.wording, self.mind.conversation(self.present[0]).lines
        heard = [Line(wording.name(one.speaker), one.text, wording.name(one.to)) for one in lines]
        return await understood(self.scene, words, heard, wording, choosing)

    def intervene(self, said: Intervention) -> tuple[Intervened, str, asyncio.Task[list[int]]]:
        """Somebody speaks into it; gives how the line is taken as things stand, to whom it was said, and the writing.

        Everybody near hears the line. It counts from the next turn on; one that has not begun to speak is taken back.
        Raises Conflict.
        """
        by, name, line = said.by, said.name, said.text
        heard = mediated(self.scene, said, self._standing(by)).interventions[-1]
        spoken = self.scene.spoken[-1].speaker if self.scene.spoken else ""
        to = next((id for id in (said.against, said.side, spoken) if id in self.present), self.present[0])
        near = tuple(other for other in self.near if other != by)
        writing = self.mind.keep(hear(self.mind, by, name, to, line, near).entries)
        self.waiting.append(said)
        if self.beat is not None and not self.beat.reply:
            self.hurry()
        return heard, to, writing

    # ---------------------------------------------------------------------------------------------- its course

    def react(self) -> Iterator[Incident]:
        """It may be hotter now; and what was said into it takes effect, also where it came during the last turn."""
        yield from self._escalated()
        while self.waiting and not self.void:
            said = self.waiting.pop(0)
            effect = mediated if self.scene.ending is None else last_word
            self.scene = effect(self.scene, said, self._standing(said.by))
            self.mind.keep(records=self.record())
            yield Mediated(self.scene.interventions[-1])
            yield from self._escalated()

    def choose(self) -> Spoken | None:
        """The next turn, with those who are there and as they feel now."""
        if self.stopping:
            self.scene = stopped(self.scene)
        if self.scene.ending is None:
            self._acquaint()
            self._miss()
        return next_turn(self.scene) if self.scene.ending is None and not self.void else None

    async def close(self) -> Settled:
        """What follows from it is done."""
        result, kept = settle(self.mind, self.scene, self.heard_by)
        with contextlib.suppress(StorageError):
            await kept
        return Settled(result)

    def after(self, beat: Beat[Spoken], tokens: int) -> Argument:
        """As the rules have it."""
        return after(self.scene, beat.spoken, seconds=beat.seconds, tokens=tokens)

    def elapsed(self, seconds: float) -> Argument:
        """As the rules have it."""
        return elapsed(self.scene, seconds)

    def record(self) -> dict[str, Any]:
        """The argument as it stands."""
        self.mind.arguments[self.scene.id] = self.scene
        return {ARGUMENT + self.scene.id: self.scene.as_record()}

    def heat(self, npc: str) -> int:
        """That of a party."""
        return degree(self.scene.stances[npc].heat)

    def _escalated(self) -> Iterator[Escalated]:
        now = degree(self.scene.heat)
        if now > self.hottest:
            self.hottest = now
            yield Escalated(max(self.present, key=lambda npc: self.scene.stances[npc].heat), now)

    def _acquaint(self) -> None:
        """What parties feel for each other may have changed since the last turn."""
        parties = []
        for party in self.scene.parties:
            toward = {other: self._feels(party.id, other) for other in party.toward}
            parties.append(party if toward == party.toward else replace(party, toward=toward))
        self.scene = replace(self.scene, parties=tuple(parties))

    def _miss(self) -> None:
        """Parties that are elsewhere by now are out of it."""
        missing = [npc for npc in self.present if npc in self.gone or self.away(npc)]
        remaining = self.scene.without(missing)
        if missing and remaining.contested:
            self.scene = remaining
            self.mind.keep(records=self.record())
        elif missing:
            self.break_off(f"{missing[0]} is gone")

    def _feels(self, npc: str, other: str) -> Numbers:
        return self.mind.feelings.relation(self.mind.persona(npc), other).now(self.mind.world.clock.now)

    def _standing(self, mediator: str) -> dict[str, Numbers]:
        """How each party stands to a mediator."""
        return {party.id: self._feels(party.id, mediator) for party in self.scene.parties}

    # ---------------------------------------------------------------------------------------------- its lines

    async def cue(self, spoken: Spoken) -> Cue:
        """A mediator's line is answered, or the opponent's last one."""
        quarrel, facts = card(self.scene, spoken)
        cited = tuple([await self._remembered(spoken.speaker, fact) for fact in facts])
        return Cue(
            answers=self._answered(spoken),
            emotion=face(spoken.move, quarrel.heat),
            fallback=stock_line(
                *(spoken.move, quarrel, facts, self.said, self.scene.seed, self.scene.turn),
                language=self.mind.language,
            ),
            facts=cited,
            quarrel=quarrel,
        )

    async def _remembered(self, npc: str, fact: str) -> Memory:
        """What is cited, with where the speaker has it from, so that whoever hears it learns it from there too."""
        wording = self.mind.wording
        with contextlib.suppress(StorageError):
            for stored, _ in await self.mind.knows(npc, fact, _SEARCHED):
                if stored.entry.text(wording) == fact and stored.id:
                    return memory(stored.entry, wording)
        return Memory(fact, "witnessed")

    def _answered(self, spoken: Spoken) -> str:
        if self.scene.mediation is not None:
            return self.scene.mediation.said.text
        if not self.scene.spoken:
            name = self.scene.party(spoken.speaker).name
            return self.mind.language.phrases.text("quarrel.opening", name=name)
        lines = self.mind.conversation(spoken.speaker).lines
        said = (line.text for line in reversed(lines) if (line.speaker, line.to) == (spoken.toward, spoken.speaker))
        return next(said, "...")
