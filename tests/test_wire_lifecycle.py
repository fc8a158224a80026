"""Worlds open, close, rest and open again; many of them cost what those that are played cost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psutil
import pytest
from conftest import RunningDaemon, StartDaemon, until
from wire_peer import Body, Peer, done

QUICK = ("--model", "none.gguf", "--embedding", "off")
PACK = {
    "pack.yaml": "format: 2\nname: Hut\nsummary: A hut in the woods.\n"
    "places: [{id: hut, name: the hut}]\nscopes: {village: us}\n",
    "personas/ann.yaml": "name: Ann\nrole: hermit\nplace: hut\ntraits: [gruff]\n",
}


@pytest.fixture(scope="module")
def quick(start_daemon: StartDaemon) -> RunningDaemon:
    return start_daemon(*QUICK)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for name, text in PACK.items():
        file = tmp_path / "hut" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "hut"


def files(daemon: RunningDaemon) -> set[str]:
    return {file.name for file in (daemon.data_dir / "worlds").glob("*")}


def worlds(daemon: RunningDaemon) -> int:
    with daemon.peer(hello=False) as peer:
        return int(peer.ask("health")["worlds"])


def test_a_closed_world_opens_as_it_was(quick: RunningDaemon, world: str) -> None:
    with quick.peer() as peer:
        peer.village(world, "mira")
        assert peer.ask("world.set", world=world, name="bridge.closed", value=True)["kept"]
        assert peer.ask("world.close", world=world) == done("peer-5")
        assert peer.ask("npc.list", world=world)["code"] == "not_found"
        assert peer.ask("world.close", world=world)["code"] == "not_found"
        assert not peer.ask("world.open", world=world)["created"]
        assert [npc["npc"] for npc in peer.ask("npc.list", world=world)["npcs"]] == ["npc:mira"]
        assert [fact["name"] for fact in peer.ask("world.get", world=world)["facts"]] == ["bridge.closed"]


def test_closing_is_told_and_cancels_what_is_said(quick: RunningDaemon, world: str) -> None:
    with quick.peer() as peer, quick.peer() as listener:
        peer.village(world, "mira", "tom")
        listener.ask("subscribe", world=world)
        request = peer.send("argue.start", world=world, between=["mira", "tom"], about="the stolen hammer")
        assert next(peer.answers(request))["type"] == "argue.started"
        assert next(message for message in peer.answers(request) if message["type"] == "reply.end")
        closing = peer.send("world.close", world=world)
        assert next(peer.answers(request))["code"] == "cancelled"
        assert next(peer.answers(closing))["type"] == "done"
        assert "event.closed" in [listener.receive()["type"] for _ in range(1)]


def test_an_idle_world_rests_and_nobody_notices(start_daemon: StartDaemon, world: str) -> None:
    daemon = start_daemon(*QUICK, "--world-idle", "0.2", "--session-expiry", "60")
    with daemon.peer() as peer, daemon.peer() as listener:
        peer.village(world, "mira")
        listener.ask("subscribe", world=world)
        until(lambda: worlds(daemon) == 0)
        sent = [
            peer.send("subscribe", world=world),
            peer.send("npc.spawn", world=world, npc="tom"),
            peer.send("npc.spawn", world=world, npc="mira"),
            peer.send("npc.list", world=world),
        ]
        answers = [answer for answer in (peer.receive() for _ in range(len(sent) + 2)) if "re" in answer]
        assert [answer["re"] for answer in answers] == sent
        assert [answer["type"] for answer in answers] == ["done", "npc.spawned", "npc.spawned", "npc.listing"]
        assert {npc["npc"] for npc in answers[-1]["npcs"]} == {"npc:mira", "npc:tom"}
        assert listener.receive()["npc"]["npc"] == "npc:tom", "the subscription lives on"


def test_what_waits_for_a_world_to_open_can_be_taken_back(quick: RunningDaemon, world: str) -> None:
    with quick.peer() as peer:
        peer.village(world, "mira", "tom")
        lines: dict[str, dict[str, Any]] = {
            "say": {"from": "player:alex", "to": "mira", "text": "Hello!"},
            "argue.start": {"between": ["mira", "tom"], "about": "the stolen hammer"},
        }
        for kind, fields in lines.items():
            closing = peer.send("world.close", world=world)
            opening = peer.send("world.open", world=world)
            begun = peer.send(kind, world=world, **fields)
            taken_back = peer.send("cancel", target=begun)
            answers: dict[str, Body] = {}
            while len(answers) < 4:
                message = peer.receive()
                answers[message["re"]] = message
            assert answers[begun]["code"] == "cancelled"
            assert answers[taken_back]["type"] == "done"
            assert [answers[closing]["type"], answers[opening]["type"]] == ["done", "world.opened"]
        assert peer.ask("argue.list", world=world)["arguments"] == []


def test_a_client_need_not_wait_for_a_world_to_open(quick: RunningDaemon, world: str) -> None:
    with quick.peer() as peer:
        sent = [
            peer.send("world.open", world=world),
            peer.send("subscribe", world=world),
            peer.send("npc.spawn", world=world, npc="mira"),
        ]
        answers = [peer.receive() for _ in (*sent, "event")]
        assert [answer["re"] for answer in answers if "re" in answer] == sent
        assert {answer["type"] for answer in answers} == {"world.opened", "done", "npc.spawned", "event.npc.spawned"}


def test_a_world_in_use_does_not_rest(start_daemon: StartDaemon, world: str) -> None:
    daemon = start_daemon(*QUICK, "--world-idle", "0.2", "--session-expiry", "60")
    with daemon.peer() as peer:
        peer.village(world, "mira", "tom")
        request = peer.send("argue.start", world=world, between=["mira", "tom"], about="the stolen hammer")
        reply = next(message["reply"] for message in peer.answers(request) if message["type"] == "reply.end")
        peer.village(f"{world}-other")
        until(lambda: worlds(daemon) == 1)
        assert peer.ask("heard", world=world, reply=reply)["type"] == "done", "the argument waits for it"


def test_more_worlds_than_may_be_open_take_turns(start_daemon: StartDaemon, pack: Path) -> None:
    daemon = start_daemon(*QUICK, "--open-worlds", "4")
    process = psutil.Process(daemon.launched.process.pid)
    with daemon.peer() as peer:
        for number in range(10):
            assert peer.ask("world.open", world=f"w{number}", pack=str(pack))["created"]
        descriptors, threads = process.num_fds() if os.name == "posix" else 0, process.num_threads()
        for number in range(10, 60):
            assert peer.ask("world.open", world=f"w{number}", pack=str(pack))["created"]
            assert peer.ask("world.set", world=f"w{number}", name="number", value=number)["kept"]
        assert peer.ask("health")["worlds"] == 4
        for number in range(10, 60):
            assert peer.ask("world.get", world=f"w{number}")["facts"][0]["value"] == number
        if os.name == "posix":
            assert process.num_fds() <= descriptors + 2
        assert process.num_threads() <= threads + 4, "a few of the pool, and none a world"


def test_more_worlds_than_may_be_in_use_are_refused(start_daemon: StartDaemon, pack: Path) -> None:
    daemon = start_daemon(*QUICK, "--open-worlds", "2")
    with daemon.peer() as peer:
        for number in range(2):
            peer.village(f"w{number}", "mira")
            request = peer.send("say", world=f"w{number}", to="mira", text="Hello!", **{"from": "player:alex"})
            assert peer.reply(request)[-1]["type"] == "reply.end"  # and it may still be heard
        answer = peer.ask("world.open", world="w2", pack=str(pack))
        assert answer["code"] == "busy"
        assert "--open-worlds" in answer["hint"]
        assert "w2" not in str(files(daemon))


@pytest.mark.parametrize(
    ("named", "code"), [("no-such-pack", "not_found"), ("broken", "invalid"), ("latin", "invalid")]
)
def test_what_cannot_be_opened_leaves_no_file(
    quick: RunningDaemon, tmp_path: Path, pack: Path, world: str, named: str, code: str
) -> None:
    if named == "broken":
        (pack / "pack.yaml").write_text('format: 2\nname: Hut\nsummary: "\\uD800"\n', encoding="utf-8")
        named = str(pack)
    elif named == "latin":
        (pack / "personas" / os.fsdecode(b"caf\xe9.yaml")).write_text("name: Ann\n", encoding="utf-8")
        named = str(pack)
    before = files(quick)
    with quick.peer() as peer:
        for _ in range(3):
            answer = peer.ask("world.open", world=world, pack=named)
            assert answer["code"] == code, answer
        assert peer.ask("npc.list", world=world)["code"] == "not_found"
        assert files(quick) == before
        peer.village(world, "mira")  # the daemon hears, and the world can still be made


def test_a_world_keeps_its_pack(quick: RunningDaemon, pack: Path, world: str) -> None:
    with quick.peer() as peer:
        peer.ask("world.open", world=world, pack=str(pack))
        assert peer.ask("world.open", world=world, pack="hollowmere")["code"] == "conflict"
        assert peer.ask("world.close", world=world)["type"] == "done"
        before = files(quick)
        assert peer.ask("world.open", world=world, pack="hollowmere")["code"] == "conflict"
        assert files(quick) == before
        assert peer.ask("world.open", world=world)["pack"] == str(pack)


def test_worlds_of_one_session_do_not_wait_for_each_other(quick: RunningDaemon, tmp_path: Path, world: str) -> None:
    large = tmp_path / "large"
    for name, text in PACK.items():
        (large / name).parent.mkdir(parents=True, exist_ok=True)
        (large / name).write_text(text, encoding="utf-8")
    for number in range(1500):
        (large / "personas" / f"p{number}.yaml").write_text(PACK["personas/ann.yaml"], encoding="utf-8")
    with quick.peer() as peer:
        peer.village(world, "mira")
        slow = peer.send("world.open", world=f"{world}-large", pack=str(large))
        quickly = [peer.send("npc.list", world=world), peer.send("ping")]
        assert [peer.receive()["re"] for _ in quickly] == quickly
        assert peer.receive()["re"] == slow


def test_a_client_that_vanishes_frees_the_parties_of_its_argument(quick: RunningDaemon, world: str) -> None:
    vanishing = quick.peer()
    vanishing.village(world, "mira", "tom")
    request = vanishing.send("argue.start", world=world, between=["mira", "tom"], about="the stolen hammer")
    assert next(message for message in vanishing.answers(request) if message["type"] == "reply.end")
    vanishing.close()
    with quick.peer() as peer:

        def free() -> bool:
            return not [found for found in peer.ask("argue.list", world=world)["arguments"] if found["going_on"]]

        until(free, seconds=8)  # the session itself would expire after twenty
        started = peer.send("argue.start", world=world, between=["mira", "tom"], about="the stolen hammer")
        assert next(peer.answers(started))["type"] == "argue.started"


def test_a_silent_client_is_told_that_the_daemon_lives(start_daemon: StartDaemon, world: str) -> None:
    daemon = start_daemon(*QUICK, "--heartbeat", "0.5")
    with Peer(daemon.endpoint, daemon.token) as peer:
        peer.hello()
        peer.village(world, "mira", "tom")
        peer.send("argue.start", world=world, between=["mira", "tom"], about="the stolen hammer")
        until(lambda: b"\xa4beat" in peer.socket.recv_multipart()[1], seconds=10)
