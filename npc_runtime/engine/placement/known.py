"""Shapes of models whose files are not here: `8b-q4_k_m` is Llama 3.1 8B, quantized as llama.cpp mixes types.

The mixtures are those of `llama-quant.cpp`; the files on the net differ from them by less than 1%.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from npc_runtime.engine.placement.inventory import NUMBERS, TYPES, Inventory, Weights
from npc_runtime.engine.placement.shape import Shape, shape
from npc_runtime.errors import not_found

DEFAULT_QUANTIZATION = "q4_k_m"


@dataclass(frozen=True)
class Quantization:
    """Which type the tensors have that are stored better than the `base`; without a name, that one."""

    base: str
    values: tuple[str, str] = ("", "")  # of attn_v: where more bits pay, and elsewhere
    down: tuple[str, str] = ("", "")  # of ffn_down: likewise
    attention_output: str = ""
    output: str = "Q6_K"
    early: bool = False  # more bits pay in the first blocks only


QUANTIZATIONS = {
    "f16": Quantization("F16", output="F16"),
    "q8_0": Quantization("Q8_0", output="Q8_0"),
    "q6_k": Quantization("Q6_K"),
    "q5_k_m": Quantization("Q5_K", values=("Q6_K", "Q5_K"), down=("Q6_K", "Q5_K")),
    "q4_k_m": Quantization("Q4_K", values=("Q6_K", "Q4_K"), down=("Q6_K", "Q4_K")),
    "q4_0": Quantization("Q4_0"),
    "iq4_xs": Quantization("IQ4_XS", values=("Q5_K", "Q5_K"), down=("Q5_K", "IQ4_XS"), early=True),
    "q3_k_m": Quantization("Q3_K", values=("Q5_K", "Q4_K"), down=("Q5_K", "Q4_K"), attention_output="Q4_K", early=True),
    "q2_k": Quantization("Q2_K", values=("Q4_K", "Q4_K"), down=("Q3_K", "Q3_K"), attention_output="Q3_K"),
}
"""From many bits to few."""
_NARROW = {"Q2_K": "Q4_0", "Q3_K": "Q4_0", "IQ4_XS": "IQ4_NL", "Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0"}
"""What stands in for a type whose blocks of 256 do not divide a row."""


@dataclass(frozen=True)
class Family:
    """A row of known.yaml."""

    model: str
    layers: int
    width: int
    feed_forward: int
    heads: int
    kv_heads: int
    vocabulary: int
    context: int
    tied: bool = False


@cache
def families() -> dict[str, Family]:
    """The known models by their short names, large ones first."""
    text = resources.files(__package__).joinpath("known.yaml").read_text(encoding="utf-8")
    return {name: Family(**row) for name, row in yaml.safe_load(text).items()}


def is_known(name: str) -> bool:
    """Whether a name such as `8b` or `8b-q4_k_m` begins like a known model; a mistyped quantization still counts."""
    return name.lower().partition("-")[0] in families()


def known_shape(name: str) -> Shape:
    """The shape by its name. Raises NotFound with what there is."""
    family, _, kind = name.lower().partition("-")
    kind = kind or DEFAULT_QUANTIZATION
    if family not in families():
        raise not_found("known model", name, list(families()))
    if kind not in QUANTIZATIONS:
        raise not_found("quantization", kind, list(QUANTIZATIONS))
    found = families()[family]
    return shape(known_inventory(found, QUANTIZATIONS[kind]), f"{found.model} {kind.upper()}")


def known_inventory(family: Family, kind: Quantization) -> Inventory:
    """What a file of a known model would list."""
    said = {
        "general.architecture": "llama",
        "general.name": family.model,
        "llama.block_count": family.layers,
        "llama.context_length": family.context,
        "llama.embedding_length": family.width,
        "llama.feed_forward_length": family.feed_forward,
        "llama.attention.head_count": family.heads,
        "llama.attention.head_count_kv": family.kv_heads,
        "llama.vocab_size": family.vocabulary,
    }
    return Inventory(said, tuple(_tensors(family, kind)))


def _tensors(family: Family, kind: Quantization) -> Iterator[Weights]:
    width, keys = family.width, family.width // family.heads * family.kv_heads
    yield _weights("token_embd.weight", (family.vocabulary, width), kind.output if family.tied else kind.base)
    for layer in range(family.layers):
        better = 0 if _more_bits(layer, family.layers, early=kind.early) else 1
        down, values = kind.down[better] or kind.base, kind.values[better] or kind.base
        if family.layers >= 80 and values in ("Q3_K", "Q4_K"):
            values = "Q5_K"
        sizes: dict[str, tuple[tuple[int, ...], str]] = {
            "attn_norm": ((width,), "F32"),
            "attn_q": ((width, width), kind.base),
            "attn_k": ((keys, width), kind.base),
            "attn_v": ((keys, width), values),
            "attn_output": ((width, width), kind.attention_output or kind.base),
            "ffn_norm": ((width,), "F32"),
            "ffn_gate": ((family.feed_forward, width), kind.base),
            "ffn_up": ((family.feed_forward, width), kind.base),
            "ffn_down": ((width, family.feed_forward), down),
        }
        for name, (size, type_) in sizes.items():
            yield _weights(f"blk.{layer}.{name}.weight", size, type_)
    yield _weights("output_norm.weight", (width,), "F32")
    if not family.tied:
        yield _weights("output.weight", (family.vocabulary, width), kind.output)


def _weights(name: str, size: tuple[int, ...], type_: str) -> Weights:
    block = TYPES[NUMBERS[type_]][1]
    return Weights(name, size, type_ if size[-1] % block == 0 else _NARROW[type_])


def _more_bits(layer: int, layers: int, *, early: bool) -> bool:
    eighth = layers // 8
    return layer < eighth or (not early and (layer >= 7 * layers // 8 or (layer - eighth) % 3 == 2))
