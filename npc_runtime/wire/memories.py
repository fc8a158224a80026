"""The services about memory and relations: `memory.*` and `relation.*`."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable
from typing import TypeVar

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.feedback import FeedbackFile
from npc_runtime.dialogue.feelings import feeling
from npc_runtime.dialogue.gossip.claims import own
from npc_runtime.dialogue.gossip.trace import Traced, trace
from npc_runtime.dialogue.mind import Mind
from npc_runtime.memory.entry import Entry, Stored
from npc_runtime.memory.history import Forgotten
from npc_runtime.memory.news import BELIEVED
from npc_runtime.memory.relations import NAMES, Numbers
from npc_runtime.persona.model import Persona
from npc_runtime.wire import codec
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import Answering, when_kept
from npc_runtime.wire.session import Session
from npc_runtime.world.clock import ago
from npc_runtime.world.entity import entity_id

Info = TypeVar("Info", m.MemoryInfo, m.GossipInfo)

INFO_BYTES = 700
"""The most that a memory needs in a message besides its text: ids of 64 characters, and the ids of its sources."""


class Memories:
    """Handlers for what characters remember and how they stand to others."""

    def __init__(self, director: Director, feedback: FeedbackFile) -> None:
        self._director = director
        self._feedback = feedback

    async def query(self, session: Session, request: m.MemoryQuery) -> m.MemoryFound:
        """What a character knows of something, and from whom. Raises NotFound."""
        mind, npc = self._npc(request.world, request.npc)
        found = await mind.knows(npc, request.about, request.limit)
        now = mind.world.clock.now
        infos = _fitting([_info(stored, now, score) for stored, score in found])
        return m.MemoryFound(re=request.id, world=request.world, npc=npc, memories=infos)

    def teach(self, session: Session, request: m.MemoryTeach) -> Answering:
        """Gives a character a memory of its past. Raises NotFound."""
        mind, npc = self._npc(request.world, request.npc)
        at = mind.world.clock.now if request.at is None else request.at
        text = request.text.strip()
        news = own(text, mind.persona(npc).name)
        entry = Entry(npc, "taught", text, at, importance=request.importance, news=news)
        return when_kept(mind.keep([entry]), m.Done(re=request.id))

    def forget(self, session: Session, request: m.MemoryForget) -> Answering:
        """Deletes everything of a player, for good, and goes on with it when the session ends. Raises StorageError."""
        mind = self._director.mind(request.world)
        player = entity_id(request.player, "player")
        forgetting = mind.memory.uninterrupted(self._forget(mind, player))

        async def answer() -> m.MemoryForgotten:
            found = await asyncio.shield(forgetting)
            renamed = [m.SaveRenamed(was=was, now=now) for was, now in found.renamed]
            return m.MemoryForgotten(
                re=request.id, world=request.world, player=player, memories=found.memories, renamed=renamed
            )

        return answer()

    async def _forget(self, mind: Mind, player: str) -> Forgotten:
        with self._feedback.without(await mind.naming(player), mind.world.id):
            return await mind.forget(player)

    async def export(self, session: Session, request: m.MemoryExport) -> m.MemoryExported:
        """The memories of a world or of one character, a page at a time. Raises NotFound."""
        mind = self._director.mind(request.world)
        npc = mind.persona_id(request.npc) if request.npc else ""
        found = await mind.memory.page(npc, request.after, request.limit + 1)
        infos = _fitting([_info(stored, mind.world.clock.now) for stored in found[: request.limit]])
        more = infos[-1].id if len(infos) < len(found) else None
        return m.MemoryExported(re=request.id, world=request.world, memories=infos, next=more)

    async def trace(self, session: Session, request: m.GossipTrace) -> m.GossipTraced:
        """Who knows of a matter, and from whom. Raises NotFound."""
        mind = self._director.mind(request.world)
        npc = mind.persona_id(request.npc) if request.npc else ""
        known = [_gossip(traced, mind.world.clock.now) for traced in await trace(mind, request.about, npc)]
        return m.GossipTraced(re=request.id, world=request.world, known=_fitting(known[: request.limit]))

    def relations(self, session: Session, request: m.RelationGet) -> m.RelationReport:
        """Where a character stands with others. Raises NotFound."""
        mind, npc = self._npc(request.world, request.npc)
        persona = mind.persona(npc)
        others = [_anybody(request.toward)] if request.toward else mind.feelings.known_to(persona)
        return _report(mind, persona, others, request)

    def adjust(self, session: Session, request: m.RelationAdjust) -> Answering:
        """The game moves a relation, and says why. Raises NotFound."""
        mind, npc = self._npc(request.world, request.npc)
        persona, other = mind.persona(npc), _anybody(request.toward)
        by = Numbers(*(getattr(request, name) for name in NAMES))
        records = mind.feelings.move(persona, other, by, request.reason, mind.world.clock.now)
        return when_kept(mind.keep(records=records), _report(mind, persona, [other], request))

    def _npc(self, world: str, npc: str) -> tuple[Mind, str]:
        """A character of the pack, alive or not: the dead are remembered by what they knew."""
        mind = self._director.mind(world)
        return mind, mind.persona_id(npc)


def _fitting(infos: list[Info]) -> list[Info]:
    """As many of the first as one message can carry; at least one."""
    sizes = itertools.accumulate(len(_words(info).encode()) + INFO_BYTES for info in infos)
    return infos[: max(1, sum(1 for size in sizes if size <= codec.BODY_LIMIT * 3 // 4))]


def _words(info: m.MemoryInfo | m.GossipInfo) -> str:
    return f"{info.text}{info.first}" if isinstance(info, m.GossipInfo) else info.text


def _anybody(text: str) -> str:
    return text if ":" in text else entity_id(text, "npc")


def _info(stored: Stored, now: int, score: float = 0.0) -> m.MemoryInfo:
    entry = stored.entry
    return m.MemoryInfo(
        id=stored.id,
        npc=entry.owner,
        text=entry.text,
        how=entry.how,
        who=entry.who,
        origin=entry.origin,
        at=entry.at,
        ago=ago(entry.at, now),
        importance=entry.importance,
        confidence=entry.confidence,
        depth=entry.depth,
        count=stored.count,
        score=score,
        sources=list(entry.sources),
    )


def _gossip(traced: Traced, now: int) -> m.GossipInfo:
    entry, news = traced.known.entry, traced.known.news
    return m.GossipInfo(
        npc=entry.owner,
        text=entry.text,
        first=news.root,
        how=entry.how,
        who=entry.who,
        origin=traced.known.origin,
        depth=entry.depth,
        confidence=traced.sure,
        believed=traced.sure >= BELIEVED,
        denies=bool(news.denies),
        at=entry.at,
        ago=ago(entry.at, now),
    )


def _report(
    mind: Mind, persona: Persona, others: Iterable[str], request: m.RelationGet | m.RelationAdjust
) -> m.RelationReport:
    now = mind.world.clock.now
    found = []
    for other in others:
        relation = mind.feelings.relation(persona, other)
        numbers = relation.now(now)
        found.append(
            m.RelationInfo(
                toward=other,
                feeling=feeling(numbers),
                **{name: round(getattr(numbers, name), 3) for name in NAMES},
                reasons=[
                    m.ReasonInfo(text=reason.text, at=reason.at, ago=ago(reason.at, now)) for reason in relation.reasons
                ],
            )
        )
    return m.RelationReport(re=request.id, world=request.world, npc=f"npc:{persona.id}", relations=found)
