"""Tracing news: who knows a matter, from whom, and how sure each one is of it."""

from __future__ import annotations

from dataclasses import dataclass

from npc_runtime.dialogue.gossip.belief import Known, belief
from npc_runtime.dialogue.memories import RELATED, TELLABLE
from npc_runtime.dialogue.state import Mind
from npc_runtime.memory.recall import COVERAGE

SEARCHED = 12  # memories of one character that may be about it


@dataclass(frozen=True)
class Traced:
    """One memory of a matter; `sure` is how sure its owner is of it, all things weighed, from 0 to 1."""

    id: int  # of the memory
    known: Known
    sure: float


async def trace(mind: Mind, about: str, npc: str = "") -> list[Traced]:
    """Everybody's memories of a matter, or one character's, in the order in which they came about.

    What a correction took the place of is not among them. Raises NotFound, StorageError.
    """
    wanted = [npc] if npc else [f"npc:{persona}" for persona in mind.pack.personas]
    found: list[Traced] = []
    for owner in wanted:
        hits = await mind.memory.about(owner, about, mind.world.clock.now, SEARCHED)
        ids = {hit.stored.id for hit in hits if hit.covered >= COVERAGE or hit.cosine >= RELATED}
        if not ids:
            continue
        kept = await mind.memory.news(owner)
        known = [Known(stored.entry) for stored in kept]
        found += [
            Traced(stored.id, one, belief(one, known, mind.world.language))
            for stored, one in zip(kept, known, strict=True)
            if stored.id in ids and stored.entry.how in TELLABLE
        ]
    return sorted(found, key=lambda traced: traced.id)
