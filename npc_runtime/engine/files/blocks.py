"""How llama.cpp stores weights: whole, or in blocks of 32 with a scale of their own.

The reference for every form is `ggml-quants.c` of llama.cpp; the names and numbers are those of `ggml_type`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
_Raw = NDArray[np.uint8]
_Weights = NDArray[np.float32]


class Kind(IntEnum):
    """The forms that are read; all but Q4_1 are written too."""

    F32 = 0
    F16 = 1
    Q4_0 = 2
    Q4_1 = 3
    Q8_0 = 8


_BYTES = {Kind.F32: 4 * BLOCK, Kind.F16: 2 * BLOCK, Kind.Q4_0: 18, Kind.Q4_1: 20, Kind.Q8_0: 34}
"""Of 32 weights."""


def size(shape: Sequence[int], kind: Kind) -> int:
    """How many bytes weights of a shape take. Raises ValueError where they do not come out in whole blocks."""
    count = math.prod(shape) * _BYTES[kind]
    if count % BLOCK or (kind not in (Kind.F32, Kind.F16) and shape[-1] % BLOCK):
        raise ValueError(f"rows of {shape[-1]} weights cannot be stored in blocks of {BLOCK}")
    return count // BLOCK


def decoded(raw: _Raw, kind: Kind) -> _Weights:
    """The weights that bytes stand for, in a row."""
    if kind is Kind.F32:
        return raw.view(np.float32)
    if kind is Kind.F16:
        return raw.view(np.float16).astype(np.float32)
    blocks = raw.reshape(-1, _BYTES[kind])
    scale = _half(blocks, 0)
    if kind is Kind.Q8_0:
        weights = blocks[:, 2:].view(np.int8) * scale
    elif kind is Kind.Q4_0:
        weights = (_nibbles(blocks[:, 2:]) - np.float32(8)) * scale
    else:
        weights = _nibbles(blocks[:, 4:]) * scale + _half(blocks, 2)
    return weights.reshape(-1)


def encoded(weights: _Weights, kind: Kind) -> _Raw:
    """The bytes that come nearest to weights, whose rows are of whole blocks. Raises ValueError for Q4_1."""
    if kind is Kind.F32:
        return weights.astype(np.float32).reshape(-1).view(np.uint8)
    if kind is Kind.F16:
        return weights.astype(np.float16).reshape(-1).view(np.uint8)
    blocks = weights.reshape(-1, BLOCK)
    if kind is Kind.Q8_0:
        scale = np.abs(blocks).max(axis=1, keepdims=True) / np.float32(127)
        numbers = np.rint(blocks * _inverse(scale)).astype(np.int8).view(np.uint8)
    elif kind is Kind.Q4_0:  # the weight that is farthest from zero becomes -8, whichever sign it has
        high, low = blocks.max(axis=1, keepdims=True), blocks.min(axis=1, keepdims=True)
        scale = np.where(high > -low, high, low) / np.float32(-8)
        numbers = np.minimum(blocks * _inverse(scale) + np.float32(8.5), np.float32(15)).astype(np.uint8)
        numbers = numbers[:, : BLOCK // 2] | numbers[:, BLOCK // 2 :] << 4
    else:
        raise ValueError(f"{kind.name} is not written")
    return np.concatenate([scale.astype(np.float16).view(np.uint8), numbers], axis=1).reshape(-1)


def _half(blocks: _Raw, place: int) -> _Weights:
    """A number of 16 bits at a place in every block, as a column."""
    return np.ascontiguousarray(blocks[:, place : place + 2]).view(np.float16).astype(np.float32)


def _nibbles(packed: _Raw) -> _Weights:
    """32 numbers of four bits from 16 bytes: the low halves first, then the high ones."""
    return np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32)


def _inverse(scale: _Weights) -> _Weights:
    return np.divide(1, scale, out=np.zeros_like(scale), where=scale != 0)
