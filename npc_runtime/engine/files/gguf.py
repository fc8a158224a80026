"""What a GGUF file says it is. Reads the head of the header only, so that a file of 40 GB costs nothing.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from npc_runtime.errors import ModelUnavailable

MAGIC = b"GGUF"
VERSIONS = (2, 3)
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # value type -> bytes
WHOLE = {4: "<I", 5: "<i", 10: "<Q", 11: "<q"}
STRING, ARRAY = 8, 9
_STRING_LIMIT = 1 << 20


@dataclass(frozen=True)
class Header:
    """What a GGUF file says it is. `context` is how many tokens it was trained on, 0 where it does not say."""

    name: str
    context: int


def header(path: Path) -> Header:
    """What a file says; its name is that of the file where it has none. Raises ModelUnavailable when it is damaged."""
    try:
        with path.open("rb") as file:
            found = _values(file)
    except OSError as error:
        raise ModelUnavailable(f"cannot read the model file {path}: {error.strerror}") from None
    except (struct.error, ValueError, OverflowError):
        raise ModelUnavailable(f"{path} is damaged, or only a part of a GGUF file", hint="download it again") from None
    context = found.get(f"{found.get('general.architecture')}.context_length", 0)
    return Header(str(found.get("general.name") or path.stem), context if isinstance(context, int) else 0)


def model_name(path: Path) -> str:
    """The name in a model's header, or that of its file. Raises ModelUnavailable when the file is damaged."""
    return header(path).name


def _values(file: BinaryIO) -> dict[str, str | int]:
    """The texts and whole numbers before the vocabulary."""
    magic, _, _, count = struct.unpack("<4sIQQ", file.read(24))  # and the version, and the number of tensors
    if magic != MAGIC:
        raise ValueError
    found: dict[str, str | int] = {}
    for _ in range(count):
        key = string(file)
        (kind,) = struct.unpack("<I", file.read(4))
        if key.startswith("tokenizer."):  # long arrays, and nothing general after them
            return found
        if kind == STRING:
            found[key] = string(file)
        elif kind in WHOLE:
            (found[key],) = struct.unpack(WHOLE[kind], file.read(SIZES[kind]))
        else:
            skip(file, kind)
    return found


def string(file: BinaryIO) -> str:
    """The text that comes next. Raises ValueError or struct.error where there is none."""
    (length,) = struct.unpack("<Q", file.read(8))
    if length > _STRING_LIMIT:
        raise ValueError
    return file.read(length).decode("utf-8")


def skip(file: BinaryIO, kind: int) -> None:
    """Passes over a value of that type. Raises ValueError or struct.error where there is none."""
    if kind == STRING:
        string(file)
    elif kind == ARRAY:
        inner, length = struct.unpack("<IQ", file.read(12))
        if inner in SIZES:
            file.seek(SIZES[inner] * length, 1)
        else:
            for _ in range(length):
                skip(file, inner)
    elif kind in SIZES:
        file.seek(SIZES[kind], 1)
    else:
        raise ValueError
