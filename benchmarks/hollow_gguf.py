"""Files of known models without their weights: a head, then a hole of the right size, which takes no room on the disk.

llama.cpp says of them what it would allocate (`no_alloc`), even where the machine could hold a tenth of it.
"""

from __future__ import annotations

import struct
from pathlib import Path

from npc_runtime.engine.files.gguf import MAGIC
from npc_runtime.engine.files.tensors import entry
from npc_runtime.engine.placement.inventory import NUMBERS, Inventory
from npc_runtime.engine.placement.known import QUANTIZATIONS, families, known_inventory

_PLACES = 32  # bytes that every tensor's place is a multiple of


def hollow_gguf(path: Path, name: str) -> Path:
    """Writes the file of a known model such as `8b-q4_k_m`."""
    family, _, kind = name.partition("-")
    found = known_inventory(families()[family], QUANTIZATIONS[kind])
    head, size = _head(found)
    with path.open("wb") as file:
        file.write(head + bytes(-len(head) % _PLACES))
        file.truncate(file.tell() + size)
    return path


def _head(found: Inventory) -> tuple[bytes, int]:
    """And how many bytes the tensors take."""
    rope = {"llama.rope.dimension_count": _each_head(found), "llama.attention.layer_norm_rms_epsilon": 1e-5}
    said = found.said | rope | {"tokenizer.ggml.model": "no_vocab"}
    entries = b"".join(entry(key, value) for key, value in said.items())
    head, place = struct.pack("<4sIQQ", MAGIC, 3, len(found.tensors), len(said)) + entries, 0
    for tensor in found.tensors:
        name = tensor.name.encode()
        head += struct.pack("<Q", len(name)) + name
        head += struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape[::-1])
        head += struct.pack("<IQ", NUMBERS[tensor.type], place)
        place += tensor.size + -tensor.size % _PLACES
    return head, place


def _each_head(found: Inventory) -> int:
    return int(found.said["llama.embedding_length"]) // int(found.said["llama.attention.head_count"])
