"""Recollection: which few of a character's many memories a line may be about.

Two searches are merged. Words: the stems that FTS5 has indexed for this character, weighed by BM25's rarity among its
own memories. Meaning: cosine of embedding vectors, where there are any. A memory that has nearly all words of the
question gains by them; one word in common is noise, which is why the share counts by its cube. The sum is weighed by
recency in game time and by importance, and thinned so that one event fills no more than one place. Which of these few
is said, `recall.rank` decides. The constants were chosen on benchmarks/chronicle.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_runtime.language.language import Language
from npc_runtime.memory.entry import Stored
from npc_runtime.memory.history import History
from npc_runtime.memory.index import asked, owned, told
from npc_runtime.memory.reading import COLUMNS, LINE, MEMORY_SEEN, NOT_FADED, stored
from npc_runtime.memory.store import Connection
from npc_runtime.memory.vectors import Vectors

WORDS = 0.6  # what having all words of the question counts beside the cosine, which is at most 1
NEAREST = 48  # candidates of each search
HALF_LIFE = 10 * 86_400.0  # game seconds after which recency has lost half its say
RECENCY, IMPORTANCE = 0.05, 0.1  # the most that either adds to a memory's score
NOBODY: Mapping[str, str] = {}
SAME = 0.8  # overlap of stems at which two memories are the same event

_CANDIDATES = (
    f"SELECT {COLUMNS} FROM memory"
    f" WHERE id IN (SELECT value FROM json_each(?2)) AND {MEMORY_SEEN} AND id {NOT_FADED} ORDER BY id DESC"
)
_HOLDING = (
    "SELECT memory.id FROM terms CROSS JOIN memory INDEXED BY memory_owner ON memory.id = terms.rowid"
    f" WHERE terms MATCH ?2 AND memory.owner = ?1 AND {MEMORY_SEEN} AND memory.id {NOT_FADED}"
)


@dataclass(frozen=True)
class Found:
    """A memory that may be meant. `cosine` is that of its meaning with the question's, 0 without embeddings.

    `covered` is the share of the question's words that it has, from 0 to 1.
    """

    stored: Stored
    score: float
    cosine: float
    covered: float = 0.0


class Recollection:
    """Searches the memories of one world's characters."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._vectors = Vectors()

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

    def without_vector(self, limit: int) -> Future[list[tuple[int, str, str]]]:
        """Some memories whose meaning is not kept yet: id, owner, claim."""

        def job(db: Connection) -> list[tuple[int, str, str]]:
            sql = (
                "SELECT id, owner, claim FROM unembedded JOIN memory ON memory.id = unembedded.memory"
                " ORDER BY unembedded.memory DESC LIMIT ?"
            )
            return [(number, owner, claim) for number, owner, claim in db.execute(sql, (limit,))]

        return self._history.store.submit(job)

    def drop(self) -> Future[None]:
        """Takes all vectors out of RAM."""
        return self._history.store.call(self._vectors.close)

    def find(
        self,
        owner: str,
        query: str,
        *,
        now: int,
        limit: int,
        names: Mapping[str, str] = NOBODY,
        vector: NDArray[np.float32] | None = None,
    ) -> Future[list[Found]]:
        """The memories of `owner` that `query` may be about, best first.

        `names` are display names by id; `vector` is the meaning of the query, of length one.
        """
        wanted = asked(query, self._history.language, names)

        def job(db: Connection) -> list[Found]:
            covered = self._covered(db, owner, wanted)
            cosines: dict[int, float] = {}
            if vector is not None:
                cosines = self._vectors.nearest(db, owner, vector, count=NEAREST, epoch=self._history.epoch)
            likeness = {
                number: cosines.get(number, 0.0) + WORDS * covered.get(number, 0.0) ** 3
                for number in (*_best(covered), *_best(cosines))
            }
            numbers = json.dumps(_best(likeness)[: 2 * limit])
            found = [
                Found(
                    memory,
                    score=likeness[memory.id] * weight(memory, now),
                    cosine=cosines.get(memory.id, 0.0),
                    covered=covered.get(memory.id, 0.0),
                )
                for memory in stored(db, list(db.execute(_CANDIDATES, (owner, numbers))))
            ]
            return diverse(sorted(found, key=lambda hit: -hit.score), limit, self._history.language)

        return self._history.store.submit(job)

    def _covered(self, db: Connection, owner: str, asked: Sequence[tuple[str, ...]]) -> dict[int, float]:
        """By id, the share of the question that a memory has in its words, each weighed by how rare it is (BM25's idf).

        Rarity is counted among the character's own memories. They are single sentences, so that how often a word comes
        in one and how long it is say nothing.
        """
        ((total,),) = db.execute("SELECT count(*) FROM memory WHERE owner = ?", (owner,))
        weights: defaultdict[int, float] = defaultdict(float)
        whole = 0.0
        for ways in asked:
            words = " OR ".join(f'"{owned(owner, way)}"' for way in ways)
            holding = [number for (number,) in db.execute(_HOLDING, (owner, words))]
            rarity = math.log(1 + (total - len(holding) + 0.5) / (len(holding) + 0.5))
            whole += rarity
            for number in holding:
                weights[number] += rarity
        return {number: weight / whole for number, weight in weights.items()}


def weight(stored: Stored, now: int) -> float:
    """How much more a memory comes to mind for being fresh and for having mattered: 1 to 1.15."""
    recency: float = 0.5 ** (max(0, now - stored.last) / HALF_LIFE)
    return 1 + RECENCY * recency + IMPORTANCE * stored.entry.importance


def diverse(found: Sequence[Found], limit: int, language: Language) -> list[Found]:
    """The first of those that say the same thing, at most `limit`."""
    kept: list[tuple[Found, frozenset[str]]] = []
    for hit in found:
        stems = told(hit.stored.entry, language)
        if all(_overlap(stems, others) < SAME for _, others in kept):
            kept.append((hit, stems))
        if len(kept) == limit:
            break
    return [hit for hit, _ in kept]


def _overlap(one: frozenset[str], two: frozenset[str]) -> float:
    return len(one & two) / max(1, len(one | two))


def _best(scores: Mapping[int, float]) -> list[int]:
    return sorted(scores, key=lambda number: (-scores[number], -number))[:NEAREST]
