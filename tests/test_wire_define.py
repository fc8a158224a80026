"""Places and characters that a game defines while it runs, with a pack or without: a mod ships them itself."""

from __future__ import annotations

from typing import Any

import pytest
from test_wire_memory import NO_MODEL, Revive, revive
from wire_peer import Body, Peer

__all__ = ["revive"]

MILL = {"mill": {"name": "the mill", "leads_to": ["weir"]}, "weir": {"name": "the weir"}}
ADA = {
    "name": "Ada",
    "role": "miller",
    "place": "mill",
    "traits": ["curious"],
    "facts": ["You grind rye for two farms.", {"price": "You sell flour for one penny a sack."}],
    "relations": {"ben": {"feeling": "warm", "why": "He mends your wheel."}},
}
BEN = {
    "name": "Ben",
    "role": "weir keeper",
    "traits": ["kind"],
    "place": "weir",
    "relations": {"ada": {"feeling": "warm"}},
}


def define(peer: Peer, world: str, **people: Body) -> Body:
    return peer.ask("npc.define", world=world, personas=people)


def names(peer: Peer, world: str) -> dict[str, str]:
    return {npc["npc"]: npc["name"] for npc in peer.ask("npc.list", world=world)["npcs"]}


def test_a_world_needs_no_pack(peer: Peer, world: str) -> None:
    opened = peer.ask("world.open", world=world, village={"name": "Millbrook", "summary": "A brook, a mill, a weir."})
    assert (opened["type"], opened["created"], opened["personas"]) == ("world.opened", True, []), opened
    assert [place["name"] for place in opened["places"]] == ["Millbrook"]
    assert peer.ask("place.define", world=world, places=MILL)["type"] == "done"
    assert define(peer, world, ada=ADA, ben=BEN)["type"] == "done"
    spawned = peer.ask("npc.spawn", world=world, npc="ada")
    assert (spawned["npc"]["name"], spawned["npc"]["at"]) == ("Ada", "place:mill")
    told = peer.reply(peer.send("say", world=world, **{"from": "player:kit"}, to="ada", text="What is flour?"))
    assert told[-1]["text"]
    again = peer.ask("world.open", world=world, pack="hollowmere")
    assert (again["code"], "no pack" in again["message"]) == ("conflict", True)


def test_beside_those_of_a_pack(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    peer.ask("place.define", world=world, places={"tower": {"name": "the tower", "leads_to": ["smithy"]}})
    eve = {"name": "Eve", "role": "watch", "traits": ["blunt"], "place": "tower"}
    assert define(peer, world, eve={**eve, "relations": {"mira": {"feeling": "cold"}}})["type"] == "done"
    spawned = peer.ask("npc.spawn", world=world, npc="eve")
    assert spawned["type"] == "npc.spawned", spawned
    assert spawned["npc"]["at"] == "place:tower"
    assert peer.ask("relation.get", world=world, npc="eve", toward="npc:mira")["relations"][0]["affinity"] < 0
    assert "npc:eve" in peer.ask("persona.list", world=world)["personas"]
    assert "place:tower" in [place["place"] for place in peer.ask("place.list", world=world)["places"]]


def test_who_is_defined_again_is_changed(peer: Peer, world: str) -> None:
    peer.village(world)
    for name in ("Ada", "Old Ada"):
        define(peer, world, ada={"name": name, "role": "miller", "traits": ["kind"]})
        peer.ask("npc.spawn", world=world, npc="ada")
    assert names(peer, world) == {"npc:ada": "Old Ada"}


@pytest.mark.parametrize(
    ("personas", "complaint"),
    [
        ({"ada": {"role": "miller"}}, "personas.ada.name: this key is missing"),
        ({"ada": {**BEN, "place": "wier"}}, 'no place "wier"'),
        ({"ada": {**BEN, "relations": {"tim": {"feeling": "warm"}}}}, 'no character "tim"'),
        ({"ada": {**BEN, "relations": {}, "tratis": ["kind"]}}, "unknown key"),
        ({"place:ada": BEN}, "a npc is wanted here"),
    ],
)
def test_mistakes_are_those_of_a_pack_and_change_nothing(
    peer: Peer, world: str, personas: dict[str, Any], complaint: str
) -> None:
    peer.ask("world.open", world=world, village={"name": "Millbrook"})
    peer.ask("place.define", world=world, places=MILL)
    refused = define(peer, world, **personas)
    assert refused["type"] == "error"
    assert complaint in refused["message"] + refused["hint"], refused
    assert peer.ask("persona.list", world=world)["personas"] == []


def test_they_are_kept_with_the_world_and_follow_its_saves(revive: Revive) -> None:
    world = "brook"
    with revive(*NO_MODEL).peer() as peer:
        peer.ask("world.open", world=world, village={"name": "Millbrook"})
        peer.ask("place.define", world=world, places=MILL)
        define(peer, world, ben={**BEN, "relations": {}})
        peer.ask("npc.spawn", world=world, npc="ben")
        peer.ask("save.create", world=world, save="before")
        define(peer, world, ada={**ADA, "relations": {}})
        peer.ask("npc.spawn", world=world, npc="ada")
    with revive(*NO_MODEL).peer() as peer:
        opened = peer.ask("world.open", world=world)
        assert (opened["created"], sorted(opened["personas"])) == (False, ["npc:ada", "npc:ben"])
        assert names(peer, world) == {"npc:ben": "Ben", "npc:ada": "Ada"}
        peer.ask("save.restore", world=world, save="before")
        assert names(peer, world) == {"npc:ben": "Ben"}
        assert peer.ask("persona.list", world=world)["personas"] == ["npc:ben"]
