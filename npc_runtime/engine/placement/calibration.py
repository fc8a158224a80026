"""The constants of the cost model, fitted from real decodes of a real model, and kept in the cache folder.

From whole steps and not from bandwidths of copies: primitives mislead (FlexGen, section 4.2).
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from npc_runtime.engine.backend import Backend, Chunk
from npc_runtime.engine.placement.shape import Shape
from npc_runtime.engine.placement.speed import OPERATIONS, Constants, Device

log = logging.getLogger(__name__)

FILE = "calibration.json"
SLOTS, CONTEXT, BATCH = 16, 640, 512
"""What a model has to be loaded with to be measured."""
PROMPTS, SPEAKING = (128, 512), (1, 4, 16)
TIMES = 3  # of which the quickest counts: what else the machine did makes others longer
_START = 0.0005  # seconds of a step that are neither reading nor arithmetic; too small to be told apart
_LEAST_SHARE = 0.05  # of a step that is taken to be reading, whatever the fit says


@dataclass(frozen=True)
class Steps:
    """Seconds of one step, the least disturbed of some: of prompts by their tokens, of writing by how many write."""

    prompts: dict[int, float]
    writing: dict[int, float]


def measure(backend: Backend) -> Steps:
    """Decodes some; takes seconds with a small model, minutes with a large one on a CPU."""
    tokens = np.arange(BATCH) % min(1000, backend.vocabulary.size)
    _step(backend, [Chunk(0, 0, tokens[:8].tolist(), sample=True)])  # the first one allocates
    prompts = {count: _step(backend, [Chunk(0, 0, tokens[:count].tolist(), sample=True)]) for count in PROMPTS}
    writing = {}
    for speaking in SPEAKING:
        chunks = [Chunk(slot, 0, [int(tokens[slot])], sample=True) for slot in range(speaking)]
        writing[speaking] = _step(backend, chunks)
    return Steps(prompts, writing)


def _step(backend: Backend, chunks: list[Chunk]) -> float:
    took = []
    for _ in range(TIMES if len(chunks[0].tokens) > 1 else 3 * TIMES):
        for chunk in chunks:
            backend.trim(chunk.slot, 0)
        began = time.perf_counter()
        backend.decode(chunks)
        took.append(time.perf_counter() - began)
    return min(took)


def fitted(steps: Steps, shape: Shape) -> Device:
    """The device on which a model of that shape took these steps."""
    whole = shape.on_cpu(0)
    few, many = min(steps.prompts), max(steps.prompts)
    per_read = max(1e-9, (steps.prompts[many] - steps.prompts[few]) / (many - few))
    per_written, standing = np.polyfit(list(steps.writing), list(steps.writing.values()), 1)
    alone = steps.writing[min(steps.writing)]
    per_written = min(max(float(per_written), _LEAST_SHARE * per_read), alone)  # noise may make it less than nothing
    reading = max(alone - per_written - _START, _LEAST_SHARE * alone, min(float(standing), alone) - _START)
    operations = OPERATIONS * whole.weights
    return Device(whole.active / reading, operations / per_read, operations / per_written, min(_START, alone / 4))


def constants(cache_dir: Path) -> Constants:
    """Those of this machine, where it was measured; else the built-in ones."""
    try:
        kept = json.loads((cache_dir / FILE).read_text(encoding="utf-8"))
        cpu, gpu = (Device(**kept[name]) if kept[name] else None for name in ("cpu", "gpu"))
        found = replace(Constants(), cpu_is_per_thread=False, cpu=cpu or Constants().cpu, source=str(kept["source"]))
        return replace(found, gpu=gpu) if gpu else found
    except FileNotFoundError:
        return Constants()
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s cannot be read, so the planner guesses: %s", cache_dir / FILE, error)
        return Constants()


def keep(cache_dir: Path, *, cpu: Device, gpu: Device | None, source: str) -> Path:
    """Writes what was measured; whole or not at all. Raises OSError."""
    cache_dir.mkdir(parents=True, exist_ok=True)
    kept = {"source": source, "cpu": asdict(cpu), "gpu": asdict(gpu) if gpu else None}
    file = cache_dir / FILE
    unfinished = file.with_suffix(".part")
    unfinished.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    unfinished.replace(file)
    return file
