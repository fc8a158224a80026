"""What comes to a character's mind for a line: as many claims as the model that decides among them can use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from npc_runtime.dialogue.memories import memory
from npc_runtime.dialogue.state import Mind
from npc_runtime.language.scripts import UNSPACED_LETTER
from npc_runtime.memory.recall import Hit, Memory
from npc_runtime.memory.recollect import Found

LEAST = 0.05  # a score below which a claim has hardly anything to do with the line; all words of it are 1
UNASKED = frozenset({"secret", "person"})  # no facts about oneself, or not for everybody


async def come_to_mind(
    mind: Mind, npc: str, line: str, before: str, written: Sequence[Memory], limit: int, standing: int = 0
) -> list[Hit]:
    """The best `limit` claims for a line, of all that a character remembers and of what is `written`, best first.

    `before` is the line that came before it. Where fewer have to do with it, the character's own facts follow, those
    first that are nearest, and then in their order: "How are you?" is answered by who one is. With `standing`, so many
    of its own come first, whatever the line, and no others follow. It takes no rule of a language; without an embedding
    model it goes by words alone. Raises StorageError.
    """
    name = mind.persona(npc).name
    found = await mind.memory.search(
        npc,
        without(name, line),
        without(name, before),
        [fact.text for fact in written],
        unasked=mind.language.terms(name),
        now=mind.world.clock.now,
        limit=2 * limit,
    )
    wording = mind.wording
    hits = [
        Hit(memory(one.stored.entry, wording) if isinstance(one, Found) else written[one.place], round(one.score, 4))
        for one in found
    ]
    near = [hit for hit in hits if hit.score >= LEAST]
    if standing:
        scored = {hit.memory: hit for hit in hits}
        first = [scored.get(fact, Hit(fact, 0.0)) for fact in unasked(written, standing)]
        return [*first, *(hit for hit in near if hit not in first)][:limit]
    nearest = [hit for hit in hits if hit.score < LEAST and _own(hit.memory)]
    there = {hit.memory for hit in (*near, *nearest)}
    others = [Hit(fact, 0.0) for fact in written if _own(fact) and fact not in there]
    return [*near, *nearest, *others][:limit]


def unasked(written: Iterable[Memory], limit: int) -> list[Memory]:
    """What a character says of itself without being asked for it, in the order in which it was written."""
    return [fact for fact in written if _own(fact)][:limit]


def _own(fact: Memory) -> bool:
    """Whether a character may say it of itself without being asked for it."""
    return fact.source == "persona" and fact.kind not in UNASKED


def without(name: str, line: str) -> str:
    """The line without the name of whoever it is said to."""
    pattern = re.escape(name) if UNSPACED_LETTER.match(name) else rf"(?<!\w){re.escape(name)}(?!\w)"
    return re.sub(pattern, " ", line, flags=re.IGNORECASE)
