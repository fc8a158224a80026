"""From settings to a plan, and back: what was left open is settled by what fits."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from npc_runtime.config import DEFAULT, Config, size
from npc_runtime.engine.files import default_model
from npc_runtime.engine.files.adapter import TAUGHT
from npc_runtime.engine.placement.advice import advice, relaxed
from npc_runtime.engine.placement.inventory import inventory
from npc_runtime.engine.placement.known import is_known, known_shape
from npc_runtime.engine.placement.machine import machine
from npc_runtime.engine.placement.memory import token_bytes
from npc_runtime.engine.placement.policy import PROCESSOR_BATCH, Fixed, Machine, Wish
from npc_runtime.engine.placement.search import BATCHES, Plan, best
from npc_runtime.engine.placement.shape import Part, Shape, shape
from npc_runtime.engine.placement.speed import Constants
from npc_runtime.engine.profile import profile
from npc_runtime.errors import ModelUnavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Subject:
    """A model that is planned for. `taught`: it learned to fill in sheets."""

    shape: Shape
    taught: bool


def subject(model: str | Path, adapter: Path | None = None) -> Subject:
    """The model of a file with its adapter, or of a known name such as `8b-q4_k_m`.

    Raises ModelUnavailable, or NotFound for a mistyped quantization.
    """
    if isinstance(model, str) and is_known(model) and not Path(model).exists():
        return Subject(known_shape(model), taught=False)
    path = Path(model).expanduser()
    found = inventory(path)
    whole, taught = shape(found, str(found.said.get("general.name") or path.stem)), bool(found.said.get(TAUGHT))
    if adapter is not None:
        added = adapter.stat().st_size
        whole = replace(whole, output=whole.output + Part(size=added, active=added))
        taught = taught or bool(inventory(adapter).said.get(TAUGHT))
    return Subject(whole, taught)


def adapter_of(config: Config) -> Path | None:
    """The adapter that goes with the model in force."""
    return config.adapter or (default_model.ADAPTER if config.model == DEFAULT else None)


def wish(config: Config, of: Subject, npcs: int | None = None) -> Wish:
    """What the settings want of a model; where nobody says how many characters there are, all of them speak."""
    suits = profile(of.shape.trained or config.slot_context or 4096, config, taught=of.taught)
    slots = suits.slots if npcs is None or config.slots else min(npcs, suits.slots)
    return Wish(npcs or slots, slots, suits.slot_context, suits.reply)


def fixed(config: Config) -> Fixed:
    """What the settings leave to nobody."""
    return Fixed(
        n_gpu_layers=None if config.n_gpu_layers < 0 else config.n_gpu_layers,
        kv_type_k=None if config.kv_type_k == "auto" else config.kv_type_k,
        kv_type_v=None if config.kv_type_v == "auto" else config.kv_type_v,
        kv_place=None if config.kv_place == "auto" else config.kv_place,
        unified=True if config.kv_unified else None,
        batch=config.batch or None,
    )


@dataclass(frozen=True)
class Settled:
    """Settings with nothing left open, and the plan that they follow; without one, `why`."""

    config: Config
    plan: Plan | None
    why: str
    reduced: bool = False  # something else was wanted, and found no room

    @property
    def vram(self) -> int:
        """Bytes of the card that are planned for."""
        return self.plan.footprint.vram if self.plan is not None else 0

    @property
    def partial(self) -> bool:
        """Whether a plan leaves layers off the card."""
        return self.plan is not None and self.plan.policy.n_gpu_layers <= len(self.plan.shape.blocks)

    @property
    def offload(self) -> str:
        """How much is on a card: `24 of 33 layers`; empty: nothing, or nobody knows."""
        layers = self.config.n_gpu_layers
        if self.plan is not None:
            return self.plan.offload if self.plan.policy.n_gpu_layers else ""
        return f"{layers} layers" if layers > 0 else ""

    def __str__(self) -> str:
        """The plan, or what there is instead of one."""
        if self.plan is not None:
            return f"the plan: {self.plan}"
        config = self.config
        layers = "all" if config.n_gpu_layers < 0 else config.n_gpu_layers
        speaking = f"{config.slots or 'as many as suit the model'} at once"
        return (
            f"settings without a plan: {layers} layers on the GPU, KV {config.kv_type_k}/{config.kv_type_v}, "
            f"{speaking} with {config.slot_context or 'as many as suit it'} tokens each, batch {config.batch}"
        )


def settle(
    path: Path, config: Config, *, threads: int, offload: bool, constants: Constants, vram: int | None = None
) -> Settled:
    """What the daemon runs a model with. Where the wish does not fit, fewer speak at once, then with less context.

    What the user chose stays as it is. `vram`: so many bytes of the card may be used; None: those that are free and
    not the game's. Raises nothing: a file that cannot be planned for may still load.
    """
    reserve = size(config.reserve) if vram is None else 0
    here = machine(reserve=reserve, threads=threads, offload=offload, vram=vram)
    if (
        vram is None and offload and not here.card
    ):  # of another maker: llama.cpp knows it, and we do not know its memory
        return _unplanned(config, "the memory of the GPU is not known, so all layers go there")
    try:
        of = subject(path, adapter_of(config))
    except (ModelUnavailable, OSError) as error:
        return _unplanned(config, str(error))
    wanted = wish(config, of)
    wanted = replace(wanted, npcs=wanted.slots + _parked(config, of.shape, wanted))
    plan = first_that_fits(of.shape, here, wanted, constants, config)
    if plan is None:
        said = advice(of.shape, here, wanted, constants, fixed(config), None)
        why = "; ".join([f"{of.shape.name} does not fit into this machine's memory", *said])
        return _unplanned(config.model_copy(update={"n_gpu_layers": max(0, config.n_gpu_layers)}), why)
    chosen = plan.policy
    follows = {
        "n_gpu_layers": chosen.n_gpu_layers,
        "kv_type_k": chosen.kv_type_k,
        "kv_type_v": chosen.kv_type_v,
        "kv_place": chosen.kv_place,
        "kv_unified": chosen.unified,
        "slots": chosen.slots,
        "slot_context": chosen.slot_context,
        "batch": chosen.batch,
    }
    return Settled(config.model_copy(update=follows), plan, "")


def _parked(config: Config, of: Shape, wanted: Wish) -> int:
    """How many characters the daemon keeps in RAM beside those who speak, each with a full context."""
    kind = "f16" if config.kv_type_k == "auto" else config.kv_type_k
    each = wanted.slot_context * token_bytes(of, kind, kind)
    return (config.parked_ram << 20) // max(1, each)


def first_that_fits(of: Shape, here: Machine, wanted: Wish, constants: Constants, config: Config) -> Plan | None:
    """The plan for the wish, or for the nearest smaller one; what the settings name is not made smaller."""
    smaller = relaxed(wanted, slots=not config.slots, context=not config.slot_context)
    plans = (best(of, here, each, constants, fixed(config)) for each in smaller)
    return next((plan for plan in plans if plan is not None), None)


def _unplanned(config: Config, why: str) -> Settled:
    """As llama.cpp would have it."""
    plain = {
        "kv_type_k": "f16" if config.kv_type_k == "auto" else config.kv_type_k,
        "kv_type_v": "f16" if config.kv_type_v == "auto" else config.kv_type_v,
        "kv_place": "gpu" if config.kv_place == "auto" else config.kv_place,
        "batch": config.batch or max(BATCHES[0] if config.n_gpu_layers else PROCESSOR_BATCH, config.slots),
    }
    return Settled(config.model_copy(update=plain), None, why)
