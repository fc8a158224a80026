"""The services about talk among characters: `encounter.*`, `talk.hush` and `talk.budget`."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from npc_runtime.dialogue.encounter.encounter import Limits
from npc_runtime.dialogue.gossip.exchange import Passed
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.stage.meeting import Meeting, Parted
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import Answering, when_kept
from npc_runtime.wire.handling import handles
from npc_runtime.wire.scenes import PRIORITIES, Scenes
from npc_runtime.wire.session import Session
from npc_runtime.world.entity import entity_id


class Encountering(Scenes):
    """Handlers for `encounter.start`, `encounter.stop`, `talk.hush` and `talk.budget`."""

    @handles("encounter.start", streamed=True)
    def start(self, session: Session, request: m.EncounterStart) -> Coroutine[Any, Any, None]:
        """Has characters talk. Raises NotFound, Invalid, Conflict, StorageError; and Cancelled where it is void."""
        epoch = self._director.mind(request.world).speaking.epoch
        return self._start(session, request, [entity_id(npc, "npc") for npc in request.between], epoch)

    async def _start(self, session: Session, request: m.EncounterStart, npcs: list[str], epoch: Epoch) -> None:
        meeting = await self._stage.meet(
            request.world,
            npcs,
            place=request.at,
            about=request.about,
            limits=Limits(**request.limits.model_dump()),
            heard_by=self._director.mind(request.world).world.hearers(request.heard_by),
            private=request.private,
            quiet=request.quiet,
            seed=request.seed,
            priority=PRIORITIES[request.priority],
            epoch=epoch,
        )
        encounter = meeting.scene
        started = m.EncounterStarted(
            re=request.id,
            world=request.world,
            encounter=encounter.id,
            between=list(meeting.between),
            at=encounter.place,
            about=encounter.about,
            quiet=meeting.quiet,
        )
        await self._send(session, meeting, started, request.stream)

    @handles("encounter.stop")
    def stop(self, session: Session, request: m.EncounterStop) -> m.Done:
        """Ends an encounter where it stands. Raises NotFound."""
        self._director.mind(request.world)
        self._stage.part(request.world, request.encounter)
        return m.Done(re=request.id)

    @handles("talk.hush")
    def hush(self, session: Session, request: m.TalkHush) -> m.Done:
        """Silence for a scripted scene. Raises NotFound, Invalid."""
        self._stage.hush(request.world, request.npcs, request.place, request.seconds)
        return m.Done(re=request.id)

    @handles("talk.budget", keeps=True)
    def budget(self, session: Session, request: m.TalkBudget) -> Answering:
        """Sets what encounters may cost. Raises NotFound."""
        mind = self._director.mind(request.world)
        records = mind.talks.budget.set(request.turns_per_minute, request.cooldown)
        return when_kept(mind, mind.keep(records=records), m.Done(re=request.id))

    def _special(self, request: str, meeting: Meeting, parted: Parted) -> m.EncounterEnded:
        encounter, news = meeting.scene, [_news(passed) for passed in parted.news]
        ended = m.EncounterEnded(
            re=request,
            world=meeting.mind.world.id,
            encounter=encounter.id,
            between=list(meeting.between),
            reason=parted.reason,
            turns=encounter.turn,
            unheard=meeting.unheard,
            seconds=round(encounter.seconds, 3),
            news=news,
        )
        told = ended.model_dump(include={"world", "encounter", "between", "reason"})
        self._sessions.publish(
            m.EventEncounterEnded(at=encounter.place, news=[] if encounter.private else news, **told)
        )
        return ended


def _news(passed: Passed) -> m.NewsInfo:
    told = {name: value for name, value in vars(passed).items() if name != "claim"}
    return m.NewsInfo(**told)
