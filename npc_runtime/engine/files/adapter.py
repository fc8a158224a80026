"""A LoRA adapter as a file: which base it belongs to, read before llama.cpp adds it to a model.

LoRA: https://arxiv.org/abs/2106.09685. Format: llama.cpp's `convert_lora_to_gguf.py`.
"""

from __future__ import annotations

import logging
from pathlib import Path

from npc_runtime.engine.backend import Backend
from npc_runtime.engine.files.tensors import NAME, GGUFFile
from npc_runtime.errors import ModelUnavailable

log = logging.getLogger(__name__)

BASE_HASH = "npc_runtime.base.sha256"
"""Where an adapter says which file it was trained on: added to another one it would make nonsense."""
TAUGHT = "npc_runtime.taught"
"""The key by which a model says that it learned to fill in sheets."""


class Adapter:
    """A LoRA adapter of llama.cpp's format. `base` is the SHA-256 of the file it belongs to."""

    def __init__(self, path: Path) -> None:
        """Reads it. Raises ModelUnavailable when it is damaged, or no adapter."""
        file = GGUFFile(path)
        said, parts = file.values.get, file.tensors.keys()
        if (said("general.type"), said("adapter.type")) != ("adapter", "lora"):
            raise ModelUnavailable(f"{path} is not a LoRA adapter")
        targets = {name.removesuffix(".lora_a") for name in parts if name.endswith(".lora_a")}
        if not targets or {f"{target}.lora_{half}" for target in targets for half in "ab"} != parts:
            raise ModelUnavailable(f"{path} has halves of weights only")
        if not isinstance(said("adapter.lora.alpha", 0.0), float) or not isinstance(said("general.architecture"), str):
            raise ModelUnavailable(f"{path} does not say for which architecture it is, and how strong")
        self.name, self.base = str(said(NAME, path.stem)), str(said(BASE_HASH, ""))
        self.taught = TAUGHT in file.values


class Fitting:
    """Which adapters of characters a backend takes. What is wrong with one is said once, in the log."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._unfit: set[str] = set()

    def fitting(self, adapter: str) -> str:
        """The adapter where the model takes it; else none, and who names it speaks without."""
        if not adapter or adapter in self._unfit:
            return ""
        try:
            self._backend.load(adapter)
        except ModelUnavailable as error:
            self._unfit.add(adapter)
            log.warning("%s; whoever names it speaks without it", error)
            return ""
        return adapter
