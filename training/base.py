"""The GGUF that is adapted: the one that is served, quantization and all."""

from __future__ import annotations

from pathlib import Path

from npc_runtime.config import load
from npc_runtime.engine.files.default_model import ensure_default


def base(named: Path | None) -> Path:
    """The file that was named, or the default model's, which is made in the cache folder where it is not there yet.

    Raises ModelUnavailable.
    """
    return named if named is not None else ensure_default(load({}, environ={}).cache_dir)
