"""A world: who is where, what is true, and what happens. Addresses are ids with their kind: `npc:mira`.

A world's state is a set of records, plain dicts that JSON can hold:

    clock                   the game time
    entity/npc:mira         somebody who is in the world
    fact/place:mill/closed  a fact, by scope and name
    recent/place:smithy     what happened at a place last
    sight/npc:mira/npc:tom  who saw whom, and fate/...: world/sightings.py
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from npc_runtime.errors import Conflict, Invalid, not_found
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.language.wording import Wording
from npc_runtime.world import records as stored
from npc_runtime.world.clock import Clock
from npc_runtime.world.entity import KINDS, Entity, bare, entity_id
from npc_runtime.world.facts import WEATHER, WORLD, Fact, Facts, FactValue
from npc_runtime.world.now import now_sentence
from npc_runtime.world.perception import Event, Perceived, perceive
from npc_runtime.world.sentence import sentence
from npc_runtime.world.sightings import CROWD, GONE, FateKind, Sightings
from npc_runtime.world.sightings import KINDS as SIGHTINGS

RECENT = 4  # events that a place is remembered by


@dataclass
class World:
    """One save of one game. Not thread-safe: it belongs to the daemon's event loop.

    `entities`, `clock`, `facts` and `recent` are for reading; the methods change them, and note which records changed.
    """

    id: str
    pack: str
    places: dict[str, str]  # place id -> name
    adjacent: dict[str, frozenset[str]] = field(default_factory=dict)  # place id -> those next to it
    entities: dict[str, Entity] = field(default_factory=dict)  # in order of arrival
    clock: Clock = field(default_factory=Clock)
    facts: Facts = field(default_factory=Facts)
    recent: dict[str, tuple[Event, ...]] = field(default_factory=dict)  # by place; `witnesses` are those who did
    sightings: Sightings = field(default_factory=Sightings)
    language: Language = ENGLISH  # that of its pack
    _changed: set[str] = field(default_factory=set, repr=False)  # keys of records

    def place(self, text: str) -> str:
        """The id of a place. Raises NotFound, listing the places."""
        place = entity_id(text, "place")
        if place not in self.places:
            raise not_found("place", bare(place), map(bare, self.places), where=f'world "{self.id}"')
        return place

    def lay_out(self, places: dict[str, str], adjacent: dict[str, frozenset[str]]) -> None:
        """It has these places from now on, and no fewer than before."""
        self.places, self.adjacent = places, adjacent

    # -------------------------------------------------------------------------------------------- who is where

    def enter(self, entity: str, name: str, at: str | None) -> Entity:
        """Adds an entity. Raises Conflict when it is there already."""
        if entity in self.entities:
            where = self.entities[entity].at
            raise Conflict(
                f'{entity} is in world "{self.id}" already' + (f" (at {bare(where)})" if where else ""),
                hint="use entity.move to take it elsewhere",
            )
        last = max((other.entered for other in self.entities.values()), default=0)
        self.entities[entity] = Entity(entity, name, at, last + 1, self.clock.now if at else 0)
        self._changed.add(f"entity/{entity}")
        self.sightings.met(self.entities[entity], self._near(self.entities[entity]))
        return self.entities[entity]

    def npc(self, text: str) -> Entity:
        """A living NPC. Raises NotFound, listing those that live."""
        npc = entity_id(text, "npc")
        if npc not in self.entities:
            living = [bare(other) for other in self.entities if other.startswith("npc:")]
            raise not_found("NPC", bare(npc), living, where=f'world "{self.id}"')
        return self.entities[npc]

    def move(self, entity: str, to: str) -> Entity:
        """Takes an entity to a place; a player that is new to the world enters it."""
        place = self.place(to)
        kind = entity.partition(":")[0] if ":" in entity else "player"
        found = self.npc(entity) if kind == "npc" else self.player(entity)
        if found.at != place:
            went = place if place in self.adjacent.get(found.at or "", ()) else None
            self.sightings.parted(found, self._near(found), self.clock.now, left=True, to=went)
            found.since = self.clock.now
        found.at, found.gone = place, False
        self.sightings.met(found, self._near(found))
        self._changed.add(f"entity/{found.id}")
        return found

    def player(self, text: str, name: str | None = None) -> Entity:
        """A player, who enters the world when first named. A name, once given, stays until another is given."""
        player = entity_id(text, "player")
        found = self.entities.get(player)
        if found is None:
            return self.enter(player, self.called(player, name), None)
        if name:
            self.rename(player, name)
        return found

    def called(self, player: str, name: str | None = None) -> str:
        """How a player is called, by its id; of one who was never named, how it would be. Nothing changes."""
        found = self.entities.get(player)
        return name or (found.name if found is not None else bare(player).replace("_", " ").title())

    def rename(self, entity: str, name: str) -> None:
        """Somebody who is here is called so from now on."""
        found = self.entities.get(entity)
        if found is not None and found.name != name:
            found.name = name
            self._changed.add(f"entity/{entity}")

    def leave(self, entity: str) -> None:
        """Takes an entity out."""
        if entity in self.entities:
            gone = self.entities.pop(entity)
            self.sightings.parted(gone, self._near(gone), self.clock.now)
            self._changed.add(f"entity/{entity}")

    def forget(self, player: str, named: Callable[[str, object], bool], facts: Iterable[Fact]) -> None:
        """Takes a player out, and every recent event that names it, as `named(key, record)` says, and these facts."""
        self.leave(player)
        self.sightings.forget(named)
        for fact in facts:
            self.delete_fact(fact.scope, fact.name)
        for place, events in list(self.recent.items()):
            self.recent[place] = tuple(event for event in events if not named("", event.as_record()))
            self._changed.add(f"recent/{place}")

    def here(self, place: str | None) -> list[str]:
        """Who is at a place, in order of arrival."""
        return [entity.id for entity in self.entities.values() if entity.at == place and place is not None]

    def hearers(self, named: Iterable[str] | None) -> list[str] | None:
        """Those whom the game names as within earshot, each once; None where it leaves that to places.

        Raises NotFound for an NPC that is not here.
        """
        if named is None:
            return None
        found = (self.player(one).id if one.startswith("player:") else self.npc(one).id for one in named)
        return list(dict.fromkeys(found))

    def together(self, one: str, other: str) -> bool:
        """Whether two are at one place, and the other neither died nor left."""
        found = self.entities.get(other)
        return bool(found and found.at and not found.gone and one in self.here(found.at))

    def _near(self, somebody: Entity) -> list[Entity]:
        """Who is at somebody's place; in a crowd the latest only, since each of them notices each."""
        there = (other for other in self.entities.values() if other.at == somebody.at and other is not somebody)
        return list(there)[-CROWD:] if somebody.at else []

    # -------------------------------------------------------------------------------------------- what is true

    def advance(self, *, by: str | int | None = None, to: int | None = None) -> int:
        """Sets the clock forward, and gives back the game time it is then. Raises Invalid, Conflict."""
        then = self.clock.advance(by=by, to=to)
        self._changed.add("clock")
        return then

    def scope(self, text: str) -> str:
        """The scope of a fact: `world`, a place of this world, or anybody's or anything's id. Raises as fits."""
        kind, colon, name = text.partition(":")
        if text == WORLD:
            return text
        if kind == "place":
            return self.place(text)
        if not colon or not name or kind not in KINDS:
            raise Invalid(f'"{text}" is no scope', hint="`world`, or an id with its kind: place:mill, npc:mira")
        return text

    def set_fact(self, scope: str, name: str, value: FactValue, text: str = "") -> Fact:
        """Sets a fact, in place of the one there was. Raises Invalid, or NotFound for a place."""
        fact = self.facts.set(self.scope(scope), name, value, text)
        self._changed.add(fact.key)
        return fact

    def fact(self, scope: str, name: str) -> Fact:
        """A fact. Raises NotFound, listing those of the scope."""
        scope = self.scope(scope)
        found = self.facts.get(scope, name)
        if found is None:
            known = self.facts.names(scope)
            raise not_found("fact", name, known, where=f'the scope "{scope}"')
        return found

    def delete_fact(self, scope: str, name: str) -> None:
        """Takes a fact away. Raises NotFound, listing those of the scope."""
        self._changed.add(self.facts.delete(self.scope(scope), name).key)

    def weather(self, place: str | None) -> Fact | None:
        """The weather at a place: its own, or else the world's."""
        return (self.facts.get(place, WEATHER) if place else None) or self.facts.get(WORLD, WEATHER)

    # -------------------------------------------------------------------------------------------- what happens

    def event(
        self,
        what: str,
        *,
        at: str | None = None,
        by: str | None = None,
        to: str | None = None,
        witnesses: Iterable[str] | None = None,
        earshot: int = 1,
        noise: str = "",
        importance: float = 0.5,
        wording: Wording | None = None,
        kind: FateKind | None = None,
    ) -> tuple[Event, list[Perceived]]:
        """Something happens now; gives back what, and what each NPC has of it (world/perception.py).

        `kind` is what becomes of `to` by it, or else of `by`. Whoever died or left is there again once it moves.

        `at` defaults to where whoever did it is. Ids without a kind are NPCs'. `wording` knows who is named in `what`,
        by default everybody in the world. Raises Invalid, NotFound.
        """
        by, to = (self._anybody(entity) if entity else None for entity in (by, to))
        if kind and not (by or to):
            raise Invalid(f"nobody {kind}", hint="name in `to` whom it happened to, or in `by` who did it")
        at = at or (self.entities[by].at if by in self.entities else None)
        if at is None:
            raise Invalid("the event is nowhere", hint="give `at`, or `by` somebody who is at a place")
        happened = Event(
            what=(wording or self.wording).linked(sentence(what, "what"), [one for one in (by, to) if one]),
            at=self.place(at),
            when=self.clock.now,
            by=by,
            to=to,
            witnesses=None if witnesses is None else tuple(map(self._witness, witnesses)),
            earshot=earshot,
            noise=noise,
            importance=importance,
        )
        perceived = perceive(
            happened,
            whereabouts={entity.id: entity.at for entity in self.entities.values()},
            language=self.language,
            places=self.places,
            adjacent=self.adjacent,
        )
        seen_by = tuple(one.owner for one in perceived if one.how == "witnessed")
        last = (*self.recent.get(happened.at, ()), replace(happened, witnesses=seen_by))
        self.recent[happened.at] = last[-RECENT:]
        self._changed.add(f"recent/{happened.at}")
        doer = self.entities.get(by or "")
        if doer:
            elsewhere = [npc for npc in seen_by if npc in self.entities and self.entities[npc].at != doer.at]
            self.sightings.watched(elsewhere, doer, happened)
        if kind and (found := self.entities.get(to or by or "")):
            found.gone = kind in GONE
            self._changed.add(f"entity/{found.id}")
        return happened, perceived

    def now(self, npc: str, wording: Wording | None = None, *, present: bool = True) -> str:
        """The "now" of an NPC's prompt: only what it saw itself has just happened. Raises NotFound.

        With `present`, it says who is there too.
        """
        me = self.npc(npc)
        seen = [event for event in self.recent.get(me.at or "", ()) if me.id in (event.witnesses or ())]
        return now_sentence(
            self.clock.now,
            place=self.places.get(me.at or "", ""),
            weather=self.weather(me.at),
            present=[self.entities[other].name for other in self.here(me.at) if present and other != me.id],
            happened=(wording or self.wording).text(seen[-1].what, me.id) if seen else "",
            when=seen[-1].when if seen else 0,
            language=self.language,
        )

    @property
    def wording(self) -> Wording:
        """The language of this world, and the names of everybody in it."""
        return Wording(self.language, {entity.id: entity.name for entity in self.entities.values()})

    def _anybody(self, text: str) -> str:
        """The id of somebody who need not be in the world: a wolf may do things."""
        kind, colon, _ = text.partition(":")
        if colon and kind not in KINDS:
            raise Invalid(f'"{text}" is no id', hint=f"an id begins with its kind: {', '.join(KINDS)}")
        return text if colon else f"npc:{text}"

    def _witness(self, text: str) -> str:
        return text if text.startswith("player:") else self.npc(text).id

    # -------------------------------------------------------------------------------------------- its records

    def state(self, *, facts: bool = True) -> dict[str, dict[str, Any]]:
        """All records of this world, by key; with or without the facts, of which there may be very many."""
        keys = [
            "clock",
            *(f"entity/{entity}" for entity in self.entities),
            *(fact.key for fact in self.facts if facts),
            *(f"recent/{place}" for place in self.recent),
        ]
        found = {key: self._record(key) for key in keys} | self.sightings.state()
        return {key: record for key, record in found.items() if record is not None}

    def take_changes(self) -> dict[str, dict[str, Any] | None]:
        """The records that changed since this was last asked; None for those that are no more.

        A world that is new, or was restored, has no changes: `state` says where it began.
        """
        changes = {key: self._record(key) for key in sorted(self._changed | self.sightings.changed)}
        self._changed.clear()
        self.sightings.changed.clear()
        return changes

    def restore(self, records: Mapping[str, Any]) -> None:
        """Replaces the whole state by these records, or nothing of it. Keys that are not a world's are passed over.

        Raises StorageError, naming the key of a record that is broken.
        """
        clock, facts = Clock(), Facts()
        entities: list[Entity] = []
        recent: dict[str, tuple[Event, ...]] = {}
        sightings = Sightings()
        for key, record in records.items():
            kind, _, rest = key.partition("/")
            if key == "clock":
                clock = Clock.from_record(key, record)
            elif kind == "fact":
                facts.put(Fact.from_record(key, record))
            elif kind == "entity":
                entities.append(Entity.from_record(key, record))
                self._known(key, entities[-1].at)
            elif kind == "recent":
                self._known(key, rest)
                events = stored.field(key, record, "events", list)
                recent[rest] = tuple(Event.from_record(key, event) for event in events)
            elif kind in SIGHTINGS:
                sightings.load(key, record, self._known)
        self.clock, self.facts, self.recent, self.sightings = clock, facts, recent, sightings
        self.entities = {entity.id: entity for entity in sorted(entities, key=lambda entity: entity.entered)}
        self._changed.clear()

    def become(self, other: World) -> None:
        """Takes over the state of another world, which is of no more use then."""
        self.places, self.adjacent = other.places, other.adjacent
        self.clock, self.facts, self.recent, self.entities = other.clock, other.facts, other.recent, other.entities
        self.sightings = other.sightings
        self._changed.clear()

    def _record(self, key: str) -> dict[str, Any] | None:
        """One record as it is now, or None."""
        kind, _, rest = key.partition("/")
        if kind == "clock":
            return self.clock.as_record()
        if kind == "recent":
            return {"events": [event.as_record() for event in self.recent[rest]]}
        if kind in SIGHTINGS:
            return self.sightings.record(key)
        scope, _, name = rest.rpartition("/")
        found = self.entities.get(rest) if kind == "entity" else self.facts.get(scope, name)
        return found.as_record() if found else None

    def _known(self, key: str, place: str | None) -> None:
        if place is not None and place not in self.places:
            raise stored.broken(key, f"the pack {self.pack} has no {place} any more")
