"""From settings to a plan: what `serve` settles, what `plan` prints, and what calibration makes of measured steps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.allocated import allocated, buffers
from benchmarks.hollow_gguf import hollow_gguf
from benchmarks.planner import predicted
from npc_runtime.cli import main as cli
from npc_runtime.cli import plan as plans
from npc_runtime.config import Config, load
from npc_runtime.engine import gpu
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.placement import calibration, machine, planner
from npc_runtime.engine.placement.calibration import Steps, constants, fitted, keep
from npc_runtime.engine.placement.inventory import inventory
from npc_runtime.engine.placement.known import QUANTIZATIONS, families, known_inventory, known_shape
from npc_runtime.engine.placement.memory import footprint
from npc_runtime.engine.placement.policy import GIB, MIB, Machine, Policy, Wish
from npc_runtime.engine.placement.shape import shape
from npc_runtime.engine.placement.speed import Constants, Device, speed
from npc_runtime.errors import ModelUnavailable


def settled(path: Path, *, offload: bool = False, **settings: Any) -> planner.Settled:
    config = load({"model": str(path), **settings}, environ={})
    return planner.settle(path, config, threads=4, offload=offload, constants=Constants())


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with 8 GiB of RAM and no card, whatever this one has."""
    monkeypatch.setattr(planner, "machine", lambda **_: Machine(0, 8 * GIB, 4))


# ------------------------------------------------------------------------------------------------ serve


@pytest.mark.usefixtures("roomy")
def test_where_there_is_room_nothing_changes(random_model: Path) -> None:
    found = settled(random_model).config
    assert (found.slots, found.slot_context, found.batch) == (16, 1024, 128), "as the profile has it"
    assert (found.kv_type_k, found.kv_type_v, found.kv_unified, found.n_gpu_layers) == ("f16", "f16", False, 0)


@pytest.mark.usefixtures("roomy")
def test_what_the_daemon_parks_counts(random_model: Path) -> None:
    for parked in (0, 100):
        found = settled(random_model, parked_ram=parked).plan
        assert found is not None
        assert found.footprint.ram.get("parked characters", 0) == parked * MIB


@pytest.mark.usefixtures("roomy")
def test_flags_override_single_choices(random_model: Path) -> None:
    found = settled(random_model, slots=3, kv_type_k="q4_0", batch=64, kv_unified=True)
    assert (found.config.slots, found.config.kv_type_k, found.config.batch) == (3, "q4_0", 64)
    assert found.config.kv_unified
    assert found.config.kv_type_v == "f16", "which was left open"
    assert found.plan is not None
    assert found.plan.reasons["batch"] == "as you chose"


def test_where_there_is_little_room_fewer_speak(random_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = planner.subject(random_model)
    needed = planner.first_that_fits(
        whole.shape, Machine(0, GIB, 4), Wish(16, 16, 1024, 72), Constants(), load({"kv_type_k": "f16"}, environ={})
    )
    assert needed is not None
    little = int(needed.footprint.main * 1.05) - MIB
    monkeypatch.setattr(planner, "machine", lambda **_: Machine(0, little, 4))
    found = settled(random_model, kv_type_k="f16", kv_type_v="f16", batch=512)
    assert (found.config.slots, found.config.slot_context) == (8, 1024)
    named = settled(random_model, slots=16, slot_context=1024, kv_type_k="f16", kv_type_v="f16", batch=512)
    assert named.plan is None, "what was named is not made smaller"
    assert named.config.slots == 16
    assert "does not fit into this machine's memory" in named.why


def test_a_card_of_unknown_memory_takes_all_layers(random_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "cards", list)
    found = settled(random_model, offload=True)
    assert (found.plan, found.config.n_gpu_layers, found.config.kv_place) == (None, -1, "gpu")
    assert "not known" in found.why


def test_a_card_is_used_less_what_the_game_wants(random_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "cards", lambda: [gpu.Card("RTX", 8 * GIB, 6 * GIB), gpu.Card("old", GIB, GIB // 2)])
    found = settled(random_model, offload=True, reserve="2GB").plan
    assert found is not None
    assert (found.machine.vram, found.machine.card) == (4 * GIB, "RTX")
    assert found.policy.n_gpu_layers == 3, "both layers and the output"
    none = settled(random_model, offload=True, reserve="6GB")
    assert none.config.n_gpu_layers == 0


def test_a_file_that_cannot_be_planned_for_is_left_to_llama_cpp(tmp_path: Path) -> None:
    (tmp_path / "odd.gguf").write_bytes(b"GGUF\x03\x00\x00\x00")
    found = settled(tmp_path / "odd.gguf")
    assert found.plan is None
    assert (found.config.kv_type_k, found.config.batch) == ("f16", 512)
    with pytest.raises(ModelUnavailable, match=r"llama\.cpp cannot load"):
        LlamaModel(load({"model": str(tmp_path / "odd.gguf")}, environ={}))


def test_the_ram_of_this_machine_is_what_is_free() -> None:
    here = machine.machine(reserve=0, threads=1, offload=False)
    assert (here.vram, here.card) == (0, "")
    assert here.ram > 100 * MIB
    assert machine.machine(reserve=3, threads=1, vram=2, ram=5) == Machine(0, 5, 1)


def test_a_running_model_follows_its_plan(random_model: Path) -> None:
    model = LlamaModel(load({"model": str(random_model), "slots": 2, "batch": 64, "threads": 1}, environ={}))
    try:
        assert model.plan is not None
        assert (model.slots, model.batch_limit) == (model.plan.policy.slots, model.plan.policy.batch) == (2, 64)
        assert model.slot_context == model.plan.policy.slot_context
    finally:
        model.close()


# ------------------------------------------------------------------------------------------------ plan


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = cli.main(["plan", "--json", *arguments])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, found


def test_plan_prints_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked = ("--model", "8b", "--vram", "8GB", "--reserve", "4GB", "--ram", "16GB", "--npcs", "24", "--threads", "8")
    status, found = printed(capsys, *asked, "--cache-dir", str(tmp_path))
    assert status == 0
    assert found["fits"]
    assert found["machine"]["vram"] == 4 * GIB
    assert found["gpu_bytes"] == sum(found["memory"]["gpu"].values()) <= 4 * GIB
    assert set(found["reasons"]) == {"layers", "KV type", "KV place", "KV layout", "context", "batch", "parked"}
    assert "not this machine's" in found["constants"]
    assert found["parked"] == 18
    assert found["advice"] == ["all who wait in RAM instead of some: --parked-ram 2592"]
    assert (found["policy"]["n_ctx"], found["policy"]["streams"]) == (6 * 4096, 6)


def test_plan_says_what_would_fit(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked = ("--model", "8b-q8_0", "--vram", "2GB", "--ram", "3GB", "--cache-dir", str(tmp_path))
    status, found = printed(capsys, *asked)
    assert status == 1
    assert not found["fits"]
    assert any("a smaller model" in line for line in found["advice"])


def test_plan_prints_a_table(capsys: pytest.CaptureFixture[str], random_model: Path, tmp_path: Path) -> None:
    asked = ["--model", str(random_model), "--vram", "0", "--ram", "8GB", "--npcs", "40", "--cache-dir", str(tmp_path)]
    assert cli.main(["plan", *asked]) == 0
    shown = capsys.readouterr().out
    for wanted in ("all on the CPU", "f16", "16 streams of 1024 cells", "24 in RAM", "KV cache", "tokens/s for one"):
        assert wanted in shown
    assert cli.main(["plan", "--model", "70b", "--vram", "0", "--ram", "8GB", "--cache-dir", str(tmp_path)]) == 1
    assert "does not fit" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("--npcs", "0"), "--npcs 0: there is nobody to speak"),
        (("--model", "8b-q4", "--vram", "1"), "there are f16, iq4_xs"),
        (("--vram", "many"), '"many" is no size; write it like 8GB'),
        (("--model", "nowhere.gguf"), "no model file nowhere.gguf"),
    ],
)
def test_bad_usage_is_one_sentence(
    arguments: tuple[str, ...], wanted: str, capsys: pytest.CaptureFixture[str], random_model: Path
) -> None:
    assert cli.main(["plan", "--model", str(random_model), *arguments]) in (1, 2)
    assert wanted in capsys.readouterr().err


def test_the_settings_of_plan_are_settings() -> None:
    assert set(plans.SETTINGS) <= set(Config.model_fields)


# ------------------------------------------------------------------------------------------------ calibration


@pytest.mark.parametrize(
    "device",
    [Device(bandwidth=20e9, large=200e9, small=90e9, start=0.0005), Device(300e9, 30e12, 9e12, 0.0005)],
)
def test_what_was_measured_is_what_is_predicted(device: Device) -> None:
    model = known_shape("1.5b")
    whole = model.on_cpu(0)
    steps = Steps(
        {count: device.seconds(whole.active, whole.weights, count) for count in (128, 512)},
        {count: device.seconds(whole.active, whole.weights, count) for count in (1, 4, 16)},
    )
    found = fitted(steps, model)
    for count, took in {**steps.prompts, **steps.writing}.items():
        assert found.seconds(whole.active, whole.weights, count) == pytest.approx(took, rel=0.05)


def test_noise_does_not_make_a_device_that_cannot_be() -> None:
    found = fitted(Steps({128: 0.2, 512: 0.1}, {1: 0.01, 4: 0.009, 16: 0.008}), known_shape("0.5b"))
    assert min(found.bandwidth, found.large, found.small, found.start) > 0


def test_constants_are_kept(tmp_path: Path) -> None:
    assert constants(tmp_path) == Constants()
    cpu, card = Device(1e9, 2e9, 3e9, 0.001), Device(4e9, 5e9, 6e9, 0.002)
    keep(tmp_path / "cache", cpu=cpu, gpu=None, source="here")
    found = constants(tmp_path / "cache")
    assert (found.cpu_with(1), found.cpu_with(8), found.gpu, found.source) == (cpu, cpu, Constants().gpu, "here")
    keep(tmp_path / "cache", cpu=cpu, gpu=card, source="here")
    assert constants(tmp_path / "cache").gpu == card
    (tmp_path / "cache" / calibration.FILE).write_text("{}")
    assert constants(tmp_path / "cache") == Constants()


def test_calibrate_measures_and_keeps(
    random_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NPC_RUNTIME_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(gpu, "cards", list)
    assert cli.main(["bench", "calibrate", "--json", "--model", str(random_model)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["source"].startswith("measured with random weights on ")
    kept = constants(tmp_path)
    assert kept.source == found["source"]
    assert kept.cpu.bandwidth == found["cpu"]["bandwidth"]
    model = shape(inventory(random_model), "m")
    policy = Policy(0, "f16", "f16", "ram", False, 16, 640, 512)
    written = speed(model, policy, Wish(16, 16, 640, 72), kept, 1).decode
    measured = 1 / found["cpu_seconds"]["1_write"]
    assert measured / 10 < written < measured * 10
    assert replace(kept, cpu=Constants().cpu) != kept


# ------------------------------------------------------------------------------------------------ against llama.cpp


@pytest.mark.parametrize(("slots", "context", "kind"), [(16, 1024, "f16"), (3, 2048, "q8_0")])
def test_predicted_memory_is_what_llama_cpp_allocates(
    random_model: Path, slots: int, context: int, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Within 5%, and each part for itself."""
    asked = {"slots": slots, "slot_context": context, "kv_type_k": kind, "kv_type_v": kind, "threads": 1}
    with caplog.at_level("DEBUG", logger="npc_runtime.engine.llama.library"):
        model = LlamaModel(load({"model": str(random_model), **asked}, environ={}))
        model.close()
    plan = model.plan
    assert plan is not None
    lines = [record.getMessage() for record in caplog.records if "input tensor" not in record.getMessage()]
    said = {part: size for part, size in buffers(lines).items() if size}
    expected = predicted(plan.shape, plan.policy, plan.wish)
    assert said.keys() == {part for part, size in expected.items() if size > 0}
    for part, size in said.items():
        assert expected[part] == pytest.approx(size, rel=0.05, abs=0.02), part
    assert sum(expected.values()) == pytest.approx(sum(said.values()), rel=0.05)


@pytest.mark.parametrize("name", ["8b-q4_k_m", "0.5b-q8_0"])
def test_predicted_caches_are_those_of_known_models(name: str, tmp_path: Path) -> None:
    """llama.cpp says what it would allocate, and takes no memory for it."""
    of, wanted = known_shape(name), Wish(6, 6, 4096, 200)
    policy = Policy(0, "q8_0", "q8_0", "ram", False, 6, 4096, 512)
    found = allocated(hollow_gguf(tmp_path / "hollow.gguf", name), policy, hollow=True)
    expected = predicted(of, policy, wanted)
    for part in ("KV cache", "logits", "compute buffer"):
        assert expected[part] == pytest.approx(found[part], rel=0.02 if part == "compute buffer" else 0.005), part


def test_predicted_memory_of_a_card_is_what_one_took() -> None:
    """An H200, from RESULTS.md: 6,012 MiB of the card for the 8B shape with 16 slots, without the CUDA context."""
    family = replace(families()["8b"], vocabulary=49152, tied=True)
    of = shape(known_inventory(family, replace(QUANTIZATIONS["q4_0"], output="Q4_0")), "8B")
    policy = Policy(33, "f16", "f16", "gpu", False, 16, 1024, 512)
    took = footprint(of, policy, Wish(16, 16, 1024, 72), Machine(139 * GIB, 100 * GIB, 16)).gpu
    assert (sum(took.values()) - took["CUDA context"]) / MIB == pytest.approx(6012, rel=0.05)
