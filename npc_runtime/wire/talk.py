"""The service about speech."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from npc_runtime.dialogue.director import Director, Utterance
from npc_runtime.dialogue.feedback.file import FeedbackFile
from npc_runtime.dialogue.policy import audience
from npc_runtime.dialogue.policy.actions import Offer
from npc_runtime.dialogue.policy.rules import Choice
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.stage.quarrel import Quarrel
from npc_runtime.dialogue.stage.stage import Stage
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.turn import events as spoken
from npc_runtime.engine.request import Priority
from npc_runtime.errors import Conflict, Invalid, NotFound, StorageError
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import Answering, when_kept
from npc_runtime.wire.handling import handles
from npc_runtime.wire.pages import NAMED
from npc_runtime.wire.replies import ReplyStream
from npc_runtime.wire.session import Saying, Session, Sessions
from npc_runtime.world.entity import Entity, bare
from npc_runtime.world.world import World
from npc_runtime.world.worlds import Worlds

PRIORITIES = {"player": Priority.PLAYER, "normal": Priority.BYSTANDER, "background": Priority.AMBIENT}


class Talk:
    """Lines to characters, and what becomes of the replies."""

    def __init__(
        self, worlds: Worlds, director: Director, stage: Stage, sessions: Sessions, feedback: FeedbackFile
    ) -> None:
        self._worlds = worlds
        self._director = director
        self._stage = stage
        self._sessions = sessions
        self._feedback = feedback

    @handles("say", streamed=True)
    def say(
        self, session: Session, request: m.Say, *, settled: Choice | None = None, anywhere: bool = False
    ) -> Coroutine[Any, Any, None]:
        """Takes the line in now, and answers it in the returned coroutine. Raises NotFound, Invalid, Conflict.

        `settled` is what the character does with it, where that was found out before; `anywhere`: they need not be at
        one place.
        """
        world = self._worlds.get(request.world)
        speaker = _speaker(world, request)
        npc = world.npc(request.to) if request.to is not None else None
        heard_by = world.hearers(request.heard_by)
        if request.private and heard_by is not None:
            raise Invalid("a private line has no `heard_by`", hint="leave out one of the two")

        def answered() -> Coroutine[Any, Any, None]:
            if npc is None:
                return self._to_all(session, request, world, speaker, heard_by)
            return self._to_one(session, request, world, speaker, npc, asyncio.Event(), heard_by, settled, anywhere)

        quarrel = None
        if not (request.aside or request.private or settled or speaker.id.startswith("npc:")):
            quarrel = self._stage.quarrel(world.id, speaker.id, npc.id if npc is not None else None, heard_by)
        return answered() if quarrel is None else self._amid(session, request, quarrel, speaker, answered)

    async def _amid(
        self,
        session: Session,
        request: m.Say,
        quarrel: Quarrel,
        speaker: Entity,
        answered: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        """A line where a quarrel goes on: whoever means to step in does, and the next turn answers."""
        cancelled = asyncio.Event()
        session.sayings[request.id] = Saying(request.world, frozenset(), cancelled.set)
        try:
            meant = await quarrel.understood(speaker.id, speaker.name, request.text)
            if cancelled.is_set() or quarrel.void or quarrel.scene.ending is not None or meant.kind == "other":
                await answered()
                return
            _, to, writing = quarrel.intervene(meant)
            near = [other for other in quarrel.near if other != speaker.id]
            self._sessions.publish(said(request.world, speaker.id, to, quarrel.scene.place, request.text, near))
            with contextlib.suppress(StorageError):  # `health` says so
                await writing
            session.send(
                m.ReplyNone(
                    re=request.id,
                    heard_by=near[:NAMED],
                    others=max(0, len(near) - NAMED),
                    argument=quarrel.id,
                    reason="it was said into their quarrel, whose next turn answers",
                )
            )
        finally:
            session.sayings.pop(request.id, None)

    def _to_all(
        self, session: Session, request: m.Say, world: World, speaker: Entity, heard_by: list[str] | None
    ) -> Coroutine[Any, Any, None]:
        """A line for all who are there: whom it calls answers, or who knows of it, or who is closest; or nobody."""
        if speaker.at is None and heard_by is None:
            raise Conflict(
                f"nobody knows where {speaker.id} is, so nobody is spoken to",
                hint=f"name somebody in `to` or `heard_by`, or move {speaker.id} to a place with entity.move first",
            )
        if request.private:
            raise Invalid("a line for all cannot be private", hint="name the one who is to hear it in `to`")
        mind = self._director.mind(world.id)
        near = world.here(speaker.at) if heard_by is None else heard_by
        here = [other for other in near if other.startswith("npc:") and other != speaker.id]
        if _priority(request) is Priority.PLAYER:
            for npc in here:
                mind.speaking.give_way(npc)
        cancelled = asyncio.Event()
        session.sayings[request.id] = Saying(world.id, frozenset(), cancelled.set)
        return self._in_company(session, request, mind, speaker, here, heard_by, cancelled, mind.speaking.epoch)

    async def _in_company(
        self,
        session: Session,
        request: m.Say,
        mind: Mind,
        speaker: Entity,
        here: list[str],
        heard_by: list[str] | None,
        cancelled: asyncio.Event,
        epoch: Epoch,
    ) -> None:
        world = mind.world
        try:
            seed = self._director.seed if request.seed is None else request.seed
            chooses = self._director.choosing_for(mind, "audience")
            npc = await audience.answering(
                mind, speaker.id, request.text, here, seed, chooses, priority=_priority(request)
            )
            epoch.check("the line was not said", "say it again, in the world as it is now")
            still_there = npc in world.entities and (heard_by is not None or mind.place(npc or "") == speaker.at)
            if npc is not None and still_there and not cancelled.is_set():
                await self._to_one(session, request, world, speaker, world.npc(npc), cancelled, heard_by)
                return
            await audience.unanswered(mind, speaker.id, speaker.name, request.text, here)
            to = speaker.at or speaker.id
            self._sessions.publish(said(world.id, speaker.id, to, speaker.at, request.text, here))
            why = "it was taken back" if cancelled.is_set() else "nobody has anything to say to that"
            session.send(
                m.ReplyNone(
                    re=request.id,
                    heard_by=here[:NAMED],
                    others=max(0, len(here) - NAMED),
                    reason=why if here else "nobody is here",
                )
            )
        finally:
            session.sayings.pop(request.id, None)

    def _to_one(
        self,
        session: Session,
        request: m.Say,
        world: World,
        speaker: Entity,
        npc: Entity,
        cancelled: asyncio.Event,
        heard_by: list[str] | None,
        settled: Choice | None = None,
        anywhere: bool = False,
    ) -> Coroutine[Any, Any, None]:
        if speaker.id == npc.id:
            raise Invalid(f"{npc.id} cannot speak to itself", hint="name another in `from` or in `to`")
        if heard_by is None and speaker.at is not None and speaker.at != npc.at and not anywhere:
            here, there = bare(speaker.at), bare(_place(npc))
            raise Conflict(
                f"{speaker.id} is at {here} and {npc.id} is at {there}",
                hint=f"move {speaker.id} to {there} with entity.move first, or say in `heard_by` who hears it",
            )
        offers = tuple(
            Offer(offer.name, tuple(tuple(choices) for choices in offer.args), offer.when) for offer in request.actions
        )
        near = world.here(npc.at) if heard_by is None else [npc.id, *heard_by]
        near = [npc.id] if request.private else near
        others = tuple(dict.fromkeys(other for other in near if other != speaker.id))
        utterance = Utterance(
            speaker=speaker.id,
            speaker_name=speaker.name,
            to=npc.id,
            text=request.text,
            hearers=others,
            offers=offers,
            priority=_priority(request),
            deadline=request.deadline,
            seed=request.seed,
            temperature=request.temperature,
            max_tokens=request.max_tokens,
            settled=settled,
            passing=request.passing,
            private=request.private,
            barks=request.barks,
            cancelled=cancelled,
        )
        reply = self._director.say(world, utterance)
        session.sayings[request.id] = Saying(world.id, frozenset({npc.id}), utterance.cancelled.set)
        if not request.private:
            self._sessions.publish(said(world.id, speaker.id, npc.id, _place(npc), request.text, others))
        return self._answer(session, request, reply)

    async def _answer(self, session: Session, request: m.Say, reply: AsyncGenerator[spoken.ReplyEvent, None]) -> None:
        overheard = partial(self._sessions.overheard, session)
        stream = ReplyStream(request.id, request.stream, request.world, None if request.private else overheard)
        try:
            async with contextlib.aclosing(reply) as events:
                async for event in events:
                    for message in stream.messages(event):
                        session.send(message)
                    if session.hears and isinstance(event, spoken.Ended) and event.text:
                        await self.acknowledge(request.world, event.reply)
        finally:
            session.sayings.pop(request.id, None)

    @handles("cancel")
    def cancel(self, session: Session, request: m.Cancel) -> m.Done:
        """Takes a `say` back. One that has ended already is no error; one that never was is NotFound."""
        saying = session.sayings.get(request.target)
        if saying is not None:
            saying.cancel()
        elif request.target not in session.requests:
            raise NotFound(f'no request "{request.target}" in this session', hint="`target` is the id of a say")
        return m.Done(re=request.id)

    @handles("heard")
    def heard(self, session: Session, request: m.Heard) -> Answering:
        """Commits what was really spoken. Raises NotFound, Invalid."""
        mind = self._director.mind(request.world)
        return when_kept(mind, self._heard(mind, request.reply, request.upto), m.Done(re=request.id))

    async def acknowledge(self, world: str, reply: str) -> None:
        """A reply counts as heard as far as it was written, for a session that says nothing of it."""
        with contextlib.suppress(NotFound, StorageError):  # `health` says what cannot be kept
            await self._heard(self._director.mind(world), reply, None)

    def _heard(self, mind: Mind, reply: str, upto: int | None) -> Awaitable[object]:
        line, writing = self._director.heard(mind.world.id, reply, upto)
        if line.text and not line.private:
            event = said(mind.world.id, line.speaker, line.to, line.at, line.text, line.hearers)
            self._sessions.publish(event.model_copy(update={"emotion": line.emotion, "source": line.source}))
        return writing

    @handles("why")
    def why(self, session: Session, request: m.Why) -> m.WhyReport:
        """What a character was told and knew for a reply. Raises NotFound."""
        why = self._director.why(self._worlds.get(request.world).id, request.reply)
        return m.WhyReport(re=request.id, **vars(why))

    @handles("feedback")
    def feedback(self, session: Session, request: m.Feedback) -> m.Done:
        """Keeps what somebody thinks of a reply. Raises NotFound, Conflict, Invalid or StorageError."""
        why = self._director.why(self._worlds.get(request.world).id, request.reply)
        self._feedback.add(request.world, why, request.rating, request.better)
        return m.Done(re=request.id)


def said(world: str, speaker: str, to: str, at: str | None, text: str, heard_by: Sequence[str]) -> m.EventSaid:
    """The event of a line that was spoken."""
    others = max(0, len(heard_by) - NAMED)
    return m.EventSaid(
        world=world, speaker=speaker, to=to, at=at, text=text, heard_by=list(heard_by[:NAMED]), others=others
    )


def _priority(request: m.Say) -> Priority:
    """No player waits for what is said to a character, whatever it is asked with."""
    asked = PRIORITIES[request.priority]
    return max(asked, Priority.BYSTANDER) if request.speaker.startswith("npc:") else asked


def _place(npc: Entity) -> str:
    assert npc.at is not None, "an NPC is spawned at a place"
    return npc.at


def _speaker(world: World, request: m.Say) -> Entity:
    if request.speaker.startswith("npc:"):
        return world.npc(request.speaker)
    return world.player(request.speaker, request.name)
