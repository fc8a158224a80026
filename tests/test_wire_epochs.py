"""What was asked for before a break of a world never reaches the world behind it, however close together they come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import RunningDaemon, StartDaemon
from wire_peer import Body, Peer

STREAMED: dict[str, dict[str, Any]] = {
    "argue.start": {"between": ["mira", "tom"], "about": "the stolen hammer"},
    "encounter.start": {"between": ["mira", "tom"], "quiet": False},
    "creature.generate": {"biome": "marsh", "source": "rules"},
    "say": {"from": "player:alex", "text": "Has anybody seen the hammer?"},  # to all who are there
    "lore.ask": {"question": "What lives in the mere?", "player": "player:alex"},
}
BREAKS: dict[str, dict[str, Any]] = {
    "save.restore": {"save": "before"},
    "memory.forget": {"player": "player:nobody"},
    "world.close": {},
}


@pytest.fixture(scope="module")
def quick(start_daemon: StartDaemon) -> RunningDaemon:
    return start_daemon("--model", "none.gguf", "--embedding", "off")


@pytest.fixture
def village(quick: RunningDaemon, world: str) -> Iterator[Peer]:
    with quick.peer() as peer:
        peer.village(world, "mira", "tom")
        assert peer.ask("entity.move", world=world, entity="player:alex", to="smithy")["type"] == "done"
        assert peer.ask("save.create", world=world, save="before")["type"] == "save.created"
        yield peer


def ends(peer: Peer, requests: list[str]) -> dict[str, Body]:
    """The last message of each request."""
    found: dict[str, Body] = {}
    last = {"error", "done", "argue.settled", "encounter.ended", "creature.generated", "reply.end", "reply.none"}
    while set(found) < set(requests):
        message = peer.receive()
        if message["type"] in last | {"save.restored", "memory.forgotten", "world.opened"}:
            found[message["re"]] = message
    return found


@pytest.mark.parametrize("broken", BREAKS)
@pytest.mark.parametrize("streamed", STREAMED)
def test_what_was_begun_before_a_break_is_void(village: Peer, world: str, streamed: str, broken: str) -> None:
    begun = village.send(streamed, world=world, **STREAMED[streamed])
    breaking = village.send(broken, world=world, **BREAKS[broken])
    opening = village.send("world.open", world=world)
    found = ends(village, [begun, breaking, opening])
    assert found[breaking]["type"] != "error", found[breaking]
    ended = found[begun]
    void = ended.get("code") == "cancelled" or ended.get("finish") == "cancelled"
    if broken == "save.restore":
        assert void or list(found).index(begun) < list(found).index(breaking), ended
    if broken == "save.restore":
        going_on = [found for found in village.ask("argue.list", world=world)["arguments"] if found["going_on"]]
        assert going_on == [], "it came into the world as it is afterwards"
        living = [npc["npc"] for npc in village.ask("npc.list", world=world)["npcs"]]
        assert living == ["npc:mira", "npc:tom"]
        assert not [memory for memory in village.ask("memory.export", world=world)["memories"] if memory["who"]]


def test_what_is_asked_behind_a_break_is_done_in_the_new_world(village: Peer, world: str) -> None:
    sent = [
        village.send("world.set", world=world, name="bridge.closed", value=True),
        village.send("save.restore", world=world, save="before"),
        village.send("world.get", world=world),
        village.send("world.set", world=world, name="mill.closed", value=True),
        village.send("world.get", world=world),
        village.send("save.restore", world=world, save="before"),
        village.send("world.get", world=world),
    ]
    answers = [village.receive() for _ in sent]
    assert [answer["re"] for answer in answers] == sent
    facts = [[fact["name"] for fact in answer["facts"]] for answer in answers if answer["type"] == "world.facts"]
    assert facts == [[], ["mill.closed"], []]


def test_a_break_waits_for_what_was_asked_before(village: Peer, world: str) -> None:
    asked = village.send("memory.query", world=world, npc="mira", about="")
    taught = village.send("memory.teach", world=world, npc="mira", text="You own a blue lantern.")
    queried = village.send("memory.query", world=world, npc="mira", about="lantern")
    restored = village.send("save.restore", world=world, save="before")
    again = village.send("memory.query", world=world, npc="mira", about="lantern")
    answers = {}
    for _ in range(5):
        message = village.receive()
        answers[message["re"]] = message
    assert list(answers) == [asked, taught, queried, restored, again]
    assert "lantern" in answers[queried]["memories"][0]["text"], "it was asked before the save was restored"
    assert not [memory for memory in answers[again]["memories"] if "lantern" in memory["text"]]
