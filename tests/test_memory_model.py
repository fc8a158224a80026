"""Random lives of a world, with saves, restores and forgetting, against a model that copies everything."""

from __future__ import annotations

import copy
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from memory_kit import LONG, NO_END, batch, direction
from needed_rows import check_nothing_unneeded
from save_rules import SAVE, SaveRules

from npc_runtime.errors import NotFound
from npc_runtime.memory import given_up
from npc_runtime.memory.entry import LINES, Entry, How
from npc_runtime.memory.history import History
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.recollect import NEAREST, Recollection

OWNERS = ("npc:mira", "npc:tom", "npc:bren")
PLAYERS = {"player:ann": "Ann", "player:bo": "Bo"}
OTHERS = (*PLAYERS, "npc:odile", "")
TEXTS = tuple(f"The bell and {word}." for word in ("ferry", "mill", "Ann", "smoke", "Bo", "goose", "candle", "raven"))
KEYS = ("clock", "entity/npc:mira", "fact/world/weather", "relation/npc:mira/player:ann", "relation/npc:tom/player:bo")

HOW: st.SearchStrategy[How] = st.sampled_from(("witnessed", "told", "self", "said", "heard"))
TIMES = st.integers(0, 9)
ENTRIES = st.lists(
    st.builds(
        Entry, st.sampled_from(OWNERS), HOW, st.sampled_from(TEXTS), TIMES, who=st.sampled_from(OTHERS),
        toward=st.sampled_from(OTHERS), origin=st.sampled_from(OTHERS),
    ),
    max_size=4,
)  # fmt: skip
RECORDS = st.dictionaries(st.sampled_from(KEYS), st.none() | TIMES, max_size=3)


@dataclass
class Life:
    """What one timeline holds."""

    memories: dict[int, Entry] = field(default_factory=dict)
    times: dict[int, list[int]] = field(default_factory=dict)  # id -> when it came up
    records: dict[str, Any] = field(default_factory=dict)

    def write(self, numbers: list[int], entries: list[Entry], records: dict[str, Any]) -> None:
        for number, entry in zip(numbers, entries, strict=True):
            assert number == next(self.same(entry), number), "it was there already"
            self.memories.setdefault(number, entry)
            self.times.setdefault(number, []).append(entry.at)
        self.records = {key: value for key, value in (self.records | records).items() if value is not None}

    def same(self, entry: Entry) -> Any:
        there = self.visible(entry.owner) if entry.how not in LINES else []
        return (number for number in there if self.memories[number].digest == entry.digest)

    def visible(self, owner: str) -> list[int]:
        faded = {source for entry in self.memories.values() for source in entry.sources}
        return sorted(n for n, entry in self.memories.items() if entry.owner == owner and n not in faded)

    def forget(self, player: str, name: str) -> None:
        gone = {
            number
            for number, entry in self.memories.items()
            if player in (entry.who, entry.toward, entry.origin) or name in entry.claim
        }
        while more := {n for n, e in self.memories.items() if n not in gone and gone.intersection(e.sources)}:
            gone |= more
        for number in gone:
            del self.memories[number], self.times[number]
        self.records = {key: value for key, value in self.records.items() if player not in key}


class Lives(SaveRules):
    """One world's history, and what it should hold."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.steps = given_up.CHUNK, given_up.VERSIONS
        given_up.CHUNK, given_up.VERSIONS = 2, 1  # so that anything may happen between two steps
        self.open()
        self.life = Life()
        self.saves: dict[str, Life] = {}
        self.epoch = 0
        self.reflections = 0

    def open(self) -> None:
        self.history = History(Path(self.folder.name) / "village.db")
        self.recollection = Recollection(self.history)

    def teardown(self) -> None:
        self.history.close()
        given_up.CHUNK, given_up.VERSIONS = self.steps
        self.folder.cleanup()

    @rule(entries=ENTRIES, records=RECORDS)
    def write(self, entries: list[Entry], records: dict[str, Any]) -> None:
        numbers = self.history.write(batch(*entries, **records), self.epoch).result()
        assert numbers is not None
        self.life.write(numbers, entries, records)

    @precondition(lambda self: self.epoch > 0)
    @rule(entries=ENTRIES, records=RECORDS, ago=st.integers(1, 3))
    def write_late(self, entries: list[Entry], records: dict[str, Any], ago: int) -> None:
        assert self.history.write(batch(*entries, **records), self.epoch - ago).result() is None

    @rule(owner=st.sampled_from(OWNERS), count=st.integers(1, 4), at=TIMES)
    def reflect(self, owner: str, count: int, at: int) -> None:
        sources = [n for n in self.life.visible(owner) if self.life.memories[n].how not in LINES][:count]
        self.reflections += 1
        over = Entry(owner, "reflection", f"The bell: thought{self.reflections}.", at, sources=tuple(sources))
        self.write([over], {})

    @rule()
    def embed(self) -> None:
        for number, entry in self.recollection.without_vector(5).result():
            self.recollection.add_vectors(entry.owner, {number: direction(number)}).result()

    @rule(name=SAVE, at=TIMES)
    def save(self, name: str, at: int) -> None:
        assert self.history.save(name, at).result().at == at
        self.saves.pop(name, None)
        self.saves[name] = copy.deepcopy(self.life)

    @rule(name=SAVE)
    def restore(self, name: str) -> None:
        if name not in self.saves:
            with pytest.raises(NotFound):
                self.history.restore(name).result()
            return
        self.history.restore(name).result()
        self.life = copy.deepcopy(self.saves[name])
        self.epoch += 1
        assert self.history.epoch == self.epoch

    @rule()
    def tidy(self) -> None:
        while self.history.tidy().result():
            pass
        check_nothing_unneeded(self.history)

    @rule()
    def tidy_a_little(self) -> None:
        self.history.tidy().result()

    @rule(player=st.sampled_from(sorted(PLAYERS)))
    def forget(self, player: str) -> None:
        self.history.forget(Naming(player, (PLAYERS[player],))).result()
        self.recollection.drop().result()
        for life in (self.life, *self.saves.values()):
            life.forget(player, PLAYERS[player])

    @rule(squeeze=st.booleans())
    def reopen(self, squeeze: bool) -> None:
        if squeeze:
            self.history.store.squeeze().result()
        self.history.close()
        self.open()
        self.epoch = 0

    @invariant()
    def holds_what_was_lived(self) -> None:
        assert self.history.records().result() == self.life.records
        assert [save.name for save in self.history.saves().result()] == list(self.saves)
        for owner in OWNERS:
            visible = self.life.visible(owner)
            stored = {s.id: (s.entry, s.count, s.last) for s in self.history.memories(owner, limit=NO_END).result()}
            assert list(stored) == visible
            for number, found in stored.items():
                times = self.life.times[number]
                assert found == (self.life.memories[number], len(times), max(times))
            meant = [n for n in visible if self.life.memories[n].how not in LINES]
            self.finds(owner, {self.life.memories[n].claim for n in meant}, all_of_them=len(meant) <= NEAREST)

    def finds(self, owner: str, expected: set[str], *, all_of_them: bool) -> None:
        hits = self.recollection.find(owner, "the bell", now=9, limit=NO_END).result()
        found = {hit.stored.entry.claim for hit in hits}
        assert found == expected if all_of_them else found <= expected
        hits = self.recollection.find(owner, "", now=9, limit=NO_END, vector=direction(0)).result()
        assert {hit.stored.entry.claim for hit in hits} <= expected


Lives.TestCase.settings = settings(max_examples=250 if LONG else 12, stateful_step_count=50 if LONG else 30)
TestLives = pytest.mark.timeout(3600 if LONG else 400)(Lives.TestCase)
