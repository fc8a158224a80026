"""A model file written anew with its weights in another form: llama.cpp computes some of them much faster."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_runtime.engine.files.blocks import Kind, encoded
from npc_runtime.engine.files.tensors import ALIGNMENT, NAME, GGUFFile, NewTensor, Tensor, entry, write
from npc_runtime.errors import ModelUnavailable

FILE_TYPE = "general.file_type"
FILE_TYPES = {Kind.F16: 1, Kind.Q4_0: 2, Kind.Q8_0: 7}
"""What a file is called whose weights are mostly of one kind; `llama_ftype` in llama.cpp."""
_EMBEDDINGS = ("token_embd.weight", "output.weight")
"""Kept in 8 bits: a token's row is all that the model knows of it."""
_READ_AT_ONCE = 1 << 20


def requantize(base: Path, sha256: str, target: Path, *, name: str, kind: Kind = Kind.Q4_0) -> None:
    """Writes `target`: all that the base says of itself, under a `name`, and its weights in another form.

    Takes some seconds for 135 million weights, of which it never holds more than one tensor. Raises ModelUnavailable
    when the base is not the file with this hash, or damaged; OSError when `target` cannot be written.
    """
    if sha256 != (found := digest(base, hashlib.sha256())):
        raise ModelUnavailable(
            f"{base} is another file than was expected: its SHA-256 begins with {found[:12]}, "
            f"not with {sha256[:12] or 'one that is named'}"
        )
    file = GGUFFile(base)
    entries = {key: raw for key, raw in file.entries.items() if key != ALIGNMENT}
    entries |= {NAME: entry(NAME, name), FILE_TYPE: entry(FILE_TYPE, FILE_TYPES[kind])}
    tensors = [_rewritten(tensor, kind) for tensor in file.tensors.values()]
    write(target, entries.values(), tensors, title=f"Preparing {name}")


def _rewritten(tensor: Tensor, kind: Kind) -> NewTensor:
    if len(tensor.shape) < 2:
        kind = Kind.F32
    elif tensor.name in _EMBEDDINGS and kind is Kind.Q4_0:
        kind = Kind.Q8_0
    return NewTensor(tensor.name, tensor.shape, kind, partial(_data, tensor, kind))


def _data(tensor: Tensor, kind: Kind) -> NDArray[np.uint8]:
    return tensor.raw if tensor.kind is kind else encoded(tensor.weights(), kind)


def digest(path: Path, algorithm: Any) -> str:
    """What an algorithm of `hashlib` makes of a file. Raises OSError."""
    with path.open("rb") as file:
        while block := file.read(_READ_AT_ONCE):
            algorithm.update(block)
    return str(algorithm.hexdigest())
