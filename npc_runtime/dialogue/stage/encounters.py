"""Encounters: has characters talk among themselves, line by line, and ends every such talk.

    begin -> (choose -> write -> wait until it was heard) ... -> part

The rules of `encounter` choose, the director has the line written like any reply, and the game says what was heard.
Where nobody listens there are no lines: the news is exchanged, and that is all.
"""

from __future__ import annotations

import contextlib
import itertools
import secrets
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from typing import Any, Literal

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.encounter.encounter import Limits, Reason, begin, ended, paused
from npc_runtime.dialogue.encounter.floor import next_turn
from npc_runtime.dialogue.encounter.talks import EVERYBODY
from npc_runtime.dialogue.events import Ended, Started
from npc_runtime.dialogue.generation.race import Interrupted, race
from npc_runtime.dialogue.gossip.exchange import Passed, exchange
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.stage import gathering
from npc_runtime.dialogue.stage.arguments import Stage
from npc_runtime.dialogue.stage.beat import Beat
from npc_runtime.dialogue.stage.company import chosen, quarrels, taken, unheard
from npc_runtime.dialogue.stage.happenings import Happening, LineBegun, Parted
from npc_runtime.dialogue.stage.meeting import Meeting
from npc_runtime.dialogue.stage.uttering import utterance
from npc_runtime.dialogue.state import Mind
from npc_runtime.dice import mix
from npc_runtime.engine.request import Priority
from npc_runtime.errors import Cancelled, Conflict, Invalid, StorageError, not_found
from npc_runtime.world.entity import bare

_LIMITS = Limits()
_COUNTER = "encounter"  # among the turns of `speaking`: each encounter without a seed has another chance


class Encounters:
    """The encounters of every open world. Belongs to the daemon's event loop."""

    def __init__(self, director: Director, stage: Stage) -> None:
        self._director = director
        self._stage = stage
        self._going_on: dict[tuple[str, str], Meeting] = {}  # by world and encounter

    async def begin(
        self,
        world_id: str,
        npcs: Sequence[str],
        *,
        place: str | None = None,
        about: str = "",
        limits: Limits = _LIMITS,
        private: bool = False,
        quiet: bool | None = None,
        seed: int | None = None,
        priority: Priority = Priority.BACKGROUND,
        epoch: Epoch | None = None,
    ) -> Meeting:
        """Characters who are at one place meet, to be performed. Without `npcs`, some of those who are free at `place`.

        `quiet` None: no lines where every player is known to be elsewhere. `epoch`: in which it was asked for. Raises
        NotFound, Invalid, StorageError, Conflict for characters that are at different places or taken, and Cancelled
        where the epoch is over.
        """
        mind = self._director.mind(world_id)
        epoch = mind.speaking.epoch if epoch is None else epoch
        epoch.check("the encounter was not begun", "encounter.start begins one in the world as it is now")
        chance = seed if seed is not None else mix(self._director.seed, world_id, mind.speaking.begin(_COUNTER))
        if not npcs:
            npcs = self._company(mind, place, chance)
        where = self._together(mind, npcs)
        members = await gathering.gather(mind, npcs, about)
        known = {npc: frozenset(stored.id for stored in await mind.memory.latest(npc)) for npc in npcs}
        epoch.check("the encounter was not begun", "encounter.start begins one in the world as it is now")
        where = self._together(mind, npcs)  # while their memories were read, somebody may have gone or been taken
        id = f"e{secrets.token_hex(6)}"
        encounter = begin(id, members, about=about, place=where, limits=limits, seed=chance, private=private)
        quiet = unheard(mind, where) if quiet is None else quiet
        meeting = Meeting(mind, encounter, priority, seed is not None, quiet, epoch, known)
        self._going_on[world_id, id] = meeting
        for npc in npcs:
            mind.speaking.company[npc] = meeting.give_way
        return meeting

    async def perform(self, meeting: Meeting) -> AsyncGenerator[Happening, None]:
        """What happens, to its end. Raises Cancelled where a restored save takes it back; closing it ends it too."""
        mind = meeting.mind
        npcs = meeting.npcs
        passed: list[Passed] = []
        try:
            hindrance = self._hindrance(meeting)
            if hindrance in ("", "budget") and (meeting.quiet or hindrance):
                passed = await self._exchange(meeting)
            if hindrance or meeting.quiet:
                meeting.encounter = ended(meeting.encounter, hindrance or "done")
            while meeting.encounter.ending is None:
                async with aclosing(self._turn(meeting)) as happenings:
                    async for happening in happenings:
                        yield happening
            if meeting.void:
                raise Cancelled(f"the encounter broke off: {meeting.void}", hint="encounter.start begins another")
            ending = meeting.encounter.ending
            yield Parted(ending, tuple(passed or await self._learned(meeting, npcs)))
        finally:
            self._going_on.pop((mind.world.id, meeting.encounter.id), None)
            meeting.release(npcs)
            meeting.end("stopped")

    def stop(self, world_id: str, encounter_id: str) -> None:
        """Ends an encounter where it stands. Raises NotFound."""
        meeting = self._going_on.get((world_id, encounter_id))
        if meeting is None:
            going_on = [id for world, id in self._going_on if world == world_id]
            raise not_found("encounter", encounter_id, going_on, where=f'world "{world_id}"')
        meeting.end("stopped")

    def hush(self, world_id: str, npcs: Iterable[str], place: str | None, seconds: float | None) -> None:
        """Nobody of these, or there, or at all, chats for so long; None: until 0 lifts it. Raises NotFound, Invalid."""
        mind = self._director.mind(world_id)
        who = [mind.persona_id(npc) for npc in npcs] + ([mind.world.place(place)] if place else [])
        now = time.monotonic()
        for one in who or [EVERYBODY]:
            if seconds == 0:
                mind.talks.hushes.lift(one)
            else:
                mind.talks.hushes.hush(one, None if seconds is None else now + seconds)
        for (world, _), meeting in list(self._going_on.items()):
            if world == world_id and _hushed(meeting):
                meeting.end("hushed")

    # ---------------------------------------------------------------------------------------------- one turn

    async def _turn(self, meeting: Meeting) -> AsyncGenerator[Happening, None]:
        """One turn, or what ends the talk instead of it."""
        mind = meeting.mind
        meeting.leave(npc for npc in meeting.npcs if mind.place(npc) != meeting.encounter.place)
        hindrance = self._interruption(meeting)
        if hindrance or meeting.encounter.ending is not None:
            meeting.encounter = ended(meeting.encounter, hindrance or "stopped")
            return
        spoken = next_turn(meeting.encounter)
        if spoken is None:
            meeting.encounter = paused(meeting.encounter)
            return
        mind.talks.budget.spend(time.monotonic())
        beat = meeting.beat = Beat(spoken)
        encounter = meeting.encounter
        try:
            reply = self._director.say(mind.world, utterance(meeting, beat, self._director))
            async with aclosing(reply) as events:
                async for event in events:
                    if isinstance(event, Started):
                        beat.reply = event.reply
                        number = encounter.turn + 1
                        yield LineBegun(number, event.reply, spoken.speaker, spoken.toward, spoken.move)
                    if beat.reply:
                        yield event
                    if isinstance(event, Ended):
                        beat.tokens, beat.text = event.completion_tokens, event.text
                        meeting.said.append(event.text)
            if beat.reply and meeting.wanted is None and not meeting.void:
                with contextlib.suppress(Interrupted):
                    left_over = encounter.limits.seconds - encounter.seconds
                    await race(beat.heard.wait(), beat.cancelled, beat.began + left_over)
            meeting.take()
        finally:
            meeting.drop(beat)

    # ---------------------------------------------------------------------------------------------- what ends it

    def _hindrance(self, meeting: Meeting) -> Reason | Literal[""]:
        """Why it does not even begin, or nothing."""
        if _hushed(meeting):
            return "hushed"
        if gathering.cooling(meeting.mind, meeting.encounter):
            return "cooling"
        if not meeting.quiet and not meeting.mind.talks.budget.left(time.monotonic()):
            return "budget"
        return ""

    def _interruption(self, meeting: Meeting) -> Reason | Literal[""]:
        """Why it goes on no further, or nothing."""
        if meeting.void:
            return "stopped"
        if meeting.wanted is not None:
            return meeting.wanted
        if _hushed(meeting):
            return "hushed"
        if any(quarrels(meeting.mind, self._stage, npc) for npc in meeting.npcs):
            return "yielded"
        if meeting.encounter.full:
            return "limit"
        return "" if meeting.mind.talks.budget.left(time.monotonic()) else "budget"

    # ---------------------------------------------------------------------------------------------- who is in it

    def _together(self, mind: Mind, npcs: Sequence[str]) -> str:
        """Where these characters are. Raises NotFound for one who is nowhere, Conflict where they cannot talk."""
        places = {npc: mind.world.npc(npc).at or "" for npc in npcs}
        for npc in npcs:
            why = taken(mind, self._stage, npc)
            if why:
                raise Conflict(why, hint="wait until that is over, or name somebody else")
        if len(set(places.values())) > 1:
            where = ", ".join(f"{npc} is at {bare(place)}" for npc, place in places.items())
            raise Conflict(where, hint="move them to one place with entity.move first")
        return next(iter(places.values()), "")

    def _company(self, mind: Mind, place: str | None, chance: int) -> list[str]:
        """Some of those who are free at a place. Raises Invalid, NotFound, Conflict."""
        if place is None:
            raise Invalid("an encounter of nobody, nowhere", hint="name characters in `between`, or a place in `at`")
        where = mind.world.place(place)
        here = [npc for npc in mind.world.here(where) if npc.startswith("npc:")]
        now = time.monotonic()
        free = [
            npc for npc in here if not taken(mind, self._stage, npc) and not mind.talks.hushes.silent(npc, where, now)
        ]
        if len(free) < 2:
            there = ", ".join(map(bare, here)) or "nobody"
            raise Conflict(
                f"fewer than two at {bare(where)} are free to talk", hint=f"there is {there}; try again in a while"
            )
        return chosen(mind, free, chance)

    # ---------------------------------------------------------------------------------------------- news

    async def _exchange(self, meeting: Meeting) -> list[Passed]:
        """Without lines: each tells the one beside it what is new; who tells whom is the seed's."""
        mind, npcs, now = meeting.mind, meeting.npcs, meeting.mind.world.clock.now
        passed: list[Passed] = []
        records: dict[str, Any] = {}
        for one, two in itertools.pairwise(npcs):
            records |= mind.talks.meetings.meet(one, two, now)
            with contextlib.suppress(StorageError):
                found = await exchange(mind, one, two, seed=mix(meeting.encounter.seed, one, two))
                if meeting.void:
                    return passed
                passed += found
                for news in found:
                    records |= mind.talks.meetings.meet(news.teller, news.listener, now, news.text)
        with contextlib.suppress(StorageError):
            await mind.keep(records=records)
        return passed

    async def _learned(self, meeting: Meeting, npcs: Sequence[str]) -> list[Passed]:
        """What they have from each other that they did not know before."""
        learned = []
        for npc in npcs:
            with contextlib.suppress(StorageError):
                for stored in reversed(await meeting.mind.memory.latest(npc)):
                    one = stored.entry
                    if stored.id not in meeting.known[npc] and one.how == "told" and one.who in npcs:
                        learned.append(Passed(one.who, npc, one.text, one.origin, one.depth, one.confidence))
        return learned


def _hushed(meeting: Meeting) -> bool:
    hushes, now = meeting.mind.talks.hushes, time.monotonic()
    return any(hushes.silent(npc, meeting.encounter.place, now) for npc in meeting.npcs)
