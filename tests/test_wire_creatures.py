"""Creatures over the wire: the same from the same seed, no two alike, and kept and forgotten with their world."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import RunningDaemon
from test_client import client, run
from test_wire_memory import NO_MODEL, Revive, exported, has, known, revive, talk
from wire_peer import Body, Peer

from npc_runtime import errors
from npc_runtime.persona.model import Persona
from npc_runtime.persona.pack import load_pack

__all__ = ["revive"]
COUNT = 40


def made(peer: Peer, world: str, **asked: Any) -> Body:
    return peer.ask("creature.generate", world=world, **asked)


def refused(peer: Peer, world: str, **asked: Any) -> str:
    error = made(peer, world, **asked)
    assert (error["type"], error["code"]) == ("error", asked.pop("code", "invalid")), error
    return f"{error['message']}; {error['hint']}"


def test_the_same_seeds_make_the_same_creatures(peer: Peer, world: str) -> None:
    worlds = []
    for name in (f"{world}-a", f"{world}-b"):
        peer.village(name)
        worlds.append([made(peer, name, seed=seed, spawn=False) for seed in range(COUNT)])
    for one, other in zip(*worlds, strict=True):
        assert {**one, "re": "", "world": ""} == {**other, "re": "", "world": ""}
    villagers = load_pack("hollowmere").personas.values()
    names = [found["persona"]["name"] for found in worlds[0]] + [villager.name for villager in villagers]
    assert len({name.casefold() for name in names}) == COUNT + len(villagers)
    assert len({found["npc"] for found in worlds[0]}) == COUNT
    for found in worlds[0]:
        assert Persona.model_validate(found["persona"]).relations
        assert (found["source"], "spawned" in found and found["spawned"]) == ("rules", None)
    again = made(peer, f"{world}-b", seed=3, spawn=False)
    same = {"name", "id"}
    assert again["persona"]["name"] != worlds[1][3]["persona"]["name"]
    assert {key: value for key, value in again["persona"].items() if key not in same} == {
        key: value for key, value in worlds[1][3]["persona"].items() if key not in same
    }


def test_a_creature_is_somebody_like_anybody(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    goblin = made(peer, world, biome="marsh", species="goblin", seed=7, at="smithy")
    npc, persona = goblin["npc"], goblin["persona"]
    assert goblin["spawned"]["at"] == "place:smithy"
    assert persona["place"] == "smithy"
    assert goblin["spawned"] in peer.ask("npc.list", world=world)["npcs"]
    assert talk(peer, world, npc, "What is your name?")["text"]
    (friend,) = persona["relations"]
    assert persona["name"] in known_texts(peer, world, friend, persona["name"])
    assert persona["name"] not in known_texts(peer, world, "mira", persona["name"])
    (relation,) = peer.ask("relation.get", world=world, npc=npc, toward=friend)["relations"]
    assert relation["feeling"] == persona["relations"][friend]["feeling"]
    request = peer.send("argue.start", world=world, between=["mira", npc], about="a spoon", limits={"turns": 2})
    for body in peer.answers(request):
        assert body["type"] != "error", body
        if body["type"] == "reply.end":
            peer.send("heard", world=world, reply=body["reply"])
        if body["type"] == "argue.settled":
            break
    assert known(peer, world, npc, "spoon quarrelled")
    assert exported(peer, world, npc=npc)
    assert peer.ask("npc.despawn", world=world, npc=npc)["type"] == "done"
    assert peer.ask("npc.spawn", world=world, npc=npc)["npc"] == goblin["spawned"]


def known_texts(peer: Peer, world: str, npc: str, about: str) -> str:
    return " ".join(
        memory["text"] for memory in peer.ask("memory.query", world=world, npc=npc, about=about)["memories"]
    )


def test_a_creature_is_kept_with_its_world(revive: Revive, world: str) -> None:
    daemon = revive(*NO_MODEL)
    with daemon.peer() as peer:
        peer.village(world, "mira")
        peer.ask("save.create", world=world, save="before")
        goblin = made(peer, world, biome="marsh", seed=7, at="smithy")
        hidden = made(peer, world, biome="moor", seed=8, spawn=False)
        peer.ask("relation.adjust", world=world, npc="mira", toward=goblin["npc"], trust=0.3, reason="He paid.")
        peer.ask("save.create", world=world, save="after")
    with revive(*NO_MODEL).peer() as peer:
        opened = peer.ask("world.open", world=world)
        assert {goblin["npc"], hidden["npc"]} <= set(opened["personas"])
        assert goblin["spawned"] in peer.ask("npc.list", world=world)["npcs"]
        assert peer.ask("npc.spawn", world=world, npc=goblin["npc"])["type"] == "npc.spawned"
        assert talk(peer, world, goblin["npc"], "Good day!")["text"]
        restored(peer, world, "before")
        assert goblin["npc"] not in [npc["npc"] for npc in peer.ask("npc.list", world=world)["npcs"]]
        for npc in (goblin["npc"], hidden["npc"]):
            error = peer.ask("npc.spawn", world=world, npc=npc)
            assert (error["type"], error["code"]) == ("error", "not_found"), error
            assert peer.ask("relation.get", world=world, npc=npc)["code"] == "not_found"
        (friend,) = goblin["persona"]["relations"]
        assert goblin["persona"]["name"] not in known_texts(peer, world, friend, "goblin")
        assert made(peer, world, biome="marsh", seed=7, at="smithy")["persona"] == goblin["persona"]
        restored(peer, world, "after")
        assert goblin["npc"] in [npc["npc"] for npc in peer.ask("npc.list", world=world)["npcs"]]
        assert peer.ask("npc.spawn", world=world, npc=hidden["npc"])["type"] == "npc.spawned"
        (relation,) = peer.ask("relation.get", world=world, npc="mira", toward=goblin["npc"])["relations"]
        assert relation["reasons"]


def restored(peer: Peer, world: str, save: str) -> None:
    assert peer.ask("save.restore", world=world, save=save)["type"] == "save.restored"


def test_a_forgotten_player_is_in_no_creature(revive: Revive, world: str) -> None:
    daemon = revive(*NO_MODEL)
    with daemon.peer() as peer:
        peer.village(world, "mira")
        peer.ask("entity.move", world=world, entity="player:zorvakim", to="smithy", name="Zorvakim")
        wants = {"must_want": ["You want Zorvakim to bring the quillbex."]}
        marked = made(peer, world, biome="marsh", seed=7, constraints=wants, at="smithy")
        plain = made(peer, world, biome="moor", seed=8, at="smithy")
        assert marked["persona"]["wants"][0] == wants["must_want"][0]
        peer.ask("save.create", world=world, save="marked")
        assert has(daemon.data_dir, "zorvakim", "quillbex")
        assert peer.ask("memory.forget", world=world, player="player:zorvakim")["type"] == "memory.forgotten"
        assert not has(daemon.data_dir, "zorvakim", "quillbex")
        assert talk(peer, world, marked["npc"], "What do you want?", "player:bo")["text"]
        restored(peer, world, "marked")
        assert [npc["npc"] for npc in peer.ask("npc.list", world=world)["npcs"]] == ["npc:mira", plain["npc"]]
        assert peer.ask("npc.spawn", world=world, npc=marked["npc"])["code"] == "not_found"
        talk(peer, world, plain["npc"], "Any news?", "player:bo")
        assert not has(daemon.data_dir, "zorvakim", "quillbex")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"biome": "mash"}, 'no biome "mash" in the bestiary; there are .*(did you mean marsh?)'),
        ({"species": "gobblin"}, 'no species "gobblin" in the bestiary; there are .*(did you mean goblin?)'),
        ({"biome": "desert", "species": "goblin"}, "never lives in the biome"),
        ({"constraints": {"mod": "calm"}}, 'no constraint "mod"; there are .*(did you mean mood?)'),
        ({"constraints": {"mood": "sleepy"}}, 'no mood "sleepy"; there are amused'),
        ({"constraints": {"traits": ["brave", "timid"]}}, "a creature cannot be brave and timid"),
        ({"constraints": {"must_want": ["the key"]}}, '"the key" is not a want'),
        ({"constraints": {"role": "baker"}, "species": "goblin"}, 'no role "baker"'),
        ({"source": "books"}, "source"),
        ({"deadline": 0}, "deadline"),
    ],
)
def test_what_cannot_be_is_named(peer: Peer, world: str, asked: dict[str, Any], says: str) -> None:
    peer.village(world)
    before = peer.ask("world.open", world=world)["personas"]
    found = refused(peer, world, **asked)
    for part in says.split(".*"):
        assert part in found
    assert peer.ask("world.open", world=world)["personas"] == before


def test_nowhere_is_no_place_for_a_creature(peer: Peer, world: str) -> None:
    assert made(peer, world)["code"] == "not_found"
    peer.village(world)
    assert made(peer, world, at="smitty")["code"] == "not_found"


def test_a_small_model_is_asked_where_a_game_names_it(peer: Peer, world: str) -> None:
    peer.village(world)
    rules = made(peer, world, biome="marsh", seed=7, spawn=False)
    assert rules["notes"] == ["the model in force is too small to describe creatures"]
    peer.village(f"{world}-model")
    peer.village(f"{world}-again")
    tries = []
    for name in (f"{world}-model", f"{world}-again"):
        request = peer.send("creature.generate", world=name, biome="marsh", seed=7, source="model", deadline=300)
        peer.socket.RCVTIMEO = 300_000
        tries.append(next(peer.answers(request)))
    model, again = ({**found, "re": "", "world": ""} for found in tries)
    assert model == again
    persona = Persona.model_validate(model["persona"])
    assert persona.name == rules["persona"]["name"]
    assert (model["source"] == "rules") == (
        persona.voice == rules["persona"]["voice"] and "0 of 7" in model["notes"][-1]
    )


def test_a_creature_that_is_taken_back_was_never_made(peer: Peer, world: str) -> None:
    peer.village(world)
    making = peer.send("creature.generate", world=world, seed=7, source="model", deadline=300)
    taking = peer.send("cancel", target=making)
    answers = {body["re"]: body for body in (peer.receive(), peer.receive())}
    assert answers[taking]["type"] == "done"
    assert answers[making]["code"] == "cancelled"
    assert peer.ask("npc.list", world=world)["npcs"] == []
    assert made(peer, world, seed=7)["type"] == "creature.generated"


def test_a_client_meets_a_creature(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            owl = await village.creature(
                "forest", "owl", seed=5, at="inn", constraints={"mood": "calm", "stance": "friendly"}
            )
            assert owl.persona is not None
            assert (owl.persona.mood, owl.persona.feeling, owl.info.at) == ("calm", "warm", "place:inn")
            assert owl.name == owl.persona.name
            assert owl.born is not None
            assert owl.born.source == "rules"
            assert (await owl.say("player:alex", "Good evening!")).text
            (relation,) = await owl.relations("npc:" + next(iter(owl.persona.relations)))
            assert relation.feeling in ("warm", "devoted")
            assert [npc.id for npc in await village.npcs()] == [owl.id]
            with pytest.raises(errors.Invalid, match="did you mean forest"):
                await village.creature("forrest")

    run(play())
