"""A villager's memories of thirty days, and what players ask about them: the set that recall is measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from npc_runtime.language.english.terms import notion, terms

FOLDER = Path(__file__).parent
DAY = 24 * 60 * 60

How = Literal["witnessed", "told", "self", "heard"]
Kind = Literal["plain", "paraphrase"]


@dataclass(frozen=True)
class ChronicleMemory:
    """One thing that Mira remembers. `at` is in game seconds, and day 1 begins at 0."""

    id: str
    at: int
    how: How
    who: str | None  # who told it or was overheard
    importance: float  # 0 to 1
    text: str

    @property
    def day(self) -> int:
        """The day of the chronicle, counted from 1."""
        return self.at // DAY + 1


@dataclass(frozen=True)
class Question:
    """What a player asks, and the ids of the memories that answer: any one of them will do."""

    kind: Kind
    ids: frozenset[str]
    text: str

    def hit_at(self, k: int, ranking: Sequence[str]) -> bool:
        """Whether one of the first k ids, best first, answers."""
        return not self.ids.isdisjoint(ranking[:k])


def load() -> tuple[list[ChronicleMemory], list[Question]]:
    """The chronicle in the order in which it happened, and the questions.

    Raises ValueError naming the entry: an id is unknown or there twice, time runs backward, or a paraphrase shares a
    stem with a memory that answers it.
    """
    memories = [_memory(entry) for entry in _entries("chronicle.yaml", "memories")]
    questions = [_question(entry) for entry in _entries("questions.yaml", "questions")]
    check(memories, questions)
    return memories, questions


def people() -> dict[str, str]:
    """What everybody in the chronicle is, by name: "Rufus" is a "tanner"."""
    return cast("dict[str, str]", _read("chronicle.yaml")["people"])


def check(memories: Sequence[ChronicleMemory], questions: Sequence[Question]) -> None:
    """Raises ValueError as `load` does."""
    known: dict[str, ChronicleMemory] = {}
    latest = 0
    for memory in memories:
        if memory.id in known:
            raise ValueError(f'two memories have the id "{memory.id}"')
        if memory.at < latest:
            raise ValueError(f'memory "{memory.id}" is older than the one before it: put them in order of time')
        known[memory.id], latest = memory, memory.at
    asked: set[str] = set()
    for question in questions:
        if question.text in asked:
            raise ValueError(f'"{question.text}" is there twice')
        asked.add(question.text)
        unknown = sorted(question.ids - known.keys())
        if unknown or not question.ids:
            raise ValueError(f'"{question.text}" names {unknown or "nothing"}, which is no memory of the chronicle')
        for answer in sorted(question.ids) if question.kind == "paraphrase" else ():
            if shared := stems_in_common(question.text, known[answer].text):
                raise ValueError(f'"{question.text}" shares {shared} with "{answer}", so it is no paraphrase')


def stems_in_common(first: str, second: str) -> list[str]:
    """Stems that both have, and notions such as `=smith` for a smith here and a blacksmith there."""
    return sorted(_stems_and_notions(first) & _stems_and_notions(second))


def _stems_and_notions(text: str) -> set[str]:
    return {form for term in terms(text) for form in (term, notion(term))}


def _read(name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")))


def _entries(name: str, key: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", _read(name)[key])


def _memory(entry: dict[str, Any]) -> ChronicleMemory:
    hours, minutes = map(int, entry["at"].split(":"))
    at = (entry["day"] - 1) * DAY + hours * 3600 + minutes * 60
    return ChronicleMemory(entry["id"], at, entry["how"], entry.get("who"), entry["importance"], entry["text"])


def _question(entry: dict[str, Any]) -> Question:
    return Question(entry["kind"], frozenset(entry["ids"]), entry["text"])
