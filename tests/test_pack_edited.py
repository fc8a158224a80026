"""A world opens after its pack was edited, says what it did about it, and everything goes on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import RunningDaemon, StartDaemon
from wire_peer import Body, Peer

from npc_runtime.config import Config
from npc_runtime.dialogue.edited import fitted
from npc_runtime.memory.batch import Batch
from npc_runtime.memory.history import History
from npc_runtime.persona.pack import load_pack
from npc_runtime.wire.codec import BODY_LIMIT
from npc_runtime.wire.lifecycle import changes

HOLLOWMERE = Path(__file__).parents[1] / "personas" / "hollowmere"


@pytest.fixture(scope="module")
def quick(start_daemon: StartDaemon) -> RunningDaemon:
    return start_daemon("--model", "none.gguf", "--embedding", "off")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return shutil.copytree(HOLLOWMERE, tmp_path / "mere")


@pytest.fixture
def peer(quick: RunningDaemon) -> Any:
    with quick.peer() as found:
        yield found


def replaced(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def without_place(pack: Path, id: str, elsewhere: str) -> None:
    """Takes a place out of the pack, and sends those who are found there elsewhere."""
    file = pack / "pack.yaml"
    head, begun, rest = file.read_text(encoding="utf-8").partition(f"  - id: {id}\n")
    assert begun
    kept = rest[rest.index("  - id: ") :] if "  - id: " in rest else rest[rest.index("\nitems:") :]
    text = (head + kept).replace(f", {id}", "").replace(f"[{id}, ", "[")
    file.write_text(text, encoding="utf-8")
    for persona in (pack / "personas").glob("*.yaml"):
        persona.write_text(persona.read_text("utf-8").replace(f"place: {id}\n", f"place: {elsewhere}\n"), "utf-8")


def without_person(pack: Path, id: str) -> None:
    """Takes a person out of the pack, and out of everybody's relations."""
    (pack / "personas" / f"{id}.yaml").unlink()
    for persona in (pack / "personas").glob("*.yaml"):
        lines: list[str] = []
        skipping = False
        for line in persona.read_text("utf-8").splitlines(keepends=True):
            skipping = line == f"  {id}:\n" or (skipping and line.startswith("    "))
            lines += [] if skipping else [line]
        persona.write_text("".join(lines), "utf-8")


def begun(peer: Peer, world: str, pack: Path) -> None:
    """A world with Mira, Tom and Alex at the barn, who has told Mira something."""
    opened = peer.ask("world.open", world=world, pack=str(pack))
    assert (opened["created"], opened["changes"]) == (True, [])
    for npc in ("mira", "tom", "bren"):
        peer.ask("npc.spawn", world=world, npc=npc, at="barn" if npc != "bren" else None)
    peer.ask("entity.move", world=world, entity="player:alex", to="barn", name="Alex")
    peer.ask("world.set", world=world, scope="place:barn", name="door.open", value=True)
    peer.ask("world.set", world=world, scope="place:mill", name="wheel", value="still")
    assert peer.ask("world.event", world=world, what="Tom dropped a lantern.", by="npc:tom")["perceived"]
    say(peer, world, "npc:mira", "Wenna found a golden ring at the landing.")
    assert peer.ask("save.create", world=world, save="one")["type"] == "save.created"


def say(peer: Peer, world: str, to: str, text: str) -> Body:
    """The end of a reply that was heard."""
    end = peer.reply(peer.send("say", world=world, to=to, text=text, **{"from": "player:alex"}))[-1]
    assert peer.ask("heard", world=world, reply=end["reply"])["type"] == "done"
    return end


def quarrel(peer: Peer, world: str) -> str:
    """The id of an argument that is under way between Mira and Tom."""
    asked = peer.send("argue.start", world=world, between=["mira", "tom"], about="the stolen hammer", seed=3)
    answers = peer.answers(asked)
    ended = next(message for message in answers if message["type"] == "reply.end")
    assert peer.ask("heard", world=world, reply=ended["reply"])["type"] == "done"
    (argument,) = peer.ask("argue.list", world=world)["arguments"]
    return str(argument["argument"])


def reopened(peer: Peer, world: str) -> Body:
    peer.ask("world.close", world=world)
    opened = peer.ask("world.open", world=world)
    assert opened["type"] == "world.opened", opened
    assert not opened["created"]
    return opened


def living(peer: Peer, world: str) -> dict[str, tuple[str, str]]:
    return {npc["npc"]: (npc["name"], npc["at"]) for npc in peer.ask("npc.list", world=world)["npcs"]}


def goes_on(peer: Peer, world: str, npc: str, at: str) -> None:
    """Memory, talk and saves."""
    found = peer.ask("memory.query", world=world, npc=npc, about="golden ring")["memories"]
    assert any("golden ring" in memory["text"] for memory in found), found
    assert peer.ask("entity.move", world=world, entity="player:alex", to=at)["type"] == "done"
    assert say(peer, world, npc, "Good day!")["text"]
    assert peer.ask("save.create", world=world, save="two")["type"] == "save.created"
    assert peer.ask("save.restore", world=world, save="two")["changes"] == []
    assert reopened(peer, world)["changes"] == []


def test_an_unchanged_pack_changes_nothing(peer: Peer, pack: Path, world: str) -> None:
    begun(peer, world, pack)
    assert reopened(peer, world)["changes"] == []
    assert peer.ask("save.restore", world=world, save="one")["changes"] == []


def test_a_person_of_another_name_is_called_by_it(quick: RunningDaemon, peer: Peer, pack: Path, world: str) -> None:
    begun(peer, world, pack)
    replaced(pack / "personas" / "mira.yaml", ("name: Mira\n", "name: Mirabel\n"))
    change = 'npc:mira is called "Mirabel" now, as in the pack, and not "Mira"'
    assert reopened(peer, world)["changes"] == [change]
    assert f"world {world}: {change}" in quick.log
    assert living(peer, world)["npc:mira"] == ("Mirabel", "place:barn")
    goes_on(peer, world, "npc:mira", "barn")
    assert living(peer, world)["npc:mira"] == ("Mirabel", "place:barn")
    assert peer.ask("save.restore", world=world, save="one")["changes"] == [change]
    assert living(peer, world)["npc:mira"] == ("Mirabel", "place:barn")


def test_a_place_that_is_gone_lets_its_people_go(peer: Peer, pack: Path, world: str) -> None:
    begun(peer, world, pack)
    without_place(pack, "barn", "green")
    gone = "the pack has no place:barn any more"
    expected = [
        f"npc:mira is at place:smithy now: {gone}",
        f"npc:tom is at place:green now: {gone}",
        f"player:alex is nowhere now: {gone}",
        f"1 fact of place:barn is gone: {gone}",
        f"1 recent event of place:barn is gone: {gone}",
    ]
    opened = reopened(peer, world)
    assert sorted(opened["changes"]) == sorted(expected)
    assert "place:barn" not in [place["place"] for place in opened["places"]]
    assert peer.ask("world.open", world=world)["changes"] == opened["changes"], "for those who join it, too"
    assert living(peer, world) == {
        "npc:mira": ("Mira", "place:smithy"),
        "npc:tom": ("Tom", "place:green"),
        "npc:bren": ("Bren", "place:mill"),
    }
    assert [fact["name"] for fact in peer.ask("world.get", world=world, scope="place:mill")["facts"]] == ["wheel"]
    goes_on(peer, world, "npc:mira", "smithy")
    assert sorted(peer.ask("save.restore", world=world, save="one")["changes"]) == sorted(expected)
    goes_on(peer, world, "npc:mira", "smithy")


def test_a_place_of_another_id_is_another_place(peer: Peer, pack: Path, world: str) -> None:
    begun(peer, world, pack)
    for file in (pack / "pack.yaml", pack / "personas" / "tom.yaml"):
        file.write_text(file.read_text("utf-8").replace("id: barn", "id: shed").replace(" barn", " shed"), "utf-8")
    text = (pack / "pack.yaml").read_text("utf-8").replace("[barn", "[shed")
    (pack / "pack.yaml").write_text(text, "utf-8")
    told = reopened(peer, world)["changes"]
    assert "npc:tom is at place:shed now: the pack has no place:barn any more" in told
    assert living(peer, world)["npc:tom"] == ("Tom", "place:shed")
    goes_on(peer, world, "npc:mira", "smithy")


def test_a_person_who_is_gone_leaves(peer: Peer, pack: Path, world: str) -> None:
    begun(peer, world, pack)
    argument = quarrel(peer, world)
    without_person(pack, "tom")
    told = reopened(peer, world)["changes"]
    gone = "the pack has no npc:tom any more"
    left = f"npc:tom is not in the world any more: {gone}"
    assert left in told
    assert f"the argument {argument} is over: {gone}" in told
    assert peer.ask("argue.list", world=world)["arguments"] == []
    assert set(living(peer, world)) == {"npc:mira", "npc:bren"}
    found = peer.ask("memory.query", world=world, npc="npc:mira", about="lantern")["memories"]
    assert any("lantern" in memory["text"] for memory in found)
    assert peer.ask("npc.spawn", world=world, npc="tom")["code"] == "not_found"
    goes_on(peer, world, "npc:mira", "barn")
    assert left in peer.ask("save.restore", world=world, save="one")["changes"]
    goes_on(peer, world, "npc:mira", "barn")


def test_a_pack_that_lies_elsewhere_is_named_anew(peer: Peer, pack: Path, world: str) -> None:
    begun(peer, world, pack)
    peer.ask("world.close", world=world)
    there = pack.rename(pack.with_name("moved"))
    refused = peer.ask("world.open", world=world)
    assert (refused["code"], refused["hint"]) == ("not_found", "open the world with the folder where its pack is now")
    assert peer.ask("world.open", world=world, pack="nowhere")["code"] == "not_found"
    change = f"the pack is {there} now, and not {pack}"
    opened = peer.ask("world.open", world=world, pack=str(there))
    assert (opened["type"], opened["pack"], opened["created"]) == ("world.opened", str(there), False)
    assert opened["changes"] == [change]
    goes_on(peer, world, "npc:mira", "barn")
    assert peer.ask("save.restore", world=world, save="one")["changes"] == [change]
    assert reopened(peer, world)["pack"] == str(there)


def test_a_pack_with_a_mistake_says_so_and_the_world_waits(peer: Peer, pack: Path, world: str) -> None:
    begun(peer, world, pack)
    replaced(pack / "personas" / "mira.yaml", ("- price: You sell horseshoes", "- prise: You sell horseshoes"))
    peer.ask("world.close", world=world)
    refused = peer.ask("world.open", world=world)
    assert refused["code"] == "invalid"
    assert "did you mean price?" in refused["message"]
    replaced(pack / "personas" / "mira.yaml", ("- prise:", "- price:"))
    assert peer.ask("world.open", world=world)["changes"] == []
    goes_on(peer, world, "npc:mira", "barn")


BROKEN: list[Any] = [{}, {"name": 3}, {"at": 7}, None, [], "x", {"name": "Tom", "at": "place:barn", "entered": "x"}]


@pytest.mark.parametrize("record", BROKEN)
def test_broken_records_are_left_to_those_who_read_them(record: Any) -> None:
    pack = load_pack("hollowmere")
    for key in (
        "entity/npc:tom",
        "entity/x",
        "recent/place:gone",
        "fact/x",
        "fact/place:gone/x",
        "argument/a",
        "x",
        "",
    ):
        fitted({key: record}, pack, "hollowmere", {"place:green": "the green"})


def test_very_many_changes_fit_into_an_answer() -> None:
    told = changes([f"{number} " + "é" * 600 for number in range(5000)])
    assert len("".join(told).encode()) < BODY_LIMIT / 4
    assert told[-1] == f"and {5000 - len(told) + 1} changes more"
    assert changes(["a"]) == ["a"]


def test_a_broken_record_names_the_file_to_put_aside(quick: RunningDaemon, peer: Peer, world: str) -> None:
    path = Config(data_dir=quick.data_dir).world_file(world)
    history = History(path)
    history.write(Batch([], {"pack": "hollowmere", "entity/npc:tom": {"name": 3}})).result()
    history.close()
    refused = peer.ask("world.open", world=world)
    assert refused["code"] == "storage"
    assert 'the record "entity/npc:tom" of this world is broken' in refused["message"]
    assert str(path) in refused["hint"]
    path.rename(path.with_suffix(".aside"))
    assert peer.ask("world.open", world=world)["created"]
