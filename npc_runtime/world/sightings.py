"""Sightings: where each character last saw whom, and whose death, birth, coming or going it knows of.

    sight/npc:mira/npc:tom    where and when Mira last saw Tom
    fate/npc:mira/npc:bram    what Mira knows has become of Bram

While two are at one place nothing is kept: each sees the other. It is kept when they part. A record is of two people,
so that whoever is forgotten is forgotten by its id alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from npc_runtime.world.entity import Entity
from npc_runtime.world.perception import Event
from npc_runtime.world.records import broken, field

KEPT = 64  # people that a character keeps; those it saw longest ago are the first to go
CROWD = 64  # of those who are at a place, the latest, who notice one another
KINDS = ("sight", "fate")

FateKind: TypeAlias = Literal["died", "born", "arrived", "left"]
FATES: tuple[FateKind, ...] = get_args(FateKind)
GONE = frozenset({"died", "left"})


@dataclass(frozen=True)
class Sight:
    """Where and when somebody was seen last."""

    at: str  # place id
    when: int  # game seconds
    left: bool = False  # it went while it was seen, and else it was still there
    to: str | None = None  # place id, where it was seen to go
    since: int = 0  # game time of the first sight; 0: unknown


@dataclass(frozen=True)
class Fate:
    """What has become of somebody, as a character knows it."""

    what: FateKind
    when: int  # game time when it was seen, or told
    who: str = ""  # entity id of whoever told it; empty: it was seen


class Sightings:
    """What the characters of one world have seen of one another, and of players."""

    def __init__(self) -> None:
        self._sights: dict[str, dict[str, Sight]] = {}  # by character, by whom it saw
        self._fates: dict[str, dict[str, Fate]] = {}
        self.changed: set[str] = set()  # keys of records

    def sights(self, npc: str) -> Mapping[str, Sight]:
        """Whom a character saw where, by id; of those who are with it now, what it saw before."""
        return self._sights.get(npc, {})

    def fates(self, npc: str) -> Mapping[str, Fate]:
        """What a character knows has become of whom, by id."""
        return self._fates.get(npc, {})

    def met(self, arrived: Entity, there: Iterable[Entity]) -> None:
        """Somebody is where these are now: who sees another knows that it is neither dead nor gone."""
        for npc, seen in _pairs(arrived, there):
            if not seen.gone:
                self._alive(npc.id, seen.id)

    def parted(
        self, gone: Entity, there: Iterable[Entity], when: int, *, left: bool = False, to: str | None = None
    ) -> None:
        """Somebody is about to leave these, or the world: each keeps where it saw the other.

        `left`: it is seen to leave; `to`: for which place, where that can be seen.
        """
        for npc, seen in _pairs(gone, there):
            if gone.at and not seen.gone:
                went = seen is gone and left
                self.see(npc.id, seen.id, Sight(gone.at, when, went, to if went else None, max(npc.since, seen.since)))

    def watched(self, witnesses: Iterable[str], doer: Entity, event: Event) -> None:
        """Characters who are elsewhere saw somebody do something, and so where it is."""
        for npc in witnesses:
            if npc != doer.id:
                self.see(npc, doer.id, Sight(event.at, event.when))

    def see(self, npc: str, entity: str, sight: Sight) -> None:
        """A character saw somebody: so that one is neither dead nor gone."""
        before = self.sights(npc).get(entity)
        first = before.since if before and before.since else sight.since
        self._keep(self._sights, npc, entity, Sight(sight.at, sight.when, sight.left, sight.to, first))
        self._alive(npc, entity)

    def _alive(self, npc: str, entity: str) -> None:
        fate = self.fates(npc).get(entity)
        if fate and fate.what in GONE:
            self._drop(self._fates, npc, entity)

    def learn(self, npc: str, entity: str, fate: Fate) -> None:
        """A character saw, or was told, what became of somebody; who died or left is no longer where it was seen."""
        self._keep(self._fates, npc, entity, fate)
        if fate.what in GONE:
            self._drop(self._sights, npc, entity)

    def forget(self, named: Callable[[str, object], bool]) -> None:
        """Takes out what is of somebody, or came from it, as `named(key, record)` says."""
        for key, record in self.state().items():
            if named(key, record):
                kind, npc, entity = _parts(key)
                self._drop(self._sights if kind == "sight" else self._fates, npc, entity)

    # ------------------------------------------------------------------------------------------- its records

    def state(self) -> dict[str, dict[str, Any]]:
        """All records, by key."""
        sights = {f"sight/{npc}/{of}": sight for npc, seen in self._sights.items() for of, sight in seen.items()}
        fates = {f"fate/{npc}/{of}": fate for npc, known in self._fates.items() for of, fate in known.items()}
        return {key: dict(vars(found)) for key, found in {**sights, **fates}.items()}

    def record(self, key: str) -> dict[str, Any] | None:
        """One record as it is now, or None."""
        kind, npc, entity = _parts(key)
        found = (self.sights(npc) if kind == "sight" else self.fates(npc)).get(entity)
        return dict(vars(found)) if found else None

    def load(self, key: str, record: object, check: Callable[[str, str | None], None]) -> None:
        """Takes a record in; `check(key, place)` raises where there is no such place. Raises StorageError."""
        kind, npc, entity = _parts(key)
        if not npc.startswith("npc:") or not entity:
            raise broken(key, "it is not of a character and somebody else")
        if kind == "sight":
            sight = Sight(
                at=field(key, record, "at", str),
                when=field(key, record, "when", int),
                left=field(key, record, "left", bool),
                to=field(key, record, "to", str, type(None)),
                since=field(key, record, "since", int),
            )
            check(key, sight.at)
            check(key, sight.to)
            self._sights.setdefault(npc, {})[entity] = sight
            return
        fate = field(key, record, "what", str)
        if fate not in FATES:
            raise broken(key, f'"{fate}" becomes of nobody')
        known = Fate(fate, field(key, record, "when", int), field(key, record, "who", str))
        self._fates.setdefault(npc, {})[entity] = known

    def _keep(self, kept: dict[str, dict[str, Any]], npc: str, entity: str, found: Sight | Fate) -> None:
        mine = kept.setdefault(npc, {})
        mine[entity] = found
        self._changed(kept, npc, entity)
        if len(mine) > KEPT:
            self._drop(kept, npc, min(mine, key=lambda other: (mine[other].when, other)))

    def _drop(self, kept: dict[str, dict[str, Any]], npc: str, entity: str) -> None:
        if kept.get(npc, {}).pop(entity, None) is not None:
            self._changed(kept, npc, entity)

    def _changed(self, kept: dict[str, dict[str, Any]], npc: str, entity: str) -> None:
        self.changed.add(f"{'sight' if kept is self._sights else 'fate'}/{npc}/{entity}")


def _pairs(one: Entity, others: Iterable[Entity]) -> Iterator[tuple[Entity, Entity]]:
    """Each character of these with whom it sees: the one and any other."""
    for other in others:
        for npc, seen in ((one, other), (other, one)):
            if npc.id.startswith("npc:"):
                yield npc, seen


def _parts(key: str) -> tuple[str, str, str]:
    """The kind of a record, the character, and whom it is about."""
    kind, _, rest = key.partition("/")
    npc, _, entity = rest.partition("/")
    return kind, npc, entity
