"""Earshot belongs to the game: whoever it names hears a line, wherever this daemon thinks that they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import RunningDaemon
from wire_peer import Body, Peer


@pytest.fixture
def peer(daemon: RunningDaemon) -> Iterator[Peer]:
    """Whatever is spoken counts as heard."""
    with daemon.peer(hello=False) as peer:
        peer.hello(heard="auto")
        yield peer


@pytest.fixture
def apart(peer: Peer, world: str) -> str:
    """A world in which everybody is somewhere else, as where a game has no places of the pack's."""
    peer.village(world)
    for npc, place in {"mira": "smithy", "tom": "bridge", "odile": "inn"}.items():
        peer.ask("npc.spawn", world=world, npc=npc, at=place)
    return world


def knows(peer: Peer, world: str, npc: str, words: str) -> bool:
    found = peer.ask("memory.query", world=world, npc=npc, limit=100)["memories"]
    return any(words in memory["text"] for memory in found)


def said(peer: Peer, world: str, **fields: object) -> Body:
    return peer.reply(peer.send("say", world=world, **{"from": "player:alex", "text": "Hello!", **fields}))[-1]


def test_who_is_named_hears_a_line_wherever_it_is(peer: Peer, apart: str) -> None:
    line = "The ferry sank last night."
    told = said(peer, apart, to="mira", text=line, heard_by=["tom", "player:kit"])
    assert told["type"] == "reply.end"
    assert knows(peer, apart, "tom", "ferry sank")
    assert not knows(peer, apart, "odile", "ferry sank")


def test_a_line_for_all_is_for_those_who_are_named(peer: Peer, apart: str) -> None:
    told = said(peer, apart, heard_by=[])
    assert (told["type"], told["heard_by"]) == ("reply.none", [])
    told = said(peer, apart, text="Good day, Tom!", heard_by=["mira", "tom"])
    assert told["npc"] == "npc:tom"


@pytest.mark.parametrize(
    ("fields", "code", "hint"),
    [
        ({"to": "mira", "heard_by": ["bren"]}, "not_found", "there are mira, odile, tom"),
        ({"to": "mira", "heard_by": ["place:inn"]}, "invalid", "a npc is wanted"),
        ({"to": "mira", "heard_by": ["tom"], "private": True}, "invalid", "leave out one of the two"),
        ({}, "conflict", "name somebody in `to` or `heard_by`"),
    ],
)
def test_what_is_wrong_with_it_is_said(peer: Peer, apart: str, fields: Body, code: str, hint: str) -> None:
    told = said(peer, apart, **fields)
    assert told["code"] == code
    assert hint in told["hint"] + told["message"]


def test_a_quarrel_of_those_who_hear_each_other(peer: Peer, apart: str) -> None:
    asked = {"world": apart, "between": ["mira", "tom"], "about": "the stolen hammer", "limits": {"turns": 4}}
    refused = peer.ask("argue.start", **asked)
    assert refused["code"] == "conflict"
    assert "heard_by" in refused["hint"]
    request, turns = peer.send("argue.start", **asked, heard_by=["player:alex", "odile"], seed=1), 0
    for message in peer.answers(request):
        if message["type"] == "reply.end":
            turns += 1
            if turns == 1:  # the player, who is nowhere, steps in
                peer.send("say", world=apart, **{"from": "player:alex"}, text="Calm down, both of you!")
        if message["type"] == "argue.intervened":
            assert message["text"] == "Calm down, both of you!"
        if message["type"] in ("argue.settled", "error"):
            break
    assert message["type"] == "argue.settled"
    assert turns == 4
    assert knows(peer, apart, "odile", "quarrelled")
    note = peer.ask("journal.list", world=apart, player="alex")["notes"]
    assert any("hammer" in one["text"] for one in note)


def test_characters_who_hear_each_other_talk(peer: Peer, apart: str) -> None:
    peer.ask("memory.teach", world=apart, npc="tom", text="The ferry sank last night.")
    asked = {"world": apart, "between": ["tom", "odile"], "about": "the ferry", "heard_by": ["mira"]}
    request = peer.send("encounter.start", **asked)
    for message in peer.answers(request):
        if message["type"] in ("encounter.ended", "error"):
            break
    assert message["type"] == "encounter.ended"
    assert message["reason"] != "parted"


def test_other_sessions_are_told_what_is_being_said_as_it_is_spoken(
    peer: Peer, daemon: RunningDaemon, apart: str
) -> None:
    with daemon.peer(hello=False) as other:
        other.hello(capabilities=["events"])
        other.ask("subscribe", world=apart, speech=True)
        told = said(peer, apart, to="mira", text="Any news?")
        caption: Body = {}
        while caption.get("type") != "event.speaking":
            caption = other.receive()
        assert (caption["npc"], caption["index"], caption["emotion"]) == ("npc:mira", 0, told["emotion"])
        assert told["text"].startswith(caption["text"])
        said(peer, apart, to="mira", text="In private: what do you hide?", private=True)
        other.ask("subscribe", world=apart)
        said(peer, apart, to="mira", text="Farewell.")
        pong = other.send("ping")
        while (after := other.receive()).get("re") != pong:
            assert after["type"] != "event.speaking" or after["reply"] == told["reply"]
