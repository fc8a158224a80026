"""What of a model counts for memory and time: bytes block by block, and widths. Read from a file's header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from npc_runtime.engine.placement.inventory import Inventory, Weights
from npc_runtime.errors import ModelUnavailable

REPACKED = frozenset({"Q4_0", "Q4_K", "IQ4_NL"})
"""Types of which llama.cpp keeps a second copy in the order that a CPU multiplies best: `repack.cpp`, AVX2 and NEON."""
_REPACKED_ROWS = 8
_EVERY_NTH_FULL = {"gemma2": 2, "gemma3": 6, "gemma3n": 5, "gpt-oss": 2, "cohere2": 4}
"""Architectures whose layers look back through a window, but for every nth one. Of others all count as full."""
_BLOCK = re.compile(r"blk\.(\d+)\.")


@dataclass(frozen=True)
class Part:
    """Tensors that lie together. Sizes are bytes; `active` are those that one token reads, fewer with experts."""

    size: int = 0
    repacked: int = 0  # of these the CPU keeps a second copy
    active: int = 0
    weights: int = 0  # how many numbers a token is multiplied with
    largest: int = 0  # bytes of the largest tensor

    def __add__(self, other: Part) -> Part:
        """Both together."""
        return Part(
            self.size + other.size,
            self.repacked + other.repacked,
            self.active + other.active,
            self.weights + other.weights,
            max(self.largest, other.largest),
        )

    def __bool__(self) -> bool:
        return self.size > 0


@dataclass(frozen=True)
class Shape:
    """A model as the planner sees it."""

    name: str
    blocks: tuple[Part, ...]
    embedding: Part  # always in RAM: looked up, never multiplied
    output: Part  # a copy of the embedding where the two are one
    shared: int  # bytes of the embedding that are the output too
    width: int
    feed_forward: int  # the widest
    vocabulary: int
    trained: int  # context
    keys: tuple[int, ...]  # numbers a token leaves in the cache, layer by layer
    values: tuple[int, ...]
    heads: int = 1  # the most of a layer
    window: int = 0  # tokens that a windowed layer looks back; 0: there are none
    windowed: tuple[bool, ...] = ()

    @cached_property
    def size(self) -> int:
        """Bytes of all tensors in the file."""
        return self.embedding.size + sum(block.size for block in self.blocks) + self.output.size - self.shared

    @cached_property
    def weights(self) -> int:
        """How many numbers a token is multiplied with on its way through."""
        return sum(block.weights for block in self.blocks) + self.output.weights

    def on_gpu(self, layers: int) -> Part:
        """What `n_gpu_layers` puts on the GPU: the output, then blocks from the last one backwards."""
        return self._splits[min(layers, len(self.blocks) + 1)][0]

    def on_cpu(self, layers: int) -> Part:
        """What is left for the CPU to multiply with."""
        return self._splits[min(layers, len(self.blocks) + 1)][1]

    def first_on_gpu(self, layers: int) -> int:
        """The first block on the GPU; as many as there are blocks when there is none."""
        return len(self.blocks) - min(max(0, layers - 1), len(self.blocks))

    @cached_property
    def _splits(self) -> list[tuple[Part, Part]]:
        gpu = list(accumulate((self.output, *reversed(self.blocks)), Part.__add__, initial=Part()))
        cpu = list(accumulate(self.blocks, Part.__add__, initial=Part()))
        return list(zip(gpu, [cpu[-1] + self.output, *reversed(cpu)], strict=True))


def shape(found: Inventory, name: str) -> Shape:
    """The shape of what an inventory lists. Raises ModelUnavailable where it is no model that writes text."""
    said = found.said
    arch = str(said.get("general.architecture", ""))

    def number(key: str, default: int = 0) -> int:
        value = said.get(f"{arch}.{key}", default)
        return max(value) if isinstance(value, tuple) else int(value)

    by_name = {tensor.name: tensor for tensor in found.tensors}
    layers, width = number("block_count"), number("embedding_length")
    if not layers or not width or "token_embd.weight" not in by_name:
        raise ModelUnavailable(f"{name} says nothing of layers, so it is no model that writes text")
    experts = number("expert_used_count", 1) / max(1, number("expert_count", 1))
    blocks: list[list[Weights]] = [[] for _ in range(layers)]
    inputs, outputs = [], []
    for tensor in found.tensors:
        if match := _BLOCK.match(tensor.name):
            if int(match[1]) < layers:
                blocks[int(match[1])].append(tensor)
        elif tensor.name.startswith("output"):
            outputs.append(tensor)
        else:
            inputs.append(tensor)
    embedding = by_name["token_embd.weight"]
    tied = "output.weight" not in by_name
    if tied:
        outputs.append(embedding)
    heads = _each(said.get(f"{arch}.attention.head_count", 1), layers)
    kv_heads = _each(said.get(f"{arch}.attention.head_count_kv", heads), layers)
    head = width // max(1, *heads)
    every = _EVERY_NTH_FULL.get(arch, 1)
    return Shape(
        name=name,
        blocks=tuple(_part(block, experts) for block in blocks),
        embedding=_part(inputs, 1),
        output=_part(outputs, 1),
        shared=embedding.size if tied else 0,
        width=width,
        feed_forward=number("feed_forward_length") or 4 * width,
        vocabulary=embedding.shape[0],
        trained=number("context_length"),
        keys=tuple(count * number("attention.key_length", head) for count in kv_heads),
        values=tuple(count * number("attention.value_length", head) for count in kv_heads),
        heads=max(1, *heads),
        window=number("attention.sliding_window") if every > 1 else 0,
        windowed=tuple(layer % every < every - 1 for layer in range(layers)),
    )


def _each(value: Any, layers: int) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, tuple) else (int(value),) * layers


def _part(tensors: Sequence[Weights], experts: float) -> Part:
    def share(tensor: Weights) -> float:
        return experts if "_exps" in tensor.name else 1.0

    return Part(
        size=sum(tensor.size for tensor in tensors),
        repacked=sum(tensor.size for tensor in tensors if _repacks(tensor)),
        active=int(sum(tensor.size * share(tensor) for tensor in tensors)),
        weights=int(sum(tensor.count * share(tensor) for tensor in tensors if len(tensor.shape) > 1)),
        largest=max((tensor.size for tensor in tensors), default=0),
    )


def _repacks(tensor: Weights) -> bool:
    return tensor.type in REPACKED and len(tensor.shape) == 2 and tensor.shape[0] % _REPACKED_ROWS == 0
