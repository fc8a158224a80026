"""What comes to a character's mind for a line: as many claims as the model that decides among them can use."""

from __future__ import annotations

import re
from collections.abc import Sequence

from npc_runtime.dialogue.memories import memory
from npc_runtime.dialogue.state import Mind
from npc_runtime.language.scripts import UNSPACED_LETTER
from npc_runtime.memory.recall import Hit, Memory
from npc_runtime.memory.recollect import Found

LEAST = 0.05  # a score below which a claim has hardly anything to do with the line; all words of it are 1
UNASKED = frozenset({"secret", "person"})  # what nobody says of itself just so


async def come_to_mind(
    mind: Mind, npc: str, line: str, before: str, written: Sequence[Memory], limit: int
) -> list[Hit]:
    """The best `limit` claims for a line, of all that a character remembers and of what is `written`, best first.

    `before` is the line that came before it. Where fewer have to do with it, the character's own facts follow in their
    order, with a score of 0: "How are you?" is answered by who one is. It takes no rule of a language; without an
    embedding model it goes by words alone. Raises StorageError.
    """
    name = mind.persona(npc).name
    found = await mind.memory.search(
        npc,
        _without(name, line),
        _without(name, before),
        [fact.text for fact in written],
        unasked=mind.language.terms(name),
        now=mind.world.clock.now,
        limit=limit,
    )
    wording = mind.wording
    hits = [
        Hit(memory(one.stored.entry, wording) if isinstance(one, Found) else written[one.place], round(one.score, 4))
        for one in found
        if one.score >= LEAST
    ]
    there = {hit.memory for hit in hits}
    own = (fact for fact in written if fact.source == "persona" and fact.kind not in UNASKED and fact not in there)
    return [*hits, *(Hit(fact, 0.0) for fact in own)][:limit]


def _without(name: str, line: str) -> str:
    """The line without the name of whoever it is said to."""
    pattern = re.escape(name) if UNSPACED_LETTER.match(name) else rf"(?<!\w){re.escape(name)}(?!\w)"
    return re.sub(pattern, " ", line, flags=re.IGNORECASE)
