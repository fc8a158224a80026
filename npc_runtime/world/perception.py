"""Perception: whom an event reaches, and as what. Pure: who is where goes in, what each remembers comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from npc_runtime.errors import Invalid
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.world.records import broken, field
from npc_runtime.world.sentence import LIMIT, sentence

NOISE_LIMIT = 120  # characters
AFAR = 0.5  # what a hop leaves of importance and of confidence

How: TypeAlias = Literal["witnessed", "heard-from-afar"]
Adjacent: TypeAlias = Mapping[str, frozenset[str]]

_ARTICLES = frozenset({"A", "An", "The", "Some"})


@dataclass(frozen=True)
class Event:
    """Something that happened. Ids have their kind; `what` becomes whole sentences. Raises Invalid.

    With `witnesses`, they alone perceive it (and whoever did it). Without, all who are at the place do, and those as
    many as `earshot` places away hear the `noise`, if it made one.
    """

    what: str  # "Tom stole the hammer."
    at: str  # place id
    when: int  # game seconds
    by: str | None = None
    to: str | None = None
    witnesses: tuple[str, ...] | None = None
    earshot: int = 1  # hops
    noise: str = ""  # what is heard of it from outside: "a loud crash"
    importance: float = 0.5  # 0..1

    def __post_init__(self) -> None:
        # Once, and here, so that whoever comes to know of it has the same words.
        object.__setattr__(self, "what", sentence(self.what, "what"))
        object.__setattr__(self, "noise", _noise(self.noise))
        if self.earshot < 0:
            raise Invalid(f"an earshot of {self.earshot} is none", hint="0: this place only; 1: the places next to it")
        if not 0 <= self.importance <= 1:
            raise Invalid(f"an importance of {self.importance} is none", hint="from 0 (nothing) to 1 (never forgotten)")

    def as_record(self) -> dict[str, Any]:
        """For the store; `from_record` reads it."""
        return {**vars(self), "witnesses": None if self.witnesses is None else list(self.witnesses)}

    @classmethod
    def from_record(cls, key: str, record: object) -> Event:
        """Raises StorageError, naming the key."""
        witnesses = field(key, record, "witnesses", list, type(None))
        if witnesses is not None and not all(isinstance(witness, str) for witness in witnesses):
            raise broken(key, "`witnesses` are not ids")
        try:
            return cls(
                what=field(key, record, "what", str),
                at=field(key, record, "at", str),
                when=field(key, record, "when", int),
                by=field(key, record, "by", str, type(None)),
                to=field(key, record, "to", str, type(None)),
                witnesses=None if witnesses is None else tuple(witnesses),
                earshot=field(key, record, "earshot", int),
                noise=field(key, record, "noise", str),
                importance=field(key, record, "importance", float, int),
            )
        except Invalid as error:
            raise broken(key, error.message) from error


@dataclass(frozen=True)
class Perceived:
    """What somebody has of an event."""

    owner: str  # entity id
    how: How
    text: str  # as its owner remembers it
    importance: float  # 0..1
    confidence: float  # 0..1


def perceive(
    event: Event,
    *,
    whereabouts: Mapping[str, str | None],  # entity id -> place id
    names: Mapping[str, str],  # entity id -> display name
    places: Mapping[str, str],  # place id -> name
    adjacent: Adjacent,
    of: str = "npc:",
    language: Language = ENGLISH,
) -> list[Perceived]:
    """What each NPC has of an event, in the order of `whereabouts`; or else those whose id begins with `of`."""
    distance = distances(event.at, event.earshot, adjacent)
    perceived = []
    for owner, place in whereabouts.items():
        if not owner.startswith(of):
            continue
        sees = place == event.at if event.witnesses is None else owner in event.witnesses
        if sees or owner == event.by:
            text = remembered(event, owner, names, language)
            perceived.append(Perceived(owner, "witnessed", text, event.importance, 1.0))
        elif event.noise and event.witnesses is None and place in distance:
            where = places.get(event.at) or language.phrases.text("world.nearby")
            text = language.phrases.text("world.heard", noise=event.noise, place=where)
            faint = AFAR ** distance[place]
            perceived.append(Perceived(owner, "heard-from-afar", text, event.importance * faint, faint))
    return perceived


def remembered(event: Event, owner: str, names: Mapping[str, str], language: Language = ENGLISH) -> str:
    """What a witness keeps of an event: whoever did it, or suffered it, says "you" of itself."""
    involved = [names[entity] for entity in (event.by, event.to) if entity in names and entity is not None]
    if owner not in (event.by, event.to) or involved.count(names.get(owner, "")) != 1:
        return event.what
    turned = language.second_person(event.what, names[owner])
    return turned if len(turned) <= LIMIT else event.what


def adjacency(leads_to: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Which places lie next to which; sound goes both ways, where a path may not."""
    both: dict[str, set[str]] = {place: set() for place in leads_to}
    for place, others in leads_to.items():
        for other in others:
            both[place].add(other)
            both.setdefault(other, set()).add(place)
    return {place: frozenset(others - {place}) for place, others in both.items()}


def distances(start: str, limit: int, adjacent: Adjacent) -> dict[str | None, int]:
    """Places within `limit` hops, and how many."""
    found: dict[str | None, int] = {start: 0}
    edge = {start}
    for hops in range(1, min(limit, len(adjacent)) + 1):
        edge = {other for place in edge for other in adjacent.get(place, ())} - found.keys()
        found |= dict.fromkeys(edge, hops)
    return found


def _noise(written: str) -> str:
    """A noise as it reads after "You heard"."""
    text = " ".join(written.split()).rstrip(" .,;:!")
    if len(text) > NOISE_LIMIT:
        raise Invalid(f"`noise` has {len(text)} characters", hint=f'at most {NOISE_LIMIT}: "a loud crash"')
    article = text.partition(" ")[0] in _ARTICLES
    return text[0].lower() + text[1:] if article else text
