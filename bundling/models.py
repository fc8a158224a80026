"""The models of the bundle, ready made: a player's first start makes none."""

from __future__ import annotations

from pathlib import Path

from npc_runtime.config import load
from npc_runtime.engine.files import default_model, minilm
from npc_runtime.engine.files.default_model import ensure_default, prepared
from npc_runtime.engine.files.minilm import ensure_minilm


def ready_made(folder: Path) -> list[Path]:
    """The base of the default model and MiniLM, out of the cache where they were made before.

    Raises ModelUnavailable.
    """
    shared = load().cache_dir
    base = prepared(shared) or ensure_default(folder)
    embedding = minilm.cached(shared)
    return [base, embedding if embedding.is_file() else ensure_minilm(folder)]


def licensed() -> list[tuple[str, str]]:
    """The packages that the models came in, with what they are."""
    return [
        (default_model.PACKAGE, "SmolLM2-135M-Instruct by Hugging Face, Apache-2.0; its weights as Q4_0, by us"),
        (minilm.PACKAGE, "all-MiniLM-L6-v2 by the Sentence Transformers team, Apache-2.0; as a GGUF, by us"),
    ]
