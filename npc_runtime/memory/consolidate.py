"""Consolidation: many small memories become one reflection, so that a character's memory stays bounded.

The oldest and least important memories of a character that share a topic are chosen; a reflection over them is
written (by the model, or from their own words where there is none) and takes their place in recall. Its sources stay in
the history and can be asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from npc_runtime.language.language import Language
from npc_runtime.memory.entry import LINES, Entry, Stored

LIMIT = 2000  # memories of one character that take part in recall
GROUP = 12  # memories under one reflection, at most
LEAST = 3  # fewer are not worth one
QUOTED = 2  # memories that an extractive reflection repeats
KEEPS = 0.8  # from this importance on a memory is never folded into a reflection
TEXT_LIMIT = 240


@dataclass(frozen=True)
class Group:
    """Memories that one reflection will stand for, oldest first, and the stem that they share."""

    topic: str
    members: tuple[Stored, ...]


def excess(count: int) -> int:
    """How many memories should be folded away when a character has `count`: down to nine tenths of the limit."""
    return 0 if count <= LIMIT else count - LIMIT * 9 // 10


def groups(memories: Sequence[Stored], wanted: int, language: Language) -> list[Group]:
    """Which memories to fold, until `wanted` are covered: by shared topic, old and unimportant ones first."""
    foldable = sorted(
        (m for m in memories if m.entry.how not in LINES and m.entry.importance < KEEPS),
        key=lambda m: (m.entry.importance + 0.1 * (m.count - 1), m.last),
    )[: 2 * wanted]
    common = Counter(stem for memory in foldable for stem in language.gist(memory.entry.claim).terms)
    by_topic: defaultdict[str, list[Stored]] = defaultdict(list)
    for memory in foldable:
        stems = language.gist(memory.entry.claim).terms
        if stems:
            by_topic[max(stems, key=lambda stem: (common[stem], stem))].append(memory)
    found: list[Group] = []
    covered = 0
    for topic, members in sorted(by_topic.items(), key=lambda item: (-len(item[1]), item[0])):
        ordered = sorted(members, key=lambda m: m.id)
        for start in range(0, len(ordered), GROUP):
            some = tuple(ordered[start : start + GROUP])
            if len(some) < LEAST or covered >= wanted:
                break
            found.append(Group(topic, some))
            covered += len(some)
    return found


def extract(group: Group, language: Language) -> str:
    """A claim from the memories' own words: those that matter most, and how many there were."""
    first = sorted(group.members, key=lambda m: (-m.entry.importance, -m.count, -m.id))[:QUOTED]
    text = " ".join(m.entry.claim for m in sorted(first, key=lambda m: m.id))
    others = len(group.members) - len(first)
    more = f" {language.phrases.text('known.times', count=others)}" if others else ""
    return (text + more) if len(text + more) <= TEXT_LIMIT else first[0].entry.claim


def reflection(group: Group, claim: str) -> Entry:
    """The memory that stands for a group from now on, as old as the last of them."""
    members = [member.entry for member in group.members]
    origins = {entry.origin for entry in members}
    return Entry(
        owner=members[0].owner,
        how="reflection",
        claim=claim,
        at=max(member.last for member in group.members),
        origin=origins.pop() if len(origins) == 1 else "",
        importance=max(entry.importance for entry in members),
        confidence=min(entry.confidence for entry in members),
        depth=max(entry.depth for entry in members),
        sources=tuple(member.id for member in group.members),
    )
