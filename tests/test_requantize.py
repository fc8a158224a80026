"""Weights in blocks, GGUF files, and one that is written in another form: checked against llama.cpp and its library."""

from __future__ import annotations

import hashlib
from pathlib import Path

import gguf
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.random_gguf import RANDOM, TINY, random_gguf
from npc_runtime.config import load
from npc_runtime.engine.backend import Chunk
from npc_runtime.engine.files import default_model
from npc_runtime.engine.files.adapter import BASE_HASH, Adapter
from npc_runtime.engine.files.blocks import Kind, decoded, encoded, size
from npc_runtime.engine.files.requantize import FILE_TYPE, digest, requantize
from npc_runtime.engine.files.tensors import NAME, GGUFFile, entry, write
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.errors import ModelUnavailable
from training import export_adapter

pytestmark = pytest.mark.skipif(default_model.packaged() is None, reason="make test installs it")

WIDTH, RANK = TINY.width, 4
Weights = dict[str, NDArray[np.float32]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_gguf(tmp_path_factory.mktemp("models") / "base.gguf")


@pytest.fixture(scope="module")
def adapter(base: Path) -> Path:
    path = base.with_name("adapter.gguf")
    export_adapter.write(learned(), base, path, alpha=2 * RANK)
    return path


def learned(seed: int = 1) -> Weights:
    """Made-up weights for the second layer of a `random_gguf`, which change much of what it says."""
    dice = np.random.default_rng(seed)
    shapes = dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_output"), (WIDTH, WIDTH))
    shapes |= {"ffn_gate": (2 * WIDTH, WIDTH), "ffn_up": (2 * WIDTH, WIDTH), "ffn_down": (WIDTH, 2 * WIDTH)}
    return {
        f"1_{name}_{half}": dice.standard_normal(shape, dtype=np.float32) * np.float32(0.1)
        for name, (outer, inner) in shapes.items()
        for half, shape in (("a", (RANK, inner)), ("b", (outer, RANK)))
    }


# ------------------------------------------------------------------------------------------------- blocks


@pytest.mark.parametrize("kind", Kind)
def test_blocks_are_those_of_llama_cpp(kind: Kind) -> None:
    weights = np.random.default_rng(1).standard_normal((64, 96), dtype=np.float32)
    weights[3] = 0
    weights[4, 0], weights[5, 0] = 9, -9
    theirs = gguf.quantize(weights, gguf.GGMLQuantizationType(kind))
    raw = np.ascontiguousarray(theirs).reshape(-1).view(np.uint8)
    assert raw.size == size(weights.shape, kind)
    known = gguf.dequantize(theirs, gguf.GGMLQuantizationType(kind))
    np.testing.assert_array_equal(decoded(raw, kind).reshape(weights.shape), known)
    if kind is Kind.Q4_1:
        with pytest.raises(ValueError, match="not written"):
            encoded(weights, kind)
    else:
        np.testing.assert_array_equal(encoded(weights, kind), raw)


def test_rows_that_are_no_blocks() -> None:
    assert size((3, 5), Kind.F32) == 60
    with pytest.raises(ValueError, match="rows of 48"):
        size((2, 48), Kind.Q4_0)


# ------------------------------------------------------------------------------------------------- files


def test_a_file_is_read_as_the_library_reads_it(base: Path) -> None:
    ours, theirs = GGUFFile(base), gguf.GGUFReader(base)
    assert list(ours.entries) == [key for key in theirs.fields if not key.startswith("GGUF.")]
    assert all(value == pytest.approx(theirs.fields[key].contents()) for key, value in ours.values.items())
    for tensor in theirs.tensors:
        found = ours.tensors[tensor.name]
        assert found.shape == tuple(reversed(tensor.shape.tolist()))
        np.testing.assert_array_equal(found.weights(), gguf.dequantize(tensor.data, tensor.tensor_type))


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.2, 0.9, 0.9999])
def test_a_part_of_a_file_is_damaged(base: Path, tmp_path: Path, share: float) -> None:
    whole = base.read_bytes()
    part = tmp_path / "part.gguf"
    part.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ModelUnavailable, match="damaged"):
        GGUFFile(part)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot read the model file"):
        GGUFFile(tmp_path / "none.gguf")


def test_random_weights_make_a_model_that_runs(base: Path) -> None:
    model = LlamaModel(load({"model": str(base), "slots": 2, "slot_context": 512, "threads": 1}, environ={}))
    try:
        assert model.name == RANDOM
        assert "<|im_start|>" in (model.chat_template or "")
        tokens = model.tokenize("What happened to the bridge?", special=False)
        (row,) = model.decode([Chunk(0, 0, tokens, sample=True)])
        assert np.isfinite(model.logits(row)).all()
        assert model.logits(row).std() > 0.01
    finally:
        model.close()


def test_the_same_seed_gives_the_same_weights(base: Path, tmp_path: Path) -> None:
    assert random_gguf(tmp_path / "same.gguf").read_bytes() == base.read_bytes()
    assert random_gguf(tmp_path / "other.gguf", seed=2).read_bytes() != base.read_bytes()
    assert base.stat().st_size < 7 << 20


# ------------------------------------------------------------------------------------------------- another form


def logits(path: Path) -> NDArray[np.float32]:
    """What llama.cpp computes for a prompt, shape (tokens, vocabulary)."""
    model = LlamaModel(load({"model": str(path), "slots": 1, "slot_context": 512, "threads": 1}, environ={}))
    try:
        rows = []
        for place, token in enumerate(model.tokenize("The bridge at Elmford fell last night.", special=False)):
            (row,) = model.decode([Chunk(0, place, [token], sample=True)])
            rows.append(model.logits(row).copy())
        return np.stack(rows)
    finally:
        model.close()


def apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.sqrt(((one - other) ** 2).mean()))


def rewritten(base: Path, target: Path, kind: Kind) -> Path:
    requantize(base, digest(base, hashlib.sha256()), target, name="another", kind=kind)
    return target


@pytest.mark.parametrize(("kind", "near"), [(Kind.F16, 0.02), (Kind.Q8_0, 0.1), (Kind.Q4_0, 0.9)])
def test_in_another_form_it_says_nearly_the_same(base: Path, tmp_path: Path, kind: Kind, near: float) -> None:
    known = logits(base)
    assert apart(known, logits(rewritten(base, tmp_path / "rewritten.gguf", kind))) < near * known.std()


def test_all_but_the_name_is_kept(base: Path, tmp_path: Path) -> None:
    before, after = GGUFFile(base), GGUFFile(rewritten(base, tmp_path / "rewritten.gguf", Kind.Q4_0))
    assert list(after.entries) == list(before.entries)
    changed = {key for key, raw in after.entries.items() if before.entries[key] != raw}
    assert changed <= {NAME, FILE_TYPE}
    assert after.values[NAME] == "another"
    assert after.values[FILE_TYPE] == gguf.LlamaFileType.MOSTLY_Q4_0
    kinds = {name: tensor.kind for name, tensor in after.tensors.items()}
    assert kinds.pop("token_embd.weight") is Kind.Q8_0
    assert {kind for name, kind in kinds.items() if "norm" in name} == {Kind.F32}
    assert {kind for name, kind in kinds.items() if "norm" not in name} == {Kind.Q4_0}


def test_another_base_is_refused(base: Path, tmp_path: Path) -> None:
    other = random_gguf(tmp_path / "other.gguf", seed=2)
    with pytest.raises(ModelUnavailable, match=r"other\.gguf is another file than was expected"):
        requantize(other, digest(base, hashlib.sha256()), tmp_path / "rewritten.gguf", name="another")
    assert not (tmp_path / "rewritten.gguf").exists()


def test_what_is_no_adapter(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="not a LoRA adapter"):
        Adapter(base)
    said: dict[str, str | float] = {"general.type": "adapter", "adapter.type": "lora", "adapter.lora.alpha": 1.0}
    write(tmp_path / "empty.gguf", [entry(key, value) for key, value in said.items()], [])
    with pytest.raises(ModelUnavailable, match="halves"):
        Adapter(tmp_path / "empty.gguf")


# ------------------------------------------------------------------------------------------------- the writer


def test_the_adapter_names_its_base(base: Path, adapter: Path) -> None:
    said = GGUFFile(adapter).values
    assert said[BASE_HASH] == digest(base, hashlib.sha256()) == hashlib.sha256(base.read_bytes()).hexdigest()
    assert said["general.base_model.0.name"] == RANDOM
    assert said["general.license"] == "apache-2.0"


def test_weights_of_another_name_and_single_halves_are_refused(base: Path, tmp_path: Path) -> None:
    one = np.zeros((4, 64), np.float32)
    for weights in ({"1_attn_x_a": one}, {"attn_q_a": one}, {"1_attn_q_a": one}):
        with pytest.raises(ValueError, match=r"no name of|no other half"):
            export_adapter.write(weights, base, tmp_path / "adapter.gguf")


def test_an_adapter_of_a_lower_rank_says_nearly_the_same() -> None:
    dice = np.random.default_rng(4)
    a, b = dice.standard_normal((6, 40), np.float32), dice.standard_normal((30, 6), np.float32)
    b[:, 4:] *= 0.01  # two of the six hardly matter
    found = export_adapter.narrowed({"1_attn_q_a": a, "1_attn_q_b": b}, 4)
    assert found["1_attn_q_a"].shape == (4, 40)
    product = found["1_attn_q_b"] @ found["1_attn_q_a"] / 4
    assert np.abs(product - b @ a / 6).max() < 0.03 * np.abs(b @ a / 6).max()
