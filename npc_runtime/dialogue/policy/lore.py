"""The lore of a village as documents: which paragraphs answer a question, and who in the world may know them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_runtime.dialogue.memories import MEANT
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.policy.rules import Choice
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.understanding.read import sought
from npc_runtime.memory.authored import Embedder
from npc_runtime.memory.meaning import vectors
from npc_runtime.memory.recall import COVERAGE, Memory, rank
from npc_runtime.persona.model import Lore
from npc_runtime.world.perception import distances

PASSAGES = 3  # that one character is given
CANDIDATES = 12
CLOSE = 0.75  # of the best score: from there on a passage belongs to the answer too


@dataclass(frozen=True)
class Passage:
    """A paragraph that may answer, and how well (only comparable within one question)."""

    lore: Lore
    score: float

    @property
    def memory(self) -> Memory:
        """The same as a character knows it."""
        return Memory(self.lore.text, f"lore:{self.lore.scope}")


@dataclass(frozen=True)
class Answering:
    """Who answers, with what it knows of it, and who else may know. Without an `npc` nobody can."""

    npc: str
    passages: tuple[Passage, ...]
    may_know: tuple[str, ...]  # nearest first
    choice: Choice | None = None  # what `npc` does with the question; None: as with any other
    reason: str = ""  # why nobody answers


class Library:
    """Searches the lore of every open world, by words, and by meaning where no word fits."""

    def __init__(self) -> None:
        self._meanings: dict[tuple[str, str], NDArray[np.float32]] = {}  # by model and text

    async def answering(self, mind: Mind, question: str, *, npc: str = "", player: str = "") -> Answering:
        """Who answers a question: `npc`, or else the nearest to the player of those who may know it."""
        found = await self.passages(mind, question)
        present = _by_distance(mind, player)
        may_know = tuple(one for one in present if found and found[0].lore.scope in mind.persona(one).knows)
        asked = npc or next(iter(may_know), "")
        if not asked:
            why = "nobody who is here may know it" if found else "the lore says nothing of it"
            return Answering("", (), (), reason=why)
        own = tuple(found[:PASSAGES]) if asked in may_know else ()
        return Answering(asked, own, may_know, await self._choice(mind, asked, question, own, found))

    @staticmethod
    async def _choice(
        mind: Mind, npc: str, question: str, own: Sequence[Passage], found: Sequence[Passage]
    ) -> Choice | None:
        if own:
            return Choice(Move.ANSWER, tuple(passage.memory for passage in own), notes=("its lore answers this",))
        told = await mind.memory.about(npc, question, mind.world.clock.now)
        if not found or any(hit.covered >= COVERAGE or hit.cosine >= MEANT for hit in told):
            return None
        return Choice(Move.ADMIT, notes=("the lore that answers this is not among what it knows",))

    async def passages(self, mind: Mind, question: str) -> list[Passage]:
        """What answers best, and what else the same people know of it, best first; whoever they are.

        Only the best counts for who may know: half the words of a question stand in many a paragraph.
        """
        lore = {Passage(paragraph, 0.0).memory: paragraph for paragraph in mind.pack.lore}
        query = sought(question, mind.language)
        hits = rank(query, list(lore), limit=CANDIDATES, language=mind.language)
        found = [Passage(lore[hit.memory], hit.score) for hit in hits]
        if not found and lore and (embedder := mind.memory.embedder) is not None and query.strip():
            cosines = await self._cosines(embedder, query, [known.text for known in lore], mind.memory.roles)
            meant = [Passage(one, cosines[one.text]) for one in lore.values() if cosines[one.text] >= MEANT]
            found = sorted(meant, key=lambda passage: -passage.score)[:CANDIDATES]
        best = found[0] if found else None
        return [
            passage
            for passage in found
            if best and passage.lore.scope == best.lore.scope and passage.score >= CLOSE * best.score
        ]

    async def _cosines(
        self, embedder: Embedder, query: str, texts: Sequence[str], roles: dict[str, str]
    ) -> dict[str, float]:
        new = [text for text in texts if (embedder.name, text) not in self._meanings]
        if new:
            rows = await asyncio.to_thread(vectors, new, roles, embedder.embed)
            self._meanings.update(((embedder.name, text), row) for text, row in zip(new, rows, strict=True))
        asked = (await asyncio.to_thread(embedder.embed, [query]))[0]
        return {text: round(float(self._meanings[embedder.name, text] @ asked), 4) for text in texts}


def _by_distance(mind: Mind, player: str) -> list[str]:
    """The characters of the world, nearest to the player first; without one, or from nowhere, by arrival."""
    world = mind.world
    npcs = [entity.id for entity in world.entities.values() if entity.id.startswith("npc:")]
    asking = world.entities.get(player)
    if asking is None or asking.at is None:
        return npcs
    far = len(world.places)
    steps = distances(asking.at, far, world.adjacent)
    return sorted(npcs, key=lambda npc: steps.get(world.entities[npc].at, far))
