"""`npc-runtime bench calibrate`: measures this machine for the planner."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from npc_runtime.config import Config, load
from npc_runtime.engine import gpu
from npc_runtime.engine.files.models import resolve
from npc_runtime.engine.llama.library import build_info, default_threads
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.placement import calibration
from npc_runtime.engine.placement.calibration import BATCH, CONTEXT, SLOTS, Steps
from npc_runtime.engine.placement.planner import adapter_of, subject
from npc_runtime.errors import StorageError


def run(model: str | None = None) -> dict[str, Any]:
    """Measures with that model, or the one in force; keeps the constants and returns them. Raises RuntimeFault."""
    config = load({"model": model})
    path = resolve(config.model, config.cache_dir)
    shape = subject(path, adapter_of(config)).shape
    steps = {"cpu": _steps(config, 0)}
    cards = gpu.cards() if build_info().supports_gpu_offload else []
    if cards:
        steps["gpu"] = _steps(config, len(shape.blocks) + 1)
    devices = {name: calibration.fitted(each, shape) for name, each in steps.items()}
    threads = config.threads or default_threads()
    source = f"measured with {shape.name} on {' and '.join([f'{threads} CPU threads', *[c.name for c in cards[:1]]])}"
    try:
        kept = calibration.keep(config.cache_dir, cpu=devices["cpu"], gpu=devices.get("gpu"), source=source)
    except OSError as error:
        raise StorageError(f"cannot write into {config.cache_dir}: {error.strerror}") from None
    return {
        "source": source,
        "file": str(kept),
        **{name: asdict(device) for name, device in devices.items()},
        **{f"{name}_seconds": _seconds(each) for name, each in steps.items()},
    }


def _steps(config: Config, layers: int) -> Steps:
    wanted = {"slots": SLOTS, "slot_context": CONTEXT, "batch": BATCH, "n_gpu_layers": layers, "kv_type_k": "f16"}
    model = LlamaModel(config.model_copy(update=wanted | {"kv_type_v": "f16"}))
    try:
        return calibration.measure(model)
    finally:
        model.close()


def _seconds(steps: Steps) -> dict[str, float]:
    return {f"{count}_read": took for count, took in steps.prompts.items()} | {
        f"{count}_write": took for count, took in steps.writing.items()
    }
