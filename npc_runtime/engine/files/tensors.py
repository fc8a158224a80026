"""All that is in a GGUF file, and how one is written: what a model says of itself is copied byte for byte.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from npc_runtime.engine.files.blocks import Kind, decoded, size
from npc_runtime.engine.files.gguf import MAGIC, SIZES, STRING, skip, string
from npc_runtime.errors import ModelUnavailable

NAME, ALIGNMENT = "general.name", "general.alignment"
_PLACES = 32  # bytes that every tensor's place is a multiple of, where the file names no other number
_NUMBERS = {4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_MOST_DIMENSIONS = 4


@dataclass(frozen=True)
class Tensor:
    """Weights in a file. `shape` is (rows, columns), the other way round than the file writes it."""

    name: str
    shape: tuple[int, ...]
    kind: Kind
    raw: NDArray[np.uint8]

    def weights(self) -> NDArray[np.float32]:
        """As numbers, of its shape."""
        return decoded(self.raw, self.kind).reshape(self.shape)


@dataclass(frozen=True)
class NewTensor:
    """Weights to be written; `raw` is called when it is their turn, so that never more than one is held."""

    name: str
    shape: tuple[int, ...]
    kind: Kind
    raw: Callable[[], NDArray[np.uint8]]


class GGUFFile:
    """A file's entries by key, as their bytes; those that are texts or numbers as `values`; and its tensors by name."""

    def __init__(self, path: Path) -> None:
        """Reads the head and maps the rest. Raises ModelUnavailable when it is damaged or cannot be read."""
        self.entries: dict[str, bytes] = {}
        self.values: dict[str, Any] = {}
        self.tensors: dict[str, Tensor] = {}
        try:
            with path.open("rb") as file:
                self._read(file, np.memmap(path, np.uint8, "r"))
        except OSError as error:
            raise ModelUnavailable(f"cannot read the model file {path}: {error.strerror}") from None
        except (struct.error, ValueError, OverflowError) as error:
            raise ModelUnavailable(f"{path} is damaged, or only a part of a GGUF file: {error}") from None

    def _read(self, file: BinaryIO, whole: NDArray[np.uint8]) -> None:
        magic, _, tensors, entries = struct.unpack("<4sIQQ", file.read(24))
        if magic != MAGIC:
            raise ValueError("no GGUF")
        for _ in range(entries):
            start = file.tell()
            key = string(file)
            (kind,) = struct.unpack("<I", file.read(4))
            if kind == STRING:
                self.values[key] = string(file)
            elif kind in _NUMBERS:
                (self.values[key],) = struct.unpack(_NUMBERS[kind], file.read(SIZES[kind]))
            else:
                skip(file, kind)
            self.entries[key] = whole[start : file.tell()].tobytes()
        found = [_tensor_info(file) for _ in range(tensors)]
        places = int(self.values.get(ALIGNMENT, _PLACES))
        begin = file.tell() + -file.tell() % places
        for name, shape, kind, place in found:
            raw = whole[begin + place : begin + place + size(shape, kind)]
            if raw.size != size(shape, kind):
                raise ValueError(f"{name} is cut off")
            self.tensors[name] = Tensor(name, shape, kind, raw)


def _tensor_info(file: BinaryIO) -> tuple[str, tuple[int, ...], Kind, int]:
    name = string(file)
    (dimensions,) = struct.unpack("<I", file.read(4))
    if dimensions > _MOST_DIMENSIONS:
        raise ValueError(f"{name} has {dimensions} dimensions")
    shape = struct.unpack(f"<{dimensions}Q", file.read(8 * dimensions))
    kind, place = struct.unpack("<IQ", file.read(12))
    return name, shape[::-1], Kind(kind), place


def entry(key: str, value: str | int | float) -> bytes:
    """An entry that is a text, or a number of 32 bits."""
    if isinstance(value, str):
        return _text(key) + struct.pack("<I", STRING) + _text(value)
    return _text(key) + (struct.pack("<II", 4, value) if isinstance(value, int) else struct.pack("<If", 6, value))


def write(path: Path, entries: Collection[bytes], tensors: Sequence[NewTensor], *, title: str = "") -> None:
    """Writes a file, the head first; with a title, a terminal shows how far it is. Raises OSError."""
    head = struct.pack("<4sIQQ", MAGIC, 3, len(tensors), len(entries)) + b"".join(entries)
    place = 0
    for tensor in tensors:
        sizes = struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape[::-1])
        head += _text(tensor.name) + sizes + struct.pack("<IQ", tensor.kind, place)
        place += _PLACES * math.ceil(size(tensor.shape, tensor.kind) / _PLACES)
    with path.open("wb") as file:
        file.write(head + bytes(-len(head) % _PLACES))
        for tensor in _shown(tensors, title):
            raw = tensor.raw()
            file.write(raw.data)
            file.write(bytes(-raw.nbytes % _PLACES))


def _shown(tensors: Sequence[NewTensor], title: str) -> Iterable[NewTensor]:
    console = Console(stderr=True)
    return track(tensors, title, console=console, disable=not (title and console.is_terminal), transient=True)


def _text(text: str) -> bytes:
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data
