"""A model that knows nothing: random weights behind the default model's tokenizer, small and made in no time.

For tests of mechanics, where it does not matter what is said: tokens, batches, slots, templates, streams.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from npc_runtime.engine import default_model
from npc_runtime.engine.blocks import Kind, encoded
from npc_runtime.engine.merge import FILE_TYPE, FILE_TYPES, NAME, TAUGHT
from npc_runtime.engine.tensors import GGUFFile, NewTensor, entry, write

RANDOM = "random weights"
_SPREAD = 0.05
_HEADS = 2


@cache
def _vocabulary() -> tuple[dict[str, bytes], int]:
    """What the default model's base says of its tokens, and how many there are."""
    base = default_model.packaged()
    assert base is not None, f"make test installs {default_model.REQUIREMENT}"
    file = GGUFFile(base)
    entries = {key: raw for key, raw in file.entries.items() if key.startswith("tokenizer.")}
    return entries, file.tensors["token_embd.weight"].shape[0]


def random_gguf(path: Path, *, width: int = 64, layers: int = 2, context: int = 2048, seed: int = 1) -> Path:
    """Writes a Llama with that many layers of that width, a multiple of 64; the same seed gives the same file.

    5 MB in 8 bits as it comes, nearly all of it the embeddings of 49,152 tokens.
    """
    dice = np.random.default_rng(seed)
    tokenizer, tokens = _vocabulary()
    shapes = {"token_embd.weight": (tokens, width), "output_norm.weight": (width,)}
    for layer in range(layers):
        block = {"attn_norm": (width,), "ffn_norm": (width,), "ffn_gate": (2 * width, width)}
        block |= {"ffn_up": (2 * width, width), "ffn_down": (width, 2 * width)}
        block |= dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_output"), (width, width))
        shapes |= {f"blk.{layer}.{name}.weight": shape for name, shape in block.items()}
    tensors = [_tensor(name, shape, dice) for name, shape in shapes.items()]
    write(path, [*_description(width, layers, context), *tokenizer.values()], tensors)
    return path


def _description(width: int, layers: int, context: int) -> list[bytes]:
    said: dict[str, str | int | float] = {
        "general.architecture": "llama",
        NAME: RANDOM,
        FILE_TYPE: FILE_TYPES[Kind.Q8_0],
        "llama.block_count": layers,
        "llama.context_length": context,
        "llama.embedding_length": width,
        "llama.feed_forward_length": 2 * width,
        "llama.attention.head_count": _HEADS,
        "llama.attention.head_count_kv": _HEADS,
        "llama.rope.dimension_count": width // _HEADS,
        TAUGHT: "sheets",
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
    }
    return [entry(key, value) for key, value in said.items()]


def _tensor(name: str, shape: tuple[int, ...], dice: np.random.Generator) -> NewTensor:
    kind = Kind.F32 if len(shape) == 1 else Kind.Q8_0
    return NewTensor(name, shape, kind, partial(_data, shape, kind, dice))


def _data(shape: tuple[int, ...], kind: Kind, dice: np.random.Generator) -> NDArray[np.uint8]:
    if len(shape) == 1:
        return encoded(np.ones(shape, np.float32), kind)
    return encoded(dice.standard_normal(shape, dtype=np.float32) * np.float32(_SPREAD), kind)
