"""An argument that is being played: how it stands, the turn that is being taken, and what was said into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from npc_runtime.dialogue.quarrel.argument import Argument, Spoken
from npc_runtime.dialogue.quarrel.card import degree
from npc_runtime.dialogue.quarrel.course import after, elapsed
from npc_runtime.dialogue.quarrel.intervention import Intervened, Intervention
from npc_runtime.dialogue.quarrel.lastword import last_word
from npc_runtime.dialogue.quarrel.mediation import mediated
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.stage.beat import Beat
from npc_runtime.dialogue.stage.incidents import Escalated
from npc_runtime.dialogue.state import ARGUMENT, Mind
from npc_runtime.engine.request import Priority
from npc_runtime.memory.relations import Numbers


@dataclass(eq=False)
class Playing:
    """An argument on the stage."""

    mind: Mind
    argument: Argument
    priority: Priority
    seeded: bool  # the caller named the seed: the same words again
    epoch: Epoch  # in which it was asked for
    degree: int  # the hottest so far
    waiting: list[Intervention] = field(default_factory=list)  # what was said into it during this turn
    beat: Beat[Spoken] | None = None
    stopping: bool = False
    broken: str = ""  # why it broke off
    said: list[str] = field(default_factory=list)  # the lines since it went on stage

    @property
    def void(self) -> str:
        """Why it goes on no further, or nothing."""
        return self.broken or self.epoch.void

    def break_off(self, why: str = "it was taken back") -> None:
        """Leaves the stage as it stands; it can be resumed."""
        self.broken = self.broken or why
        self.hurry(spoken=True)

    def leave(self, npc: str) -> None:
        """A party goes away: what it says breaks off, and the argument where those who remain have nothing to argue."""
        if npc in self.present and not self.argument.without([npc]).contested:
            self.break_off(f"{npc} is gone")
        elif self.beat is not None and self.beat.spoken.speaker == npc:
            self.beat.cancelled.set()

    def miss(self) -> None:
        """Between two turns: parties that are elsewhere by now are out of it."""
        gone = [npc for npc in self.present if self.mind.place(npc) != self.argument.place]
        remaining = self.argument.without(gone)
        if gone and remaining.contested:
            self.argument = remaining
            self.mind.keep(records=self.record())
        elif gone:
            self.break_off(f"{gone[0]} is gone")

    @property
    def present(self) -> list[str]:
        """The parties that have not left."""
        return [party.id for party in self.argument.present]

    def hurry(self, *, spoken: bool = False) -> None:
        """Takes back a turn that has not begun; with `spoken`, also one that has."""
        if self.beat is not None and (spoken or not self.beat.reply):
            self.beat.cancelled.set()

    def take(self) -> dict[str, Any]:
        """The turn counts once it was written to its end and heard; gives the records that changed by it."""
        beat = self.beat
        if beat is None or beat.tokens is None or not beat.heard.is_set() or self.void or self.argument.ending:
            return {}
        self.beat = None
        self.argument = after(self.argument, beat.spoken, seconds=beat.seconds, tokens=beat.tokens)
        return self.record()

    def record(self) -> dict[str, Any]:
        """The argument as it stands, for the world's history."""
        self.mind.arguments[self.argument.id] = self.argument
        return {ARGUMENT + self.argument.id: self.argument.as_record()}

    def mediate(self, said: Intervention) -> Intervened:
        """What was said into the argument takes effect, also where it came during the last turn."""
        effect = mediated if self.argument.ending is None else last_word
        self.argument = effect(self.argument, said, standing(self.mind, self.argument, said.by))
        self.mind.keep(records=self.record())
        return self.argument.interventions[-1]

    def acquaint(self) -> None:
        """What parties feel for each other may have changed since the last turn."""
        argument, now = self.argument, self.mind.world.clock.now
        parties = []
        for party in argument.parties:
            persona = self.mind.persona(party.id)
            toward = {other: self.mind.feelings.relation(persona, other).now(now) for other in party.toward}
            parties.append(party if toward == party.toward else replace(party, toward=toward))
        self.argument = replace(argument, parties=tuple(parties))

    def lapse(self, beat: Beat[Spoken]) -> None:
        """A turn that was never heard: only its time has passed."""
        if self.beat is beat:
            self.beat = None
            self.argument = elapsed(self.argument, beat.seconds)

    def escalated(self) -> Iterator[Escalated]:
        """News, where the argument is hotter than it ever was."""
        argument = self.argument
        now = degree(argument.heat)
        if now > self.degree:
            self.degree = now
            yield Escalated(max(argument.present, key=lambda party: argument.stances[party.id].heat).id, now)


def standing(mind: Mind, argument: Argument, mediator: str) -> dict[str, Numbers]:
    """How each party stands to a mediator."""
    now = mind.world.clock.now
    return {party.id: mind.feelings.relation(mind.persona(party.id), mediator).now(now) for party in argument.parties}
