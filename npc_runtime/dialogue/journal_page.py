"""Reading a journal: the same thing from several people is one note with several sources, oldest first."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from npc_runtime.dialogue.mind import Mind
from npc_runtime.dialogue.remembering import RELATED
from npc_runtime.memory.entry import Stored
from npc_runtime.memory.recall import Memory, rank

MEANT_AT_MOST = 64  # notes that are found by their meaning
_OWN = re.compile(r"\b(?:I|me|my|mine|myself)\b")


@dataclass(frozen=True)
class Note:
    """One thing that a player has learned. `sources` are the memories of it, first learned first; at least one."""

    text: str
    sources: tuple[Stored, ...]

    @property
    def id(self) -> int:
        """Grows with every note of a world."""
        return self.sources[0].id


async def notes(mind: Mind, player: str, *, about: str = "", npc: str = "") -> list[Note]:
    """A player's journal in order; only what has to do with `about`, or what `npc` said or did. Raises StorageError."""
    kept = await asyncio.wrap_future(mind.memory.history.memories(player, limit=-1))
    found = merged(kept, mind.names())
    if npc:
        found = [note for note in found if any(source.entry.who == npc for source in note.sources)]
    return await _about(mind, player, about, found) if about.strip() else found


def merged(kept: Iterable[Stored], names: Mapping[str, str]) -> list[Note]:
    """Memories as notes. What somebody says of itself is another thing in another mouth."""
    grouped: dict[tuple[str, str], list[Stored]] = {}
    for stored in kept:
        entry = stored.entry
        alone = "" if entry.how == "witnessed" or not _OWN.search(entry.text) else entry.who
        grouped.setdefault((" ".join(entry.text.lower().split()), alone), []).append(stored)
    return [Note(_text(sources, names), tuple(sources)) for sources in grouped.values()]


def _text(sources: Sequence[Stored], names: Mapping[str, str]) -> str:
    """As the player reads it: "Mira and Bren: Tom stole the hammer." """
    first = sources[0].entry
    if any(source.entry.how == "witnessed" for source in sources):
        return first.text
    tellers = list(dict.fromkeys(names.get(source.entry.who, source.entry.who) for source in sources))
    listed = " and ".join(filter(None, (", ".join(tellers[:-1]), tellers[-1])))
    return f"{listed}: {first.text}"


async def _about(mind: Mind, player: str, about: str, found: Sequence[Note]) -> list[Note]:
    """Those that hold the words, or mean it."""
    texts = {note.text: note for note in found}
    worded = {
        texts[hit.memory.text].id for hit in rank(about, [Memory(text, "self") for text in texts], limit=len(texts))
    }
    close = await mind.memory.about(player, about, mind.world.clock.now, MEANT_AT_MOST)
    meant = {hit.stored.id for hit in close if hit.cosine >= RELATED}
    return [note for note in found if note.id in worded or meant.intersection(source.id for source in note.sources)]
