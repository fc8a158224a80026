"""The service about memory, gossip and relations."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.feedback.file import FeedbackFile
from npc_runtime.dialogue.forgetting import naming as naming_of
from npc_runtime.dialogue.forgetting import strike_out
from npc_runtime.dialogue.gossip.trace import Traced, trace
from npc_runtime.dialogue.policy.relations import feeling
from npc_runtime.dialogue.state import Mind
from npc_runtime.errors import StorageError
from npc_runtime.language.wording import Wording
from npc_runtime.memory.entry import Entry, Stored
from npc_runtime.memory.history import Forgotten
from npc_runtime.memory.news import BELIEVED, news
from npc_runtime.memory.relations import NAMES, Numbers
from npc_runtime.persona.model import Persona
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import Answering, when_kept
from npc_runtime.wire.handling import handles
from npc_runtime.wire.pages import fitting, page
from npc_runtime.wire.session import Session
from npc_runtime.world.clock import ago
from npc_runtime.world.entity import entity_id


class Memories:
    """What characters remember, and how they stand to others."""

    def __init__(self, director: Director, feedback: FeedbackFile) -> None:
        self._director = director
        self._feedback = feedback

    @handles("memory.query")
    async def query(self, session: Session, request: m.MemoryQuery) -> m.MemoryFound:
        """What a character knows of something, and from whom. Raises NotFound."""
        mind, npc = self._npc(request.world, request.npc)
        found = await mind.knows(npc, request.about, request.limit)
        now, wording = mind.world.clock.now, mind.wording
        infos = fitting(_info(stored, now, wording, score) for stored, score in found)
        return m.MemoryFound(re=request.id, world=request.world, npc=npc, memories=infos)

    @handles("memory.teach", keeps=True)
    def teach(self, session: Session, request: m.MemoryTeach) -> Answering:
        """Gives a character a memory of its past. Raises NotFound."""
        mind, npc = self._npc(request.world, request.npc)
        at = mind.world.clock.now if request.at is None else request.at
        claim = mind.wording.own(request.text.strip(), npc)
        told = news(claim, mind.world.language)
        entry = Entry(npc, "taught", claim, at, importance=request.importance, news=told)
        return when_kept(mind, mind.keep([entry]), m.Done(re=request.id))

    @handles("memory.forget", alone=True)
    async def forget(self, session: Session, request: m.MemoryForget) -> Coroutine[Any, Any, m.MemoryForgotten]:
        """Deletes everything of a player, for good, and goes on with it when the session ends. Raises StorageError.

        What is left to do in the end takes the bytes out of the file; the world goes on meanwhile.
        """
        mind = self._director.mind(request.world)
        naming = await naming_of(mind, entity_id(request.player, "player"))
        forgetting: asyncio.Task[Forgotten] | None = None
        judged = True  # whether the file of feedback is without it too
        try:
            with self._feedback.without(naming, mind.world.id):
                forgetting = mind.memory.uninterrupted(await strike_out(mind, naming))
        except StorageError:
            if forgetting is None:
                raise
            judged = False

        async def answer() -> m.MemoryForgotten:
            await self._director.forget(mind.world.id)  # prompts named the player
            found = await asyncio.shield(forgetting)
            return m.MemoryForgotten(
                re=request.id,
                world=request.world,
                player=naming.entity,
                memories=found.memories,
                renamed=[m.SaveRenamed(was=was, now=now) for was, now in found.renamed],
                kept=judged and found.whole and mind.memory.on_disk,
            )

        return answer()

    @handles("memory.export")
    async def export(self, session: Session, request: m.MemoryExport) -> m.MemoryExported:
        """The memories of a world or of one character, a page at a time. Raises NotFound."""
        mind = self._director.mind(request.world)
        npc = mind.persona_id(request.npc) if request.npc else ""
        found = await mind.memory.page(npc, request.after, request.limit + 1)
        now, wording = mind.world.clock.now, mind.wording
        infos = fitting(_info(stored, now, wording) for stored in found[: request.limit])
        more = infos[-1].id if len(infos) < len(found) else None
        return m.MemoryExported(re=request.id, world=request.world, memories=infos, next=more)

    @handles("gossip.trace")
    async def trace(self, session: Session, request: m.GossipTrace) -> m.GossipTraced:
        """Who knows of a matter, and from whom. Raises NotFound."""
        mind = self._director.mind(request.world)
        npc = mind.persona_id(request.npc) if request.npc else ""
        found, now, wording = await trace(mind, request.about, npc), mind.world.clock.now, mind.wording
        shown, following = page(
            found, request.after, request.limit, lambda traced: traced.id, lambda traced: _gossip(traced, now, wording)
        )
        return m.GossipTraced(re=request.id, world=request.world, known=shown, next=following)

    @handles("relation.get")
    def relations(self, session: Session, request: m.RelationGet) -> m.RelationReport:
        """Where a character stands with others. Raises NotFound."""
        mind, npc = self._npc(request.world, request.npc)
        persona = mind.persona(npc)
        others = [_anybody(request.toward)] if request.toward else mind.feelings.known_to(persona)
        shown, following = page(
            others, request.after, request.limit, str, lambda other: _relation(mind, persona, other)
        )
        return m.RelationReport(re=request.id, world=request.world, npc=npc, relations=shown, next=following)

    @handles("relation.adjust", keeps=True)
    def adjust(self, session: Session, request: m.RelationAdjust) -> Answering:
        """The game moves a relation, and says why. Raises NotFound."""
        mind, npc = self._npc(request.world, request.npc)
        persona, other = mind.persona(npc), _anybody(request.toward)
        by = Numbers(*(getattr(request, name) for name in NAMES))
        records = mind.feelings.move(persona, other, by, mind.wording.own(request.reason, npc), mind.world.clock.now)
        relation = _relation(mind, persona, other)
        report = m.RelationReport(re=request.id, world=request.world, npc=npc, relations=[relation])
        return when_kept(mind, mind.keep(records=records), report)

    def _npc(self, world: str, npc: str) -> tuple[Mind, str]:
        """A character of the pack, alive or not: the dead are remembered by what they knew."""
        mind = self._director.mind(world)
        return mind, mind.persona_id(npc)


def _anybody(text: str) -> str:
    return text if ":" in text else entity_id(text, "npc")


def _info(stored: Stored, now: int, wording: Wording, score: float = 0.0) -> m.MemoryInfo:
    entry = stored.entry
    return m.MemoryInfo(
        id=stored.id,
        npc=entry.owner,
        text=entry.text(wording),
        how=entry.how,
        who=entry.who,
        origin=entry.origin,
        at=entry.at,
        ago=ago(entry.at, now, wording.language),
        importance=entry.importance,
        confidence=entry.confidence,
        depth=entry.depth,
        count=stored.count,
        score=score,
        sources=list(entry.sources),
    )


def _gossip(traced: Traced, now: int, wording: Wording) -> m.GossipInfo:
    entry, news = traced.known.entry, traced.known.news
    return m.GossipInfo(
        npc=entry.owner,
        text=entry.text(wording),
        first=wording.text(news.root),
        how=entry.how,
        who=entry.who,
        origin=traced.known.origin,
        depth=entry.depth,
        confidence=traced.sure,
        believed=traced.sure >= BELIEVED,
        denies=bool(news.denies),
        at=entry.at,
        ago=ago(entry.at, now, wording.language),
    )


def _relation(mind: Mind, persona: Persona, other: str) -> m.RelationInfo:
    now, npc, wording = mind.world.clock.now, f"npc:{persona.id}", mind.wording
    relation = mind.feelings.relation(persona, other)
    numbers = relation.now(now)
    return m.RelationInfo(
        toward=other,
        feeling=feeling(numbers),
        **{name: round(getattr(numbers, name), 3) for name in NAMES},
        reasons=[
            m.ReasonInfo(text=wording.text(reason.text, npc), at=reason.at, ago=ago(reason.at, now, wording.language))
            for reason in relation.reasons
        ],
    )
