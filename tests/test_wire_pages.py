"""Everything that grows has pages: each list is filled beyond what a message holds, and read to its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest
from conftest import StartDaemon
from wire_peer import Peer

from npc_runtime.wire.codec import BODY_LIMIT

WORLD = "crowded"
PEOPLE = 900
LONG = "橋" * 60  # three bytes each: names may be as long as 64 characters
TEXT = "The old bridge at the mill is closed, " * 6
SENTENCE = f"{TEXT[:200]}they say."


class Crowd:
    """A session in a world of very many people, places and things."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        request = self.peer.send(kind, world=WORLD, **fields)
        while True:
            _, body = self.peer.socket.recv_multipart()
            assert len(body) <= BODY_LIMIT
            found = msgpack.unpackb(body)
            if found.get("re") == request:
                assert found["type"] != "error", found
                return dict(found)

    def all_at_once(self, kind: str, each: list[dict[str, Any]]) -> None:
        """Sends many requests without waiting for each."""
        for start in range(0, len(each), 200):
            part = each[start : start + 200]
            sent = {self.peer.send(kind, world=WORLD, **fields) for fields in part}
            while sent:
                answer = self.peer.receive()
                assert answer["type"] != "error", answer
                sent.discard(answer.get("re", ""))

    def pages(self, kind: str, entries: str, **fields: Any) -> list[list[Any]]:
        """All pages of a list."""
        found: list[list[Any]] = []
        after: dict[str, Any] = {}
        while True:
            page = self.ask(kind, **fields, **after)
            found.append(page[entries])
            if page["next"] is None:
                return found
            after = {"after": page["next"]}


@pytest.fixture(scope="module")
def crowd(start_daemon: StartDaemon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    daemon = start_daemon("--model", "none.gguf", "--embedding", "off", "--session-expiry", "120")
    with daemon.peer() as peer:
        found = Crowd(peer)
        opened = found.ask("world.open", pack=str(_pack(tmp_path_factory.mktemp("crowd"))))
        assert opened["more"], "not all of them fit into the answer"
        yield found


def _pack(folder: Path) -> Path:
    (folder / "personas").mkdir()
    places = "\n".join(f"  - {{id: p{number:04}, name: '{LONG}{number:04}'}}" for number in range(PEOPLE))
    (folder / "pack.yaml").write_text(
        f"name: Crowd\nsummary: Very many people.\nscopes: {{village: us}}\nplaces:\n{places}\n", encoding="utf-8"
    )
    for number in range(PEOPLE):
        persona = f"name: '{LONG}{number:04}'\nrole: '{LONG}'\nplace: p0000\ntraits: [gruff]\n"
        (folder / "personas" / f"n{number:04}.yaml").write_text(persona, encoding="utf-8")
    return folder


def ids(prefix: str) -> list[str]:
    return [f"{prefix}{number:04}" for number in range(PEOPLE)]


def joined(pages: list[list[Any]]) -> list[Any]:
    assert len(pages) > 1, "one page was enough"
    return [entry for page in pages for entry in page]


def test_places(crowd: Crowd) -> None:
    assert [place["place"] for place in joined(crowd.pages("place.list", "places", limit=1000))] == ids("place:p")


def test_personas(crowd: Crowd) -> None:
    assert joined(crowd.pages("persona.list", "personas", limit=500)) == ids("npc:n")


def test_everybody_who_lives_there_and_perceives_something(crowd: Crowd) -> None:
    crowd.all_at_once("npc.spawn", [{"npc": npc} for npc in ids("n")])
    assert [npc["npc"] for npc in joined(crowd.pages("npc.list", "npcs", limit=1000))] == ids("npc:n")
    crowd.ask("subscribe")
    crowd.ask("entity.move", entity="player:alex", to="p0000")
    perceived = crowd.ask("world.event", what=SENTENCE, at="p0000")
    assert len(perceived["perceived"]) + perceived["others"] == PEOPLE
    said = crowd.peer.send("say", world=WORLD, text="Mumble.", barks="auto", **{"from": "player:alex"})
    ends = [message for message in crowd.peer.reply(said) if message["type"] in ("reply.end", "reply.none")]
    assert ends
    known = crowd.pages("gossip.trace", "known", about="the old bridge at the mill", limit=200)
    assert len(joined(known)) >= PEOPLE


def test_facts(crowd: Crowd) -> None:
    names = [f"fact.{number:05}" for number in range(1500)]
    crowd.all_at_once("world.set", [{"name": name, "value": "x" * 200, "text": SENTENCE} for name in names])
    assert [fact["name"] for fact in joined(crowd.pages("world.get", "facts", limit=1000))] == names


def test_saves(crowd: Crowd) -> None:
    names = [f"{'s' * 120}{number:05}" for number in range(1500)]
    crowd.all_at_once("save.create", [{"save": name} for name in names])
    assert [save["save"] for save in joined(crowd.pages("save.list", "saves", limit=1000))] == names


def test_relations(crowd: Crowd) -> None:
    others = [f"player:{'x' * 50}{number:05}" for number in range(800)]
    moves = [{"npc": "n0000", "toward": other, "affinity": 0.1, "reason": SENTENCE} for other in others]
    crowd.all_at_once("relation.adjust", moves)
    found = joined(crowd.pages("relation.get", "relations", npc="n0000", limit=1000))
    assert [relation["toward"] for relation in found] == others


def test_memories(crowd: Crowd) -> None:
    taught = [f"{SENTENCE[:220]} {number}" for number in range(1500)]
    crowd.all_at_once("memory.teach", [{"npc": "n0001", "text": text} for text in taught])
    found = joined(crowd.pages("memory.export", "memories", npc="n0001", limit=1000))
    assert [memory["text"] for memory in found if memory["how"] == "taught"] == taught
    latest = crowd.ask("memory.query", npc="n0001", about="", limit=100)["memories"]
    assert len(latest) > 10


def test_journal(crowd: Crowd) -> None:
    crowd.ask("entity.move", entity="player:bo", to="p0001")
    seen = [f"{SENTENCE[:150]} {'x' * 60} {number}." for number in range(800)]
    crowd.all_at_once("world.event", [{"what": what, "at": "p0001"} for what in seen])
    found = joined(crowd.pages("journal.list", "notes", player="player:bo", limit=100))
    assert [note["text"] for note in found] == seen


def test_arguments(crowd: Crowd) -> None:
    everybody = ids("n")
    started = 0
    for first, second in zip(everybody[0::2], everybody[1::2], strict=True):
        request = crowd.peer.send("argue.start", world=WORLD, between=[first, second], about="x" * 150)
        for message in crowd.peer.answers(request):
            if message["type"] == "scene.turn":
                break
            assert message["type"] in ("argue.started",), message
        started += 1
        if started == 300:
            break
    found = joined(crowd.pages("argue.list", "arguments", limit=100))
    assert len({argument["argument"] for argument in found}) == started
