"""The planner: what it chooses for machines that people have, what its plans keep to, and what it says of others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.random_gguf import SHAPES, TINY, random_gguf
from npc_runtime.config import KVType, size
from npc_runtime.engine.placement.advice import advice, smaller_model
from npc_runtime.engine.placement.inventory import inventory
from npc_runtime.engine.placement.known import QUANTIZATIONS, families, is_known, known_shape
from npc_runtime.engine.placement.memory import footprint, kv_bytes, token_bytes
from npc_runtime.engine.placement.policy import GIB, Fixed, Machine, Policy, Wish
from npc_runtime.engine.placement.search import Plan, best, policies
from npc_runtime.engine.placement.shape import Shape, shape
from npc_runtime.engine.placement.speed import Constants, speed
from npc_runtime.errors import Invalid, ModelUnavailable, NotFound

BUILT_IN = Constants()
VILLAGE = Wish(npcs=24, slots=6, slot_context=4096, reply=200)
FREE = Fixed()
LOW = 6  # layers, so that searching them a hundred times takes seconds


def low(name: str) -> Shape:
    whole = known_shape(name)
    return replace(whole, blocks=whole.blocks[:LOW], keys=whole.keys[:LOW], values=whole.values[:LOW])


LOW_ONES = [low(name) for name in ("8b", "3b", "1.5b", "0.5b", "8b-q8_0")]


def plan(model: str, vram: float, ram: float = 16, *, wish: Wish = VILLAGE, fixed: Fixed = FREE) -> Plan:
    found = best(known_shape(model), Machine(int(vram * GIB), int(ram * GIB), 8), wish, BUILT_IN, fixed)
    assert found is not None
    assert found.footprint.fits(found.machine)
    return found


# ------------------------------------------------------------------------------------------------ what a plan says


def test_8b_in_8_gb_beside_a_game_of_4() -> None:
    found = plan("8b", 8 - 4)
    assert 15 <= found.policy.n_gpu_layers < 33, "a part of it"
    assert found.policy.kv_type_k == "q4_0"
    assert found.policy.kv_place == "gpu"
    assert not found.policy.unified
    assert found.parked == 18
    assert "one more would take" in found.reasons["layers"]
    assert "with f16" in found.reasons["KV type"]
    assert found.speed.decode < plan("8b", 8).speed.decode


def test_8b_in_8_gb_alone() -> None:
    found = plan("8b", 8)
    assert found.policy.n_gpu_layers == 33
    assert found.policy.kv_type_k == "q8_0"
    assert found.reasons["layers"] == "all of it fits on the GPU"
    assert found.quick


def test_70b_in_40_gb() -> None:
    found = plan("70b", 40, 64)
    assert 60 <= found.policy.n_gpu_layers < 81, "42.5 GB of weights do not fit, most of them do"
    assert not found.quick
    said = advice(found.shape, found.machine, found.wish, BUILT_IN, Fixed(), found)
    assert any("GiB of the card instead of 40.0: 81 of 81" in line for line in said)
    assert any("a smaller model, such as Llama 3.1 8B" in line for line in said)
    assert any("fewer bits, as in Llama 3.3 70B " in line for line in said)
    whole = plan("70b-q3_k_m", 40, 64)
    assert whole.policy.n_gpu_layers == 81
    assert whole.speed.decode > 2 * found.speed.decode


def test_3b_in_4_gb() -> None:
    found = plan("3b", 4, 8)
    assert found.policy.n_gpu_layers == 29
    assert found.policy.kv_type_k == "q8_0", "the exact cache of 24,576 tokens takes 2.6 GiB"
    assert found.quick


def test_a_cpu_alone() -> None:
    found = plan("1.5b", 0, 16)
    assert (found.policy.n_gpu_layers, found.footprint.gpu) == (0, {})
    assert found.policy.kv_type_k == "f16"
    assert found.policy.batch == 128
    assert found.reasons["batch"] == "a processor reads no faster with more"
    assert found.reasons["layers"] == "no GPU that may be used"
    assert found.footprint.ram["repacked weights"] < found.shape.size
    assert "CPU" in str(found)


def test_what_does_not_fit_says_what_would() -> None:
    machine = Machine(4 * GIB, 6 * GIB, 8)
    big = known_shape("70b")
    assert best(big, machine, VILLAGE, BUILT_IN) is None
    said = advice(big, machine, VILLAGE, BUILT_IN, Fixed(), None)
    assert any(line.startswith("a smaller model, such as Llama 3.1 8B Q4_K_M: 19 of 33 layers") for line in said)


def test_fewer_who_speak_is_said_to_fit() -> None:
    machine = Machine(0, int(2.3 * GIB), 8)
    model = known_shape("1.5b")
    many = replace(VILLAGE, slots=32)
    assert best(model, machine, many, BUILT_IN) is None
    said = advice(model, machine, many, BUILT_IN, Fixed(), None)
    assert any("who speak at once (--slots" in line for line in said)


def test_a_quick_plan_needs_no_advice() -> None:
    found = plan("0.5b", 4)
    assert advice(found.shape, found.machine, found.wish, BUILT_IN, Fixed(), found) == []


def test_nothing_is_smaller_than_the_smallest() -> None:
    assert smaller_model(known_shape("0.5b-q2_k"), Machine(0, GIB, 1), VILLAGE, BUILT_IN) is None


def test_what_the_user_chose_is_kept() -> None:
    fixed = Fixed(n_gpu_layers=10, kv_type_k="f16", kv_type_v="q8_0", kv_place="ram", unified=True, batch=64)
    found = plan("8b", 8, 32, fixed=fixed)
    assert found.policy == Policy(10, "f16", "q8_0", "ram", True, 6, 4096, 64)
    assert set(found.reasons.values()) >= {"as you chose"}
    assert plan("8b", 12, fixed=Fixed(n_gpu_layers=-1)).policy.n_gpu_layers == 33


# ------------------------------------------------------------------------------------------------ properties

wishes = st.builds(
    Wish,
    npcs=st.integers(1, 200),
    slots=st.integers(1, 16),
    slot_context=st.sampled_from((1000, 1024, 2048, 4096)),
    reply=st.sampled_from((72, 200)),
)
gigabytes = st.floats(0, 6, allow_nan=False)
shapes = st.sampled_from(LOW_ONES)


@settings(max_examples=60, deadline=None)
@given(model=shapes, vram=gigabytes, ram=gigabytes, wish=wishes)
def test_a_plan_never_exceeds_the_memory_that_was_given(model: Shape, vram: float, ram: float, wish: Wish) -> None:
    machine = Machine(int(vram * GIB), int(ram * GIB), 4)
    found = best(model, machine, wish, BUILT_IN)
    if found is not None:
        assert found.footprint.vram <= machine.vram
        assert found.footprint.main <= machine.ram
        assert found.policy.n_ctx >= wish.slots * wish.slot_context
        assert found.policy.batch >= wish.slots
        assert found.parked <= max(0, wish.npcs - wish.slots)


@settings(max_examples=40, deadline=None)
@given(model=shapes, vram=gigabytes, more=gigabytes, ram=st.floats(1, 6), wish=wishes)
def test_more_vram_is_never_slower(model: Shape, vram: float, more: float, ram: float, wish: Wish) -> None:
    little, much = (
        best(model, Machine(int(card * GIB), int(ram * GIB), 4), wish, BUILT_IN) for card in (vram, vram + more)
    )
    assert much or not little, "what fitted fits"
    if little and much:
        assert much.speed.reply <= little.speed.reply


@settings(max_examples=100, deadline=None)
@given(model=shapes, wish=wishes, layers=st.integers(0, LOW + 1), more=st.integers(1, 50), data=st.data())
def test_more_characters_never_take_less_memory(
    model: Shape, wish: Wish, layers: int, more: int, data: st.DataObject
) -> None:
    kind: KVType = data.draw(st.sampled_from(("f16", "q8_0", "q4_0")))
    unified = data.draw(st.booleans())
    machine = Machine(100 * GIB, 1000 * GIB, 4)

    def took(wish: Wish) -> tuple[int, int]:
        place = "gpu" if layers else "ram"
        policy = Policy(layers, kind, kind, place, unified, wish.slots, wish.slot_context, 512)  # type: ignore[arg-type]
        found = footprint(model, policy, wish, machine)
        return found.vram, found.main

    here, waiting = took(wish), took(replace(wish, npcs=wish.npcs + more))
    speaking = took(replace(wish, npcs=wish.npcs + more, slots=wish.slots + more))
    assert all(a >= b for a, b in zip(waiting, here, strict=True))
    assert sum(speaking) >= sum(here)


@settings(max_examples=40, deadline=None)
@given(model=shapes, ram=gigabytes, vram=gigabytes, wish=wishes, more=st.integers(1, 8))
def test_who_fits_among_more_fits_among_fewer(model: Shape, ram: float, vram: float, wish: Wish, more: int) -> None:
    machine = Machine(int(vram * GIB), int(ram * GIB), 4)
    if best(model, machine, replace(wish, slots=wish.slots + more), BUILT_IN) is not None:
        assert best(model, machine, wish, BUILT_IN) is not None


@settings(max_examples=60, deadline=None)
@given(model=shapes, wish=wishes, threads=st.integers(1, 16), data=st.data())
def test_more_layers_on_a_quicker_card_are_never_slower(
    model: Shape, wish: Wish, threads: int, data: st.DataObject
) -> None:
    layers = data.draw(st.integers(2, len(model.blocks)))
    few, many = (
        speed(
            model,
            Policy(number, "f16", "f16", "gpu", False, wish.slots, wish.slot_context, 512),
            wish,
            BUILT_IN,
            threads,
        )
        for number in (layers, layers + 1)
    )
    assert many.decode >= few.decode
    assert many.decode_all >= few.decode_all


def test_all_ways_are_looked_at() -> None:
    found = list(policies(known_shape("8b"), Machine(GIB, GIB, 1), VILLAGE, Fixed()))
    assert {policy.n_gpu_layers for policy in found} == set(range(34))
    assert {policy.kv_type_k for policy in found} == {"f16", "q8_0", "q4_0"}
    assert {policy.kv_place for policy in found} == {"gpu", "ram"}
    assert {policy.unified for policy in found} == {True, False}
    assert {policy.batch for policy in found if policy.n_gpu_layers} == {512, 256, 128}
    assert {policy.batch for policy in found if not policy.n_gpu_layers} == {128}
    assert len(set(found)) == len(found)
    assert all(policy.kv_place == "ram" for policy in found if not policy.n_gpu_layers)


# ------------------------------------------------------------------------------------------------ shapes


@pytest.mark.parametrize(
    ("name", "file"),
    [("8b", 4_920_734_272), ("70b", 42_520_393_952), ("3b", 2_019_377_440), ("8b-q8_0", 8_540_770_880)],
)
def test_known_shapes_weigh_what_files_on_the_net_do(name: str, file: int) -> None:
    """Llama 3.1 8B, 3.3 70B and 3.2 3B as bartowski has them; the files have a vocabulary of 8 MB as well."""
    assert known_shape(name).size == pytest.approx(file - 7.83e6, rel=1e-3)


def test_every_known_model_comes_in_every_quantization() -> None:
    for family in families():
        sizes = [known_shape(f"{family}-{kind}").size for kind in QUANTIZATIONS]
        assert sizes[0] == max(sizes)
        assert known_shape(family) == known_shape(f"{family}-q4_k_m") == known_shape(f"{family.upper()}-Q4_K_M")
    assert is_known("8b-q4_k_m")
    assert not is_known("model.gguf")


def test_what_is_not_known_is_told() -> None:
    with pytest.raises(NotFound, match="70b"):
        known_shape("9b")
    with pytest.raises(NotFound, match="did you mean q4_k_m"):
        known_shape("8b-q4_k_n")


def test_a_file_is_read_like_a_known_model(tmp_path: Path) -> None:
    file = random_gguf(tmp_path / "m.gguf", TINY)
    found = shape(inventory(file), "m")
    assert (len(found.blocks), found.width, found.vocabulary, found.trained) == (2, 64, 49152, 2048)
    assert found.keys == found.values == (64, 64)
    assert found.shared == found.embedding.size
    assert file.stat().st_size * 0.6 < found.size < file.stat().st_size
    assert found.on_gpu(1).size + found.on_cpu(1).size == found.on_cpu(0).size


@pytest.mark.parametrize("cut", [0, 3, 30, 3000, 1_000_000])
def test_a_file_that_is_cut_off_is_told(tmp_path: Path, cut: int) -> None:
    whole = random_gguf(tmp_path / "m.gguf", TINY).read_bytes()
    (tmp_path / "half.gguf").write_bytes(whole[:cut])
    with pytest.raises(ModelUnavailable):
        inventory(tmp_path / "half.gguf")


def test_a_window_keeps_a_cache_short() -> None:
    plain = known_shape("0.5b")
    windowed = replace(plain, window=512, windowed=tuple(layer % 2 == 0 for layer in range(24)))
    policy = Policy(0, "f16", "f16", "ram", False, 4, 4096, 512)
    assert kv_bytes(windowed, policy) == kv_bytes(plain, policy) * (1 + 1 / 4) / 2
    assert token_bytes(plain, "f16", "f16") == 24 * 2 * 128 * 2


def test_the_shapes_of_the_benchmarks_are_real_ones() -> None:
    assert {name.lower() for name in SHAPES} <= set(families())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("8GB", 8 * GIB), ("8 GiB", 8 * GIB), ("512mb", GIB // 2), ("1.5g", GIB * 3 // 2), ("0", 0), ("100B", None)],
)
def test_sizes_are_read(text: str, wanted: int | None) -> None:
    if wanted is None:
        with pytest.raises(Invalid, match="like 8GB"):
            size(text)
    else:
        assert size(text) == wanted


@pytest.mark.parametrize("text", ["", "eight", "8XB", "-1GB", "8000"])
def test_what_is_no_size_is_told(text: str) -> None:
    with pytest.raises(Invalid, match="is no size"):
        size(text)
