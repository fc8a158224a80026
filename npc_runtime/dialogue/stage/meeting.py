"""An encounter that goes on: how it stands, the line that is being spoken, and what ends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from npc_runtime.dialogue.encounter.encounter import Encounter, Reason, Spoken, after, elapsed, left
from npc_runtime.dialogue.encounter.news import clause
from npc_runtime.dialogue.gossip.teaching import carries
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.stage.beat import Beat
from npc_runtime.dialogue.state import Mind
from npc_runtime.engine.request import Priority


@dataclass(eq=False)
class Meeting:
    """An encounter that is being performed."""

    mind: Mind
    encounter: Encounter
    priority: Priority
    seeded: bool  # the caller named the seed: the same words again
    quiet: bool  # nobody listens: no lines
    epoch: Epoch  # in which it was asked for
    known: dict[str, frozenset[int]]  # ids of what each member had learned before
    said: list[str] = field(default_factory=list)  # its lines
    beat: Beat[Spoken] | None = None
    wanted: Reason | None = None  # something ends it

    @property
    def void(self) -> str:
        """Why nothing of it happened, or nothing: a save was restored since, or a player forgotten."""
        return self.epoch.void

    @property
    def npcs(self) -> list[str]:
        """Who is in it."""
        return list(self.encounter.ids)

    def end(self, reason: Reason) -> None:
        """Ends it at once; a line that is being spoken breaks off."""
        self.wanted = self.wanted or reason
        if self.beat is not None:
            self.beat.cancelled.set()

    def leave(self, npcs: Iterable[str]) -> None:
        """Some go away and are free to talk to others; the line of one breaks off, and the talk where one is left."""
        gone = list(npcs)
        self.release(gone)
        self.encounter = left(self.encounter, gone)
        if self.encounter.ending is not None:
            self.end("parted")
        elif self.beat is not None and self.beat.spoken.speaker in gone:
            self.beat.cancelled.set()

    def release(self, npcs: Iterable[str]) -> None:
        """These are free to talk to others."""
        company = self.mind.speaking.company
        for npc in npcs:
            if company.get(npc) == self.give_way:
                del company[npc]

    def give_way(self) -> None:
        """A player speaks to one of them."""
        self.end("yielded")

    def heard(self, beat: Beat[Spoken]) -> dict[str, Any]:
        """A line was heard: those in the talk have spoken of it; gives the records that follow."""
        beat.heard.set()
        mind, spoken, now = self.mind, beat.spoken, self.mind.world.clock.now
        told = spoken.news.text if spoken.news and carries(beat.text, clause(spoken.news.text)) else ""
        records: dict[str, Any] = {}
        for npc in self.npcs:
            if npc != spoken.speaker:
                records |= mind.talks.meetings.meet(spoken.speaker, npc, now, told)
        self.take()
        return records

    def take(self) -> None:
        """The turn counts, once it was written to its end and heard."""
        beat = self.beat
        if beat is not None and beat.tokens is not None and beat.heard.is_set():
            self.beat = None
            self.encounter = after(self.encounter, beat.spoken, seconds=beat.seconds, tokens=beat.tokens)

    def drop(self, beat: Beat[Spoken]) -> None:
        """A turn that was never heard: only its time has passed."""
        if self.beat is beat:
            self.beat = None
            self.encounter = elapsed(self.encounter, beat.seconds)
