"""Commit on heard: a line enters the memories of those who heard it, a reply up to where it was spoken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from npc_runtime.dialogue import journal
from npc_runtime.dialogue.conversation import Said
from npc_runtime.dialogue.gossip.claims import claim
from npc_runtime.dialogue.gossip.teaching import Spoken, first_source, teach
from npc_runtime.dialogue.policy.barks import Answered
from npc_runtime.dialogue.replies import HeardLine
from npc_runtime.dialogue.state import TALK, Mind
from npc_runtime.dialogue.understanding.statement import claimed, statements, told
from npc_runtime.language.english.denial import joined
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.recall import Memory
from npc_runtime.world.entity import bare

LINE_IMPORTANCE = 0.1  # of a line as such; what it says is remembered apart


def commit(mind: Mind, reply: str, upto: int | None) -> tuple[HeardLine, list[Entry], dict[str, Any]]:
    """A reply was spoken aloud, up to a sentence: now those who heard it know it. Raises NotFound, Conflict.

    Gives what was heard, and what to keep of it: memories and records.
    """
    unheard = mind.speaking.pending.take(reply)
    npc, to, now = unheard.npc, unheard.to, mind.world.clock.now
    text = " ".join(unheard.sentences if upto is None else unheard.sentences[:upto])
    entries: list[Entry] = []
    records: dict[str, Any] = {}
    origin = first_source(unheard.facts, npc)
    if text:
        said = Said(npc, to, text, unheard.emotion)
        for listener in (npc, *unheard.audience):
            if listener.startswith("npc:"):
                mind.conversation(listener).hear(said)
                entries.append(line_entry(listener, said, now, origin))
        listeners = [f"npc:{id}" for id in mind.pack.personas if f"npc:{id}" in unheard.audience]
        spoken = Spoken(npc, to, text, now, unheard.facts)
        entries += teach(
            spoken, listeners, mind.names(), lambda other: mind.believes(other, npc), partial(_written, mind)
        )
        entries += journal.heard(unheard, reply, text, mind.names(), now)
        mind.conversation(npc).give(to, unheard.facts)
        if unheard.answers and (upto is None or upto >= len(unheard.sentences)):
            facts = tuple(fact.text for fact in unheard.facts)
            mind.conversation(npc).answered(to, Answered(*unheard.answers, facts, text, now))
        records[TALK + npc] = mind.conversation(npc).as_record()
    if unheard.then is not None:
        records |= unheard.then()
    line = HeardLine(npc, to, unheard.at, text, unheard.emotion, unheard.source, unheard.audience, unheard.private)
    return line, entries, records


def hear(mind: Mind, speaker: str, speaker_name: str, npc: str, line: str, hearers: tuple[str, ...]) -> Heard:
    """A line reaches everybody near, at once. Gives what to keep of it, for the NPCs and for players' journals."""
    said = Said(speaker, npc, line)
    near = dict.fromkeys((npc, *hearers))
    listeners = [listener for listener in near if listener.startswith("npc:") and listener != speaker]
    for listener in listeners:
        mind.conversation(listener).hear(said)
    names, now = mind.names() | {speaker: speaker_name}, mind.world.clock.now
    heard = taken_in(said, listeners, names, now, lambda npc: mind.believes(npc, speaker))
    noted = journal.overheard(said, hearers, names, mind.place(npc), now)
    return replace(heard, entries=(*heard.entries, *noted))


def _written(mind: Mind, npc: str, fact: Memory) -> bool:
    """Whether something that was written of another is known to a character by its own persona and lore."""
    persona = mind.persona(npc)
    return fact.source.removeprefix("lore:") in persona.knows or fact.text in persona.facts


@dataclass(frozen=True)
class Heard:
    """What a line brought to those near: the news in it, as the one spoken to knows them, and what to keep."""

    news: tuple[Memory, ...]
    entries: tuple[Entry, ...]


def taken_in(
    said: Said, listeners: Iterable[str], names: Mapping[str, str], at: int, believes: Callable[[str], float]
) -> Heard:
    """A line reaches NPCs. `names` are display names by id; `believes` says how sure a listener is of what it hears."""
    news: list[Memory] = []
    entries: list[Entry] = []
    stated = joined(statements(said.text))
    addressee = names.get(said.to, bare(said.to))
    news_in = {
        one: claim(claimed(one, addressee=addressee, names=names.values()), speaker=names[said.speaker])
        for one in stated
    }
    for listener in listeners:
        entries.append(line_entry(listener, said, at, said.speaker))
        for statement in stated:
            text = told(
                statement,
                speaker=names[said.speaker],
                addressee=addressee,
                overheard=listener != said.to,
                names=names.values(),
            )
            entry = Entry(
                *(listener, "told", text, at),
                who=said.speaker,
                toward=said.to,
                origin=said.speaker,
                kind="told",
                confidence=believes(listener),
                depth=1,
                news=news_in[statement],
            )
            entries.append(entry)
            if listener == said.to:
                news.append(Memory(text, f"said:{said.speaker}", "told"))
    return Heard(tuple(news), tuple(entries))


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
