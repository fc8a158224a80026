"""What is tried where llama.cpp finds no room for a plan after all: settings that take less and less memory.

A plan is arithmetic, and a game may take its memory meanwhile. So the planner is asked for the first try only; each
later one takes less than the one before, whatever there is. It goes below what a user named, too: better a character
that speaks with half the context than one without a model.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from npc_runtime.config import LEAST_BATCH, Config
from npc_runtime.engine.placement.advice import LEAST_CONTEXT
from npc_runtime.engine.placement.inventory import inventory
from npc_runtime.engine.placement.planner import Settled, settle
from npc_runtime.engine.placement.speed import Constants
from npc_runtime.engine.profile import LARGE
from npc_runtime.errors import ModelUnavailable

SHARES = (0.75, 0.5, 0.25)
"""Of the layers on the card, before all are taken off it."""
SMALL_BATCH = 128
OPEN: dict[str, Any] = {
    "n_gpu_layers": -1,
    "kv_type_k": "auto",
    "kv_type_v": "auto",
    "kv_place": "auto",
    "kv_unified": False,
    "slots": 0,
    "slot_context": 0,
    "batch": 0,
}
"""What the planner may choose."""


def attempts(
    path: Path, config: Config, *, threads: int, offload: bool, constants: Constants, vram: int | None = None
) -> Iterator[Settled]:
    """The settings that a file is to be loaded by, then smaller ones, each for when the one before found no room.

    `vram`: so many bytes of the card may be used, whatever is free there.
    """
    settled = settle(path, config, threads=threads, offload=offload, constants=constants, vram=vram)
    yield settled
    if settled.plan is None:  # what the user named does not fit; perhaps something else does
        anything = config.model_copy(update=OPEN)
        freed = settle(path, anything, threads=threads, offload=offload, constants=constants, vram=vram)
        if freed.plan is not None:
            settled = freed
            yield settled
    yield from smaller(settled, path if offload else None)


def smaller(settled: Settled, path: Path | None) -> Iterator[Settled]:
    """Settings that take less memory than these. `path` is what layers are counted in; None: there is no card."""
    why = f"there was no room for {settled}"
    for config in descent(settled.config, layers(path) if path is not None else 0):
        yield Settled(config, None, why, reduced=True)


def layers(path: Path) -> int:
    """How many layers a card could take, the output among them; 0 where the file does not say."""
    try:
        said = inventory(path).said
    except ModelUnavailable:
        return 0
    return int(said.get(f"{said.get('general.architecture')}.block_count", -1)) + 1


def descent(config: Config, all_layers: int) -> Iterator[Config]:
    """Smaller settings: fewer layers on the card, a coarser cache, none on the card, fewer who speak, less context."""
    last = config
    on_card = all_layers if config.n_gpu_layers < 0 else min(config.n_gpu_layers, all_layers)
    for number in sorted({int(on_card * share) for share in SHARES} - {0, on_card}, reverse=True):
        last = _with(config, n_gpu_layers=number)
        yield last
    if on_card and (coarse := _coarse(last)) != last:
        yield coarse
    here = last = _with(config, n_gpu_layers=0, kv_place="ram")
    if on_card:
        yield here
    if (coarse := _coarse(here)) != here:
        yield coarse
    slots, context = config.slots or LARGE.slots, config.slot_context or LARGE.slot_context
    while slots > 1:
        slots //= 2
        last = _with(here, slots=slots, batch=max(slots, min(config.batch, SMALL_BATCH)))
        yield last
    while context // 2 >= max(LEAST_CONTEXT, config.max_tokens * 2):
        context //= 2
        yield _with(last, slot_context=context)


def _coarse(config: Config) -> Config:
    """With half of the cache, and smaller batches, whose intermediate results take less."""
    kind = {"f16": "q8_0"}
    return _with(
        config,
        kv_type_k=kind.get(config.kv_type_k, config.kv_type_k),
        kv_type_v=kind.get(config.kv_type_v, config.kv_type_v),
        batch=max(config.slots, LEAST_BATCH, min(config.batch, SMALL_BATCH)),
    )


def _with(config: Config, **changes: Any) -> Config:
    return config.model_copy(update=changes)
