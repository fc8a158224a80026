"""How much memory a policy takes, part by part.

The sizes of caches and outputs are llama.cpp's own arithmetic. That of the compute buffer was read off what it
allocates with `no_alloc` for Llamas from 135M to 70B (`benchmarks/planner.py` shows how well it holds): a token of a
batch holds three rows of the feed-forward layer and four of the model's width at once (three where the cache is
quantized), beside its row of the mask. Without flash attention it holds three and its keys and values there, or in a
layer's attention five rows of the width and, for each head, a number for every cell of the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from npc_runtime.config import KVType
from npc_runtime.engine.placement.policy import CELLS, MIB, Machine, Policy, Wish
from npc_runtime.engine.placement.shape import Shape

ROW_BYTES: dict[KVType, tuple[int, int]] = {"f16": (1, 2), "q8_0": (32, 34), "q4_0": (32, 18)}
"""Of a cache: numbers in a block, bytes of a block."""
CUDA_CONTEXT = 480 * MIB
"""What CUDA and cuBLAS take on a card before anything is loaded: 250 to 500 MiB, by card and driver."""
PROCESS = 128 * MIB
"""Python, the daemon and a few worlds."""
MARGIN = 0.05
"""Of what is predicted, kept free: the prediction is that good."""
_INPUTS = 20  # bytes a token: its position, and where its keys and values go
_FLOAT, _HALF = 4, 2


@dataclass(frozen=True)
class Footprint:
    """Bytes by part, of the GPU's memory and of RAM."""

    gpu: dict[str, int]
    ram: dict[str, int]

    @property
    def vram(self) -> int:
        """Bytes of the GPU's memory in all."""
        return sum(self.gpu.values())

    @property
    def main(self) -> int:
        """Bytes of RAM in all."""
        return sum(self.ram.values())

    def fits(self, machine: Machine) -> bool:
        """Whether it does with the margin."""
        return self.vram * (1 + MARGIN) <= machine.vram and self.main * (1 + MARGIN) <= machine.ram


def token_bytes(shape: Shape, keys: KVType, values: KVType, first: int = 0, *, windowed: bool | None = None) -> int:
    """Bytes that a token leaves in the cache of the layers from `first` on; of those with or without a window only."""
    if windowed is None or not shape.windowed:
        return _tails(shape.keys, shape.values, keys, values)[first]
    of_kind = tuple(each == windowed for each in shape.windowed)
    kept = tuple(tuple(n * kind for n, kind in zip(of, of_kind, strict=True)) for of in (shape.keys, shape.values))
    return _tails(*kept, keys, values)[first]


@lru_cache
def _tails(keys: tuple[int, ...], values: tuple[int, ...], kind_k: KVType, kind_v: KVType) -> tuple[int, ...]:
    each = [_row(key, kind_k) + _row(value, kind_v) for key, value in zip(keys, values, strict=True)]
    return tuple(accumulate(reversed(each), initial=0))[::-1]


def _row(numbers: int, kind: KVType) -> int:
    block, size = ROW_BYTES[kind]
    return -(-numbers // block) * size


def kv_bytes(shape: Shape, policy: Policy, first: int = 0) -> int:
    """Bytes of the cache of the layers from `first` on."""
    kinds = policy.kv_type_k, policy.kv_type_v
    if not shape.window:
        return policy.cells * policy.streams * token_bytes(shape, *kinds, first)
    reach = shape.window * (policy.slots if policy.unified else 1) + policy.batch
    narrow = min(policy.cells, -(-reach // CELLS) * CELLS)
    wide = policy.cells * token_bytes(shape, *kinds, first, windowed=False)
    return policy.streams * (wide + narrow * token_bytes(shape, *kinds, first, windowed=True))


def parked_bytes(shape: Shape, policy: Policy) -> int:
    """Bytes of the whole context of one character that is parked in RAM."""
    return policy.slot_context * token_bytes(shape, policy.kv_type_k, policy.kv_type_v)


def compute_bytes(shape: Shape, policy: Policy) -> int:
    """What llama.cpp reserves for the largest batch on one device: for its widest layer, or for the logits."""
    tokens = min(policy.batch, policy.n_ctx)
    tokens = -(-tokens // policy.slots) * policy.slots
    masks = policy.cells * (2 if shape.window else 1)  # one for the layers with a window, one for the others
    if policy.flash:
        widths = 4 if policy.kv_type_k == policy.kv_type_v == "f16" else 3
        token = _HALF * masks + _FLOAT * (3 * shape.feed_forward + widths * shape.width)
    else:
        feeding = 3 * shape.feed_forward + 3 * shape.width
        attending = shape.heads * policy.cells + 5 * shape.width
        token = _FLOAT * (masks + max(shape.keys) + max(shape.values) + max(feeding, attending))
    inside = tokens * (_INPUTS + token)
    logits = _FLOAT * (policy.slots * shape.vocabulary + (tokens + 2 * policy.slots) * shape.width)
    return max(inside, logits)


def footprint(shape: Shape, policy: Policy, wish: Wish, machine: Machine) -> Footprint:
    """Bytes by part. Of the characters that do not speak, as many are parked as there is room for in RAM."""
    on_gpu, on_cpu = shape.on_gpu(policy.n_gpu_layers), shape.on_cpu(policy.n_gpu_layers)
    kv_gpu = kv_bytes(shape, policy, shape.first_on_gpu(policy.n_gpu_layers)) if policy.kv_place == "gpu" else 0
    compute = compute_bytes(shape, policy)
    ram = {
        "process": PROCESS,
        "embedding": shape.embedding.size,
        "weights": on_cpu.size - (0 if on_gpu else shape.shared),
        # With a card, llama.cpp keeps weights in the order in which it can take them over.
        "repacked weights": 0 if on_gpu else on_cpu.repacked,
        "KV cache": kv_bytes(shape, policy) - kv_gpu,
        "logits": policy.slots * shape.vocabulary * _FLOAT,
        "compute buffer": compute,
    }
    gpu: dict[str, int] = {}
    if on_gpu:
        # A large batch takes the weights of the CPU's blocks over to the card, a few tensors at a time.
        gpu = {
            "weights": on_gpu.size,
            "KV cache": kv_gpu,
            "compute buffer": compute + 2 * on_cpu.largest,
            "CUDA context": CUDA_CONTEXT,
        }
        if not on_cpu and policy.kv_place == "gpu":  # only the embeddings of a batch are looked up
            ram["compute buffer"] = min(policy.batch, policy.n_ctx) * _FLOAT * shape.width
    parked = parked_bytes(shape, policy)
    left = int(machine.ram / (1 + MARGIN)) - sum(ram.values())
    ram["parked characters"] = parked * max(0, min(wish.npcs - policy.slots, left // max(1, parked)))
    return Footprint(
        {part: took for part, took in gpu.items() if took}, {part: took for part, took in ram.items() if took}
    )
