"""Sessions against a real daemon: hello, token, versions, expiry, and requests that are sent twice."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable

import pytest
import zmq
from conftest import RunningDaemon, StartDaemon, until
from wire_peer import Peer

from npc_runtime.client import connect
from npc_runtime.errors import Unauthorized
from npc_runtime.wire import messages as m


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
    [(["1.0"], "1.0"), (["1.7"], m.PROTOCOL_VERSION), (["2.0", "1.3", "1.0"], m.PROTOCOL_VERSION)],
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


def test_a_request_is_answered_once(peer: Peer) -> None:
    for _ in range(3):
        peer.send("npc.list", id="same", world="never-opened")
    peer.send("npc.list", id="other", world="never-opened")
    assert [peer.receive()["re"], peer.receive()["re"]] == ["same", "other"]


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
    daemon = start_daemon("--session-expiry", "0.3")
    with daemon.peer() as silent, daemon.peer(hello=False) as other:
        assert other.ask("health")["sessions"] == 1
        until(lambda: other.ask("health")["sessions"] == 0)
        answer = silent.ask("npc.list", world="w")
    assert answer["code"] == "unauthorized"
    assert "hello" in answer["hint"]


def test_ping_keeps_a_session_alive(start_daemon: StartDaemon) -> None:
    daemon = start_daemon("--session-expiry", "0.5")
    with daemon.peer() as lively, daemon.peer() as silent, daemon.peer(hello=False) as other:

        def silent_one_is_gone() -> bool:
            assert lively.ask("ping")["type"] == "pong"
            return bool(other.ask("health")["sessions"] == 1)

        until(silent_one_is_gone)
        assert lively.ask("npc.list", world="w")["code"] == "not_found"
        assert silent.ask("npc.list", world="w")["code"] == "unauthorized"


@pytest.fixture
def strict(peer: Peer, world: str) -> Callable[..., str]:
    peer.village(world, "mira")
    return lambda **fields: str(
        peer.ask("say", **{"world": world, "from": "player:alex", "to": "mira", "text": "Hi", **fields}).get("code", "")
    )


def test_types_are_strict_and_unknown_fields_ignored(strict: Callable[..., str]) -> None:
    assert strict(deadline="8") == "invalid"
    assert strict(seed=1.0) == "invalid"
    assert strict(weather="rain", deadline=8) == ""
