"""Adapters of personas and villages: named in a pack, read once, one to a decode, and never used for one another."""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pack_kit import fault, quickly, write
from talking import ScriptedWriter, Talk
from test_engine import request, running, says
from test_engine import write as written
from test_scheduling import Table

from benchmarks.random_gguf import random_gguf
from npc_runtime.config import load
from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.engine.backend import Chunk
from npc_runtime.engine.fake import END, FakeModel
from npc_runtime.engine.files import default_model
from npc_runtime.engine.files.adapter import BASE_HASH, TAUGHT
from npc_runtime.engine.files.blocks import Kind, encoded
from npc_runtime.engine.files.tensors import NewTensor, entry
from npc_runtime.engine.files.tensors import write as write_gguf
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.request import Priority, Request, Sampling
from npc_runtime.engine.scheduling.parking import Parking
from npc_runtime.engine.scheduling.scheduler import TURN_SECONDS
from npc_runtime.errors import ModelUnavailable
from npc_runtime.persona.notes import notes

WIDTH, RANK = 64, 4
NOTHING: Mapping[str, str] = {}


def lora(path: Path, seed: int, said: Mapping[str, str] = NOTHING, *, width: int = WIDTH) -> str:
    """Writes an adapter of random weights for a `random_gguf`, strong enough to be heard. `said` goes into its head."""
    dice = np.random.default_rng(seed)

    def tensor(name: str, shape: tuple[int, int]) -> NewTensor:
        weights = dice.standard_normal(shape, dtype=np.float32)
        return NewTensor(name, shape, Kind.F32, lambda: encoded(weights, Kind.F32))

    named = [f"blk.{layer}.{part}.weight" for layer in (0, 1) for part in ("attn_q", "attn_v", "attn_output")]
    tensors = [tensor(f"{name}.lora_a", (RANK, width)) for name in named]
    tensors += [tensor(f"{name}.lora_b", (width, RANK)) for name in named]
    head = {"general.type": "adapter", "adapter.type": "lora", "general.architecture": "llama", **said}
    entries = [entry("adapter.lora.alpha", 4.0), *(entry(key, value) for key, value in head.items())]
    write_gguf(path, entries, tensors)
    return str(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("adapters")
    random_gguf(made / "model.gguf")
    for seed in (1, 2):
        lora(made / f"{seed}.gguf", seed)
    lora(made / "taught.gguf", 3, {TAUGHT: "sheet"})
    lora(made / "wide.gguf", 4, width=2 * WIDTH)
    return made


def model(folder: Path, slots: int = 4, **settings: object) -> LlamaModel:
    return LlamaModel(
        load({"model": str(folder / "model.gguf"), "slots": slots, "slot_context": 512, **settings}, environ={})
    )


def asks(adapter: str, text: str = "What is new in the village?", *, reuse: bool = True, owner: str = "") -> Request:
    messages = (Message("user", (Piece(text),)),)
    greedy, player = Sampling(temperature=0, seed=1), Priority.PLAYER  # whose prompt is read at once
    return Request(messages, 12, greedy, priority=player, reuse=reuse, owner=owner, adapter=adapter)


# ------------------------------------------------------------------------------------------------- with llama.cpp


def test_each_speaks_with_its_own_adapter_as_it_would_alone(folder: Path) -> None:
    named = ["", str(folder / "1.gguf"), str(folder / "2.gguf"), str(folder / "taught.gguf")]
    with running(model(folder)) as engine:  # type: ignore[arg-type]
        together = [text for text, _ in written(engine, *(asks(adapter, reuse=False) for adapter in named))]
        alone = [written(engine, asks(adapter, reuse=False))[0][0] for adapter in reversed(named)]
        assert engine.stats.balanced
    assert len(set(together)) == len(named)
    assert together == alone[::-1]


def test_what_was_computed_with_one_serves_no_other(folder: Path) -> None:
    one, other = str(folder / "1.gguf"), str(folder / "2.gguf")
    text = "The mill wheel broke on Sunday, and nobody has any flour. " * 8
    with running(model(folder, slots=1), Parking(1 << 30)) as engine:  # type: ignore[arg-type]
        fresh = {adapter: written(engine, asks(adapter, text, reuse=False))[0][0] for adapter in (one, other)}
        said, cached = [], []
        for adapter in (one, other, one, other, ""):
            [(reply, end)] = written(engine, asks(adapter, text, owner=f"w/npc:{Path(adapter).stem}"))
            said.append(reply)
            cached.append(end.usage.cached_tokens > 0)
    assert fresh[one] != fresh[other]
    assert said[:2] == [fresh[one], fresh[other]]
    assert cached == [False, False, True, True, False], "each goes on from what was parked of its own"


def test_that_of_the_model_goes_with_all_but_one_that_takes_its_place(folder: Path) -> None:
    own, more, taught = (str(folder / name) for name in ("1.gguf", "2.gguf", "taught.gguf"))
    said = {}
    for served in (None, own):
        with running(model(folder, adapter=served)) as engine:  # type: ignore[arg-type]
            for adapter in ("", more, taught):
                [(said[served, adapter], _)] = written(engine, asks(adapter, reuse=False))
    assert said[own, ""] != said[None, ""]
    assert said[own, more] != said[None, more], "it is computed with both"
    assert said[own, taught] == said[None, taught], "one that learned to fill in sheets has learned that anew"


@pytest.mark.parametrize("name", ["wide.gguf", "model.gguf", "cut.gguf", "text.gguf", "gone.gguf"])
def test_one_that_does_not_fit_is_complained_of_once_and_done_without(
    folder: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "cut.gguf").write_bytes((folder / "1.gguf").read_bytes()[:3000])
    (folder / "text.gguf").write_text("no model", encoding="utf-8")
    path = str(folder / name)
    with running(model(folder)) as engine, caplog.at_level(logging.WARNING):  # type: ignore[arg-type]
        texts = [written(engine, asks(adapter, reuse=False))[0][0] for adapter in ("", path, path)]
    assert len(set(texts)) == 1
    [complaint] = [record.getMessage() for record in caplog.records if "adapter" in record.name]
    assert path in complaint
    assert complaint.endswith("whoever names it speaks without it")


def test_one_of_another_base_is_not_added_to_the_default_model(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = lora(tmp_path / "own.gguf", 5, {BASE_HASH: "abc"})
    monkeypatch.setattr(default_model, "ADAPTER", Path(own))
    monkeypatch.setattr("npc_runtime.engine.llama.model.resolve", lambda *_: folder / "model.gguf")
    served = LlamaModel(load({"slots": 1, "slot_context": 512, "cache_dir": tmp_path}, environ={}))
    try:
        served.load(str(folder / "1.gguf"))
        with pytest.raises(ModelUnavailable, match="trained on another model"):
            served.load(lora(tmp_path / "other.gguf", 6, {BASE_HASH: "xyz"}))
    finally:
        served.close()


# ------------------------------------------------------------------------------------------------- scheduling


class Watched(FakeModel):
    """A fake that knows with which adapter a slot was computed, and goes on with no other."""

    def __init__(self) -> None:
        super().__init__(lambda _slot, held: END if len(held) > 140 else ord("x"), slots=2)
        self.computed_with = [""] * self.slots

    def decode(self, chunks: Sequence[Chunk]) -> list[int]:
        for chunk in chunks:
            if chunk.start == 0:
                self.computed_with[chunk.slot] = self.adapter
            assert self.computed_with[chunk.slot] == self.adapter
        return super().decode(chunks)

    def fork(self, source: int, target: int) -> None:
        super().fork(source, target)
        self.computed_with[target] = self.computed_with[source]

    def save(self, slot: int) -> bytes:
        return self.computed_with[slot].encode() + super().save(slot)

    def restore(self, slot: int, state: bytes) -> bool:
        self.computed_with[slot] = state[:1].decode()
        return super().restore(slot, state[1:])


def test_slots_and_what_is_parked_belong_to_an_adapter() -> None:
    model = Watched()
    with running(model, Parking(1 << 20)) as engine:
        asked = [
            request("o" * 80 + letter * 20, adapter=adapter, owner=f"w/{adapter}{letter}", max_tokens=60)
            for letter in "klm" * 3
            for adapter in "abc"
        ]
        ends = [end for _, end in written(engine, *asked)]
    assert {end.finish for end in ends} == {"stop"}, "a decode with another one's tokens would have failed"
    assert sum(end.usage.cached_tokens > 0 for end in ends) > len(ends) / 2


def test_whoever_is_sent_back_and_whatever_is_parked_every_text_is_its_own() -> None:
    dice = random.Random(1)
    texts = [f"{letter}-" * dice.randint(4, 40) for letter in "abcdefgh"]
    model = FakeModel(says(*texts), slots=3)
    with running(model, Parking(4096)) as engine:
        asked = [
            request(
                dice.choice("abcdefgh") + "o" * dice.randint(0, 90),
                max_tokens=200,
                priority=dice.choice(list(Priority)),
                owner=f"{dice.choice('uvw')}/npc:{dice.randint(0, 9)}",
                adapter=dice.choice(["", "x", "y"]),
                reuse=dice.random() < 0.8,
            )
            for _ in range(150)
        ]
        results = written(engine, *asked)
        assert engine.stats.balanced
    for each, (text, end) in zip(asked, results, strict=True):
        assert end.finish == "stop"
        assert text == texts[ord(each.messages[0].pieces[0].text[0]) - ord("a")]


def test_a_step_serves_one_adapter_and_each_has_its_turn() -> None:
    table = Table(slots=4, speed=100.0)
    asked = [table.ask(Priority.ARGUMENT) for _ in range(4)]
    for sequence, adapter in zip(asked, "abab", strict=True):
        sequence.adapter = adapter
    turns: list[str] = []
    for batch in table.steps(200):
        adapters = {sequence.adapter for sequence, _ in batch}
        assert len(adapters) == 1
        turns += adapters
    spoken = [each.num_sampled for each in asked]
    assert max(spoken) - min(spoken) <= TURN_SECONDS * table.speed
    changes = sum(one != other for one, other in pairwise(turns))
    assert changes < len(turns) / 4, "changing costs something"


def test_a_player_need_not_wait_for_the_turn_of_its_adapter() -> None:
    table = Table(slots=4, speed=1e6)
    table.ask(Priority.ARGUMENT).adapter = "a"
    table.step()
    player = table.ask(Priority.PLAYER)
    player.adapter = "b"
    assert [sequence for sequence, _ in table.step()] == [player]


# ------------------------------------------------------------------------------------------------- packs


def test_a_pack_names_them_for_a_character_and_for_the_village(tmp_path: Path) -> None:
    root = write(tmp_path / "pack")
    (root / "adapters").mkdir()
    for name in ("village.gguf", "adapters/gruff.gguf"):
        (root / name).write_bytes(b"GGUF")
    with (root / "pack.yaml").open("a", encoding="utf-8") as file:
        file.write("adapter: village.gguf\n")
    (root / "personas" / "bo.yaml").write_text(
        "name: Bo\nrole: smith\ntraits: [gruff]\nadapter: adapters/gruff.gguf\n", encoding="utf-8"
    )
    pack = quickly(root)
    assert pack.adapter(pack.personas["ana"]) == str(root / "village.gguf")
    assert pack.adapter(pack.personas["bo"]) == str(root / "adapters" / "gruff.gguf")
    assert not list(notes(pack, root))
    assert str(root) not in str(pack.model_dump()), "a path may hold a player's name"
    (root / "adapters" / "gruff.gguf").unlink()
    [note] = notes(quickly(root), root)
    assert note.startswith("personas/bo.yaml: adapter: there is no file adapters/gruff.gguf")


@pytest.mark.parametrize("named", ["../gruff.gguf", "/etc/gruff.gguf", "gruff.bin", "a/b/gruff.gguf"])
def test_only_a_file_in_the_pack_can_be_named(tmp_path: Path, named: str) -> None:
    root = write(tmp_path / "pack")
    with (root / "pack.yaml").open("a", encoding="utf-8") as file:
        file.write(f"adapter: {named}\n")
    assert "is no file of an adapter; write its path in the pack, as in adapters/gruff.gguf" in fault(root)


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_a_link_that_leads_out_is_a_mistake(tmp_path: Path) -> None:
    root = write(tmp_path / "pack")
    (tmp_path / "outside.gguf").write_bytes(b"GGUF")
    (root / "gruff.gguf").symlink_to(tmp_path / "outside.gguf")
    with (root / "pack.yaml").open("a", encoding="utf-8") as file:
        file.write("adapter: gruff.gguf\n")
    assert "link that leads out of the pack" in fault(root)


def test_what_a_character_says_is_asked_for_with_its_adapter() -> None:
    writer = ScriptedWriter("(calm) Good day.")
    talk = Talk(writer)
    gruff = {"gruff.gguf": "/pack/gruff.gguf", "dell.gguf": "/pack/dell.gguf"}
    people = talk.mind.pack.personas
    mira = people["mira"].model_copy(update={"adapter": "gruff.gguf"})
    village = talk.mind.pack.village.model_copy(update={"adapter": "dell.gguf"})
    changed = {"personas": {**people, "mira": mira}, "village": village, "adapters": gruff}
    talk.mind.cast.pack = talk.mind.pack.model_copy(update=changed)

    async def work() -> None:
        await talk.talk("What is new?")
        await talk.talk("What is new?", to="npc:ann")

    asyncio.run(work())
    assert [request.adapter for request in writer.requests] == ["/pack/gruff.gguf", "/pack/dell.gguf"]
