"""A world whose pack was edited since: what no longer fits is mended in its records, before they are read.

    somebody at a place that is gone       an NPC is where its persona is found, a player is nowhere
    a person that is gone                  leaves the world; what others remember of it stays
    a person that has another name         is called by it: an NPC has no name but its persona's
    what was seen of a place or person     is gone with it
    that is gone
    facts and latest events of a place     are gone with it, since nobody could ask for them or take them out
    an argument whose party or place is    is gone, since nobody could go on with it
    gone
    a pack that lies in another folder     is the world's from now on

Records that are broken are left to those who read them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from npc_runtime.errors import clipped
from npc_runtime.persona.model import Pack
from npc_runtime.world.entity import bare
from npc_runtime.world.sightings import KINDS as SIGHTINGS

PACK = "pack"
"""The record of the pack that a world was made with, or has now."""


@dataclass(frozen=True)
class Edits:
    """What was done to a world: sentences, and the records that changed by it; None for those that are no more."""

    changes: tuple[str, ...] = ()
    records: Mapping[str, Any] = field(default_factory=dict)

    def applied(self, records: Mapping[str, Any]) -> Mapping[str, Any]:
        """All records as they are now."""
        if not self.records:
            return records
        return {key: record for key, record in {**records, **self.records}.items() if record is not None}


def fitted(records: Mapping[str, Any], pack: Pack, named: str, places: Mapping[str, str]) -> Edits:
    """What has to change in the records of a world, for a pack that goes by this name, with these places by full id."""
    changes: list[str] = []
    mended: dict[str, Any] = {}
    if (before := records.get(PACK, named)) != named:
        mended[PACK] = named
        changes.append(f"the pack is {clipped(named)} now, and not {clipped(str(before))}")
    lost: Counter[tuple[str, str]] = Counter()  # place, and what of it
    for key, record in records.items():
        kind, _, rest = key.partition("/")
        if kind == "entity":
            _entity(key, record, pack, places, mended, changes)
        elif kind in ("fact", "recent"):
            place = rest.rpartition("/")[0] if kind == "fact" else rest
            if place.startswith("place:") and place not in places:
                mended[key] = None
                lost[place, kind] += len(_events(record)) if kind == "recent" else 1
        elif kind in SIGHTINGS:
            if any(not _there(id, pack, places) for id in _seen(rest, record)):
                mended[key] = None
        elif kind == "argument":
            missing = next((id for id in _needed(record) if not _there(id, pack, places)), "")
            if missing:
                mended[key] = None
                changes.append(f"the argument {rest} is over: {_gone(missing)}")
    for (place, kind), count in lost.items():
        what = f"{'fact' if kind == 'fact' else 'recent event'}{'' if count == 1 else 's'}"
        if count:
            changes.append(f"{count} {what} of {place} {'is' if count == 1 else 'are'} gone: {_gone(place)}")
    return Edits(tuple(changes), mended)


def _entity(
    key: str, record: Any, pack: Pack, places: Mapping[str, str], mended: dict[str, Any], changes: list[str]
) -> None:
    """Somebody who is in the world."""
    id = key.partition("/")[2]
    persona = pack.personas.get(bare(id)) if id.startswith("npc:") else None
    if id.startswith("npc:") and persona is None:
        mended[key] = None
        changes.append(f"{id} is not in the world any more: {_gone(id)}")
        return
    if not isinstance(record, dict):
        return
    new = dict(record)
    if persona is not None and isinstance(name := record.get("name"), str) and name != persona.name:
        new["name"] = persona.name
        changes.append(f'{id} is called "{persona.name}" now, as in the pack, and not "{clipped(name)}"')
    at = record.get("at")
    if isinstance(at, str) and at not in places:
        new["at"] = _home(persona.place, places) if persona is not None else None
        where = f"at {new['at']}" if new["at"] else "nowhere"
        changes.append(f"{id} is {where} now: {_gone(at)}")
    if new != record:
        mended[key] = new


def _home(place: str | None, places: Mapping[str, str]) -> str | None:
    """Where a persona is found; one of no place, at the first."""
    home = f"place:{place}"
    return home if home in places else next(iter(places), None)


def _needed(argument: Any) -> Iterator[str]:
    """Who and what an argument cannot go on without."""
    if isinstance(argument, dict):
        parties = argument.get("parties")
        for party in parties if isinstance(parties, list) else ():
            if isinstance(party, dict) and isinstance(party.get("id"), str):
                yield party["id"]
        if argument.get("place"):
            yield str(argument["place"])


def _seen(pair: str, record: Any) -> Iterator[str]:
    """The characters and places that a sighting is of; players are no part of a pack."""
    found = record if isinstance(record, dict) else {}
    named = (*pair.split("/", 1), found.get("at"), found.get("to"), found.get("who"))
    return (id for id in named if isinstance(id, str) and id.startswith(("npc:", "place:")))


def _there(id: str, pack: Pack, places: Mapping[str, str]) -> bool:
    return id in places if id.startswith("place:") else bare(id) in pack.personas


def _events(record: Any) -> list[Any]:
    events = record.get("events") if isinstance(record, dict) else None
    return events if isinstance(events, list) else []


def _gone(id: str) -> str:
    return f"the pack has no {clipped(id)} any more"
