"""From a checkpoint to GGUF files: f16, and quantized by llama.cpp to Q8_0 and Q4_K_M.

    python -m training.export --model runs/model --data runs/corpus --out runs

writes `villager-f16.gguf`, `villager-q8_0.gguf` and `villager-q4_k_m.gguf`.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import sys
from pathlib import Path
from typing import Any

import gguf
import llama_cpp
import numpy as np
import torch

from npc_runtime.engine.words import METADATA
from training.tokenizer import CHAT_TEMPLATE, END, END_OF_TEXT, SPECIALS, WORDS

NAME, DESCRIPTION = (
    "npc-villager",
    "A small model that voices villagers; it is told what to say and says it in character.",
)
QUANTIZATIONS = {"q8_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0, "q4_k_m": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_M}
_WARNING = 3  # ggml's level
_LAYER = {
    "attention_norm.gain": "attn_norm", "query.weight": "attn_q", "key.weight": "attn_k", "value.weight": "attn_v",
    "output.weight": "attn_output", "feed_forward_norm.gain": "ffn_norm", "gate.weight": "ffn_gate",
    "up.weight": "ffn_up", "down.weight": "ffn_down",
}  # fmt: skip
"""Our names of a layer's tensors, and llama.cpp's."""


def tensor_name(name: str) -> str:
    """llama.cpp's name for one of our tensors."""
    if name.startswith("blocks."):
        _, layer, rest = name.split(".", 2)
        return f"blk.{layer}.{_LAYER[rest]}.weight"
    return {"embedding.weight": "token_embd.weight", "norm.gain": "output_norm.weight"}[name]


def write(checkpoint: Path, vocabulary: Path, out: Path, *, half: bool, name: str = NAME) -> None:
    """Writes the unquantized model, in float16 or float32 (norms always in float32).

    Where a `words.txt` lies beside the vocabulary, the runtime lets the model say these and its prompt's words alone.
    """
    stored: dict[str, Any] = torch.load(checkpoint, map_location="cpu")
    shape = stored["shape"]
    writer = gguf.GGUFWriter(out, "llama")
    writer.add_name(name)
    writer.add_description(DESCRIPTION)
    writer.add_license("apache-2.0")
    writer.add_context_length(shape["context"])
    writer.add_embedding_length(shape["width"])
    writer.add_block_count(shape["layers"])
    writer.add_feed_forward_length(shape["feed_forward"])
    writer.add_head_count(shape["heads"])
    writer.add_head_count_kv(shape["heads"])
    writer.add_rope_dimension_count(shape["width"] // shape["heads"])
    writer.add_rope_freq_base(shape["rope_base"])
    writer.add_layer_norm_rms_eps(shape["epsilon"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16 if half else gguf.LlamaFileType.ALL_F32)
    _add_vocabulary(writer, vocabulary)
    if (words := vocabulary.with_name(WORDS)).exists():
        writer.add_string(METADATA, words.read_text(encoding="utf-8"))
    for ours, tensor in stored["model"].items():
        kind = np.float16 if half and tensor.ndim == 2 else np.float32
        writer.add_tensor(tensor_name(ours), np.ascontiguousarray(tensor.float().numpy().astype(kind)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_vocabulary(writer: gguf.GGUFWriter, path: Path) -> None:
    stored = json.loads(path.read_text(encoding="utf-8"))["model"]
    tokens = sorted(stored["vocab"], key=stored["vocab"].__getitem__)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if t in SPECIALS else gguf.TokenType.NORMAL for t in tokens])
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in stored["merges"]])
    writer.add_bos_token_id(tokens.index(END_OF_TEXT))
    writer.add_pad_token_id(tokens.index(END_OF_TEXT))
    writer.add_eos_token_id(tokens.index(END))
    writer.add_eot_token_id(tokens.index(END))
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _warn(level: int, text: bytes, _: ctypes.c_void_p) -> None:
    """llama.cpp lists every tensor; only its warnings and errors are passed on."""
    if level >= _WARNING:
        print(text.decode("utf-8", errors="replace"), end="", file=sys.stderr)


def quantize(source: Path, out: Path, kind: int, threads: int = 2) -> None:
    """Quantizes `source` with llama.cpp. Raises RuntimeError when llama.cpp refuses."""
    llama_cpp.llama_backend_init()
    llama_cpp.llama_log_set(_warn, ctypes.c_void_p(0))
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype, parameters.nthread = kind, threads
    if llama_cpp.llama_model_quantize(str(source).encode(), str(out).encode(), ctypes.byref(parameters)):
        raise RuntimeError(f"llama.cpp could not quantize {source} to {out}")


def save(checkpoint: Path, vocabulary: Path, out: Path, quantization: str, name: str = NAME) -> None:
    """Writes one GGUF file; `quantization` is "f16" or a key of `QUANTIZATIONS`."""
    if quantization == "f16":
        write(checkpoint, vocabulary, out, half=True, name=name)
        return
    exact = out.with_suffix(".f32")
    try:
        write(checkpoint, vocabulary, exact, half=False, name=name)
        quantize(exact, out, QUANTIZATIONS[quantization])
    finally:
        exact.unlink(missing_ok=True)


def export(model: Path, data: Path, out: Path) -> dict[str, Path]:
    """Writes every file and returns them by quantization."""
    out.mkdir(parents=True, exist_ok=True)
    files = {name: out / f"villager-{name}.gguf" for name in ("f16", *QUANTIZATIONS)}
    for name, path in files.items():
        save(model / "checkpoint.pt", data / "tokenizer.json", path, name)
    return files


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Export a checkpoint to GGUF, and quantize it.")
    parser.add_argument("--model", type=Path, default=Path("runs/model"))
    parser.add_argument("--data", type=Path, default=Path("runs/corpus"))
    parser.add_argument("--out", type=Path, default=Path("runs"))
    args = parser.parse_args()
    for name, path in export(args.model, args.data, args.out).items():
        print(f"{name:7} {path} {path.stat().st_size / 2**20:.1f} MB")


if __name__ == "__main__":
    main()
