"""Memory, the world's state, relations and saves through a real daemon, which is killed at times."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest
import zmq
from conftest import RunningDaemon
from memory_kit import bytes_of
from wire_peer import TIMEOUT_MS, Body, Peer, show

from npc_runtime.client.launch import launch
from npc_runtime.config import Config
from npc_runtime.language.english.terms import terms
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.history import History
from npc_runtime.memory.migrations import MIGRATIONS

NO_MODEL = ("--model", "none", "--embedding", "off")
NEWS = "The copper kettle fell into the river."

Revive = Callable[..., RunningDaemon]


@pytest.fixture
def revive(tmp_path: Path) -> Iterator[Revive]:
    """Starts a daemon on one data folder, again and again; the one before is killed without a warning."""
    running: list[RunningDaemon] = []

    def kill() -> None:
        for daemon in running:
            daemon.launched.process.kill()
            daemon.launched.process.wait()
        running.clear()

    def start(*arguments: str) -> RunningDaemon:
        kill()
        running.append(RunningDaemon(asyncio.run(launch(tmp_path, arguments=arguments)), tmp_path))
        return running[0]

    yield start
    kill()


def say(peer: Peer, world: str, to: str, text: str, speaker: str = "player:alex", **more: Any) -> Body:
    """Says a line, and gives the end of the reply."""
    return peer.reply(peer.send("say", world=world, to=to, text=text, **{"from": speaker}, **more))[-1]


def talk(peer: Peer, world: str, to: str, text: str, speaker: str = "player:alex", **more: Any) -> Body:
    """The same, and the reply is heard."""
    end = say(peer, world, to, text, speaker, **more)
    assert peer.ask("heard", world=world, reply=end["reply"])["type"] == "done"
    return end


def known(peer: Peer, world: str, npc: str, about: str = "") -> list[Body]:
    found = peer.ask("memory.query", world=world, npc=npc, about=about, limit=100)
    assert found["type"] == "memory.found", found
    return [memory for memory in found["memories"] if memory["id"]]


def texts(peer: Peer, world: str, npc: str, about: str = "") -> list[str]:
    """What a character has that names something; search by meaning brings up other things too."""
    return [text for text in (memory["text"] for memory in known(peer, world, npc, about)) if about in text.lower()]


def exported(peer: Peer, world: str, limit: int = 1000, **more: Any) -> list[Body]:
    """All memories, page by page."""
    memories: list[Body] = []
    after: int | None = 0
    while after is not None:
        page = peer.ask("memory.export", world=world, after=after, limit=limit, **more)
        assert len(page["memories"]) <= limit
        memories += page["memories"]
        after = page["next"]
    return memories


def saves(peer: Peer, world: str) -> list[str]:
    return [save["save"] for save in peer.ask("save.list", world=world)["saves"]]


def everything(peer: Peer, world: str) -> dict[str, Any]:
    """All that a client can read of a world, but for its conversations."""
    scopes = ("world", "place:smithy")
    return {
        "at": peer.ask("world.advance", world=world, by=0)["at"],
        "facts": [peer.ask("world.get", world=world, scope=scope)["facts"] for scope in scopes],
        "npcs": peer.ask("npc.list", world=world)["npcs"],
        "memories": exported(peer, world),
        "relations": [peer.ask("relation.get", world=world, npc=npc)["relations"] for npc in ("mira", "tom")],
    }


# ------------------------------------------------------------------------------------------- state and events


def test_facts_of_each_scope(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    for scope, name, value in (
        ("world", "bridge.closed", True),
        ("world", "robberies", 3),
        ("place:mill", "flour", 0.5),
        ("npc:mira", "mood", "sour"),
    ):
        done = peer.ask("world.set", world=world, scope=scope, name=name, value=value)
        assert done["type"] == "done", done
    assert [fact["name"] for fact in peer.ask("world.get", world=world)["facts"]] == ["bridge.closed", "robberies"]
    (fact,) = peer.ask("world.get", world=world, scope="place:mill", name="flour")["facts"]
    assert fact == {"scope": "place:mill", "name": "flour", "value": 0.5, "text": ""}
    peer.ask("world.set", world=world, name="robberies", value=None)
    assert [fact["name"] for fact in peer.ask("world.get", world=world)["facts"]] == ["bridge.closed"]
    wrong = peer.ask("world.get", world=world, name="robberies")
    assert (wrong["code"], "bridge.closed" in wrong["hint"]) == ("not_found", True)
    assert peer.ask("world.set", world=world, scope="place:moon", name="a", value=1)["code"] == "not_found"
    assert peer.ask("world.set", world=world, scope="moon", name="a", value=1)["code"] == "invalid"


def test_events_reach_who_perceives_them(peer: Peer, world: str) -> None:
    peer.village(world, "mira", "tom")
    assert peer.ask("npc.spawn", world=world, npc="bren", at="inn")["type"] == "npc.spawned"
    seen = peer.ask(
        "world.event", world=world, what="Tom dropped the silver goblet.", at="smithy", by="tom", importance=0.9
    )
    assert {one["npc"]: one["how"] for one in seen["perceived"]} == {"npc:mira": "witnessed", "npc:tom": "witnessed"}
    mine = known(peer, world, "mira", "goblet")[0]
    assert (mine["how"], mine["who"], mine["importance"], mine["confidence"]) == ("witnessed", "npc:tom", 0.9, 1.0)
    assert texts(peer, world, "tom", "goblet") == ["You dropped the silver goblet."]
    assert texts(peer, world, "bren", "goblet") == []
    peer.ask("world.event", world=world, what="A stranger hid a lantern.", at="smithy", witnesses=["bren"])
    assert texts(peer, world, "mira", "lantern") == []
    assert texts(peer, world, "bren", "lantern") == ["A stranger hid a lantern."]
    assert peer.ask("world.event", world=world, what="It rained.")["code"] == "invalid"


def test_what_was_said_is_known_with_its_source_and_age(peer: Peer, world: str) -> None:
    peer.village(world, "mira", "tom")
    peer.ask("npc.spawn", world=world, npc="bren", at="inn")
    talk(peer, world, "mira", NEWS, name="Alex")
    assert peer.ask("world.advance", world=world, by="2d")["moment"].startswith("day 3")
    told = known(peer, world, "mira", "kettle")[0]
    assert told["text"] == "Alex told you that the copper kettle fell into the river."
    expected = {"how": "told", "who": "player:alex", "origin": "player:alex", "depth": 1, "ago": "two days ago"}
    assert expected.items() <= told.items()
    assert 0 < told["confidence"] < 1
    assert texts(peer, world, "tom", "kettle") == ["Alex told Mira that the copper kettle fell into the river."]
    assert texts(peer, world, "bren", "kettle") == []
    talk(peer, world, "mira", NEWS)
    again = known(peer, world, "mira", "kettle")[0]
    assert (again["id"], again["count"]) == (told["id"], 2)


def test_what_an_author_teaches_and_what_is_exported(peer: Peer, world: str) -> None:
    peer.village(world, "mira", "tom")
    for year in range(7):
        taught = f"You sailed to the island number {year}."
        assert peer.ask("memory.teach", world=world, npc="mira", text=taught, at=-year - 1)["type"] == "done"
    peer.ask("memory.teach", world=world, npc="tom", text="You once met a bear.")
    assert len(texts(peer, world, "mira", "island")) == 7
    pages = exported(peer, world, limit=3)
    assert pages == exported(peer, world)
    assert len(pages) == 8
    assert [memory["text"] for memory in exported(peer, world, npc="tom")] == ["You once met a bear."]
    assert peer.ask("memory.teach", world=world, npc="nobody", text="You fly.")["code"] == "not_found"
    assert peer.ask("memory.query", world=world, npc="nobody")["code"] == "not_found"


def test_relations_move_by_words_and_by_the_game_and_heal(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    fields = {"world": world, "npc": "mira", "toward": "player:alex"}
    (before,) = peer.ask("relation.get", **fields)["relations"]
    say(peer, world, "mira", "You are a filthy liar.", name="Alex")
    (hurt,) = peer.ask("relation.get", **fields)["relations"]
    assert hurt["affinity"] < before["affinity"]
    assert [reason["text"] for reason in hurt["reasons"]] == ["Alex insulted you."]
    (mended,) = peer.ask("relation.adjust", **fields, trust=0.5, reason="Alex brought your hammer back.")["relations"]
    assert mended["trust"] == pytest.approx(hurt["trust"] + 0.5)
    assert mended["reasons"][-1]["text"] == "Alex brought your hammer back."
    peer.ask("world.advance", world=world, by="365d")
    (healed,) = peer.ask("relation.get", **fields)["relations"]
    assert healed["affinity"] == pytest.approx(before["affinity"], abs=0.01)
    assert healed["reasons"][0]["ago"] == "long ago"


# ------------------------------------------------------------------------------------------- saves


def test_a_restored_world_is_as_it_was_saved(peer: Peer, world: str) -> None:
    peer.village(world, "mira", "tom")
    talk(peer, world, "mira", NEWS, name="Alex")
    peer.ask("world.set", world=world, name="bridge.closed", value=True)
    before = everything(peer, world)
    created = peer.ask("save.create", world=world, save="slot 1")
    assert (created["type"], created["at"]) == ("save.created", before["at"])
    talk(peer, world, "mira", "The silver goblet fell into the river.")
    say(peer, world, "tom", "You are a filthy liar.")
    peer.ask("world.event", world=world, what="Tom ran away.", by="tom")
    peer.ask("world.set", world=world, name="bridge.closed", value=None)
    peer.ask("world.advance", world=world, by="3d")
    peer.ask("npc.despawn", world=world, npc="tom")
    assert everything(peer, world) != before
    assert peer.ask("save.create", world=world, save="slot 2")["type"] == "save.created"
    restored = peer.ask("save.restore", world=world, save="slot 1")
    assert (restored["type"], restored["at"]) == ("save.restored", before["at"])
    assert everything(peer, world) == before
    assert peer.ask("npc.spawn", world=world, npc="tom")["type"] == "npc.spawned", "it came with the save"
    assert not peer.ask("npc.spawn", world=world, npc="tom")["created"]
    assert peer.ask("save.restore", world=world, save="slot 2")["type"] == "save.restored"
    assert texts(peer, world, "mira", "goblet") != []
    assert [npc["npc"] for npc in peer.ask("npc.list", world=world)["npcs"]] == ["npc:mira"]


def test_names_of_saves(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    assert "there is no save yet" in peer.ask("save.restore", world=world, save="slot 1")["hint"]
    for name in ("slot 1", "slot 2"):
        peer.ask("save.create", world=world, save=name)
    assert peer.ask("save.branch", world=world, save="slot 1", copy="twin")["save"] == "twin"
    assert saves(peer, world) == ["slot 1", "slot 2", "twin"]
    for kind in ("save.restore", "save.delete"):
        wrong = peer.ask(kind, world=world, save="slot 9")
        assert (wrong["code"], wrong["message"]) == ("not_found", 'no save "slot 9"')
        assert wrong["hint"].startswith("there are slot 1, slot 2, twin")
    assert peer.ask("save.branch", world=world, save="slot 1", copy="slot 2")["code"] == "conflict"
    assert peer.ask("save.delete", world=world, save="slot 1")["type"] == "done"
    assert saves(peer, world) == ["slot 2", "twin"]
    assert peer.ask("save.restore", world=world, save="twin")["type"] == "save.restored"


def test_what_is_being_said_ends_with_the_restored_world(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    before = say(peer, world, "mira", "hello")
    peer.ask("save.create", world=world, save="slot 1")
    saying = peer.send("say", world=world, to="mira", text="Any news?", **{"from": "player:alex"}, max_tokens=1024)
    restoring = peer.send("save.restore", world=world, save="slot 1")
    ended: Body = {}
    restored: Body = {}
    while not (ended and restored):
        body = peer.receive()
        if body.get("re") == saying and body["type"] == "reply.end":
            ended = body
        elif body.get("re") == restoring:
            restored = body
    assert restored["type"] == "save.restored"
    assert (ended["finish"], ended["reason"]) == ("cancelled", "a save was restored")
    for reply in (ended["reply"], before["reply"]):
        assert peer.ask("heard", world=world, reply=reply)["code"] == "not_found"
    assert exported(peer, world) == exported(peer, world, npc="mira")
    assert all(memory["text"] != "Any news?" for memory in exported(peer, world))


def test_answers_come_in_the_order_of_the_requests(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("world.set", {"name": "a", "value": 1}),
        ("world.get", {}),
        ("memory.teach", {"npc": "mira", "text": "You sailed to the island."}),
        ("memory.query", {"npc": "mira", "about": "island"}),
        ("npc.list", {}),
        ("save.create", {"save": "one"}),
        ("world.set", {"name": "a", "value": 2}),
        ("save.restore", {"save": "one"}),
        ("world.get", {}),
        ("save.list", {}),
        ("memory.export", {}),
        ("save.restore", {"save": "two"}),
        ("world.advance", {"by": 60}),
    ]
    sent = [peer.send(kind, world=world, **fields) for kind, fields in kinds]
    answers = [peer.receive() for _ in sent]
    assert [answer["re"] for answer in answers] == sent
    assert [answer["facts"][0]["value"] for answer in answers if answer["type"] == "world.facts"] == [1, 1]
    assert [answer["code"] for answer in answers if answer["type"] == "error"] == ["not_found"]


def test_observers_are_told(daemon: RunningDaemon, peer: Peer, world: str) -> None:
    with zmq.Context() as context, context.socket(zmq.SUB) as observer:
        observer.setsockopt(zmq.RCVTIMEO, TIMEOUT_MS)
        show(observer, daemon.token)
        observer.setsockopt(zmq.LINGER, 0)
        observer.setsockopt(zmq.SUBSCRIBE, f"world/{world}".encode())
        observer.connect(daemon.events)
        peer.village(world, "mira")
        peer.ask("subscribe", world=world)
        asked = peer.send("world.advance", world=world, by=60)
        event, answer = peer.receive(), peer.receive()
        assert (event["type"], answer["re"], event["at"]) == ("event.time", asked, answer["at"])
        peer.ask("save.create", world=world, save="one")
        events = []
        while "event.restored" not in events:  # the first may be missed while the sockets connect
            peer.ask("world.event", world=world, what="The bell rang.", at="smithy")
            peer.ask("world.advance", world=world, by="1h")
            peer.ask("save.restore", world=world, save="one")
            while observer.poll(500):
                events.append(msgpack.unpackb(observer.recv_multipart()[-1])["type"])
    assert {"event.happened", "event.time", "event.restored"} <= set(events)


# ------------------------------------------------------------------------------------------- across daemons


def test_what_was_acknowledged_survives_a_kill(revive: Revive) -> None:
    world = "dell"
    with revive(*NO_MODEL).peer() as peer:
        assert peer.village(world, "mira", "tom")["created"]
        talk(peer, world, "mira", NEWS, name="Alex")
        peer.ask("save.create", world=world, save="one")
        peer.ask("world.event", world=world, what="Tom stole the hammer.", by="tom")
        peer.ask("world.set", world=world, name="bridge.closed", value=True)
        say(peer, world, "mira", "You are a filthy liar.")
        peer.ask("memory.teach", world=world, npc="mira", text="You sailed to the island.")
        peer.ask("entity.move", world=world, entity="npc:tom", to="inn")
        peer.ask("world.advance", world=world, by="3d")
        unheard = say(peer, world, "mira", "hello")
        before = everything(peer, world)
    with revive(*NO_MODEL).peer() as peer:
        opened = peer.ask("world.open", world=world)
        assert (opened["created"], opened["remembers"], opened["at"]) == (False, True, before["at"])
        assert everything(peer, world) == before
        assert peer.ask("heard", world=world, reply=unheard["reply"])["code"] == "not_found"
        spawned = peer.ask("npc.spawn", world=world, npc="tom")
        assert (spawned["type"], spawned["npc"]["at"]) == ("npc.spawned", "place:inn")
        assert not peer.ask("npc.spawn", world=world, npc="tom")["created"]
        assert peer.ask("world.open", world=world, pack="elsewhere")["code"] == "conflict"
        peer.ask("save.restore", world=world, save="one")
        restored = everything(peer, world)
        assert texts(peer, world, "mira", "hammer") == []
    with revive(*NO_MODEL).peer() as peer:
        peer.ask("world.open", world=world)
        assert everything(peer, world) == restored


def test_a_forgotten_player_leaves_no_byte(revive: Revive) -> None:
    world, name, marker = "dell", "Zorvakim", "quillbex"
    daemon = revive(*NO_MODEL)
    with daemon.peer() as peer:
        peer.village(world, "mira", "tom")
        peer.ask("npc.spawn", world=world, npc="bren", at="inn")
        zorvakim = {"speaker": "player:zorvakim", "name": name}
        for _ in range(2):
            talk(peer, world, "mira", f"The copper {marker} fell into the river.", **zorvakim)
            ended = talk(peer, world, "mira", f"What do you know about the {marker}?", **zorvakim)
            peer.ask("feedback", world=world, reply=ended["reply"], rating=5)
            peer.ask("save.create", world=world, save="one")
            peer.ask("save.branch", world=world, save="one", copy=f"two {_}")
            talk(peer, world, "tom", f"Have you heard of the {marker}?", **zorvakim)
            told = f"{name} told Mira that the {marker} fell into the river."
            peer.ask("entity.move", world=world, entity="npc:tom", to="inn")
            talk(peer, world, "bren", told, "npc:tom")
            peer.ask("world.event", world=world, what=f"{name} lost the {marker}.", at="inn")
            peer.ask("world.event", world=world, what=f"The {marker} was found.", at="inn", by="player:zorvakim")
            peer.ask("world.set", world=world, name="owner", value=name, text=f"{name} owns the {marker}.")
            peer.ask("world.set", world=world, scope="player:zorvakim", name=f"item.{marker}", value=1)
            peer.ask("entity.move", world=world, entity="player:bo", to="inn")
            ended = say(peer, world, "bren", f"What do you know about {name}?", "player:bo")
            peer.ask("heard", world=world, reply=ended["reply"])
            peer.ask("feedback", world=world, reply=ended["reply"], better=f"(happy) {name} is a fine one.")
            peer.ask("relation.adjust", world=world, npc="bren", toward="npc:tom", trust=0.1, reason=f"He hid {name}.")
            peer.ask("save.restore", world=world, save="one")
            peer.ask("entity.move", world=world, entity="npc:tom", to="smithy")
        talk(peer, world, "mira", "The silver goblet fell into the river.", "player:bo")
        for place in ("smithy", "inn"):
            peer.ask("world.event", world=world, what=f"{name} dropped the {marker}.", at=place)
        peer.ask("world.set", world=world, name="finder", value=name, text=f"{name} found the {marker}.")
        peer.ask("save.create", world=world, save=f"{name} 1")
        assert has(daemon.data_dir, name, marker)
        forgotten = peer.ask("memory.forget", world=world, player="player:zorvakim")
        assert forgotten["type"] == "memory.forgotten", forgotten
        assert forgotten["memories"] > 10
        assert forgotten["renamed"] == [{"was": f"{name} 1", "now": "forgotten 1"}]
        assert "forgotten 1" in [save["save"] for save in peer.ask("save.list", world=world)["saves"]]
        assert not has(daemon.data_dir, name, marker)
        assert texts(peer, world, "mira", marker) == []
        assert texts(peer, world, "mira", "goblet") != []
        # Nothing in RAM brings it back.
        ended = talk(peer, world, "mira", "Any news?", "player:bo")
        peer.ask("feedback", world=world, reply=ended["reply"], rating=3)
        for place in ("smithy", "inn"):
            peer.ask("world.event", world=world, what="The bell rang.", at=place)
        peer.ask("save.restore", world=world, save="two 0")
        talk(peer, world, "mira", "Any news?", "player:bo")
        assert not has(daemon.data_dir, name, marker)
    asyncio.run(daemon.launched.stop())
    assert not has(daemon.data_dir, name, marker)


def has(folder: Path, *written: str) -> list[str]:
    """Which words, or their stems, stand in the files of a folder; the log too."""
    found = bytes_of(folder).lower()
    wanted = {*map(str.lower, written), *(stem for word in written for stem in terms(word))}
    return sorted(word for word in wanted if word.encode() in found)


def test_forgetting_ends_what_is_being_said(peer: Peer, world: str) -> None:
    peer.village(world, "mira")
    say(peer, world, "mira", "hello")
    fields = {"world": world, "to": "mira", "from": "player:bo", "text": "Any news?"}
    saying, forgetting = peer.send("say", **fields), peer.send("memory.forget", world=world, player="player:alex")
    seen: dict[str, Body] = {}
    while len(seen) < 2:
        body = peer.receive()
        if body["type"] in ("reply.end", "memory.forgotten"):
            seen[body["re"]] = body
    assert (seen[saying]["finish"], seen[saying]["reason"]) == ("cancelled", "a player was forgotten")
    assert seen[forgetting]["memories"] > 0
    assert peer.ask("heard", world=world, reply=seen[saying]["reply"])["code"] == "not_found"


def test_forgetting_goes_on_when_the_one_who_asked_is_gone(revive: Revive) -> None:
    daemon = revive(*NO_MODEL)
    with daemon.peer() as peer:
        peer.village("dell", "mira")
        talk(peer, "dell", "mira", "The copper quillbex fell into the river.", name="Zorvakim")
        peer.send("memory.forget", world="dell", player="player:alex")
        assert peer.hello()["type"] == "welcome", "a new session ends the old one and its work"
        peer.ask("world.open", world="dell")
        assert peer.ask("memory.teach", world="dell", npc="mira", text="You sailed.")["type"] == "done"
    asyncio.run(daemon.launched.stop())
    assert not has(daemon.data_dir, "quillbex", "zorvakim")


# ------------------------------------------------------------------------------------------- where it cannot remember


def world_file(folder: Path, world: str) -> Path:
    return Config(data_dir=folder).world_file(world)


def check_trouble(daemon: RunningDaemon, world: str, *words: str) -> None:
    """The world opens and talks, and says that it does not remember and why."""
    with daemon.peer() as peer:
        opened = peer.village(world, "mira")
        assert not opened["remembers"]
        for word in words:
            assert word in opened["trouble"], opened["trouble"]
        assert opened["trouble"] in peer.ask("health")["memory"]
        end = talk(peer, world, "mira", NEWS, name="Alex")
        assert end["text"]
        assert texts(peer, world, "mira", "kettle") != [], "it remembers until the daemon stops"
        assert peer.ask("save.create", world=world, save="one")["type"] == "save.created"
        assert peer.ask("save.restore", world=world, save="one")["type"] == "save.restored"


def test_a_file_that_is_no_world(daemon: RunningDaemon, world: str) -> None:
    path = world_file(daemon.data_dir, world)
    path.parent.mkdir(exist_ok=True)
    path.write_text("A shopping list. " * 500, encoding="utf-8")
    check_trouble(daemon, world, str(path), "not a database", "move the file away")
    assert path.read_text(encoding="utf-8").startswith("A shopping list.")


def some_world(daemon: RunningDaemon, world: str) -> Path:
    """The file of a world in which a lot has happened, out of reach of the daemon."""
    path = world_file(daemon.data_dir, world)
    other = world_file(daemon.data_dir, f"{world} made by somebody else")
    history = History(other)
    entries = [Entry("npc:mira", "witnessed", f"The bell rang {n} times.", n) for n in range(300)]
    records = {"pack": "hollowmere", **{f"fact/world/bell{n}": {"value": n, "text": "x" * 200} for n in range(300)}}
    history.write(Batch(entries, records)).result()
    history.close()
    other.rename(path)
    return path


@pytest.mark.parametrize("share", [0.2, 0.6])
def test_a_file_cut_short(daemon: RunningDaemon, world: str, share: float) -> None:
    path = some_world(daemon, world)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    check_trouble(daemon, world, str(path), "malformed", "backup")


def test_a_newer_schema(daemon: RunningDaemon, world: str) -> None:
    path = some_world(daemon, world)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    check_trouble(daemon, world, "newer npc-runtime", "update npc-runtime")


def test_a_file_that_another_daemon_holds(daemon: RunningDaemon, world: str) -> None:
    path = some_world(daemon, world)
    holder = sqlite3.connect(path, isolation_level=None)
    try:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        holder.execute("BEGIN IMMEDIATE")
        check_trouble(daemon, world, "locked", "another daemon uses it")
    finally:
        holder.close()


def test_a_folder_that_cannot_be_written(revive: Revive, tmp_path: Path) -> None:
    (tmp_path / "worlds").write_text("in the way", encoding="utf-8")
    check_trouble(revive(*NO_MODEL), "dell", "worlds", "name a data folder that can be written")
