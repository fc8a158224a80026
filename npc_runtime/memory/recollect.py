"""Recollection: what comes to a character's mind for a line, of all that it lived through and all that it was given.

Words: the stems that FTS5 has indexed for this character, and those of the texts that an author wrote. Meaning: cosines
of embedding vectors, where there are any. `likeness` makes one number of both, over memories and written texts
together, and adds a part of that of their neighbours in a talk. It is weighed by recency in game time and by
importance, and thinned so that one event fills no more than one place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_runtime.language.language import Language
from npc_runtime.memory.entry import Entry, Stored
from npc_runtime.memory.history import History
from npc_runtime.memory.index import asked, owned, told
from npc_runtime.memory.likeness import Floats, covered, holding, likeness, spread
from npc_runtime.memory.reading import COLUMNS, LINE, MEMORY_SEEN, NOT_FADED, stored
from npc_runtime.memory.shelf import Shelf, Shelves
from npc_runtime.memory.store import Connection
from npc_runtime.memory.vectors import Vectors

NEAREST = 96  # the most that are looked at more closely
SPARE = 12  # more than are wanted, since some say the same and freshness changes the order
HALF_LIFE = 10 * 86_400.0  # game seconds after which recency has lost half its say
RECENCY, IMPORTANCE = 0.05, 0.1  # the most that either adds to a memory's score
WRITTEN = 1.05  # what a written text is weighed by: it is of middling importance and not fresh
NOBODY: Mapping[str, str] = {}
SAME = 0.8  # overlap of stems at which two memories are the same event

_CANDIDATES = (
    f"SELECT {COLUMNS} FROM memory"
    f" WHERE id IN (SELECT value FROM json_each(?2)) AND {MEMORY_SEEN} AND id {NOT_FADED} ORDER BY id DESC"
)
_HOLDING = "SELECT rowid FROM terms WHERE terms MATCH ?"

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Found:
    """A memory that may be meant. `cosine` is that of its meaning with the question's, 0 without embeddings.

    `covered` is the share of the question's words that it has, from 0 to 1.
    """

    stored: Stored
    score: float
    cosine: float
    covered: float = 0.0


@dataclass(frozen=True)
class Question:
    """What memories are looked for by: a text, its meaning where that is known, and how much it counts."""

    text: str
    vector: Vector | None = None
    weight: float = 1.0
    unasked: frozenset[str] = frozenset()
    """Terms that are in it and ask for nothing."""


@dataclass(frozen=True)
class Written:
    """A text that a character knows without having lived through it. `vector` is its meaning, where that is known."""

    terms: frozenset[str]
    vector: Vector | None = None


@dataclass(frozen=True)
class Known:
    """A written text that may be meant: which of those that were given, and how well it fits."""

    place: int
    score: float


@dataclass(frozen=True)
class _Scored:
    """What one question makes of everything, [things on the shelf and written texts]."""

    scores: Floats
    shares: Floats
    cosines: Floats  # 0 where a meaning is not known
    meant: NDArray[np.bool_]  # where it is


class Recollection:
    """Searches the memories of one world's characters."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._vectors = Vectors()
        self._shelves = Shelves()

    def compare_by(self, embedder: str) -> Future[None]:
        """Names the model that the vectors come from; those of another one are dropped, and wait to be made anew."""

        def job(db: Connection) -> None:
            if list(db.execute("SELECT name FROM embedder")) == [(embedder,)]:
                return
            db.execute("DELETE FROM embedder")
            db.execute("INSERT INTO embedder VALUES (?)", (embedder,))
            self._vectors.clear(db)
            db.execute(f"INSERT OR IGNORE INTO unembedded SELECT id FROM memory WHERE NOT {LINE}")

        return self._history.store.submit(job)

    def add_vectors(self, owner: str, vectors: Mapping[int, NDArray[np.float32]]) -> Future[None]:
        """Keeps the meaning of memories, by id: vectors of length one, [dimensions]."""

        return self._history.store.submit(lambda db: self._vectors.add(db, owner, vectors))

    def without_vector(self, limit: int) -> Future[list[tuple[int, Entry]]]:
        """Some memories whose meaning is not kept yet, by id."""

        def job(db: Connection) -> list[tuple[int, Entry]]:
            sql = (
                f"SELECT {COLUMNS} FROM unembedded JOIN memory ON memory.id = unembedded.memory"
                " ORDER BY unembedded.memory DESC LIMIT ?"
            )
            return [(memory.id, memory.entry) for memory in stored(db, list(db.execute(sql, (limit,))))]

        return self._history.store.submit(job)

    def drop(self) -> Future[None]:
        """Takes out of RAM what is kept there of memories."""

        def work() -> None:
            self._vectors.close()
            self._shelves.close()

        return self._history.store.call(work)

    def find(
        self,
        owner: str,
        query: str,
        *,
        now: int,
        limit: int,
        names: Mapping[str, str] = NOBODY,
        vector: Vector | None = None,
    ) -> Future[list[Found]]:
        """The memories of `owner` that `query` may be about, best first.

        `names` are display names by id; `vector` is the meaning of the query, of length one.
        """

        def job(db: Connection) -> list[Found]:
            found = self._search(db, owner, [Question(query, vector)], (), now, limit, names)
            return [hit for hit in found if isinstance(hit, Found)]

        return self._history.store.submit(job)

    def search(
        self,
        owner: str,
        questions: Sequence[Question],
        written: Sequence[Written],
        *,
        now: int,
        limit: int,
        names: Mapping[str, str] = NOBODY,
    ) -> Future[list[Found | Known]]:
        """Memories of `owner` and written texts, on one scale, best first; the first question is the one that counts.

        What `Found` says of words and meaning is said of that one.
        """
        return self._history.store.submit(lambda db: self._search(db, owner, questions, written, now, limit, names))

    def _search(
        self,
        db: Connection,
        owner: str,
        questions: Sequence[Question],
        written: Sequence[Written],
        now: int,
        limit: int,
        names: Mapping[str, str],
    ) -> list[Found | Known]:
        for _ in range(2):
            shelf = self._shelves.of(db, owner, self._history.epoch, self._history.language)
            scored = [self._scored(db, owner, shelf, question, written, names) for question in questions]
            best, places = _best(shelf, scored, questions, limit + SPARE)
            numbers = shelf.ids[places[places < len(shelf.ids)]].tolist()
            rows = stored(db, list(db.execute(_CANDIDATES, (owner, json.dumps(numbers)))))
            if len(rows) == len(numbers):
                break
            self._shelves.drop(owner)  # something of it was folded away, set right or taken out since
        memories = {memory.id: memory for memory in rows}
        found: list[Found | Known] = []
        values = (best[places], scored[0].cosines[places], scored[0].shares[places])
        for place, score, cosine, share in zip(places.tolist(), *(each.tolist() for each in values), strict=True):
            if place >= len(shelf.ids):
                found.append(Known(place - len(shelf.ids), score * WRITTEN))
            elif memory := memories.get(int(shelf.ids[place])):
                found.append(Found(memory, score * weight(memory, now), cosine, share))
        found.sort(key=_order)
        return diverse(found, limit, written, self._history.language)

    def _scored(
        self,
        db: Connection,
        owner: str,
        shelf: Shelf,
        question: Question,
        written: Sequence[Written],
        names: Mapping[str, str],
    ) -> _Scored:
        ways = [way for way in asked(question.text, self._history.language, names) if way[0] not in question.unasked]
        held = np.zeros((len(ways), len(shelf.ids) + len(written)), bool)
        for row, forms in zip(held, ways, strict=True):
            words = " OR ".join(f'"{owned(owner, form)}"' for form in forms)
            numbers = np.array([number for (number,) in db.execute(_HOLDING, (words,))], np.int64)
            places = shelf.places(numbers)
            row[places[places >= 0]] = True
        held[:, shelf.spoken] = holding(ways, [line.terms for line in shelf.lines.values()])
        held[:, len(shelf.ids) :] = holding(ways, [text.terms for text in written])
        shares = covered(held, np.append(shelf.memories, np.ones(len(written), bool)))
        cosines = np.full(held.shape[1], np.nan)
        if question.vector is not None:
            numbers, found = self._vectors.cosines(db, owner, question.vector, self._history.epoch)
            places = shelf.places(numbers)
            cosines[places[places >= 0]] = found[places >= 0]
            for place, text in enumerate(written, len(shelf.ids)):
                if text.vector is not None:
                    cosines[place] = text.vector @ question.vector
        scores = likeness(shares, cosines)
        before, after = shelf.neighbours
        scores[: len(shelf.ids)] = spread(scores[: len(shelf.ids)], before, after)
        return _Scored(scores, shares, np.nan_to_num(cosines), ~np.isnan(cosines))


def _best(
    shelf: Shelf, scored: Sequence[_Scored], questions: Sequence[Question], count: int
) -> tuple[Floats, NDArray[np.intp]]:
    """The scores of all, and the places of the best, best first: what has no word in common and no meaning is none."""
    sums: Floats = sum(
        (one.scores * question.weight for one, question in zip(scored, questions, strict=True)),
        start=np.zeros_like(scored[0].scores),
    )
    related = (sums > 0) | scored[0].meant
    related[shelf.spoken] = False
    places, count = np.flatnonzero(related), min(count, NEAREST)
    if len(places) > count:
        least = np.partition(sums[places], -count)[-count]
        places = places[sums[places] >= least]
    order = np.lexsort((-places, -scored[0].cosines[places], -sums[places]))
    return sums, places[order[:count]]


def weight(stored: Stored, now: int) -> float:
    """How much more a memory comes to mind for being fresh and for having mattered: 1 to 1.15."""
    recency: float = 0.5 ** (max(0, now - stored.last) / HALF_LIFE)
    return 1 + RECENCY * recency + IMPORTANCE * stored.entry.importance


def diverse(
    found: Sequence[Found | Known], limit: int, written: Sequence[Written], language: Language
) -> list[Found | Known]:
    """The first of those that say the same thing, at most `limit`."""
    kept: list[tuple[Found | Known, frozenset[str]]] = []
    for hit in found:
        stems = told(hit.stored.entry, language) if isinstance(hit, Found) else written[hit.place].terms
        if all(_overlap(stems, others) < SAME for _, others in kept):
            kept.append((hit, stems))
        if len(kept) == limit:
            break
    return [hit for hit, _ in kept]


def _order(hit: Found | Known) -> tuple[float, int, int]:
    """Best first; of those that tie, memories before what was written, and the latest first."""
    if isinstance(hit, Known):
        return -round(hit.score, 4), 0, hit.place
    return -round(hit.score, 4), -1, -hit.stored.last


def _overlap(one: frozenset[str], two: frozenset[str]) -> float:
    if min(len(one), len(two)) < SAME * max(len(one), len(two)):
        return 0.0  # too unlike in size
    return len(one & two) / max(1, len(one | two))
