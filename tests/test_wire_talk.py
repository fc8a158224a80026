"""Replies against a real daemon: they stream, they always end, and nobody pays for somebody else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zmq
from conftest import RunningDaemon, StartDaemon, until
from wire_peer import Peer, done

CLIENTS_A_PROCESS = 10
KILLS = 10


def say(peer: Peer, world: str, text: str = "Any news of the bridge?", **fields: Any) -> str:
    return peer.send("say", **{"world": world, "from": "player:alex", "to": "mira", "text": text, **fields})


def idle(daemon: RunningDaemon) -> None:
    """Waits until the engine has nothing left to do; then its books must balance."""
    with daemon.peer(hello=False) as observer:
        until(lambda: [observer.ask("health")[what] for what in ("speaking", "waiting")] == [0, 0])
        until(lambda: observer.ask("health")["balanced"])


def test_a_reply_streams_and_ends(start_daemon: StartDaemon, world: str) -> None:
    with start_daemon("--model", "default").peer() as peer:
        peer.village(world, "mira")
        messages = peer.reply(say(peer, world, seed=7))
    kinds = [message["type"] for message in messages]
    assert kinds[0] == "reply.start"
    assert kinds[-1] == "reply.end"
    assert "reply.delta" in kinds
    start, end = messages[0], messages[-1]
    assert start["reply"] == end["reply"]
    assert start["npc"] == end["npc"] == "npc:mira"
    assert start["emotion"] == end["emotion"]
    assert end["source"] == "model"
    assert end["finish"] == "stop"
    assert end["completion_tokens"] > 0
    assert 0 < end["first_word"] <= end["total"]
    assert "".join(message["text"] for message in messages if message["type"] == "reply.delta").strip() == end["text"]
    sentences = [message for message in messages if message["type"] == "reply.sentence"]
    assert [sentence["index"] for sentence in sentences] == list(range(len(sentences)))
    assert " ".join(sentence["text"] for sentence in sentences) == end["text"]


def test_a_cancelled_line_still_gets_its_end(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    request = say(peer, world)
    cancelled = peer.send("cancel", target=request)
    assert peer.receive() == done(cancelled)
    assert peer.reply(request)[-1]["finish"] == "cancelled"
    assert peer.ask("cancel", target=request)["type"] == "done", "it has ended already, which is as good"


def test_despawning_cancels_what_is_being_said(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    request = say(peer, world)
    peer.send("npc.despawn", world=world, npc="mira")
    assert peer.reply(request)[-1]["finish"] == "cancelled"
    assert peer.ask("say", world=world, to="mira", text="Hi", **{"from": "player:alex"})["code"] == "not_found"


def test_one_npc_answers_two_players_in_turn(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    first, second = say(peer, world), say(peer, world, **{"from": "player:sam"})
    order: list[tuple[str, str]] = []
    while len(order) < 2:
        message = peer.receive()
        if message["type"] in ("reply.start", "reply.end"):
            order.append((message["type"], message["re"]))
    assert order == [("reply.start", first), ("reply.end", first)]
    assert peer.reply(second)[-1]["text"]


def test_who_is_elsewhere_cannot_be_spoken_to(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    assert peer.ask("entity.move", world=world, entity="player:alex", to="inn")["type"] == "done"
    answer = peer.reply(say(peer, world))[-1]
    assert answer["code"] == "conflict"
    assert answer["message"] == "player:alex is at inn and npc:mira is at smithy"
    assert peer.ask("entity.move", world=world, entity="player:alex", to="smithy")["type"] == "done"
    assert peer.reply(say(peer, world))[-1]["type"] == "reply.end"


def test_nobody_speaks_to_itself_or_as_a_place(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    assert peer.reply(say(peer, world, **{"from": "npc:mira"}))[-1]["code"] == "invalid"
    assert peer.reply(say(peer, world, **{"from": "place:inn"}))[-1]["code"] == "invalid"
    assert peer.reply(say(peer, world, **{"from": "npc:tom"}))[-1]["code"] == "not_found"


def test_too_many_actions_are_refused(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    choices = [f"item:{number}" for number in range(64)]
    answer = peer.reply(say(peer, world, actions=[{"name": "swap", "args": [choices, choices]}]))[-1]
    assert answer["code"] == "invalid"
    assert "4096 combinations" in answer["message"]


def test_what_was_heard_becomes_an_event_and_has_reasons(peer: Peer, world: str) -> None:
    peer.village(world, "mira", "tom")
    peer.ask("subscribe", world=world)
    end = peer.reply(say(peer, world))[-1]
    heard = peer.send("heard", world=world, reply=end["reply"])
    event = peer.receive()
    assert event["type"] == "event.said"
    assert (event["speaker"], event["to"], event["at"]) == ("npc:mira", "player:alex", "place:smithy")
    assert event["text"] == end["text"]
    assert event["heard_by"] == ["player:alex", "npc:tom"]
    assert peer.receive() == done(heard)
    assert peer.ask("heard", world=world, reply=end["reply"])["type"] == "done", "it is heard already, which is as good"
    assert peer.ask("heard", world=world, reply="never")["code"] == "not_found"
    report = peer.ask("why", world=world, reply=end["reply"])
    assert report["type"] == "why.report"
    assert report["move"]
    assert report["prompt"][-1] == {"role": "user", "text": "Alex: Any news of the bridge?"}


def test_without_a_model_characters_still_speak(start_daemon: StartDaemon, world: str) -> None:
    daemon = start_daemon("--model", "missing.gguf")
    with daemon.peer() as peer:
        report = peer.ask("health")
        assert report["status"] == "degraded"
        assert "missing.gguf" in report["reason"]
        peer.village(world, "mira")
        end = peer.reply(say(peer, world))[-1]
    assert end["source"] == "fallback"
    assert end["text"]


@pytest.mark.parametrize("template", ["{% for %}", "{{ messages | no_such_filter }}", "{{ raise_exception('never') }}"])
def test_a_model_with_a_useless_template_is_none(
    template: str, start_daemon: StartDaemon, random_model: Path, world: str, tmp_path: Path
) -> None:
    model = random_model.read_bytes()
    start, close = model.index(b"{% for message in messages %}"), b"{% endif %}"
    end = model.index(close, start) + len(close)
    useless = template.encode().ljust(end - start)
    (tmp_path / "useless.gguf").write_bytes(model[:start] + useless + model[end:])
    daemon = start_daemon("--model", str(tmp_path / "useless.gguf"))
    with daemon.peer() as peer:
        report = peer.ask("health")
        assert report["status"] == "degraded"
        assert "the chat template inside the model" in report["reason"]
        peer.village(world, "mira")
        assert peer.reply(say(peer, world))[-1]["text"]


def test_a_slow_reader_is_dropped_and_blocks_nobody(start_daemon: StartDaemon, world: str) -> None:
    daemon = start_daemon("--outbox-limit", "16")
    with daemon.peer((zmq.RCVHWM, 1), (zmq.RCVBUF, 4096)) as slow, daemon.peer() as other:
        other.village(world, "mira")
        assert other.ask("health")["sessions"] == 2

        def flood() -> bool:
            for _ in range(200):
                slow.send("world.open", world=world)
            assert other.ask("ping")["type"] == "pong"
            return bool(other.ask("health")["sessions"] == 1)

        until(flood)
        assert other.reply(say(other, world))[-1]["type"] == "reply.end"


TALKER = """
import sys
sys.path.insert(0, sys.argv[1])
from wire_peer import Peer


peers = [Peer(sys.argv[2], sys.argv[3]) for _ in range(int(sys.argv[4]))]
for number, peer in enumerate(peers):
    peer.hello()
    peer.send("say", world=f"kill-{number}", to="mira", text="Tell me all you know.", **{"from": "player:alex"})
    if peer.receive()["type"] != "reply.start":
        sys.exit("no reply began")
print("speaking", flush=True)
while True:
    for number, peer in enumerate(peers):
        while peer.socket.poll(0):
            if peer.receive()["type"] == "reply.end":
                peer.send("say", world=f"kill-{number}", to="mira", text="And then?", **{"from": "player:alex"})
"""


def test_killing_clients_in_mid_reply_leaks_nothing(start_daemon: StartDaemon) -> None:
    daemon = start_daemon("--session-expiry", "5", "--heartbeat", "1", "--slots", "4")
    with daemon.peer() as keeper:
        for number in range(CLIENTS_A_PROCESS):
            keeper.village(f"kill-{number}", "mira")
    arguments = [str(Path(__file__).parent), daemon.endpoint, daemon.token, str(CLIENTS_A_PROCESS)]
    for _ in range(KILLS):
        command = [sys.executable, "-c", TALKER, *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as talker:
            assert talker.stdout is not None
            assert talker.stdout.readline() == "speaking\n"
            talker.kill()
    with daemon.peer(hello=False) as observer:
        until(lambda: observer.ask("health")["sessions"] == 0)
    idle(daemon)
    with daemon.peer() as peer:
        messages = peer.reply(say(peer, "kill-0"))
    assert messages[-1]["text"]
