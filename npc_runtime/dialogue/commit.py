"""Commit on heard: a line enters the memories of those who heard it, a reply up to where it was spoken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from npc_runtime.dialogue import journal
from npc_runtime.dialogue.conversation import Said
from npc_runtime.dialogue.gossip.teaching import Spoken, first_source, teach
from npc_runtime.dialogue.memories import memory
from npc_runtime.dialogue.policy.barks import Answered
from npc_runtime.dialogue.replies import HeardLine, Unheard
from npc_runtime.dialogue.state import TALK, Mind
from npc_runtime.dialogue.understanding.read import statements
from npc_runtime.errors import Invalid
from npc_runtime.language.wording import Wording
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import news
from npc_runtime.memory.recall import Memory

LINE_IMPORTANCE = 0.1  # of a line as such; what it says is remembered apart


def commit(mind: Mind, reply: str, upto: int | None) -> tuple[HeardLine, list[Entry], dict[str, Any]]:
    """A reply was spoken aloud, up to a sentence: now those who heard it know it. Raises NotFound, Invalid.

    Said again it only grows: nothing is heard twice. Gives what was heard now, and what to keep of it: memories and
    records.
    """
    unheard = mind.speaking.pending.find(reply)
    first, before, written = unheard.heard is None, unheard.heard or 0, len(unheard.sentences)
    if upto is not None and upto > written:
        raise Invalid(
            f'reply "{reply}" has {written} sentences so far, and `upto` is {upto}',
            hint="count the `reply.sentence` messages that were spoken, or leave `upto` out for all of them",
        )
    unheard.heard = until = max(before, written if upto is None else upto)
    npc, to, now, gap = unheard.npc, unheard.to, mind.world.clock.now, mind.language.gap
    text = gap.join(unheard.sentences[before:until])
    entries: list[Entry] = []
    records: dict[str, Any] = {}
    origin = first_source(unheard.facts, npc)
    if text:
        said = Said(npc, to, text, unheard.emotion)
        for listener in (npc, *unheard.audience):
            if listener.startswith("npc:"):
                mind.conversation(listener).hear(said)
                entries.append(line_entry(listener, said, now, origin))
        known = {(entry.owner, entry.claim) for entry in _learned_of(mind, unheard, reply, before)}
        learned = _learned_of(mind, unheard, reply, until)
        entries += [entry for entry in learned if (entry.owner, entry.claim) not in known]
        mind.conversation(npc).give(to, unheard.facts)
        if unheard.answers and until == written:
            facts = tuple(fact.claim for fact in unheard.facts)
            whole = gap.join(unheard.sentences)
            mind.conversation(npc).answered(to, Answered(*unheard.answers, facts, whole, now))
        records[TALK + npc] = mind.conversation(npc).as_record()
    if unheard.then is not None and first:
        records |= unheard.then()
    line = HeardLine(npc, to, unheard.at, text, unheard.emotion, unheard.source, unheard.audience, unheard.private)
    return line, entries, records


def _learned_of(mind: Mind, unheard: Unheard, reply: str, until: int) -> list[Entry]:
    """What those in earshot learn of the first `until` sentences of a reply, and players note."""
    if not until:
        return []
    npc, now, wording = unheard.npc, mind.world.clock.now, mind.wording
    text = mind.language.gap.join(unheard.sentences[:until])
    listeners = [f"npc:{id}" for id in mind.pack.personas if f"npc:{id}" in unheard.audience]
    spoken = Spoken(npc, unheard.to, text, now, unheard.facts)
    taught = teach(spoken, listeners, wording, lambda other: mind.believes(other, npc), partial(_written, mind))
    return [*taught, *journal.heard(unheard, reply, text, now, wording)]


def hear(mind: Mind, speaker: str, speaker_name: str, npc: str, line: str, hearers: tuple[str, ...]) -> Heard:
    """A line reaches everybody near, at once. Gives what to keep of it, for the NPCs and for players' journals."""
    said, at = Said(speaker, npc, line), mind.world.clock.now
    near = dict.fromkeys((npc, *hearers))
    listeners = [listener for listener in near if listener.startswith("npc:") and listener != speaker]
    wording = Wording(mind.world.language, mind.names() | {speaker: speaker_name})
    claims = [wording.stated(one, speaker, npc) for one in wording.language.joined(statements(line, wording.language))]
    told: list[Entry] = []
    entries: list[Entry] = []
    for listener in listeners:
        mind.conversation(listener).hear(said)
        learned = [_learned(listener, said, claim, at, mind.believes(listener, speaker), wording) for claim in claims]
        entries += [line_entry(listener, said, at, speaker), *learned]
        told += learned if listener == npc else []
    entries += journal.overheard(said, claims, hearers, mind.place(npc), at)
    return Heard(tuple(memory(entry, wording) for entry in told), tuple(entries))


def _learned(listener: str, said: Said, claim: str, at: int, sure: float, wording: Wording) -> Entry:
    """What somebody has of a statement that it hears."""
    return Entry(
        *(listener, "told", claim, at),
        who=said.speaker,
        toward=said.to,
        origin=said.speaker,
        kind="told",
        confidence=sure,
        depth=1,
        news=news(claim, wording.language),
    )


def _written(mind: Mind, npc: str, fact: Memory) -> bool:
    """Whether something that was written of another is known to a character by its own persona and lore."""
    persona = mind.persona(npc)
    return fact.source.removeprefix("lore:") in persona.knows or fact.text in persona.statements


@dataclass(frozen=True)
class Heard:
    """What a line brought to those near: the news in it, as the one spoken to knows them, and what to keep."""

    news: tuple[Memory, ...]
    entries: tuple[Entry, ...]


def line_entry(listener: str, said: Said, at: int, origin: str) -> Entry:
    """A line as somebody keeps it who heard it, or said it. `origin`: whom what it says came from first."""
    return Entry(
        *(listener, "said" if listener == said.speaker else "heard", said.text, at),
        who=said.speaker,
        toward=said.to,
        origin=origin,
        kind=said.emotion or "fact",
        importance=LINE_IMPORTANCE,
    )
