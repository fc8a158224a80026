"""Which tensors a GGUF file has and what it says of itself, without their data; a vocabulary of 150,000 costs 0.2 s.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; sizes of a type's blocks: `type_traits` in `ggml.c`.
"""

from __future__ import annotations

import math
import mmap
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from npc_runtime.engine.files.gguf import ARRAY, MAGIC, SIZES, STRING, skip, string
from npc_runtime.errors import ModelUnavailable

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_MOST_KEPT = 4096  # entries of an array: numbers of layers are kept, vocabularies are not
_SHARD = re.compile(r"-00001-of-(\d{5})\.gguf$")

TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
}  # fmt: skip
"""By their numbers in a file: name, weights in a block, bytes of a block."""
NUMBERS = {name: number for number, (name, _, _) in TYPES.items()}


@dataclass(frozen=True)
class Weights:
    """A tensor without its data. `shape` is (rows, columns), as numpy has it."""

    name: str
    shape: tuple[int, ...]
    type: str

    @property
    def count(self) -> int:
        """How many weights there are."""
        return math.prod(self.shape)

    @property
    def size(self) -> int:
        """Bytes that they take in a file and in memory."""
        _, block, size = TYPES[NUMBERS[self.type]]
        return self.count // block * size


@dataclass(frozen=True)
class Inventory:
    """What is in a file: its entries, but for long arrays, and its tensors."""

    said: dict[str, Any]
    tensors: tuple[Weights, ...]


def inventory(path: Path) -> Inventory:
    """What is in a GGUF, or in all files of one that is split. Raises ModelUnavailable when it is damaged."""
    files = [path]
    if shard := _SHARD.search(path.name):
        count = int(shard[1])
        files = [path.with_name(f"{path.name[: shard.start()]}-{n:05}-of-{count:05}.gguf") for n in range(1, count + 1)]
    found = [_one(file) for file in files]
    return Inventory(found[0].said, tuple(tensor for each in found for tensor in each.tensors))


def _one(path: Path) -> Inventory:
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            return _read(cast(BinaryIO, mapped))
    except OSError as error:
        raise ModelUnavailable(f"cannot read the model file {path}: {error.strerror}") from None
    except (struct.error, ValueError, OverflowError, KeyError):
        raise ModelUnavailable(
            f"{path} is damaged, incomplete, or has weights of a kind that is not known here", hint="download it again"
        ) from None


def _read(file: BinaryIO) -> Inventory:
    magic, _, tensors, entries = struct.unpack("<4sIQQ", file.read(24))
    if magic != MAGIC:
        raise ValueError("no GGUF")
    said: dict[str, Any] = {}
    for _ in range(entries):
        key = string(file)
        (kind,) = struct.unpack("<I", file.read(4))
        value = _value(file, kind)
        if value is not None:
            said[key] = value
    return Inventory(said, tuple(_tensors(file, tensors)))


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == STRING:
        return string(file)
    if kind in _NUMBERS:
        return struct.unpack(f"<{_NUMBERS[kind]}", file.read(SIZES[kind]))[0]
    if kind != ARRAY:
        raise ValueError("no such kind of value")
    start = file.tell()
    inner, length = struct.unpack("<IQ", file.read(12))
    if inner in _NUMBERS and length <= _MOST_KEPT:
        return struct.unpack(f"<{length}{_NUMBERS[inner]}", file.read(SIZES[inner] * length))
    file.seek(start)
    skip(file, ARRAY)
    return None


def _tensors(file: BinaryIO, count: int) -> Iterator[Weights]:
    for _ in range(count):
        name = string(file)
        (dimensions,) = struct.unpack("<I", file.read(4))
        shape = struct.unpack(f"<{dimensions}Q", file.read(8 * dimensions))
        kind, _ = struct.unpack("<IQ", file.read(12))
        yield Weights(name, shape[::-1], TYPES[kind][0])
