"""How fast the wire is: validated requests a second beside a bare pyzmq echo, and ping while the model writes.

Both servers run in processes of their own and are driven by the same client code, in rounds that take turns, so that a
noisy machine disturbs both alike. Every client keeps one request in flight. The daemon answers `npc.list` of a world
with one character: decoded, validated, looked up, encoded; the echo returns the frames it got.

    npc-runtime bench wire --json
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pydantic
import zmq

from benchmarks.about import about, percentile
from npc_runtime.client.launch import launch
from npc_runtime.wire import codec, token
from npc_runtime.wire import messages as m
from npc_runtime.wire.endpoint import USER

SECONDS = 40.0
ROUNDS = 5
CLIENTS = (1, 64)
WORLD = "bench"
NPCS = ("mira",)
ID = b"00000000"
TALKERS = 8
"""Replies in flight while ping is measured."""


def run(seconds: float = SECONDS, model: str | None = None) -> dict[str, Any]:
    """Measures for about `seconds`. Rates are requests a second; rates and ratios are medians over the rounds."""
    described = about()
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="npc-runtime-", ignore_cleanup_errors=True) as folder, _echo(spawn) as bare:
        daemon = asyncio.run(launch(Path(folder), arguments=["--model", model] if model else []))
        try:
            secret = token.read(Path(folder))
            with _clients(daemon.endpoint.endpoint, secret, 1) as (socket,):
                _open_world(socket)
                loaded = _ask(socket, "health", "health.report")["model"]
            rates = _rates(bare, daemon.endpoint.endpoint, secret, seconds * 0.7 / (2 * ROUNDS * len(CLIENTS)))
            pings = _pings_while_generating(spawn, daemon.endpoint.endpoint, secret, seconds * 0.2)
        finally:
            asyncio.run(daemon.stop())
    medians = {f"{name}_rps_{n}": round(statistics.median(found)) for (name, n), found in rates.items()}
    ratios = {
        f"ratio_{n}": round(
            statistics.median(ours / theirs for ours, theirs in zip(rates["daemon", n], rates["echo", n], strict=True)),
            3,
        )
        for n in CLIENTS
    }
    return {
        **medians,
        **ratios,
        **pings,
        "request": "npc.list of a world with one character",
        "rounds": ROUNDS,
        "model": loaded,
        "pydantic": pydantic.VERSION,
        "libzmq": zmq.zmq_version(),
        **described,
    }


# ------------------------------------------------------------------------------------------------- throughput


def _rates(bare: str, daemon: str, secret: str, seconds: float) -> dict[tuple[str, int], list[float]]:
    rates: dict[tuple[str, int], list[float]] = {(name, n): [] for n in CLIENTS for name in ("echo", "daemon")}
    for _ in range(ROUNDS):
        for n in CLIENTS:
            with _clients(bare, None, n) as sockets:
                rates["echo", n].append(_rate(sockets, seconds))
            with _clients(daemon, secret, n) as sockets:
                rates["daemon", n].append(_rate(sockets, seconds))
    return rates


def _rate(sockets: list[zmq.Socket[bytes]], seconds: float) -> float:
    """Requests a second, with one request of each client in flight."""
    # Ids have one length, so that a request is made without a codec: the client should cost as little as it can.
    head, tail = codec.encode(m.NpcList(id=ID.decode(), world=WORLD)).split(ID)
    poller = zmq.Poller()
    for socket in sockets:
        poller.register(socket, zmq.POLLIN)
    sent = answered = 0
    for socket in sockets:
        socket.send_multipart([codec.HEADER, head + b"%08d" % sent + tail])
        sent += 1
    started = time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        for socket, _ in poller.poll(1000):
            socket.recv_multipart()
            answered += 1
            socket.send_multipart([codec.HEADER, head + b"%08d" % sent + tail])
            sent += 1
    return answered / elapsed


def _serve_echo(report: Connection) -> None:
    with zmq.Context() as context, context.socket(zmq.ROUTER) as socket:
        port = socket.bind_to_random_port("tcp://127.0.0.1")
        report.send(f"tcp://127.0.0.1:{port}")
        while True:
            socket.send_multipart(socket.recv_multipart())


@contextlib.contextmanager
def _echo(spawn: multiprocessing.context.SpawnContext) -> Iterator[str]:
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve_echo, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


# ------------------------------------------------------------------------------------------------- latency


def _pings_while_generating(
    spawn: multiprocessing.context.SpawnContext, endpoint: str, secret: str, seconds: float
) -> dict[str, Any]:
    """Milliseconds from ping to pong while `TALKERS` replies are being written without a pause."""
    ours, theirs = spawn.Pipe()
    talker = spawn.Process(target=_talk, args=(endpoint, secret, theirs), daemon=True)
    talker.start()
    theirs.close()  # so that `recv` fails, instead of waiting for ever, when the talker dies
    times = []
    try:
        ours.recv()
        with _clients(endpoint, secret, 1) as (socket,):
            tokens = _ask(socket, "health", "health.report")["tokens"]
            body = codec.encode(m.Ping(id="ping"))
            started = time.perf_counter()
            while (sent := time.perf_counter()) - started < seconds:
                socket.send_multipart([codec.HEADER, body])
                socket.recv_multipart()
                times.append((time.perf_counter() - sent) * 1000)
                time.sleep(0.002)
            tokens = _ask(socket, "health", "health.report")["tokens"] - tokens
    finally:
        talker.terminate()
        talker.join()
    return {
        "ping_p50_ms_generating": round(percentile(times, 0.50), 3),
        "ping_p99_ms_generating": round(percentile(times, 0.99), 3),
        "pings": len(times),
        "talkers": TALKERS,
        "tokens_generated": tokens,
    }


def _talk(endpoint: str, secret: str, report: Connection) -> None:
    """Keeps `TALKERS` replies going, each in a world of its own, and tells when the first has begun."""
    with _clients(endpoint, secret, 1) as (socket,):
        for talker in range(TALKERS):
            _open_world(socket, f"{WORLD}-{talker}")
        for number in range(TALKERS):
            _say(socket, number)
        began = False
        while True:
            body = codec.unpack(socket.recv_multipart())
            if not began:
                began = True
                report.send("began")
            if body["type"] in ("reply.end", "error"):
                _say(socket, int(body["re"]) + TALKERS)


def _say(socket: zmq.Socket[bytes], number: int) -> None:
    world = f"{WORLD}-{number % TALKERS}"
    fields = {
        "world": world,
        "from": "player:bench",
        "to": NPCS[0],
        "text": "What do you do all day?",
        "stream": "delta",
    }
    socket.send_multipart(codec.frames(codec.request({"type": "say", "id": str(number), **fields})))


# ------------------------------------------------------------------------------------------------- clients


@contextlib.contextmanager
def _clients(endpoint: str, secret: str | None, count: int) -> Iterator[list[zmq.Socket[bytes]]]:
    """Connected sockets; with a secret, each in a session of the daemon."""
    context = zmq.Context()
    try:
        sockets = [context.socket(zmq.DEALER) for _ in range(count)]
        for socket in sockets:
            socket.setsockopt(zmq.RCVTIMEO, 10_000)
            if secret is not None:
                socket.setsockopt_string(zmq.PLAIN_USERNAME, USER)
                socket.setsockopt_string(zmq.PLAIN_PASSWORD, secret)
            socket.connect(endpoint)
            if secret is not None:
                client = {"name": "bench"}
                _ask(socket, "hello", "welcome", versions=list(codec.SUPPORTED), client=client)
        yield sockets
    finally:
        context.destroy(linger=0)


def _open_world(socket: zmq.Socket[bytes], world: str = WORLD) -> None:
    _ask(socket, "world.open", "world.opened", world=world)
    for npc in NPCS:
        _ask(socket, "npc.spawn", "npc.spawned", world=world, npc=npc)


def _ask(socket: zmq.Socket[bytes], kind: str, expected: str, **fields: Any) -> dict[str, Any]:
    """Makes a request and returns the body of its response, which must be of the expected type."""
    socket.send_multipart(codec.frames(codec.request({"type": kind, "id": f"ask {kind} {time.time_ns()}", **fields})))
    body = codec.unpack(socket.recv_multipart())
    if body["type"] != expected:
        raise RuntimeError(f"{kind} was answered by {body}")
    return body


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
