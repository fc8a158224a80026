"""What was computed of a character outlives its slot: in RAM, in a file, and nowhere once it is to be forgotten."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import StartDaemon
from hypothesis import given
from hypothesis import strategies as st
from test_engine import Listener, request, running, says, write

from npc_runtime.config import load
from npc_runtime.engine.backend import Chunk, Logits
from npc_runtime.engine.fake import END, FakeModel
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.scheduling.parking import Parking, common

KIB = 1024


@given(st.lists(st.integers(0, 2), max_size=40), st.lists(st.integers(0, 2), max_size=40), st.integers(0, 50))
def test_what_two_have_in_common_is_counted(held: list[int], wanted: list[int], limit: int) -> None:
    pairs = zip(held[:limit], wanted[:limit], strict=False)
    expected = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(held), len(wanted), limit))
    assert common(held, wanted, limit) == expected


def test_the_least_lately_used_goes_to_the_disk_and_then_nowhere(tmp_path: Path) -> None:
    parking = Parking(ram=2 * KIB, disk=2 * KIB, folder=tmp_path / "parked")
    for number in range(5):
        parking.park(f"village/npc:{number}", [number] * 10, bytes([number]) * KIB)
    assert [f"village/npc:{number}" in parking for number in range(5)] == [False, True, True, True, True]
    assert (parking.stats.ram.bytes, parking.stats.disk.bytes, parking.stats.given_up) == (2 * KIB, 2 * KIB, 1)
    entry, length = parking.best([1] * 4 + [9], 4)
    assert entry is not None
    assert length == 4
    assert parking.state(entry) == bytes([1]) * KIB
    assert parking.stats.disk.resumed == 1
    parking.close()
    assert not (tmp_path / "parked").exists()
    assert (parking.stats.ram.bytes, parking.stats.disk.bytes) == (0, 0)


def test_files_of_a_daemon_that_was_killed_are_taken_out(tmp_path: Path) -> None:
    (tmp_path / "parked").mkdir()
    (tmp_path / "parked" / "0.kv").write_bytes(b"what a player said")
    Parking(ram=KIB, disk=KIB, folder=tmp_path / "parked")
    assert not (tmp_path / "parked").exists()


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_file_is_computed_again(tmp_path: Path, damage: str) -> None:
    parking = Parking(ram=KIB, disk=4 * KIB, folder=tmp_path / "parked")
    parking.park("a", [1, 2, 3], b"x" * KIB)
    parking.park("b", [4, 5, 6], b"y" * KIB)
    [file] = (tmp_path / "parked").iterdir()
    if damage == "cut":
        file.write_bytes(b"x")
    else:
        file.unlink()
    entry, _ = parking.best([1, 2, 3], 3)
    assert entry is not None
    assert parking.state(entry) is None
    assert "a" not in parking
    assert parking.stats.disk.bytes == 0


def test_where_no_file_can_be_written_ram_alone_is_used(tmp_path: Path) -> None:
    parking = Parking(ram=KIB, disk=4 * KIB, folder=tmp_path / "parked")
    (tmp_path / "parked").write_text("in the way")
    parking.park("a", [1], b"x" * KIB)
    parking.park("b", [2], b"y" * KIB)
    assert "b" in parking
    assert "a" not in parking
    assert parking.stats.disk.bytes == 0


# ----------------------------------------------------------------------------------------------- with an engine


def prompt(letter: str) -> str:
    """Long enough to be worth parking, and like no other from the first letter on."""
    return letter * 200


def test_characters_in_rotation_are_computed_once() -> None:
    """Six speak in turn over two slots: what each of them said before is not computed again."""
    model = FakeModel(says(*["yes"] * 6), slots=2, slot_context=1024, batch_limit=512)
    letters = "abcdef"
    with running(model, Parking(ram=1 << 20)) as engine:
        for _ in range(3):
            for letter in letters:
                text, _ = write(engine, request(prompt(letter), owner=f"village/npc:{letter}"))[0]
                assert text == "yes"
        unique = sum(len(prompt(letter)) + 1 for letter in letters)
        assert engine.stats.prefilled <= unique * 1.15
        assert engine.stats.balanced


def test_a_state_that_gives_way_to_that_of_whom_it_takes_the_slot_from_is_used_all_the_same() -> None:
    """Where there is room for one, parking whoever is in the slot costs the place of whoever comes back to it."""
    model = FakeModel(says("yes", "yes"), slots=1, slot_context=1024, batch_limit=512)
    with running(model, Parking(ram=450)) as engine:
        for letter in "abab":
            assert write(engine, request(prompt(letter), owner=f"village/npc:{letter}"))[0][0] == "yes"
        assert engine.stats.prefilled < 3 * len(prompt("a"))
        assert engine.stats.balanced


def test_a_state_that_cannot_be_restored_is_computed_again() -> None:
    class Forgetful(FakeModel):
        def restore(self, slot: int, state: bytes) -> bool:
            self.held[slot] = []
            return False

    model = Forgetful(says("yes", "yes"), slots=1, slot_context=1024, batch_limit=512)
    with running(model, Parking(ram=1 << 20)) as engine:
        for letter in "abab":
            assert write(engine, request(prompt(letter), owner=f"village/npc:{letter}"))[0][0] == "yes"
        assert engine.stats.prefilled >= 4 * len(prompt("a"))


def test_without_a_parking_place_they_are_computed_each_time() -> None:
    model = FakeModel(says(*["yes"] * 6), slots=2, slot_context=1024, batch_limit=512)
    with running(model) as engine:
        for _ in range(2):
            for letter in "abcdef":
                write(engine, request(prompt(letter), owner=f"village/npc:{letter}"))
        assert engine.stats.prefilled >= 2 * 6 * 200


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "while it speaks"])
def test_nothing_of_the_forgotten_is_left(busy: bool, tmp_path: Path) -> None:
    speaking, go_on = threading.Event(), threading.Event()
    go_on.set()
    words = says("yes", "yes", "yes")

    def script(slot: int, held: list[int]) -> int:
        speaking.set()
        go_on.wait(10)
        return words(slot, held)

    model = FakeModel(script, slots=1, slot_context=1024, batch_limit=512)
    parking = Parking(ram=450, disk=4 * KIB, folder=tmp_path / "parked")
    with running(model, parking) as engine:
        for letter, world in (("a", "one"), ("b", "one"), ("c", "two")):
            write(engine, request(prompt(letter), owner=f"{world}/npc:{letter}"))
        assert len(parking) == 2
        assert list((tmp_path / "parked").iterdir())
        forgotten, listener = threading.Event(), Listener()
        if busy:
            speaking.clear()
            go_on.clear()
            engine.submit(request(prompt("a"), owner="one/npc:a"), listener)
            assert speaking.wait(10)
        engine.forget("one/", forgotten.set)
        go_on.set()
        if busy:
            assert listener.result()[0] == "yes", "it speaks to its end"
        assert forgotten.wait(10)
        before = engine.stats.prefilled
        write(engine, request(prompt("a"), owner="one/npc:a"))
        assert engine.stats.prefilled - before >= 200, "computed again"
        assert "one/npc:b" not in parking
        assert not list((tmp_path / "parked").iterdir())


def test_a_state_that_is_too_large_for_ram_goes_into_a_file(tmp_path: Path) -> None:
    parking = Parking(ram=0, disk=KIB, folder=tmp_path / "parked")
    parking.park("a", [1], b"x" * KIB)
    parking.park("b", [2], b"y" * 2 * KIB)
    assert "a" in parking
    assert "b" not in parking
    assert (parking.stats.ram.bytes, parking.stats.disk.bytes) == (0, KIB)


def test_forgetting_a_player_leaves_no_file_of_what_was_said(start_daemon: StartDaemon, world: str) -> None:
    daemon = start_daemon("--slots", "1", "--parked-ram", "0", "--parked-disk", "64", "--barks", "never")
    parked = daemon.data_dir / "parked"
    with daemon.peer() as peer:
        peer.hello()
        peer.village(world, "mira", "tom")
        for npc in ("mira", "tom"):
            said = {"from": "player:alex", "to": npc, "text": "What do you know of the bridge at Elmford?"}
            assert peer.reply(peer.send("say", world=world, **said))[-1]["type"] == "reply.end"
        assert list(parked.iterdir()), "her slot was needed"
        assert peer.ask("memory.forget", world=world, player="player:alex")["type"] == "memory.forgotten"
        assert not list(parked.iterdir())


# ------------------------------------------------------------------------------------------------ with llama.cpp


@pytest.mark.parametrize("unified", [False, True])
def test_a_parked_state_gives_the_same_logits(random_model: Path, unified: bool) -> None:
    settings = {"model": str(random_model), "slots": 3, "threads": 1, "kv_unified": unified}
    model = LlamaModel(load(settings, environ={}))
    try:
        tokens = model.tokenize("You are Mira, smith of Hollowmere. The bridge fell last night.", special=False)
        half = len(tokens) // 2

        def last_logits(slot: int, start: int) -> Logits:
            [row] = model.decode([Chunk(slot, start, tokens[start:], sample=True)])
            return np.array(model.logits(row))

        model.decode([Chunk(0, 0, tokens[:half], sample=False)])
        state = model.save(0)
        assert len(state) > 1000
        plain = last_logits(0, half)
        model.decode([Chunk(2, 0, tokens[half:], sample=False)])  # somebody else was there
        assert model.restore(2, state)
        resumed = last_logits(2, half)
        np.testing.assert_allclose(plain, resumed, atol=0.1 if unified else 0)
        assert not model.restore(1, state[:100]), "a state that is cut off is refused"
        assert model.restore(1, state), "and the slot is as good as before"
    finally:
        model.close()


def test_the_end_token_of_the_fake_fits_its_states() -> None:
    model = FakeModel(lambda _slot, _held: END)
    model.held[0] = [1, 2, END]
    state = model.save(0)
    assert model.restore(1, state)
    assert model.held[1] == [1, 2, END]
