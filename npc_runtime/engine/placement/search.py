"""The search: every policy that fits, and of those the one whose replies end soonest.

What may be chosen does not depend on the memory that there is, so more of it never leads to a slower plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import get_args

from npc_runtime.config import KVType
from npc_runtime.engine.placement.memory import MARGIN, Footprint, footprint, parked_bytes
from npc_runtime.engine.placement.policy import GIB, PROCESSOR_BATCH, Fixed, Machine, Place, Policy, Wish
from npc_runtime.engine.placement.shape import Shape
from npc_runtime.engine.placement.speed import Constants, Speed, speed

BATCHES = (512, 256, 128)
"""Larger ones read prompts hardly faster, and keep everybody waiting who is in the middle of a line."""
ENOUGH_FOR_Q4 = 6e9
"""Weights from which on a model bears a cache of four bits; smaller ones lose words by it."""
BELIEVED_SECONDS = 4.0
"""People stop believing in somebody who has not begun to answer by then."""


@dataclass(frozen=True)
class Plan:
    """A policy with what it takes, what it gives, and why. `reasons` has a sentence for each choice, by its name."""

    shape: Shape
    machine: Machine
    wish: Wish
    policy: Policy
    footprint: Footprint
    speed: Speed
    reasons: dict[str, str]
    constants: str  # where they come from

    @property
    def quick(self) -> bool:
        """Whether the first word comes while it is still believed, of one who speaks alone."""
        return self.speed.first_word <= BELIEVED_SECONDS

    @property
    def offload(self) -> str:
        """How much is on the GPU: `24 of 33 layers`."""
        return f"{self.policy.n_gpu_layers} of {len(self.shape.blocks) + 1} layers"

    @property
    def parked(self) -> int:
        """Characters that do not speak and find room in RAM with all that they have read."""
        each = parked_bytes(self.shape, self.policy)
        return self.footprint.ram.get("parked characters", 0) // max(1, each)

    def __str__(self) -> str:
        """In one line, for the log."""
        policy, took = self.policy, self.footprint
        kv = policy.kv_type_k if policy.kv_type_k == policy.kv_type_v else f"{policy.kv_type_k}/{policy.kv_type_v}"
        where = f"{self.offload} on the GPU, {took.vram / GIB:.2f} GiB there and " if policy.n_gpu_layers else "CPU, "
        layout = "one buffer" if policy.unified else f"{policy.streams} streams"
        return (
            f"{where}{took.main / GIB:.2f} GiB of RAM; KV {kv} in {layout} of {policy.cells} cells, "
            f"batch {policy.batch} ({self.reasons['layers']})"
        )


def best(shape: Shape, machine: Machine, wish: Wish, constants: Constants, fixed: Fixed = Fixed()) -> Plan | None:  # noqa: B008
    """The plan, or None where no policy fits."""
    found = _quickest(shape, machine, wish, constants, fixed)
    if found is None:
        return None
    policy, took, fast = found
    reasons = _reasons(shape, machine, wish, constants, fixed, policy, fast)
    return Plan(shape, machine, wish, policy, took, fast, reasons, constants.source)


def _quickest(
    shape: Shape, machine: Machine, wish: Wish, constants: Constants, fixed: Fixed
) -> tuple[Policy, Footprint, Speed] | None:
    """Ties go to who is quick when all speak, then to the finer cache, then to what takes less memory."""
    finest = get_args(KVType)
    chosen, rank = None, None
    for policy in policies(shape, machine, wish, fixed):
        took = footprint(shape, policy, wish, machine)
        if not took.fits(machine):
            continue
        fast = speed(shape, policy, wish, constants, machine.threads)
        fineness = finest.index(policy.kv_type_k) + finest.index(policy.kv_type_v)
        this = (fast.reply, fast.reply_all, fineness, took.vram + took.main, policy.unified)
        if rank is None or this < rank:
            chosen, rank = (policy, took, fast), this
    return chosen


def policies(shape: Shape, machine: Machine, wish: Wish, fixed: Fixed) -> Iterator[Policy]:
    """All that may be chosen."""
    everything = len(shape.blocks) + 1
    layers: range | tuple[int, ...] = range(everything + 1 if machine.vram else 1)
    if fixed.n_gpu_layers is not None and machine.vram:
        layers = (everything if fixed.n_gpu_layers < 0 else min(fixed.n_gpu_layers, everything),)
    places: tuple[Place, ...] = (fixed.kv_place,) if fixed.kv_place else ("gpu", "ram")
    layouts = (False, True) if fixed.unified is None and wish.slots > 1 else (bool(fixed.unified),)
    for number, (keys, values), place, unified in product(layers, _kv_types(shape, fixed), places, layouts):
        if number or place == places[0]:  # without a layer on the GPU there is no choice
            where: Place = place if number else "ram"
            for batch in _batches(wish, fixed, on_card=number > 0):
                yield Policy(number, keys, values, where, unified, wish.slots, wish.slot_context, batch)


def _batches(wish: Wish, fixed: Fixed, *, on_card: bool) -> tuple[int, ...]:
    if fixed.batch:
        return (fixed.batch,)
    open_ = BATCHES if on_card else (PROCESSOR_BATCH,)
    return tuple(batch for batch in open_ if batch >= wish.slots) or (wish.slots,)


def _kv_types(shape: Shape, fixed: Fixed) -> list[tuple[KVType, KVType]]:
    kinds: tuple[KVType, ...] = ("f16", "q8_0", "q4_0") if shape.weights >= ENOUGH_FOR_Q4 else ("f16", "q8_0")
    return list(dict.fromkeys((fixed.kv_type_k or kind, fixed.kv_type_v or kind) for kind in kinds))


# ------------------------------------------------------------------------------------------------- reasons


def _reasons(
    shape: Shape, machine: Machine, wish: Wish, constants: Constants, fixed: Fixed, policy: Policy, fast: Speed
) -> dict[str, str]:
    chosen = "as you chose"
    reasons = {
        "layers": chosen
        if fixed.n_gpu_layers is not None and machine.vram
        else _why_layers(shape, machine, policy, wish),
        "KV type": chosen
        if fixed.kv_type_k or fixed.kv_type_v
        else _why_type(shape, machine, wish, constants, fixed, policy),
        "KV place": chosen if fixed.kv_place else _why_place(policy),
        "KV layout": chosen if fixed.unified is not None else _why_layout(policy),
        "context": f"{policy.slots} characters speak at once, with {policy.slot_context} tokens each",
        "batch": chosen if fixed.batch else _why_batch(policy),
    }
    if wish.npcs > policy.slots:
        each = parked_bytes(shape, policy) / (1 << 20)
        reasons["parked"] = (
            f"{wish.npcs - policy.slots} others wait; each that is kept in RAM takes up to {each:.0f} MiB"
        )
    return reasons


def _why_layers(shape: Shape, machine: Machine, policy: Policy, wish: Wish) -> str:
    if not machine.vram:
        return "no GPU that may be used"
    everything = len(shape.blocks) + 1
    if policy.n_gpu_layers == everything:
        return "all of it fits on the GPU"
    more = replace(
        policy, n_gpu_layers=policy.n_gpu_layers + 1, kv_place=policy.kv_place if policy.n_gpu_layers else "gpu"
    )
    needed = footprint(shape, more, wish, machine).vram * (1 + MARGIN)
    if needed > machine.vram:
        whole = replace(more, n_gpu_layers=everything)
        all_of_it = footprint(shape, whole, wish, machine).vram * (1 + MARGIN)
        return (
            f"one more would take {needed / GIB:.2f} GiB of the {machine.vram / GIB:.2f} that may be used; "
            f"all would take {all_of_it / GIB:.2f}"
        )
    return "more would not be quicker"


def _why_type(shape: Shape, machine: Machine, wish: Wish, constants: Constants, fixed: Fixed, policy: Policy) -> str:
    if policy.kv_type_k == "f16":
        return "the exact cache fits, and none is quicker"
    exact = _quickest(shape, machine, wish, constants, replace(fixed, kv_type_k="f16", kv_type_v="f16"))
    if exact is None:
        return "with f16 nothing would fit"
    other, _, slower = exact
    where = f"{other.n_gpu_layers} layers would be on the GPU" + (
        ", the cache in RAM" if other.kv_place == "ram" else ""
    )
    return f"with f16 {where}, and a reply would take {slower.reply:.1f} s"


def _why_place(policy: Policy) -> str:
    if not policy.n_gpu_layers:
        return "beside the weights"
    if policy.kv_place == "gpu":
        return "each layer's cache lies where its weights are"
    return "in RAM, since that leaves the card to more layers"


def _why_layout(policy: Policy) -> str:
    if policy.slots == 1:
        return "one character needs one buffer"
    if policy.unified:
        return "one buffer for all"
    return "each character looks back on its own tokens only; one buffer would be read whole for each"


def _why_batch(policy: Policy) -> str:
    if policy.batch == BATCHES[0]:
        return "prompts are read fastest"
    if not policy.n_gpu_layers:
        return "a processor reads no faster with more"
    return "a larger one would take the room of layers, or not fit"
