"""An encounter on the stage: what each turn answers, what hinders or ends it, and what news passes in it.

Where nobody listens there are no lines: the news is exchanged, and that is all.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from npc_runtime.dialogue.encounter.encounter import Encounter, Reason, Spoken, after, elapsed, ended, left, paused
from npc_runtime.dialogue.encounter.floor import next_turn
from npc_runtime.dialogue.encounter.stock import BARKED, cue, face, stock_line
from npc_runtime.dialogue.gossip.exchange import Passed, exchange
from npc_runtime.dialogue.gossip.teaching import carries
from npc_runtime.dialogue.policy.barks import fallback_line
from npc_runtime.dialogue.stage.beat import Beat, Cue, Incident
from npc_runtime.dialogue.stage.casting import cooling
from npc_runtime.dialogue.stage.performance import Performance
from npc_runtime.dice import mix
from npc_runtime.errors import StorageError
from npc_runtime.world.entity import bare


@dataclass(frozen=True)
class Parted(Incident):
    """It is over: why, and what news went from whom to whom."""

    reason: Reason
    news: tuple[Passed, ...]


@dataclass(eq=False, kw_only=True)
class Meeting(Performance[Encounter, Spoken]):
    """An encounter that is being performed."""

    kind = "encounter"
    begun_by = "encounter.start"
    again = "encounter.start begins another"

    quiet: bool  # nobody listens: no lines
    known: dict[str, frozenset[int]]  # ids of what each member had learned before
    wanted: Reason | None = None  # something ends it
    passed: tuple[Passed, ...] = ()  # without lines

    @property
    def present(self) -> Sequence[str]:
        """Its members."""
        return self.scene.ids

    @property
    def hushed(self) -> bool:
        """Whether a scene wants silence of one of them."""
        hushes, now = self.mind.talks.hushes, time.monotonic()
        return any(hushes.silent(npc, self.scene.place, now) for npc in self.npcs)

    def end(self, reason: Reason) -> None:
        """Ends it at once; a line that is being spoken breaks off."""
        self.wanted = self.wanted or reason
        self.hurry()

    def break_off(self, why: str = "it was taken back") -> None:
        """It ends."""
        self.end("stopped")

    def give_way(self) -> None:
        """It ends."""
        self.end("yielded")

    def leave(self, npc: str) -> None:
        """One goes away: the line of one breaks off, and the talk where one is left."""
        super().leave(npc)
        self.scene = left(self.scene, [npc])
        if self.scene.ending is not None:
            self.end("parted")

    # ---------------------------------------------------------------------------------------------- its course

    async def open(self) -> None:
        """Without lines, where nobody listens or they have talked enough, news is all there is."""
        hindrance = self._hindrance()
        if hindrance in ("", "budget") and (self.quiet or hindrance):
            await self._exchange()
        if hindrance or self.quiet:
            self.scene = ended(self.scene, hindrance or "done")

    def choose(self) -> Spoken | None:
        """Who of those who are still there speaks, unless something ends it, or nobody has anything to say."""
        for npc in self.npcs:
            if self.away(npc):
                self.leave(npc)
        interruption = self._interruption()
        if interruption or self.scene.ending is not None:
            self.scene = ended(self.scene, interruption or "stopped")
            return None
        spoken = next_turn(self.scene)
        if spoken is None:
            self.scene = paused(self.scene)
        else:
            self.mind.talks.budget.spend(time.monotonic())
        return spoken

    async def close(self) -> Parted:
        """What they have learned of each other."""
        assert self.scene.ending is not None, "it closes when it has ended"
        return Parted(self.scene.ending, self.passed or tuple(await self._learned()))

    def after(self, beat: Beat[Spoken], tokens: int) -> Encounter:
        """As the rules have it."""
        return after(self.scene, beat.spoken, seconds=beat.seconds, tokens=tokens)

    def elapsed(self, seconds: float) -> Encounter:
        """As the rules have it."""
        return elapsed(self.scene, seconds)

    def note(self, beat: Beat[Spoken]) -> dict[str, Any]:
        """Those in the talk have met, and spoken of what was said."""
        spoken, meetings, now = beat.spoken, self.mind.talks.meetings, self.mind.world.clock.now
        wording = self.mind.wording
        told = spoken.news.claim if spoken.news and carries(beat.text, spoken.news.claim, wording) else ""
        records: dict[str, Any] = {}
        for npc in self.present:
            if npc != spoken.speaker:
                records |= meetings.meet(spoken.speaker, npc, now, told, wording.language)
        return records

    def _hindrance(self) -> Reason | Literal[""]:
        """Why it does not even begin, or nothing."""
        if self.hushed:
            return "hushed"
        if cooling(self.mind, self.scene):
            return "cooling"
        return "" if self.quiet or self.mind.talks.budget.left(time.monotonic()) else "budget"

    def _interruption(self) -> Reason | Literal[""]:
        """Why it goes on no further, or nothing."""
        if self.wanted is not None:
            return self.wanted
        if self.hushed:
            return "hushed"
        if self.scene.full:
            return "limit"
        return "" if self.mind.talks.budget.left(time.monotonic()) else "budget"

    # ---------------------------------------------------------------------------------------------- its lines

    async def cue(self, spoken: Spoken) -> Cue:
        """The last line is answered where the turn is a reaction to it, else what would have asked for it."""
        mind, scene, language = self.mind, self.scene, self.mind.language
        speaker, other = scene.member(spoken.speaker), scene.member(spoken.toward)
        if spoken.move not in BARKED:
            fallback = stock_line(spoken, speaker.name, other.name, scene.seed, scene.turn, language=language)
        else:
            fallback = fallback_line(
                mind.pack,
                bare(speaker.id),
                spoken.move,
                mood=speaker.mood,
                listener=other.name,
                seed=mix(scene.seed, scene.turn),
                recent=mind.speaking.last_lines(speaker.id),
                place=mind.place_name(speaker.id),
            )
        told = spoken.news if spoken.act in ("tell", "chat") else None
        stated, tells = ((told.fact,), told.claim) if told is not None else ((), "")
        return Cue(self._answered(spoken), face(spoken), fallback, stated, tells)

    def _answered(self, spoken: Spoken) -> str:
        scene = self.scene
        name, last = scene.member(spoken.speaker).name, scene.last
        answering = spoken.act in ("react", "ask", "greet") or (last is not None and last.act in ("ask", "part"))
        if answering and last is not None and last.speaker == spoken.toward:
            lines = self.mind.conversation(spoken.speaker).lines
            said = next((line.text for line in reversed(lines) if line.speaker == spoken.toward), "")
            if said:
                return said
        if spoken.act == "tell" and spoken.news is not None and spoken.news.wanted and scene.about:
            return self.mind.language.phrases.text("cue.about", topic=scene.about, name=name)
        return cue(spoken, name, scene.seed, scene.turn, language=self.mind.language)

    # ---------------------------------------------------------------------------------------------- its news

    async def _exchange(self) -> None:
        """Without lines: each tells the one beside it what is new; who tells whom is the seed's."""
        mind, now = self.mind, self.mind.world.clock.now
        records: dict[str, Any] = {}
        for one, two in itertools.pairwise(self.between):
            records |= mind.talks.meetings.meet(one, two, now)
            with contextlib.suppress(StorageError):
                found = await exchange(mind, one, two, seed=mix(self.scene.seed, one, two))
                if self.void:
                    return
                self.passed += tuple(found)
                for news in found:
                    records |= mind.talks.meetings.meet(news.teller, news.listener, now, news.claim)
        await self.keep(records)

    async def _learned(self) -> list[Passed]:
        """What they have from each other that they did not know before."""
        learned = []
        for npc in self.between:
            with contextlib.suppress(StorageError):
                for stored in reversed(await self.mind.memory.latest(npc)):
                    one = stored.entry
                    if stored.id not in self.known[npc] and one.how == "told" and one.who in self.between:
                        learned.append(Passed.of(one, self.mind.wording))
        return learned
