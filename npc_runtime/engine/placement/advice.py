"""What would fit, or be quick, where a wish does not: the least that has to change, each kind of change by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from npc_runtime.config import PROMPT_ROOM
from npc_runtime.engine.placement.known import QUANTIZATIONS, families, known_shape
from npc_runtime.engine.placement.memory import MARGIN, footprint
from npc_runtime.engine.placement.policy import GIB, Fixed, Machine, Policy, Wish
from npc_runtime.engine.placement.search import Plan, best
from npc_runtime.engine.placement.shape import Shape
from npc_runtime.engine.placement.speed import Constants

LEAST_CONTEXT = 1024
_WORTH = 1.25  # times as quick as without the change


def relaxed(wish: Wish, *, slots: bool = True, context: bool = True) -> Iterator[Wish]:
    """The wish, then smaller ones: fewer who speak at once, then less context for each."""
    yield wish
    while slots and wish.slots > 1:
        wish = replace(wish, slots=wish.slots // 2)
        yield wish
    least = max(LEAST_CONTEXT, wish.reply + PROMPT_ROOM)
    while context and wish.slot_context // 2 >= least:
        wish = replace(wish, slot_context=wish.slot_context // 2)
        yield wish


def advice(
    shape: Shape, machine: Machine, wish: Wish, constants: Constants, fixed: Fixed, plan: Plan | None
) -> list[str]:
    """Sentences for whoever could change something; none where the plan is quick."""
    if plan is not None and plan.quick:
        return []
    found = []
    for what, changed, held in _changes(wish, fixed):
        other = best(shape, machine, changed, constants, held)
        if other is not None and (plan is None or plan.speed.reply > _WORTH * other.speed.reply):
            found.append(f"{what}: {_said(other)}")
            if plan is None and len(found) == 2:
                break
    if plan is None or plan.policy.n_gpu_layers <= len(shape.blocks):
        found += _more_memory(shape, machine, wish, constants, fixed)
    if coarser := _fewer_bits(shape, machine, wish, constants, plan):
        found.append(f"fewer bits, as in {coarser.shape.name}: {_said(coarser)}")
    if smaller := smaller_model(shape, machine, wish, constants):
        found.append(f"a smaller model, such as {smaller.shape.name}: {_said(smaller)}")
    return found


def _changes(wish: Wish, fixed: Fixed) -> Iterator[tuple[str, Wish, Fixed]]:
    if fixed.kv_type_k is None and fixed.kv_type_v is None:
        yield (
            "a cache of four bits (--kv-type-k q4_0 --kv-type-v q4_0)",
            wish,
            replace(fixed, kv_type_k="q4_0", kv_type_v="q4_0"),
        )
    for fewer in list(relaxed(wish, context=False))[1:]:
        yield f"{fewer.slots} who speak at once (--slots {fewer.slots})", fewer, fixed
    for shorter in list(relaxed(wish, slots=False))[1:]:
        yield f"{shorter.slot_context} tokens each (--slot-context {shorter.slot_context})", shorter, fixed
    both = list(relaxed(wish))[-1]
    yield f"one who speaks, in {both.slot_context} tokens", both, replace(fixed, kv_type_k="q4_0", kv_type_v="q4_0")


def _more_memory(shape: Shape, machine: Machine, wish: Wish, constants: Constants, fixed: Fixed) -> Iterator[str]:
    if not machine.vram:
        return
    policy = Policy(len(shape.blocks) + 1, "q8_0", "q8_0", "gpu", False, wish.slots, wish.slot_context, 512)
    needed = int(footprint(shape, policy, wish, machine).vram * (1 + MARGIN)) + 1
    other = best(shape, replace(machine, vram=needed), wish, constants, fixed) if needed > machine.vram else None
    if other is not None:
        yield f"{needed / GIB:.1f} GiB of the card instead of {machine.vram / GIB:.1f}: {_said(other)}"


def _fewer_bits(shape: Shape, machine: Machine, wish: Wish, constants: Constants, plan: Plan | None) -> Plan | None:
    """The finest quantization of the same known model that is worth it."""
    same = [n for n, of in families().items() if (of.layers, of.width) == (len(shape.blocks), shape.width)]
    for name, kind in product(same, QUANTIZATIONS):
        other = known_shape(f"{name}-{kind}")
        found = best(other, machine, wish, constants) if other.size < 0.95 * shape.size else None
        if found is not None and (plan is None or plan.speed.reply > _WORTH * found.speed.reply):
            return found
    return None


def smaller_model(shape: Shape, machine: Machine, wish: Wish, constants: Constants) -> Plan | None:
    """The largest known model with fewer weights than this one that is quick, at the usual four bits."""
    for other in map(known_shape, families()):
        if other.weights < 0.95 * shape.weights:
            plan = best(other, machine, wish, constants)
            if plan is not None and plan.quick:
                return plan
    return None


def _said(plan: Plan) -> str:
    where = f"{plan.offload} on the GPU" if plan.policy.n_gpu_layers else "on the CPU"
    return f"{where}, {plan.speed.decode:.0f} tokens/s, first word in {plan.speed.first_word:.1f} s"
