"""A base model and a LoRA adapter, written as one GGUF: `W + alpha/rank * (B @ A)` for every weight that was adapted.

One file is faster than an adapter that is applied while the model runs, and llama.cpp repacks Q4_0 for the CPU.
LoRA: https://arxiv.org/abs/2106.09685. Format of the adapter: llama.cpp's `convert_lora_to_gguf.py`.
"""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_runtime.engine.blocks import Kind, encoded
from npc_runtime.engine.tensors import ALIGNMENT, GGUFFile, NewTensor, Tensor, entry, write
from npc_runtime.errors import ModelUnavailable

BASE_HASH = "npc_runtime.base.sha256"
"""Where an adapter says which file it was trained on: added to another one it would make nonsense."""
NAME, FILE_TYPE = "general.name", "general.file_type"
FILE_TYPES = {Kind.F16: 1, Kind.Q4_0: 2, Kind.Q8_0: 7}
"""What a file is called whose weights are mostly of one kind; `llama_ftype` in llama.cpp."""
_EMBEDDINGS = ("token_embd.weight", "output.weight")
"""Kept in 8 bits: a token's row is all that the model knows of it."""
_READ_AT_ONCE = 1 << 20


TAUGHT = "npc_runtime.taught"
"""The key by which a model says that it learned to fill in sheets."""


class Adapter:
    """A LoRA adapter of llama.cpp's format. `base` is the SHA-256 of the file it belongs to."""

    def __init__(self, path: Path) -> None:
        """Reads it. Raises ModelUnavailable when it is damaged, or no adapter."""
        file = GGUFFile(path)
        said = file.values.get
        alpha = said("adapter.lora.alpha")
        if (said("general.type"), said("adapter.type")) != ("adapter", "lora") or not isinstance(alpha, float):
            raise ModelUnavailable(f"{path} is not a LoRA adapter")
        self.path, self.name, self.base = path, str(said(NAME, path.stem)), str(said(BASE_HASH, ""))
        self._alpha, self._parts = alpha, file.tensors
        self.targets = {name.removesuffix(".lora_a") for name in self._parts if name.endswith(".lora_a")}
        halves = {f"{target}.lora_{half}" for target in self.targets for half in "ab"}
        if not self.targets or halves != self._parts.keys():
            raise ModelUnavailable(f"{path} has halves of weights only")

    def added_to(self, tensor: Tensor) -> NDArray[np.float32]:
        """A weight of the base, shape (out, in), with what was learned. Raises ModelUnavailable for another shape."""
        weights = tensor.weights()
        if tensor.name not in self.targets:
            return weights
        inner, outer = (self._parts[f"{tensor.name}.lora_{half}"].weights() for half in "ab")
        if (outer.shape[0], inner.shape[1]) != weights.shape or outer.shape[1] != inner.shape[0]:
            raise ModelUnavailable(f"{self.path} does not fit its base: {tensor.name} is of another shape there")
        return np.asarray(weights + outer @ inner * np.float32(self._alpha / len(inner)))


def convert(base: Path, sha256: str, target: Path, *, kind: Kind = Kind.Q4_0) -> None:
    """Writes `target`: all that the base says of itself, and its weights in another form, one tensor at a time.

    Raises ModelUnavailable when the base is not the file with this hash, or damaged; OSError when `target` cannot be
    written.
    """
    if sha256 != (found := digest(base, hashlib.sha256())):
        raise ModelUnavailable(
            f"{base} is another file than the adapter was made for: its SHA-256 begins with {found[:12]}"
        )
    file = GGUFFile(base)
    entries = {key: raw for key, raw in file.entries.items() if key != ALIGNMENT}
    entries[FILE_TYPE] = entry(FILE_TYPE, FILE_TYPES[kind])
    tensors = [_merged(tensor, None, kind) for tensor in file.tensors.values()]
    write(target, entries.values(), tensors, title=f"Preparing {file.values.get(NAME, base.stem)}")


def merge(base: Path, adapter: Adapter, target: Path, *, kind: Kind = Kind.Q4_0) -> None:
    """Writes `target`: all that the base says of itself, under the adapter's name, and its weights with the adapter's.

    Takes some seconds for 135 million weights, of which it never holds more than one tensor. Raises ModelUnavailable
    when the adapter belongs to another base, or one of the files is damaged; OSError when `target` cannot be written.
    """
    if adapter.base != (found := digest(base, hashlib.sha256())):
        raise ModelUnavailable(
            f"{base} is not the model that {adapter.path.name} was made for: its SHA-256 begins with {found[:12]}, "
            f"and {adapter.base[:12] or 'one that is not named'} was expected"
        )
    file = GGUFFile(base)
    if strangers := adapter.targets - file.tensors.keys():
        raise ModelUnavailable(f"{adapter.path} does not fit its base, which has no {min(strangers)}")
    entries = {key: raw for key, raw in file.entries.items() if key != ALIGNMENT}
    entries |= {NAME: entry(NAME, adapter.name), FILE_TYPE: entry(FILE_TYPE, FILE_TYPES[kind])}
    tensors = [_merged(tensor, adapter, kind) for tensor in file.tensors.values()]
    write(target, entries.values(), tensors, title=f"Preparing {adapter.name}")


def _merged(tensor: Tensor, adapter: Adapter | None, kind: Kind) -> NewTensor:
    if len(tensor.shape) < 2:
        kind = Kind.F32
    elif tensor.name in _EMBEDDINGS and kind is Kind.Q4_0:
        kind = Kind.Q8_0
    return NewTensor(tensor.name, tensor.shape, kind, partial(_data, tensor, adapter, kind))


def _data(tensor: Tensor, adapter: Adapter | None, kind: Kind) -> NDArray[np.uint8]:
    changed = adapter is not None and tensor.name in adapter.targets
    if tensor.kind is kind and not changed:
        return tensor.raw
    return encoded(adapter.added_to(tensor) if adapter is not None else tensor.weights(), kind)


def digest(path: Path, algorithm: Any) -> str:
    """What an algorithm of `hashlib` makes of a file. Raises OSError."""
    with path.open("rb") as file:
        while block := file.read(_READ_AT_ONCE):
            algorithm.update(block)
    return str(algorithm.hexdigest())
