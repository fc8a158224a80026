"""Sessions against a real daemon: hello, token, versions, expiry, and requests that are sent twice."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable

import msgpack
import pytest
import zmq
from conftest import RunningDaemon, StartDaemon, until
from wire_peer import HEADER, Peer

from npc_runtime.client import connect
from npc_runtime.errors import Unauthorized
from npc_runtime.wire import messages as m

QUARREL = {"between": ["mira", "tom"], "about": "the stolen hammer"}


def test_hello_is_welcomed(daemon: RunningDaemon) -> None:
    with daemon.peer(hello=False) as peer:
        welcome = peer.hello(capabilities=["why", "telepathy"])
    assert welcome["version"] == "1.0"
    assert welcome["capabilities"] == ["why"]
    assert welcome["events"] == daemon.events
    assert welcome["server"].startswith("npc-runtime ")
    assert welcome["model"]


@pytest.mark.parametrize(
    ("offered", "agreed"),
    [(["1.0"], "1.0"), (["1.7"], m.PROTOCOL_VERSION), (["2.0", m.PROTOCOL_VERSION, "1.0"], m.PROTOCOL_VERSION)],
)
def test_the_version_in_force_is_one_that_both_speak(daemon: RunningDaemon, offered: list[str], agreed: str) -> None:
    with daemon.peer(hello=False) as peer:
        assert peer.hello(versions=offered)["version"] == agreed


def test_a_version_mismatch_lists_what_is_supported(daemon: RunningDaemon) -> None:
    with daemon.peer(hello=False) as peer:
        answer = peer.hello(versions=["2.0", "3.1"])
    assert answer["code"] == "unsupported_version"
    assert answer["detail"] == {"supported": [m.PROTOCOL_VERSION]}
    assert answer["message"] == "the client speaks protocol 2.0, 3.1"


@pytest.mark.parametrize("token", ["", "ünguessable"], ids=["none", "wrong"])
def test_who_does_not_show_the_token_is_not_let_in(daemon: RunningDaemon, token: str) -> None:
    with Peer(daemon.endpoint, token, [(zmq.RCVTIMEO, 500)]) as stranger, pytest.raises(zmq.Again):
        stranger.ask("ping")


def test_the_client_says_that_its_token_is_wrong(daemon: RunningDaemon) -> None:
    async def knock() -> None:
        async with connect(daemon.endpoint, token="wrong"):
            raise AssertionError("it was let in")

    with pytest.raises(Unauthorized, match="the token is wrong"):
        asyncio.run(knock())


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a user's folders to that user by other means")
def test_nobody_else_can_read_the_token(daemon: RunningDaemon) -> None:
    assert stat.S_IMODE((daemon.data_dir / "token").stat().st_mode) == 0o600


def test_ping_and_health_need_no_hello(daemon: RunningDaemon) -> None:
    with daemon.peer(hello=False) as peer:
        assert peer.ask("ping")["type"] == "pong"
        report = peer.ask("health")
    assert report["type"] == "health.report"
    assert report["status"] == "ok"


def test_a_request_that_is_sent_again_is_answered_again_and_done_once(peer: Peer, world: str) -> None:
    peer.village(world)
    first = peer.ask("world.advance", id="same", world=world, by=60)
    again = [peer.ask("world.advance", id="same", world=world, by=60) for _ in range(2)]
    assert again == [first, first]
    assert peer.ask("world.advance", id="other", world=world, by=0)["at"] == first["at"], "time passed once"


def test_an_id_is_that_of_one_request(peer: Peer, world: str) -> None:
    peer.village(world)
    assert peer.ask("world.advance", id="same", world=world, by=60)["last"] is True
    other = peer.ask("world.advance", id="same", world=world, by=61)
    assert (other["type"], other["code"], other["detail"]) == ("error", "duplicate", {"id": "same"})


def test_what_was_answered_long_ago_is_not_done_again(peer: Peer, world: str) -> None:
    peer.village(world)
    first = peer.ask("world.advance", id="same", world=world, by=60)
    for _ in range(300):
        peer.ask("npc.list", world=world)
    assert peer.ask("world.advance", id="same", world=world, by=60)["code"] == "duplicate"
    assert peer.ask("world.advance", world=world, by=0)["at"] == first["at"]


def test_a_reply_that_is_asked_for_again_ends_again(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    line = {"world": world, "from": "player:alex", "to": "mira", "text": "Good day!"}
    end = peer.reply(peer.send("say", id="said", **line))[-1]
    assert end["last"] is True
    assert peer.ask("say", id="said", **line) == end


def test_the_last_message_of_a_request_says_so(peer: Peer, world: str) -> None:
    peer.village(world, "mira", "tom")
    request = peer.send("argue.start", world=world, **QUARREL, limits={"turns": 4})
    seen = []
    for message in peer.answers(request):
        seen.append((message["type"], message.get("last", False)))
        if message["type"] == "reply.end":
            peer.send("heard", world=world, reply=message["reply"])
        if message.get("last"):
            break
    assert seen[-1] == ("argue.settled", True)
    assert not any(last for _, last in seen[:-1])
    assert ("reply.end", False) in seen


@pytest.mark.parametrize(
    ("stream", "kinds"),
    [
        (None, {"reply.start", "reply.sentence", "reply.end"}),
        ("sentence", {"reply.start", "reply.sentence", "reply.end"}),
        ("delta", {"reply.start", "reply.delta", "reply.sentence", "reply.end"}),
        ("end", {"reply.end"}),
    ],
)
def test_a_reply_comes_as_it_is_wanted(peer: Peer, world: str, stream: str | None, kinds: set[str]) -> None:
    peer.village(world, "mira")
    line = {"type": "say", "id": "said", "world": world, "from": "player:alex", "to": "mira", "text": "Good day!"}
    peer.send_frames(HEADER, msgpack.packb(line | ({"stream": stream} if stream else {})))
    messages = peer.reply("said")
    assert {message["type"] for message in messages} == kinds
    assert len({(message["reply"], message["npc"]) for message in messages}) == 1


def test_a_session_may_hear_by_itself(daemon: RunningDaemon, world: str) -> None:
    with daemon.peer(hello=False) as peer:
        peer.hello(heard="auto")
        peer.village(world, "mira", "tom")
        request = peer.send("say", world=world, **{"from": "player:alex"}, to="mira", text="Good day, Mira!")
        end = peer.reply(request)[-1]
        found = peer.ask("memory.export", world=world, npc="tom")
        assert end["text"] in str(found["memories"])
        quarrel = peer.send("argue.start", world=world, **QUARREL, limits={"turns": 4})
        settled = next(message for message in peer.answers(quarrel) if message.get("last"))
    assert (settled["type"], settled["unheard"]) == ("argue.settled", 0)


def test_a_quarrel_whose_lines_nobody_heard_says_so(peer: Peer, world: str) -> None:
    peer.village(world, "mira", "tom")
    quarrel = peer.send("argue.start", world=world, **QUARREL, limits={"seconds": 16})
    peer.socket.setsockopt(zmq.RCVTIMEO, 20_000)
    settled = next(message for message in peer.answers(quarrel) if message.get("last"))
    assert (settled["type"], settled["unheard"]) == ("argue.settled", 1)


def test_pong_names_the_session_or_none(daemon: RunningDaemon) -> None:
    with daemon.peer(hello=False) as peer:
        assert peer.ask("ping")["session"] is None
        welcome = peer.hello()
        assert peer.ask("ping")["session"] == welcome["session"]
        with daemon.peer(hello=False) as other:
            assert other.hello()["daemon"] == welcome["daemon"]
    assert welcome["limits"]["body"] == 262144
    assert welcome["heard_timeout"] > welcome["deadline"] > 0


def test_to_spawn_somebody_again_moves_it(peer: Peer, world: str) -> None:
    peer.village(world)
    first = peer.ask("npc.spawn", world=world, npc="mira", at="smithy")
    again = peer.ask("npc.spawn", world=world, npc="mira")
    moved = peer.ask("npc.spawn", world=world, npc="mira", at="inn")
    assert [one["created"] for one in (first, again, moved)] == [True, False, False]
    assert [one["npc"]["at"] for one in (first, again, moved)] == ["place:smithy", "place:smithy", "place:inn"]
    assert peer.ask("npc.spawn", world=world, npc="mira", at="nowhere")["detail"] == {"kind": "place", "id": "nowhere"}
    assert peer.ask("npc.list", world=world)["npcs"][0]["at"] == "place:inn"


def test_a_refused_request_may_be_corrected(peer: Peer) -> None:
    assert peer.ask("cancel", id="same", target=5)["code"] == "invalid"
    assert peer.ask("cancel", id="same", target="5")["code"] == "not_found"


def test_a_new_hello_begins_a_new_session(peer: Peer) -> None:
    first = peer.hello()["session"]
    assert peer.ask("cancel", id="same", target="x")["code"] == "not_found"
    assert peer.hello()["session"] != first
    assert peer.ask("cancel", id="same", target="x")["code"] == "not_found", "the new session knows no ids yet"


def test_answers_come_in_the_order_of_the_requests(peer: Peer, world: str) -> None:
    sent = [peer.send("world.open", world=world)]
    pings = []
    for npc in ("mira", "tom", "bren"):
        sent.append(peer.send("npc.spawn", world=world, npc=npc))
        pings.append(peer.send("ping"))
        sent.append(peer.send("npc.list", world=world))
    answers = [peer.receive() for _ in (*sent, *pings)]
    assert [answer["re"] for answer in answers if answer["type"] == "pong"] == pings
    answers = [answer for answer in answers if answer["type"] != "pong"]
    assert [answer["re"] for answer in answers] == sent, "those about one world"
    assert [len(answer["npcs"]) for answer in answers if answer["type"] == "npc.listing"] == [1, 2, 3]


def test_a_silent_session_expires(start_daemon: StartDaemon) -> None:
    daemon = start_daemon("--session-expiry", "0.3", "--heartbeat", "0.1")
    with daemon.peer() as silent, daemon.peer(hello=False) as other:
        assert other.ask("health")["sessions"] == 1
        until(lambda: other.ask("health")["sessions"] == 0)
        answer = silent.ask("npc.list", world="w")
    assert answer["code"] == "no_session"
    assert "hello" in answer["hint"]


def test_ping_keeps_a_session_alive(start_daemon: StartDaemon) -> None:
    daemon = start_daemon("--session-expiry", "0.5", "--heartbeat", "0.1")
    with daemon.peer() as lively, daemon.peer() as silent, daemon.peer(hello=False) as other:

        def silent_one_is_gone() -> bool:
            assert lively.ask("ping")["type"] == "pong"
            return bool(other.ask("health")["sessions"] == 1)

        until(silent_one_is_gone)
        assert lively.ask("npc.list", world="w")["code"] == "not_found"
        assert silent.ask("npc.list", world="w")["code"] == "no_session"


@pytest.fixture
def strict(peer: Peer, world: str) -> Callable[..., str]:
    peer.village(world, "mira")
    return lambda **fields: str(
        peer.ask("say", **{"world": world, "from": "player:alex", "to": "mira", "text": "Hi", **fields}).get("code", "")
    )


def test_a_field_that_a_request_has_not_is_warned_of_or_refused(daemon: RunningDaemon, world: str) -> None:
    with daemon.peer() as peer:
        peer.village(world)
        spawned = peer.ask("npc.spawn", world=world, npc="mira", place="inn", at="smithy")
        assert spawned["type"] == "npc.spawned"
        assert spawned["warnings"] == ["npc.spawn has no field 'place'"]
        offer = {"name": "wave", "arg": [["player:alex"]]}
        line = {"world": world, "from": "player:alex", "to": "mira", "text": "Hi", "actions": [offer]}
        assert peer.reply(peer.send("say", **line))[-1]["warnings"] == [
            "actions has no field 'arg' (did you mean args?)"
        ]
        peer.hello(strict=True)
        refused = peer.ask("npc.spawn", world=world, npc="tom", place="inn", at="smithy")
        assert (refused["code"], refused["message"]) == ("invalid", "npc.spawn has no field 'place'")
        assert peer.ask("npc.spawn", world=world, npc="tom", at="smithy")["created"] is True


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"deadline": "8"}, {"field": "deadline", "wanted": "a number", "got": "'8'"}),
        ({"to": "np<c"}, {"field": "to", "wanted": "an id such as npc:mira or player:alex", "got": "'np<c'"}),
        ({"text": ""}, {"field": "text", "wanted": "at least 1 characters", "got": "''"}),
        (
            {"priority": "high"},
            {
                "field": "priority",
                "wanted": "one of 'player', 'normal' or 'background'",
                "got": "'high'",
                "allowed": ["player", "normal", "background"],
            },
        ),
        ({"actions": [{"nam": "x"}]}, {"field": "actions.0.name", "wanted": "a value"}),
    ],
)
def test_what_is_wrong_with_a_field_is_there_for_programs(
    peer: Peer, world: str, fields: dict[str, object], detail: dict[str, object]
) -> None:
    line = {"world": world, "from": "player:alex", "to": "mira", "text": "Hi", **fields}
    refused = peer.ask("say", **line)
    assert (refused["code"], refused["detail"]) == ("invalid", detail)


def test_a_field_of_several_kinds_is_named_once(peer: Peer, world: str) -> None:
    peer.village(world)
    refused = peer.ask("world.advance", world=world, by=0.5)
    wanted = "a string or an integer"
    assert refused["message"] == f"world.advance: by wants {wanted}, not 0.5"
    assert refused["detail"] == {"field": "by", "wanted": wanted, "got": "0.5"}


def test_types_are_strict_and_unknown_fields_ignored(strict: Callable[..., str]) -> None:
    assert strict(deadline="8") == "invalid"
    assert strict(seed=1.0) == "invalid"
    assert strict(weather="rain", deadline=8) == ""
