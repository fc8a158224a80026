"""A disk that fails: what is refused is not done, what is done says whether it is kept, and all of it is kept later."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from conftest import RunningDaemon, StartDaemon, until
from wire_peer import Body, Peer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes a running process's files away")

CHANGES: dict[str, dict[str, Any]] = {
    "world.set": {"name": "bridge.closed", "value": True},
    "world.advance": {"by": "1h"},
    "world.event": {"what": "The bell rang.", "at": "smithy"},
    "memory.teach": {"npc": "mira", "text": "You own a blue lantern."},
    "relation.adjust": {"npc": "mira", "toward": "player:alex", "trust": 0.2, "reason": "Alex helped."},
    "entity.move": {"entity": "player:alex", "to": "smithy"},
    "npc.spawn": {"npc": "bren", "at": "smithy"},
    "npc.despawn": {"npc": "tom"},
    "talk.budget": {"turns_per_minute": 5},
    "creature.generate": {"biome": "marsh", "source": "rules"},
}
REFUSED: dict[str, dict[str, Any]] = {
    "save.create": {"save": "second"},
    "save.branch": {"save": "first", "copy": "twin"},
    "save.restore": {"save": "first"},
    "save.delete": {"save": "first"},
    "memory.forget": {"player": "player:alex"},
}


@contextlib.contextmanager
def full_disk(daemon: RunningDaemon) -> Iterator[None]:
    """No file may grow: every write of the daemon fails, as on a disk without room."""
    process = psutil.Process(daemon.launched.process.pid)
    before = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        process.rlimit(psutil.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def quick(start_daemon: StartDaemon) -> RunningDaemon:
    return start_daemon("--model", "none.gguf", "--embedding", "off", "--session-expiry", "120")


@pytest.fixture
def village(quick: RunningDaemon, world: str) -> Iterator[Peer]:
    with quick.peer() as peer:
        peer.village(world, "mira", "tom")
        peer.ask("save.create", world=world, save="first")
        yield peer


def state(peer: Peer, world: str) -> dict[str, Any]:
    """All that a client can see of a world."""
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "facts": ("world.get", {}),
        "time": ("world.advance", {"by": 0}),
        "saves": ("save.list", {}),
        "npcs": ("npc.list", {}),
        "memories": ("memory.export", {}),
        "relations": ("relation.get", {"npc": "mira"}),
    }
    answers = {name: peer.ask(kind, world=world, **fields) for name, (kind, fields) in asked.items()}
    return {name: {k: v for k, v in answer.items() if k not in ("re", "kept")} for name, answer in answers.items()}


@pytest.mark.parametrize("kind", CHANGES)
def test_what_is_done_says_that_it_is_not_kept_and_is_kept_later(
    quick: RunningDaemon, village: Peer, world: str, kind: str
) -> None:
    with full_disk(quick):
        answer = village.ask(kind, world=world, **CHANGES[kind])
        assert answer["type"] != "error", answer
        assert answer["kept"] is False
        assert "disk" in village.ask("health")["memory"]
    until(lambda: village.ask("health")["memory"] == "")  # nobody has to do anything for it
    there = state(village, world)
    assert village.ask("world.close", world=world)["kept"] is True
    village.ask("world.open", world=world)
    assert state(village, world) == there


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_is_not_done(quick: RunningDaemon, village: Peer, world: str, kind: str) -> None:
    village.ask("entity.move", world=world, entity="player:alex", to="smithy", name="Alexandra")
    told = {"what": "Alexandra sang.", "by": "player:alex", "at": "smithy"}
    village.ask("world.event", world=world, **told)
    village.ask("save.create", world=world, save="first")
    village.ask("world.set", world=world, name="bridge.closed", value=True)
    before = state(village, world)
    with full_disk(quick):
        answer = village.ask(kind, world=world, **REFUSED[kind])
        assert (answer["type"], answer.get("code")) == ("error", "storage"), answer
        assert state(village, world) == before
    until(lambda: village.ask("health")["memory"] == "")
    assert state(village, world) == before
    assert village.ask(kind, world=world, **REFUSED[kind])["type"] != "error"


def test_a_line_into_a_quarrel_says_whether_it_is_kept(quick: RunningDaemon, village: Peer, world: str) -> None:
    village.ask("entity.move", world=world, entity="player:alex", to="smithy")
    request = village.send("argue.start", world=world, between=["mira", "tom"], about="the stolen hammer")
    argument = next(message["scene"] for message in village.answers(request) if message["type"] == "scene.turn")
    line = {"argument": argument, "from": "player:alex", "text": "Calm down, both of you."}
    assert village.ask("argue.intervene", world=world, **line)["kept"] is True
    with full_disk(quick):
        assert village.ask("argue.intervene", world=world, **line)["kept"] is False
    assert village.ask("argue.stop", world=world, argument=argument)["type"] == "done"


def test_a_clock_that_was_not_kept_does_not_run_twice(quick: RunningDaemon, village: Peer, world: str) -> None:
    before = village.ask("world.advance", world=world, by=0)["at"]
    with full_disk(quick):
        answers = [village.ask("world.advance", world=world, by=3600) for _ in range(3)]
    assert [(answer["at"] - before, answer["kept"]) for answer in answers] == [
        (3600, False),
        (7200, False),
        (10800, False),
    ]
    until(lambda: village.ask("health")["memory"] == "")
    assert village.ask("world.advance", world=world, by=0)["at"] == before + 10800


def test_nothing_changes_any_more_when_too_much_waits(quick: RunningDaemon, village: Peer, world: str) -> None:
    def some(count: int) -> list[Body]:
        sent = [village.send("world.set", world=world, name="n", value=number) for number in range(count)]
        answers: dict[str, Body] = {}
        while len(answers) < len(sent):
            message = village.receive()
            answers[message["re"]] = message
        return [answers[request] for request in sent]

    with full_disk(quick):
        answers: list[Body] = []
        for _ in range(55):
            answers += some(200)
        refused = [answer for answer in answers if answer["type"] == "error"]
        assert refused
        assert {answer["code"] for answer in refused} == {"storage"}
        done = len(answers) - len(refused)
        assert answers[:done] == [answer for answer in answers if answer["type"] == "done"], "the first are done"
        assert village.ask("world.get", world=world, name="n")["facts"][0]["value"] == (done - 1) % 200
        request = village.send("say", world=world, to="mira", text="Hello!", **{"from": "player:alex"})
        assert village.reply(request)[-1]["text"], "talk goes on"
    until(lambda: village.ask("health")["memory"] == "")
    assert village.ask("world.set", world=world, name="n", value=-1)["kept"] is True
