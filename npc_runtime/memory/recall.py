"""Recall: which of the things a character knows does a line ask for? Pure ranking, no storage.

BM25 (Robertson & Zaragoza 2009) over stems, with two additions. A name that matches weighs more, and so does a memory
of the shape that was asked for: `where` wants a place, `how much` a number. And a memory must cover enough of what
was asked, weighed by how rare each word is: somebody asked about a dragon under the bridge, who knows bridges only,
knows nothing about it.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from npc_runtime.language.english.data import Data
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.english.terms import stem, words
from npc_runtime.language.language import Language
from npc_runtime.memory.entry import Entry

SATURATION = 1.2  # BM25's k1
LENGTH_NORM = 0.4  # BM25's b: memories are single sentences, so length says little
COVERAGE = 0.4  # least share of the question, weighed by rarity, that a memory must match
SYNONYM = 0.8
PART = 0.4  # one of two Chinese characters that stand side by side
FRAME = 0.2  # what `sell` or `price` count for: they say what kind of memory is wanted, not which
NAME = 1.4
SHAPE = 1.25
SUBJECT = 1.15  # a memory that opens with what was asked for is about it
ADJACENT = 1.2  # for each pair of words asked for that stand side by side: "lost bell"

_SOURCE_WEIGHT = {"said": 1.3, "self": 1.2, "persona": 1.1}
_NAMES = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z]\w+")
_RECALL = Data("lines.recall")
_pattern = _RECALL.pattern
_SHAPES = [(re.compile(asked), re.compile(shape)) for asked, shape in _RECALL.table("shapes").items()]
_FRAMES = frozenset(map(stem, _RECALL.words("frames")))


@dataclass(frozen=True)
class Memory:
    """One thing that a character knows, and how it came to know it.

    `source` is `persona`, `self`, `lore:<scope>` or `said:<entity>`; `kind` is `fact`, `price`, `need`, `view`, `told`,
    `want`, `secret`, `relation` or `person`. Two are the same by what they claim, however it is put into words; `entry`
    is what it was in the history.
    """

    text: str = field(compare=False)
    source: str
    kind: str = "fact"
    entry: Entry | None = field(default=None, compare=False, repr=False)
    claim: str = ""

    def __post_init__(self) -> None:
        if not self.claim:
            object.__setattr__(self, "claim", self.entry.claim if self.entry else self.text)


@dataclass(frozen=True)
class Hit:
    """A memory that answers, and how well (only comparable within one ranking)."""

    memory: Memory
    score: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """A term of a question, its notion, and the parts of it that may be words."""

    term: str
    notion: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class _Document:
    """A memory's text as ranking sees it; the same texts are ranked for every line, so it is made once."""

    counts: Counter[str]
    notions: frozenset[str]
    names: frozenset[str]  # stems of the names in it
    ordinary: frozenset[str]  # stems of the words that it writes small
    pairs: tuple[tuple[str, str], ...]

    def match(self, asked: _Asked) -> float:
        """How often a term stands in it; another one of its notion counts somewhat less than one, a part even less."""
        if count := self.counts.get(asked.term):
            return float(count)
        if asked.notion in self.notions:
            return SYNONYM
        return PART if asked.parts and not self.counts.keys().isdisjoint(asked.parts) else 0.0


@lru_cache(maxsize=8192)
def _document(text: str, language: Language) -> _Document:
    found = language.terms(text)
    notions = frozenset(map(language.notion, found)).union(*map(language.parts, found))
    names, ordinary = frozenset[str](), frozenset[str]()
    if language.reads:  # elsewhere a capital letter makes no name
        names = frozenset(stem(name.lower().removesuffix("'s")) for name in _NAMES.findall(text))
        ordinary = frozenset(map(stem, filter(str.islower, words(text, lower=False))))
    return _Document(Counter(found), notions, names, ordinary, tuple(itertools.pairwise(found)))


def rank(query: str, candidates: Sequence[Memory], *, limit: int, language: Language = ENGLISH) -> list[Hit]:
    """The memories that a line asks for, best first; empty when the character knows nothing of it.

    Names and shapes are English's; in other languages it goes by words alone.
    """
    asked = {term: _Asked(term, language.notion(term), language.parts(term)) for term in language.terms(query)}
    if not asked or not candidates:
        return []
    documents = [_document(memory.text, language) for memory in candidates]
    rarity = _rarity(asked, documents, language)
    average = sum(len(document.counts) for document in documents) / len(documents)
    wanted, enough = set(itertools.pairwise(asked)), COVERAGE * sum(rarity.values())
    shape = query.lower()
    # The bell is a bell also in the name of an inn.
    ordinary = frozenset().union(*(document.ordinary for document in documents)).intersection(asked)
    hits = []
    for memory, document in zip(candidates, documents, strict=True):
        matched = {term: document.match(one) for term, one in asked.items()}
        covered = sum(rarity[term] * min(weight, 1.0) for term, weight in matched.items())
        if covered < enough:
            continue
        length = 1 - LENGTH_NORM + LENGTH_NORM * sum(document.counts.values()) / max(average, 1)
        score = sum(
            rarity[term]
            * (NAME if term in document.names and term not in ordinary else 1.0)
            * weight
            * (SATURATION + 1)
            / (weight + SATURATION * length)
            for term, weight in matched.items()
        )
        score *= ADJACENT ** sum(1 for pair in document.pairs if pair in wanted)
        if language.reads:
            score *= _shape_weight(shape, memory, asked, document.names)
        score *= _SOURCE_WEIGHT.get(memory.source.partition(":")[0], 1.0)
        hits.append(Hit(memory, round(score, 4)))
    return sorted(hits, key=lambda hit: -hit.score)[:limit]


def _rarity(asked: Mapping[str, _Asked], documents: Sequence[_Document], language: Language) -> dict[str, float]:
    """BM25's inverse document frequency, with synonyms counted as one word."""
    frames = _FRAMES if language.reads else language.frames
    found = {}
    for term, one in asked.items():
        holding = sum(1 for document in documents if document.match(one))
        rarity = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
        found[term] = rarity * (FRAME if term in frames else 1.0)
    return found


def _shape_weight(query: str, memory: Memory, asked: Collection[str], names: frozenset[str]) -> float:
    lowered = memory.text.lower()
    statement = memory.text.partition(" that ")[2] if memory.kind == "told" else memory.text
    weight = SUBJECT if set(ENGLISH.terms(statement)[:2]) & set(asked) else 1.0
    for wanted, shape in _SHAPES:
        if wanted.search(query) and shape.search(lowered):
            weight *= SHAPE
    if memory.kind in ("want", "need") and not _pattern("wish").search(query):
        weight /= SHAPE * SHAPE
    if memory.kind == "relation" and _pattern("opinion").search(query):
        weight *= SHAPE * SHAPE
    if memory.kind == "person":
        weight *= SHAPE * SHAPE if _pattern("who_or_where").search(query) else 1 / SHAPE
    if memory.kind == "told" and _pattern("news").search(query):
        weight *= SHAPE * SHAPE
    if _pattern("who").search(query) and names - set(asked):
        weight *= SHAPE
    return weight
