"""Models that know nothing: random weights in a real shape, behind the default model's tokenizer.

For tests of mechanics (tokens, batches, slots, streams) and for speeds, where it does not matter what is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from npc_runtime.engine.files import default_model
from npc_runtime.engine.files.adapter import TAUGHT
from npc_runtime.engine.files.blocks import BLOCK, Kind, encoded
from npc_runtime.engine.files.blocks import size as bytes_of
from npc_runtime.engine.files.requantize import FILE_TYPE, FILE_TYPES
from npc_runtime.engine.files.tensors import NAME, GGUFFile, NewTensor, entry, write

RANDOM = "random weights"
_SPREAD = 0.05
_NIBBLES_SPREAD = 4.6  # standard deviation of the integers from -8 to 7


@dataclass(frozen=True)
class Shape:
    """A Llama's size. The width is a multiple of 64."""

    layers: int
    width: int
    feed_forward: int
    heads: int
    kv_heads: int
    kind: Kind = Kind.Q4_0


TINY = Shape(layers=2, width=64, feed_forward=128, heads=2, kv_heads=2, kind=Kind.Q8_0)
"""5 MB, nearly all of it the embeddings of 49,152 tokens."""
SHAPES = {
    "0.5B": Shape(layers=24, width=896, feed_forward=4864, heads=14, kv_heads=2),
    "1.5B": Shape(layers=28, width=1536, feed_forward=8960, heads=12, kv_heads=2),
    "8B": Shape(layers=32, width=4096, feed_forward=14336, heads=32, kv_heads=8),
}
"""As models of these sizes are built, but for their vocabulary, which is the default model's."""


@cache
def _vocabulary(base: Path | None) -> tuple[dict[str, bytes], int]:
    """What the default model's base says of its tokens, and how many there are."""
    found = base or default_model.packaged()
    assert found is not None, f"make test installs {default_model.REQUIREMENT}"
    file = GGUFFile(found)
    entries = {key: raw for key, raw in file.entries.items() if key.startswith("tokenizer.")}
    return entries, file.tensors["token_embd.weight"].shape[0]


def random_gguf(
    path: Path, shape: Shape = TINY, *, context: int = 2048, seed: int = 1, base: Path | None = None
) -> Path:
    """Writes a Llama of that shape; the same seed gives the same file.

    The tokenizer is that of `base`, or of the default model's package.
    """
    dice = np.random.default_rng(seed)
    tokenizer, tokens = _vocabulary(base)
    width, keys = shape.width, shape.width * shape.kv_heads // shape.heads
    sizes: dict[str, tuple[int, ...]] = {"token_embd.weight": (tokens, width), "output_norm.weight": (width,)}
    for layer in range(shape.layers):
        block: dict[str, tuple[int, ...]] = {"attn_norm": (width,), "ffn_norm": (width,)}
        block |= {"ffn_gate": (shape.feed_forward, width), "ffn_up": (shape.feed_forward, width)}
        block |= {"ffn_down": (width, shape.feed_forward), "attn_q": (width, width), "attn_output": (width, width)}
        block |= {"attn_k": (keys, width), "attn_v": (keys, width)}
        sizes |= {f"blk.{layer}.{name}.weight": size for name, size in block.items()}
    tensors = [_tensor(name, size, shape.kind, dice) for name, size in sizes.items()]
    write(path, [*_description(shape, context), *tokenizer.values()], tensors)
    return path


def random_mamba(path: Path, *, layers: int = 2, width: int = 64, context: int = 2048, seed: int = 1) -> Path:
    """Writes a small Mamba, which keeps a state instead of keys and values, and cannot take back a part of it."""
    dice = np.random.default_rng(seed)
    tokenizer, tokens = _vocabulary(None)
    inner, state, kernel, rank = 2 * width, 16, 4, width // 16
    sizes: dict[str, tuple[int, ...]] = {"token_embd.weight": (tokens, width), "output_norm.weight": (width,)}
    for layer in range(layers):
        block: dict[str, tuple[int, ...]] = {"attn_norm.weight": (width,), "ssm_in.weight": (2 * inner, width)}
        block |= {
            "ssm_conv1d.weight": (inner, kernel),
            "ssm_conv1d.bias": (inner,),
            "ssm_x.weight": (rank + 2 * state, inner),
        }
        block |= {"ssm_dt.weight": (inner, rank), "ssm_dt.bias": (inner,), "ssm_a": (inner, state), "ssm_d": (inner,)}
        block |= {"ssm_out.weight": (width, inner)}
        sizes |= {f"blk.{layer}.{name}": size for name, size in block.items()}
    said: dict[str, str | int | float] = {
        "general.architecture": "mamba",
        NAME: RANDOM,
        "mamba.block_count": layers,
        "mamba.context_length": context,
        "mamba.embedding_length": width,
        "mamba.feed_forward_length": 0,
        "mamba.attention.head_count": 0,
        "mamba.attention.layer_norm_rms_epsilon": 1e-5,
        "mamba.ssm.conv_kernel": kernel,
        "mamba.ssm.inner_size": inner,
        "mamba.ssm.state_size": state,
        "mamba.ssm.time_step_rank": rank,
        TAUGHT: "sheets",
    }
    tensors = [NewTensor(name, size, Kind.F32, partial(_state, name, size, dice)) for name, size in sizes.items()]
    write(path, [*(entry(key, value) for key, value in said.items()), *tokenizer.values()], tensors)
    return path


def _state(name: str, size: tuple[int, ...], dice: np.random.Generator) -> NDArray[np.uint8]:
    if name.endswith("ssm_a"):
        return encoded(-np.ones(size, np.float32), Kind.F32)  # what was before fades
    return _data(size, Kind.F32, dice)


def _description(shape: Shape, context: int) -> list[bytes]:
    said: dict[str, str | int | float] = {
        "general.architecture": "llama",
        NAME: RANDOM,
        FILE_TYPE: FILE_TYPES[shape.kind],
        "llama.block_count": shape.layers,
        "llama.context_length": context,
        "llama.embedding_length": shape.width,
        "llama.feed_forward_length": shape.feed_forward,
        "llama.attention.head_count": shape.heads,
        "llama.attention.head_count_kv": shape.kv_heads,
        "llama.rope.dimension_count": shape.width // shape.heads,
        TAUGHT: "sheets",
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
    }
    return [entry(key, value) for key, value in said.items()]


def _tensor(name: str, size: tuple[int, ...], kind: Kind, dice: np.random.Generator) -> NewTensor:
    kind = Kind.F32 if len(size) == 1 else kind
    return NewTensor(name, size, kind, partial(_data, size, kind, dice))


def _data(size: tuple[int, ...], kind: Kind, dice: np.random.Generator) -> NDArray[np.uint8]:
    if len(size) == 1:
        return encoded(np.ones(size, np.float32), kind)
    if kind is Kind.Q4_0:
        return _drawn(math.prod(size), dice)
    return encoded(dice.standard_normal(size, dtype=np.float32) * np.float32(_SPREAD), kind)


def _drawn(count: int, dice: np.random.Generator) -> NDArray[np.uint8]:
    """Blocks of random bits under one scale: eight billion weights would take minutes to draw and to round."""
    length = bytes_of((BLOCK,), Kind.Q4_0)  # a float16 scale, then four bits each
    blocks = dice.integers(0, 256, (count // BLOCK, length), np.uint8)
    blocks[:, :2] = np.array([_SPREAD / _NIBBLES_SPREAD], np.float16).view(np.uint8)
    return blocks.reshape(-1)
