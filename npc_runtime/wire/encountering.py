"""The services about talk among characters: `encounter.*`, `talk.hush` and `talk.budget`."""

from __future__ import annotations

import contextlib
from collections.abc import Coroutine
from typing import Any

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.encounter.encounter import Limits
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.stage.encounters import Encounters
from npc_runtime.dialogue.stage.happenings import Happening, LineBegun, Parted
from npc_runtime.dialogue.stage.meeting import Meeting
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import Answering, when_kept
from npc_runtime.wire.handling import handles
from npc_runtime.wire.session import Saying, Session, Sessions
from npc_runtime.wire.talk import PRIORITIES, reply_message
from npc_runtime.world.entity import entity_id


class Encountering:
    """Handlers for `encounter.start`, `encounter.stop`, `talk.hush` and `talk.budget`."""

    def __init__(self, director: Director, encounters: Encounters, sessions: Sessions) -> None:
        self._director = director
        self._encounters = encounters
        self._sessions = sessions

    @handles("encounter.start", streamed=True)
    def start(self, session: Session, request: m.EncounterStart) -> Coroutine[Any, Any, None]:
        """Has characters talk. Raises NotFound, Invalid, Conflict, StorageError; and Cancelled where it is void."""
        epoch = self._director.mind(request.world).speaking.epoch
        return self._start(session, request, [entity_id(npc, "npc") for npc in request.between], epoch)

    async def _start(self, session: Session, request: m.EncounterStart, npcs: list[str], epoch: Epoch) -> None:
        meeting = await self._encounters.begin(
            request.world,
            npcs,
            place=request.at,
            about=request.about,
            limits=Limits(**request.limits.model_dump()),
            private=request.private,
            quiet=request.quiet,
            seed=request.seed,
            priority=PRIORITIES[request.priority],
            epoch=epoch,
        )
        between = meeting.npcs
        session.sayings[request.id] = Saying(
            request.world, frozenset(between), lambda: meeting.end("stopped"), lambda npc: meeting.leave([npc])
        )
        encounter = meeting.encounter
        session.send(
            m.EncounterStarted(
                re=request.id,
                world=request.world,
                encounter=encounter.id,
                between=between,
                at=encounter.place,
                about=encounter.about,
                quiet=meeting.quiet,
            )
        )
        try:
            async with contextlib.aclosing(self._encounters.perform(meeting)) as happenings:
                async for happening in happenings:
                    session.send(self._message(request, meeting, between, happening))
        finally:
            session.sayings.pop(request.id, None)

    @handles("encounter.stop")
    def stop(self, session: Session, request: m.EncounterStop) -> m.Done:
        """Ends an encounter where it stands. Raises NotFound."""
        self._director.mind(request.world)
        self._encounters.stop(request.world, request.encounter)
        return m.Done(re=request.id)

    @handles("talk.hush")
    def hush(self, session: Session, request: m.TalkHush) -> m.Done:
        """Silence for a scripted scene. Raises NotFound, Invalid."""
        self._encounters.hush(request.world, request.npcs, request.place, request.seconds)
        return m.Done(re=request.id)

    @handles("talk.budget", keeps=True)
    def budget(self, session: Session, request: m.TalkBudget) -> Answering:
        """Sets what encounters may cost. Raises NotFound."""
        mind = self._director.mind(request.world)
        records = mind.talks.budget.set(request.turns_per_minute, request.cooldown)
        return when_kept(mind, mind.keep(records=records), m.Done(re=request.id))

    def _message(
        self, request: m.EncounterStart, meeting: Meeting, between: list[str], happening: Happening
    ) -> m.Response:
        """The wire's word for what happened in an encounter."""
        encounter = meeting.encounter
        match happening:
            case LineBegun():
                return m.EncounterTurn(
                    re=request.id,
                    encounter=encounter.id,
                    turn=happening.number,
                    reply=happening.reply,
                    speaker=happening.speaker,
                    to=happening.to,
                    move=happening.move.value,
                )
            case Parted(reason=reason):
                ended = m.EncounterEnded(
                    re=request.id,
                    world=request.world,
                    encounter=encounter.id,
                    between=between,
                    reason=reason,
                    turns=encounter.turn,
                    seconds=round(encounter.seconds, 3),
                    news=[m.NewsInfo(**vars(passed)) for passed in happening.news],
                )
                told = ended.model_dump(include={"world", "encounter", "between", "reason"})
                news = [] if encounter.private else ended.news
                self._sessions.publish(m.EventEncounterEnded(at=encounter.place, news=news, **told))
                return ended
        return reply_message(request.id, happening)
