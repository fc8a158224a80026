"""Who has no token: it costs the daemon next to nothing, and learns nothing."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import time
from collections.abc import Iterator

import psutil
import pytest
import zmq
from conftest import RunningDaemon, StartDaemon
from wire_peer import Peer, show

MEGABYTES = 30
"""Memory that strangers may cost. Let in, each of these floods took more than ten times as much."""
PING_SECONDS = 1.0


@pytest.fixture(scope="module")
def besieged(start_daemon: StartDaemon) -> RunningDaemon:
    return start_daemon("--model", "none.gguf", "--embedding", "off")


@contextlib.contextmanager
def unharmed(daemon: RunningDaemon) -> Iterator[None]:
    """Whatever happens meanwhile, the daemon's memory stays as it is, and somebody with a token is answered."""
    process = psutil.Process(daemon.launched.process.pid)
    with daemon.peer() as friend:
        before = process.memory_info().rss
        yield
        began = time.monotonic()
        assert friend.ask("ping")["type"] == "pong"
        assert time.monotonic() - began < PING_SECONDS
        grown = (process.memory_info().rss - before) / 2**20
        assert grown < MEGABYTES, f"{grown:.0f} MB"


def test_subscriptions_without_the_token_cost_nothing(besieged: RunningDaemon) -> None:
    with unharmed(besieged), zmq.Context() as context:
        for _ in range(4):
            with context.socket(zmq.SUB) as stranger:
                stranger.setsockopt(zmq.LINGER, 0)
                stranger.connect(besieged.events)
                for _ in range(5000):
                    stranger.setsockopt(zmq.SUBSCRIBE, secrets.token_bytes(200))
                time.sleep(0.3)


@pytest.mark.parametrize("mechanism", [b"NULL", b"PLAIN"])
@pytest.mark.parametrize("where", ["endpoint", "events"])
def test_messages_without_end_cost_nothing(besieged: RunningDaemon, where: str, mechanism: bytes) -> None:
    host, _, port = getattr(besieged, where).removeprefix("tcp://").rpartition(":")
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x01" + mechanism.ljust(20, b"\0") + bytes(32)
    part = b"\x03" + (1_000_000).to_bytes(8, "big") + bytes(1_000_000)  # long, and more is to come
    with unharmed(besieged):
        for _ in range(5):
            with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=2) as stranger:
                stranger.sendall(greeting)
                for _ in range(50):
                    stranger.sendall(part)


def test_empty_parts_without_number_stall_nobody(besieged: RunningDaemon) -> None:
    with unharmed(besieged), Peer(besieged.endpoint) as stranger, contextlib.suppress(zmq.Again):
        stranger.socket.setsockopt(zmq.SNDTIMEO, 500)
        for _ in range(500_000):
            stranger.socket.send(b"", zmq.SNDMORE)
        stranger.socket.send(b"")


def test_many_parts_of_a_friend_are_not_kept(besieged: RunningDaemon) -> None:
    with unharmed(besieged), besieged.peer() as friend:
        friend.send_frames(*[b""] * 200_000)
        assert friend.receive()["code"] == "bad_frame"


@pytest.mark.skipif(os.name == "nt", reason="Windows counts no descriptors")
def test_connections_that_say_nothing_are_closed(besieged: RunningDaemon) -> None:
    process = psutil.Process(besieged.launched.process.pid)
    host, _, port = besieged.endpoint.removeprefix("tcp://").rpartition(":")
    with unharmed(besieged), contextlib.ExitStack() as strangers:
        before = process.num_fds()
        for _ in range(300):
            strangers.enter_context(socket.create_connection((host, int(port)), timeout=2))
        deadline = time.monotonic() + 20
        while process.num_fds() > before + 20:
            assert time.monotonic() < deadline, "they are still open"
            time.sleep(0.1)


def test_an_observer_without_the_token_hears_nothing(besieged: RunningDaemon, world: str) -> None:
    with zmq.Context() as context, context.socket(zmq.SUB) as stranger, context.socket(zmq.SUB) as friend:
        for observer, token in ((stranger, ""), (friend, besieged.token)):
            observer.setsockopt(zmq.LINGER, 0)
            observer.setsockopt(zmq.RCVTIMEO, 5000)
            observer.setsockopt(zmq.SUBSCRIBE, b"")
            show(observer, token)
            observer.connect(besieged.events)
        time.sleep(0.5)  # until the friend's subscription has arrived
        with besieged.peer() as peer:
            peer.village(world, "mira")
        assert friend.recv_multipart()[0] == f"world/{world}".encode()
        assert not stranger.poll(200)


def test_observers_hear_nothing_of_a_private_line(besieged: RunningDaemon, world: str) -> None:
    with besieged.peer() as peer, besieged.peer() as listener:
        peer.village(world, "mira", "tom")
        listener.ask("subscribe", world=world)
        for private, text in ((True, "Meet me at the mill."), (False, "Good day to you.")):
            line = {"from": "player:alex", "to": "mira", "text": text, "private": private}
            end = peer.reply(peer.send("say", world=world, **line))[-1]
            assert peer.ask("heard", world=world, reply=end["reply"])["type"] == "done"
        events = [listener.receive(), listener.receive()]
        assert [(event["speaker"], event.get("heard_by")) for event in events] == [
            ("player:alex", ["npc:mira", "npc:tom"]),
            ("npc:mira", ["player:alex", "npc:tom"]),
        ], "both are of the second line"


def test_the_log_says_that_somebody_was_refused(besieged: RunningDaemon) -> None:
    assert "a connection was refused: it showed no token (PLAIN mechanism" in besieged.log
