"""A character's own way of talking, from `npc.define` over a real daemon to the server that writes for it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from conftest import RunningDaemon, StartDaemon
from remote_kit import chunk, sse

DRUNK = {"temperature": 1.5, "min_p": 0.02, "dry": 1.2}
CLERK = {"temperature": 0.1, "sampler": "dynamic"}


class Served(ThreadingHTTPServer):
    """A server that speaks OpenAI's API and calls itself llama.cpp's."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.asked: list[dict[str, Any]] = []


class _Answering(BaseHTTPRequestHandler):
    server: Served

    def do_GET(self) -> None:
        self._send(json.dumps({"data": [{"id": "smol", "owned_by": "llamacpp"}]}).encode(), "application/json")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        text = _words(body.get("structured_outputs", {}).get("regex", ""))
        self._send(chunk(text) + chunk(finish="stop") + sse({"choices": []}) + b"data: [DONE]\n\n", "text/event-stream")

    def _send(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _words(form: str) -> str:
    """What a model would write that is held to the form."""
    tries = ("quoth 7", "chat\n(neutral)", "chat\n(neutral) It may well rain.", "chat 0\n(neutral)", "admit\n(neutral)")
    return next((text for text in tries if re.fullmatch(form, text)), "It may well rain.")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with Served() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def elsewhere(served: Served, start_daemon: StartDaemon) -> RunningDaemon:
    host, port = served.server_address[:2]
    return start_daemon("--engine", f"http://{host!s}:{port}/v1", "--model", "default", "--barks", "never")


def asked_of(served: Served, daemon: RunningDaemon, world: str, persona: dict[str, Any]) -> list[dict[str, Any]]:
    """What the server is asked for a line to a character that is defined so."""
    with daemon.peer() as peer:
        peer.ask("world.open", world=world, village={"name": "Millbrook"})
        base = {"name": "Ada", "role": "miller", "traits": ["kind"]}
        assert peer.ask("npc.define", world=world, personas={"ada": {**base, **persona}})["type"] == "done"
        peer.ask("npc.spawn", world=world, npc="ada")
        served.asked.clear()
        told = peer.reply(peer.send("say", world=world, **{"from": "player:kit"}, to="ada", text="Lovely weather."))
        assert (told[-1]["source"], told[-1]["text"]) == ("model", "It may well rain."), told
    return served.asked


def test_a_drunk_rambles_and_decides_as_everybody(served: Served, elsewhere: RunningDaemon, world: str) -> None:
    decision, words = asked_of(served, elsewhere, world, {"sampling": DRUNK})
    assert (decision["temperature"], words["temperature"]) == (0.2, 1.5)
    assert (words["min_p"], words["dry_multiplier"], words["top_p"]) == (0.02, 1.2, 1.0)
    assert words["dry_penalty_last_n"] < 32, "it does not reach as far as what is on the card"


def test_a_clerk_is_cooler_than_its_own_decisions(served: Served, elsewhere: RunningDaemon, world: str) -> None:
    decision, words = asked_of(served, elsewhere, world, {"sampling": CLERK})
    assert (decision["temperature"], words["temperature"]) == (0.2, 0.1)
    assert words["dynatemp_range"] == 0.05


def test_whoever_has_no_way_of_its_own_talks_as_the_daemon_is_set(
    served: Served, elsewhere: RunningDaemon, world: str
) -> None:
    decision, words = asked_of(served, elsewhere, world, {})
    assert (decision["temperature"], words["temperature"], words["min_p"]) == (0.2, 0.7, 0.05)


def test_a_wrong_one_is_refused_by_name(elsewhere: RunningDaemon, world: str) -> None:
    with elsewhere.peer() as peer:
        peer.ask("world.open", world=world, village={"name": "Millbrook"})
        wrong = {"name": "Ada", "role": "miller", "traits": ["kind"], "sampling": {"temperature": 9}}
        refused = peer.ask("npc.define", world=world, personas={"ada": wrong})
        assert refused["code"] == "invalid"
        assert "personas.ada.sampling.temperature" in refused["message"]
        assert "less than or equal to 2" in refused["message"]
