"""What remembering costs, and how it grows: recall, saves and restores in worlds of a thousand to a million memories,
and deletes in worlds of up to a hundred thousand facts.

Five hundred characters share the memories. Texts are made up from a few hundred words and names; the vectors stored
for them point anywhere, since a million texts cannot be embedded in the time of a benchmark. Characters are asked at
random, so that the vectors of most have to come from the file.

    npc-runtime bench memory --json --sizes 1000,100000
"""

from __future__ import annotations

import itertools
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import deletes
from benchmarks.about import about, percentile
from npc_runtime.config import load
from npc_runtime.engine.backend import Vectors
from npc_runtime.engine.embedding import Embedder, load_embedder
from npc_runtime.errors import ModelUnavailable
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.entry import Entry, How
from npc_runtime.memory.history import History
from npc_runtime.memory.recollect import Recollection

SIZES = (1_000, 100_000, 1_000_000)
NPCS = 500
QUERIES = 500
SAVES = 300
WRITES = 300
BULK = 500  # memories in one batch
EMBEDDED = 20_000  # memories between two rounds of vectors
DIMENSIONS = 384
LIMIT = 24
MOST_GIVEN_UP = 100_000  # facts; the costs of deletes are measured with half as many saves
DAY = 86_400


def _words(text: str) -> list[str]:
    return text.split()


OWNERS = [f"npc:{number}" for number in range(NPCS)]
NAMES = _words(
    "Mira Tom Bren Odile Garrick Elsie Alex Hanno Petra Lise Corvin Dagna Ulf Senna Marek Ysolde Fenn Greta Ivo Runa "
    "Bastian Thea Orla Wendel Jorun Kaspar Nela Piet Sunniva Tilde"
)
DEEDS = _words(
    "sold lent hid stole mended carried dropped found burned painted buried traded weighed counted borrowed promised "
    "refused praised cursed blessed watched followed guarded cleaned opened locked measured washed broke repaired"
)
ADJECTIVES = _words(
    "old new broken silver wooden heavy small red blue green golden rusty wet cold warm strange holy cheap stolen "
    "forgotten sharp blunt painted empty full bitter sweet quiet loud crooked"
)
THINGS = _words(
    "hammer bell cart barrel lantern rope ladder sack horseshoe kettle candle cloak ring sword boat net axe plough "
    "goose goat horse mule cheese loaf apple keg basket chest key letter map coin flute drum mirror shovel saddle "
    "anvil wheel door window blanket bucket needle knife spoon jug chain feather stone herb mushroom egg fish pie "
    "shirt boot hat belt"
)
PLACES = _words(
    "mill bridge chapel market forge inn harbour orchard well quarry barn tower gate meadow ford cellar kitchen stable "
    "garden shrine crossroads graveyard brewery bakery tannery lighthouse cave swamp ridge vineyard"
)
TIMES = _words("dawn dusk noon midnight harvest midsummer spring winter autumn market-day")
HOWS: tuple[How, ...] = ("witnessed", "told", "told", "self")


def run(sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """Milliseconds, bytes and writes a second, for each size of the world."""
    described = about()
    embedder = _embedder()
    measured = {str(size): _measure(size, embedder) for size in sorted(sizes)}
    given_up = {str(size): deletes.measure(size, size // 2) for size in sorted(sizes) if size <= MOST_GIVEN_UP}
    small, *_, large = [*measured.values()] * 2
    growth = {
        f"{what}_growth": round(large[f"{what}_p50_ms"] / small[f"{what}_p50_ms"], 2)
        for what in ("recall", "save", "restore")
    }
    return {
        "sizes": measured,
        "deletes": given_up,
        **growth,
        "npcs": NPCS,
        "stored_vectors": f"random, {embedder.dimensions if embedder else DIMENSIONS} dimensions",
        "embedding": embedder.name if embedder else "none: the query's vector is random too",
        **described,
    }


def _measure(size: int, embedder: Embedder | None) -> dict[str, Any]:
    chance = random.Random(size)
    with tempfile.TemporaryDirectory(prefix="npc-runtime-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "bench.db"
        writing = _build(path, size, chance, embedder.dimensions if embedder else DIMENSIONS)
        bytes_per_memory = round(path.stat().st_size / size)
        began = time.perf_counter()
        history = History(path)
        opened = (time.perf_counter() - began) * 1000
        try:
            return {
                **_recall(history, chance, embedder),
                **_saves(history, chance),
                **_restores(history, chance),
                **_single_writes(history, chance),
                "bytes_per_memory": bytes_per_memory,
                "open_ms": round(opened, 2),
                "writes_per_second": round(size / writing),
            }
        finally:
            history.close()


# ------------------------------------------------------------------------------------------------- the world


def _build(path: Path, size: int, chance: random.Random, dimensions: int) -> float:
    """Writes a world of a size; the seconds that its memories took, without their vectors."""
    history = History(path)
    recollection = Recollection(history)
    directions = np.random.default_rng(size)
    written: defaultdict[str, list[int]] = defaultdict(list)
    writing = 0.0
    try:
        for start in range(0, size, BULK):
            entries = [_entry(chance, day=start // BULK) for _ in range(min(BULK, size - start))]
            began = time.perf_counter()
            numbers = history.write(Batch(entries)).result() or []
            writing += time.perf_counter() - began
            for entry, number in zip(entries, numbers, strict=True):
                written[entry.owner].append(number)
            if start + BULK >= size or start % EMBEDDED == 0:
                for owner, mine in written.items():
                    vectors = _unit(directions.standard_normal((len(mine), dimensions), np.float32))
                    recollection.add_vectors(owner, dict(zip(mine, vectors, strict=True))).result()
                written.clear()
        history.write(Batch(records={f"entity/{owner}": _state(chance) for owner in OWNERS})).result()
    finally:
        history.close()
    return writing


def _entry(chance: random.Random, day: int) -> Entry:
    who = f"npc:{chance.randrange(NPCS)}"
    how = chance.choice(HOWS)
    origin = who if how == "told" else ""
    return Entry(chance.choice(OWNERS), how, _text(chance), day * DAY, who, "", origin, importance=chance.random())


def _text(chance: random.Random) -> str:
    names, deed, time_of_day = chance.sample(NAMES, 2), chance.choice(DEEDS), chance.choice(TIMES)
    things = (
        f"{chance.choice(ADJECTIVES)} {chance.choice(THINGS)} and a {chance.choice(ADJECTIVES)} {chance.choice(THINGS)}"
    )
    return f"{names[0]} {deed} the {things} for {names[1]} near the {chance.choice(PLACES)} before {time_of_day}."


def _state(chance: random.Random) -> dict[str, Any]:
    return {"place": f"place:{chance.choice(PLACES)}", "name": chance.choice(NAMES), "mood": chance.random()}


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


# ------------------------------------------------------------------------------------------------- what is measured


def _recall(history: History, chance: random.Random, embedder: Embedder | None) -> dict[str, float]:
    recollection = Recollection(history)
    directions = np.random.default_rng(chance.getrandbits(32))
    queries = [
        f"What did {chance.choice(NAMES)} do with the {chance.choice(THINGS)} at the {chance.choice(PLACES)}?"
        for _ in range(QUERIES)
    ]
    vectors = _unit(directions.standard_normal((QUERIES, DIMENSIONS), np.float32))
    embedding, finding = [], []
    if embedder:
        vectors = np.zeros((QUERIES, embedder.dimensions), np.float32)
        for row, query in enumerate(queries):
            began = time.perf_counter()
            vectors[row] = embedder.embed([query])[0]
            embedding.append((time.perf_counter() - began) * 1000)
    for query, vector in zip(queries, vectors, strict=True):
        began = time.perf_counter()
        recollection.find(chance.choice(OWNERS), query, now=0, limit=LIMIT, vector=vector).result()
        finding.append((time.perf_counter() - began) * 1000)
    measured = _spread("recall", finding)
    if embedder:
        both = [sum(pair) for pair in zip(embedding, finding, strict=True)]
        measured |= _spread("embed", embedding) | _spread("embed_and_recall", both)
    return measured


def _saves(history: History, chance: random.Random) -> dict[str, float]:
    numbers = itertools.count()

    def save() -> None:
        history.save(f"slot {next(numbers) % 20}", 0).result()

    return _spread("save", _timed(SAVES, save, before=lambda: _live_on(history, chance)))


def _restores(history: History, chance: random.Random) -> dict[str, float]:
    """Each with the state of every character read again."""

    def restore() -> None:
        history.restore(f"slot {chance.randrange(20)}").result()
        if len(history.records("entity/").result()) != NPCS:
            raise RuntimeError("characters were lost")

    return _spread("restore", _timed(SAVES, restore, before=lambda: _live_on(history, chance)))


def _live_on(history: History, chance: random.Random) -> None:
    some = chance.sample(OWNERS, 20)
    history.write(Batch([_entry(chance, day=1)], {f"entity/{owner}": _state(chance) for owner in some})).result()


def _single_writes(history: History, chance: random.Random) -> dict[str, float]:
    entries = iter([_entry(chance, day=2) for _ in range(WRITES)])
    times = _timed(WRITES, lambda: history.write(Batch([next(entries)])).result())
    return _spread("write", times) | {"single_writes_per_second": round(len(times) * 1000 / sum(times))}


def _timed(rounds: int, work: Callable[[], object], before: Callable[[], object] = lambda: None) -> list[float]:
    """Milliseconds of each round."""

    def one() -> Iterator[float]:
        for _ in range(rounds):
            before()
            began = time.perf_counter()
            work()
            yield (time.perf_counter() - began) * 1000

    return list(one())


def _spread(what: str, times: list[float]) -> dict[str, float]:
    return {
        f"{what}_p50_ms": round(percentile(times, 0.50), 3),
        f"{what}_p99_ms": round(percentile(times, 0.99), 3),
    }


def _embedder() -> Embedder | None:
    try:
        return load_embedder(load())
    except ModelUnavailable:
        return None
