"""The sockets alone: what a slow reader loses, and when it is given up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
import zmq
from wire_peer import Peer

from npc_runtime.config import Config
from npc_runtime.wire.keys import Pass
from npc_runtime.wire.server import Server

LIMIT = 32
TOKEN = "open sesame"
BODY = b"x" * 10_000
ENOUGH = 5_000
"""Bodies that fill every buffer between the two sockets many times over."""


class Wire:
    """A server, and a client that has sent one message and reads nothing."""

    def __init__(self) -> None:
        self.server = Server(
            Config(bind="tcp://127.0.0.1:0", events_bind="tcp://127.0.0.1:0", outbox_limit=LIMIT), TOKEN
        )
        self.given_up: list[tuple[bytes, str]] = []
        self.arrived: asyncio.Queue[bytes] = asyncio.Queue()
        self.server.start(
            lambda peer, frames, may: self.arrived.put_nowait(peer), lambda peer, why: self.given_up.append((peer, why))
        )
        self.client = Peer(self.server.endpoint, TOKEN, options=[(zmq.RCVHWM, 1), (zmq.RCVBUF, 4096)])
        self.client.send("ping")

    def close(self) -> None:
        self.client.close()
        self.server.close()

    async def turn(self) -> None:
        """Lets the event loop send what is due."""
        for _ in range(3):
            await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def wire() -> AsyncIterator[tuple[Wire, bytes]]:
    found = Wire()
    try:
        yield found, await asyncio.wait_for(found.arrived.get(), 10)
    finally:
        found.close()


def run(play: Callable[[], Coroutine[Any, Any, None]]) -> None:
    loop = asyncio.SelectorEventLoop()
    try:
        loop.run_until_complete(play())
    finally:
        loop.close()


def test_what_may_be_skipped_never_ends_a_slow_reader() -> None:
    async def play() -> None:
        async with wire() as (found, peer):
            for _ in range(ENOUGH):
                found.server.send(peer, BODY, skippable=True)
                await found.turn()
            assert found.given_up == []
            for _ in range(LIMIT // 2 - 1):
                found.server.send(peer, BODY)
            await found.turn()
            assert found.given_up == [], "half of the outbox is kept for what must not be skipped"

    run(play)


def test_a_reader_that_is_too_slow_is_given_up_once() -> None:
    async def play() -> None:
        async with wire() as (found, peer):
            while not found.given_up:
                found.server.send(peer, BODY)
                await found.turn()
            assert found.given_up == [(peer, f"{LIMIT} messages wait to be read")]

    run(play)


def test_a_reader_that_catches_up_gets_everything_in_order() -> None:
    async def play() -> None:
        async with wire() as (found, peer):
            sent = 0
            while not found.server._outboxes:
                found.server.send(peer, b"%05d" % sent + BODY)
                await found.turn()
                sent += 1
            for wanted in range(sent):
                while not found.client.socket.poll(0):
                    await asyncio.sleep(0.001)
                assert found.client.socket.recv_multipart()[1][:5] == b"%05d" % wanted
            assert found.given_up == []

    run(play)


def test_a_client_that_vanished_is_given_up_with_the_next_message() -> None:
    async def play() -> None:
        async with wire() as (found, peer):
            found.client.close()
            while not found.given_up:
                found.server.send(peer, b"anybody there?")
                await asyncio.sleep(0.001)
            assert found.given_up[0] == (peer, "it disconnected")

    run(play)


def test_a_burst_keeps_its_order() -> None:
    async def play() -> None:
        async with wire() as (found, peer):
            for number in range(100):
                found.server.send(peer, b"%d" % number)
            await found.turn()
            assert [found.client.socket.recv_multipart()[1] for _ in range(100)] == [b"%d" % n for n in range(100)]

    run(play)


def test_whatever_is_raised_while_answering_reading_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async def play() -> None:
        found = Wire()
        try:
            peer = await asyncio.wait_for(found.arrived.get(), 10)
            seen: list[bytes] = []

            def fail(peer: bytes, frames: list[bytes], may: Pass | None) -> None:
                seen.append(frames[-1])
                raise RuntimeError("the handler is broken")

            found.server._receive = fail
            for number in range(300):  # more than are read in one turn
                found.client.socket.send_multipart([b"NPC1", b"%d" % number])
            while len(seen) < 300:
                await asyncio.sleep(0.001)
            assert seen == [b"%d" % number for number in range(300)]
            found.server.send(peer, b"still there")
            await found.turn()
            assert found.client.socket.recv_multipart()[1] == b"still there"
        finally:
            found.close()

    run(play)
    assert "a message could not be taken in" in caplog.text


def test_a_peer_that_cannot_be_sent_to_costs_the_others_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def play() -> None:
        async with wire() as (found, peer):
            found.server.send(None, b"to nobody")  # type: ignore[arg-type]
            found.server.send(peer, b"to somebody")
            await found.turn()
            assert found.client.socket.recv_multipart()[1] == b"to somebody"

    run(play)
    assert "a message could not be sent" in caplog.text
