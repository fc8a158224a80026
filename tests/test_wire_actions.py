"""Actions: a character proposes one, the game says what became of it, and whoever heard the reply remembers that."""

from __future__ import annotations

import pytest
from wire_peer import Body, Peer

BREAD = {"name": "give", "args": [["item:minecraft:bread"], ["player:Steve Smith"]], "when": "asks for bread"}


@pytest.fixture
def proposed(peer: Peer, world: str) -> Body:
    """Steve asks Mira for bread, which she would give; Tom hears it."""
    peer.village(world, "mira", "tom")
    asked = {"world": world, "from": "player:Steve Smith", "to": "mira", "text": "May I have some bread?"}
    for seed in range(20):
        reply = peer.reply(peer.send("say", **asked, actions=[BREAD], seed=seed))
        peer.ask("heard", world=world, reply=reply[-1]["reply"])
        found = [message for message in reply if message["type"] == "reply.action"]
        if found:
            return found[0]
    raise AssertionError("she never proposes it")


def memories(peer: Peer, world: str, npc: str) -> list[str]:
    return [one["text"] for one in peer.ask("memory.query", world=world, npc=npc, about="bread")["memories"]]


def test_ids_may_have_colons_and_spaces(proposed: Body) -> None:
    assert (proposed["name"], proposed["args"]) == ("give", ["item:minecraft:bread", "player:Steve Smith"])


def test_what_was_refused_is_remembered_with_the_reason(peer: Peer, world: str, proposed: Body) -> None:
    result = {"world": world, "reply": proposed["reply"], "done": False, "reason": "none are left"}
    told = peer.ask("action.result", **result)
    assert told["type"] == "world.perceived"
    assert {one["npc"] for one in told["perceived"]} == {"npc:mira", "npc:tom"}
    words = "would have done this for Steve Smith, but it was not possible: give bread. None are left."
    assert f"You {words}" in memories(peer, world, "mira")
    assert f"Mira {words}" in memories(peer, world, "tom")
    again = peer.ask("action.result", **result)
    assert (again["code"], again["detail"]["kind"]) == ("not_found", "reply")


def test_what_was_done_is_remembered_in_the_words_of_the_game(peer: Peer, world: str, proposed: Body) -> None:
    what = "Mira gave Steve Smith a loaf of bread."
    peer.ask("action.result", world=world, reply=proposed["reply"], done=True, what=what)
    assert "You gave Steve Smith a loaf of bread." in memories(peer, world, "mira")
    assert what in memories(peer, world, "tom")


def test_a_reply_without_an_action_has_no_result(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    told = peer.reply(peer.send("say", world=world, **{"from": "player:alex"}, to="mira", text="Good day."))[-1]
    refused = peer.ask("action.result", world=world, reply=told["reply"], done=True)
    assert (refused["code"], "reply.action" in refused["hint"]) == ("not_found", True)


def test_nil_is_as_good_as_leaving_out(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    fields = {"world": world, "from": "player:alex", "to": "mira", "text": "Good day."}
    told = peer.reply(peer.send("say", **fields, actions=None, priority=None, stream=None, private=None))
    assert told[-1]["type"] == "reply.end", told
    assert "reply.delta" not in [message["type"] for message in told], "that is the default of `stream`"
    refused = peer.ask("say", **{**fields, "text": None})
    assert (refused["code"], refused["detail"]["field"]) == ("invalid", "text")


def test_what_was_agreed_on_comes_as_the_game_carries_it_out(peer: Peer, world: str) -> None:
    peer.village(world, "mira", "tom")
    amends = {"name": "give", "args": ["item:hammer", "npc:mira"]}
    parties = [{"npc": "mira", "grievance": "Tom stole your hammer", "demand": "give it back", "amends": amends}]
    for seed in range(20):
        asked = {
            "between": ["mira", "tom"],
            "about": "the stolen hammer",
            "parties": parties,
            "stakes": 0.1,
            "seed": seed,
        }
        request = peer.send("argue.start", world=world, **asked)
        message: Body = {}
        while not message.get("last"):
            message = peer.receive()
            if message["type"] == "reply.end":
                peer.send("heard", world=world, reply=message["reply"])
            if message.get("re") != request:
                message = {}
        agreed = message["outcome"]["agreed"]
        if agreed is not None and agreed["kind"] == "whole":
            break
    assert (agreed["by"], agreed["to"], agreed["action"]) == ("npc:tom", "npc:mira", amends)
    assert agreed["demand"] == "give it back"
