"""The wordless exchange: two characters meet where nobody listens, and trade news without a line or a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from npc_runtime.dialogue.gossip.belief import Known, read, repeats
from npc_runtime.dialogue.gossip.claims import accused, claim, news_of
from npc_runtime.dialogue.gossip.passing import passed
from npc_runtime.dialogue.gossip.telling import tellable
from npc_runtime.dialogue.state import TALK, Mind
from npc_runtime.dice import throw
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import News, denies, same
from npc_runtime.memory.recall import Memory
from npc_runtime.persona.model import Persona

A_MEETING = 4  # news that one tells the other at most


@dataclass(frozen=True)
class Passed:
    """News that went from one to the other. `origin` is whom it came from at first; all but `text` are ids."""

    teller: str
    listener: str
    text: str  # as the listener remembers it
    origin: str
    depth: int
    confidence: float


async def exchange(mind: Mind, a: str, b: str, *, seed: int) -> list[Passed]:
    """Passes news between two characters at one place, both ways, and keeps it; nothing where they are apart.

    The same seed, minds and time pass the same. Raises NotFound, StorageError.
    """
    if a == b or not mind.place(a) or mind.place(a) != mind.place(b):
        return []
    epoch = mind.speaking.epoch
    told = [await _tell(mind, a, b, seed), await _tell(mind, b, a, seed)]
    entries = [entry for side in told for entry in side.entries]
    if not entries or epoch.void:
        return []  # a save was restored, or a player forgotten: this never happened
    for side in told:
        mind.conversation(side.teller).give(side.listener, tuple(side.facts))
    await mind.keep(entries, {TALK + npc: mind.conversation(npc).as_record() for npc in (a, b)})
    return [
        Passed(entry.who, entry.owner, entry.text, entry.origin, entry.depth, entry.confidence) for entry in entries
    ]


@dataclass
class _Told:
    """What one told the other, and what came of it: memories of the listener, and of the teller that was denied."""

    teller: str
    listener: str
    facts: list[Memory] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


async def _tell(mind: Mind, teller: str, listener: str, seed: int) -> _Told:
    names = mind.names()
    heard = read([stored.entry for stored in await mind.memory.news(listener)], names)
    told = _Told(teller, listener)
    for fact in await tellable(mind, teller, listener, limit=A_MEETING, seed=seed):
        assert fact.entry is not None, "what is tellable was remembered"
        news = news_of(fact.entry, names)
        if _heard_from(teller, news, heard) or not _speaks_of(mind.persona(teller), fact.entry, seed, listener):
            continue
        entry = _passed(mind, fact.entry, news, teller, listener, names)
        if entry is None:
            continue
        told.facts.append(fact)
        told.entries.append(entry)
        denial = _denial(mind, entry, teller, heard, names)
        if denial is not None:
            told.entries.append(denial)
    return told


def _speaks_of(persona: Persona, entry: Entry, seed: int, listener: str) -> bool:
    """Whether somebody comes to speak of news at a meeting: the more it matters, the likelier."""
    chance = 0.2 + 0.8 * entry.importance + persona.temper.newsy
    return throw("speaks", seed, persona.id, listener, entry.text) < chance


def _heard_from(teller: str, news: News, heard: Sequence[Known]) -> bool:
    """Whether somebody was told the same by the same already."""
    return any(one.entry.who == teller and repeats(one.news, news) for one in heard if one.entry.how == "told")


def _denial(mind: Mind, told: Entry, teller: str, heard: Sequence[Known], names: Mapping[str, str]) -> Entry | None:
    """What the teller keeps where the listener is accused by the news and knows of nothing it did."""
    news = news_of(told, names)
    if news.denies or accused(news, names) != told.owner:
        return None
    own = [one for one in heard if one.entry.how != "told"]
    if any(not one.news.denies and same(one.news.root, news.root) for one in own):
        return None  # it knows what it did
    mended = [one for one in own if one.news.corrects and denies(one.news.denies, news.root)]
    if mended:
        return _passed(mind, mended[0].entry, mended[0].news, told.owner, teller, names)
    denial = claim(f"It is not true that {news.root}", speaker=names[told.owner])
    itself = Entry(told.owner, "self", denial.claim, told.at, importance=told.importance)
    return _passed(mind, itself, denial, told.owner, teller, names)


def _passed(mind: Mind, known: Entry, news: News, teller: str, listener: str, names: Mapping[str, str]) -> Entry | None:
    trust = mind.believes(listener, teller)
    at = mind.world.clock.now
    return passed(known, news, speaker=teller, to=listener, listener=listener, names=names, trust=trust, at=at)
