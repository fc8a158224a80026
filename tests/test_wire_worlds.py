"""Worlds, NPCs and events against a real daemon."""

from __future__ import annotations

import msgpack
import zmq
from conftest import RunningDaemon
from wire_peer import HEADER, TIMEOUT_MS, Peer, show


def test_a_world_is_opened_once_and_joined_after(peer: Peer, world: str) -> None:
    opened = peer.village(world)
    assert opened["created"]
    assert opened["pack"] == "hollowmere"
    assert {"place": "place:smithy", "name": "the smithy"}.items() <= next(
        place for place in opened["places"] if place["place"] == "place:smithy"
    ).items()
    assert "npc:mira" in opened["personas"]
    again = peer.ask("world.open", world=world)
    assert not again["created"]
    assert again["personas"] == opened["personas"]


def test_another_pack_in_an_open_world_is_a_conflict(peer: Peer, world: str) -> None:
    peer.village(world)
    answer = peer.ask("world.open", world=world, pack="elsewhere")
    assert answer["code"] == "conflict"
    assert "hollowmere" in answer["message"]


def test_an_unknown_pack_names_the_bundled_ones(peer: Peer, world: str) -> None:
    answer = peer.ask("world.open", world=world, pack="hollowmre")
    assert answer["code"] == "not_found"
    assert "hollowmere" in answer["hint"]
    assert peer.ask("npc.list", world=world)["code"] == "not_found", "nothing was opened"


def test_npcs_live_and_leave(peer: Peer, world: str) -> None:
    peer.village(world, "mira", "npc:tom")
    npcs = peer.ask("npc.list", world=world)["npcs"]
    assert [npc["npc"] for npc in npcs] == ["npc:mira", "npc:tom"]
    assert npcs[0]["name"] == "Mira"
    assert npcs[0]["at"] == "place:smithy"
    assert peer.ask("npc.despawn", world=world, npc="mira")["type"] == "done"
    assert [npc["npc"] for npc in peer.ask("npc.list", world=world)["npcs"]] == ["npc:tom"]


def test_errors_name_what_there_is(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    wrong = peer.ask("npc.spawn", world=world, npc="mria")
    assert wrong["code"] == "not_found"
    assert wrong["message"] == 'no persona "mria" in the pack hollowmere'
    assert wrong["hint"].endswith("(did you mean mira?)")
    assert peer.ask("npc.spawn", world=world, npc="tom", at="smthy")["hint"].endswith("(did you mean smithy?)")
    assert peer.ask("npc.spawn", world=world, npc="player:tom")["code"] == "invalid"
    twice = peer.ask("npc.spawn", world=world, npc="mira")
    assert (twice["created"], twice["npc"]["at"]) == (False, "place:smithy")
    assert peer.ask("npc.despawn", world=world, npc="tom")["hint"] == "there are mira"
    assert peer.ask("entity.move", world=world, entity="npc:tom", to="inn")["code"] == "not_found"
    assert peer.ask("entity.move", world=world, entity="player:alex", to="npc:mira")["code"] == "invalid"


def test_a_subscribed_session_gets_the_events_of_its_world(peer: Peer, daemon: RunningDaemon, world: str) -> None:
    peer.village(world)
    with daemon.peer() as other:
        peer.village(f"{world}0")
        assert other.ask("subscribe", world=world)["type"] == "done"
        peer.ask("npc.spawn", world=world, npc="mira", at="smithy")
        peer.ask("entity.move", world=world, entity="player:alex", to="inn", name="Alex")
        peer.ask("npc.spawn", world=f"{world}0", npc="mira")
        peer.ask("npc.despawn", world=world, npc="mira")
        events = [other.receive() for _ in range(3)]
        assert [event["type"] for event in events] == ["event.npc.spawned", "event.moved", "event.npc.despawned"]
        assert {event["world"] for event in events} == {world}
        assert events[1]["entity"] == "player:alex"
        assert events[1]["to"] == "place:inn"
        assert other.ask("unsubscribe", world=world)["type"] == "done"
        peer.ask("npc.spawn", world=world, npc="mira")
        other.send("ping")
        assert other.receive()["type"] == "pong"


def test_observers_get_events_on_their_own_socket(peer: Peer, daemon: RunningDaemon, world: str) -> None:
    peer.village(world)
    with zmq.Context() as context, context.socket(zmq.SUB) as observer:
        observer.setsockopt(zmq.RCVTIMEO, TIMEOUT_MS)
        show(observer, daemon.token)
        observer.setsockopt(zmq.SUBSCRIBE, b"world/" + world.encode())
        observer.connect(daemon.events)
        # An observer misses what happens before its subscription arrives: repeat until it does not.
        while not observer.poll(20):
            peer.ask("entity.move", world=world, entity="player:alex", to="smithy")
        topic, header, body = observer.recv_multipart()
    assert (topic, header) == (b"world/" + world.encode(), HEADER)
    assert msgpack.unpackb(body) == {
        "type": "event.moved",
        "world": world,
        "entity": "player:alex",
        "to": "place:smithy",
    }
