"""Texts as vectors whose dot product says how alike they are in meaning, and which model makes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from npc_runtime.config import Config
from npc_runtime.engine.backend import Vectors
from npc_runtime.engine.files import minilm, models

AUTO, OFF, MINILM = "auto", "off", "minilm"


class Embedder(Protocol):
    """An embedding model. May be used from several threads at once."""

    @property
    def name(self) -> str:
        """What the model calls itself. Vectors of different models cannot be compared."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for each text, shape (len(texts), dimensions). Long texts are cut to the model's context.

        A text that has no tokens at all becomes a row of zeros, which is like nothing. Raises ModelUnavailable.
        """

    def close(self) -> None:
        """Frees the model."""


def choice(config: Config) -> str:
    """What the setting `embedding` comes to on this machine: "off", "minilm", or the path of a GGUF."""
    if config.embedding == AUTO:
        return MINILM if minilm.installed() else OFF
    return config.embedding


def load_embedder(config: Config) -> Embedder | None:
    """The embedding model in force, on the CPU; None where it is off. May block for a second or two, the first time.

    Raises ModelUnavailable saying what is missing or wrong.
    """
    chosen = choice(config)
    if chosen == OFF:
        return None
    from npc_runtime.engine.llama.embedding import LlamaEmbedder  # the doctor looks here without llama.cpp

    path = minilm.ensure_minilm(config.cache_dir) if chosen == MINILM else named_file(chosen)
    return LlamaEmbedder(path, config.threads)


def named_file(chosen: str) -> Path:
    """The GGUF that a user named. Raises ModelUnavailable saying what is wrong with it."""
    return models.gguf_file(Path(chosen).expanduser(), hint='name an embedding GGUF, or "minilm", or "off"')
