"""Teaching by speech: a reply that was heard leaves the news in it with everybody in earshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from npc_runtime.dialogue.gossip.passing import passed
from npc_runtime.language.wording import Wording
from npc_runtime.memory.entry import Entry, How
from npc_runtime.memory.recall import Memory

CARRIED = 0.5  # share of a claim's words that a reply must have to have told it
WRITTEN_IMPORTANCE = 0.3  # of what an author wrote of a character: no great news
_UNTOLD = frozenset({"price", "need", "want", "person", "secret"})  # kinds of memory that are no news


@dataclass(frozen=True)
class Spoken:
    """What an NPC said aloud. `speaker` and `to` are entity ids, `text` is as far as it was heard."""

    speaker: str
    to: str
    text: str
    at: int
    facts: tuple[Memory, ...]


def teach(
    spoken: Spoken,
    listeners: Iterable[str],
    wording: Wording,
    trust: Callable[[str], float],
    knows: Callable[[str, Memory], bool],
) -> list[Entry]:
    """The memories of NPCs that heard it. `trust` says how sure a listener is of what the speaker tells.

    `knows` says whether something that was written is known to a listener anyway. A fact without provenance teaches
    nobody anything.
    """
    learned = []
    for fact in spoken.facts:
        known = fact.entry or _written(fact, spoken, wording)
        if known is None or fact.kind in _UNTOLD:
            continue
        news = known.passed_on
        if not carries(spoken.text, news.claim, wording):
            continue
        for listener in listeners:
            if fact.entry is None and knows(listener, fact):
                continue
            entry = passed(
                *(known, news),
                speaker=spoken.speaker,
                to=spoken.to,
                listener=listener,
                trust=trust(listener),
                at=spoken.at,
            )
            if entry is not None:
                learned.append(entry)
    return learned


def carries(text: str, claim: str, wording: Wording) -> bool:
    """Whether a line says a claim: half of its words, or others for the same, stand in it."""
    language = wording.language
    wanted = set(map(language.notion, language.terms(wording.text(claim))))
    said = set(map(language.notion, language.terms(text)))
    return bool(wanted) and len(wanted & said) >= CARRIED * len(wanted)


def first_source(facts: Iterable[Memory], speaker: str) -> str:
    """Whom the words of a line came from at first: a player, if any of it did, so that it can be forgotten with it."""
    sources = [source for fact in facts for source in _sources(fact) if source]
    return next((source for source in sources if source.startswith("player:")), next(iter(sources), speaker))


def _sources(fact: Memory) -> tuple[str, ...]:
    said = fact.source.partition("said:")[2]
    if fact.entry is None:
        return (said,)
    return (fact.entry.origin, fact.entry.who, fact.entry.news.doer, said)


def _written(fact: Memory, spoken: Spoken, wording: Wording) -> Entry | None:
    """What an author wrote of the speaker or its village, as a memory of the speaker's."""
    how: How | None = {"persona": "self", "lore": "lore"}.get(fact.source.partition(":")[0])  # type: ignore[assignment]
    if how is None:
        return None
    claim = wording.own(fact.text, spoken.speaker)
    return Entry(spoken.speaker, how, claim, spoken.at, importance=WRITTEN_IMPORTANCE)
