"""The adapters of a loaded model: its own, and those of villages and personas, which are read when they are first used.

llama.cpp makes room in its graph for what was loaded whenever the adapters of a context change, so that they may come
at any time; but then it lays all of the graph out anew, which takes a few milliseconds.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import llama_cpp as cpp

from npc_runtime.config import DEFAULT, Config
from npc_runtime.engine.files import default_model
from npc_runtime.engine.files.adapter import TAUGHT, Adapter
from npc_runtime.engine.files.models import gguf_file
from npc_runtime.engine.llama.library import complaints, forget_complaints
from npc_runtime.errors import ModelUnavailable


class Adapters:
    """What a model is decoded with. They are freed with the model."""

    def __init__(self, model: Any, config: Config) -> None:
        """Loads the model's own, if it has one. Raises ModelUnavailable."""
        self._model = model
        self._own: Any = None
        self._base = ""  # of an adapter that names its base, where that is known
        self._others: dict[str, tuple[Any, bool]] = {}  # by path; whether it is instead of the model's own
        path = config.adapter or (default_model.ADAPTER if config.model == DEFAULT else None)
        if path is None:
            return
        gguf_file(path, hint="name a GGUF file with a LoRA adapter")
        try:
            self._own = self._read(path)
            if config.model == DEFAULT:
                self._base = Adapter(default_model.ADAPTER).base
        except ModelUnavailable as error:
            raise ModelUnavailable(error.message, hint="leave --adapter out") from None

    @property
    def taught(self) -> bool:
        """Whether the model's own learned to fill in sheets."""
        buffer = ctypes.create_string_buffer(64)
        own = self._own
        return bool(own) and int(cpp.llama_adapter_meta_val_str(own, TAUGHT.encode(), buffer, len(buffer))) > 0

    def load(self, path: str) -> None:
        """Reads an adapter, once. Raises ModelUnavailable where it is none, or none for this model."""
        if path in self._others:
            return
        gguf_file(Path(path), hint="name a GGUF file with a LoRA adapter")
        found = Adapter(Path(path))  # a stranger's file: llama.cpp ends the process over some damage
        if self._base and found.base and found.base != self._base:
            raise ModelUnavailable(f"{path} was trained on another model than the one that is served")
        self._others[path] = self._read(Path(path)), found.taught

    def use(self, context: Any, path: str) -> None:
        """What is decoded from now on is decoded with this one, and with the model's own unless it takes its place.

        Without a path it is the model's own alone. Raises ModelUnavailable as `load` does.
        """
        chosen = [self._own] if self._own else []
        if path:
            self.load(path)
            adapter, instead = self._others[path]
            chosen = [adapter] if instead else [*chosen, adapter]
        count = len(chosen)
        adapters = (cpp.llama_adapter_lora_p_ctypes * count)(*chosen)
        cpp.llama_set_adapters_lora(context, adapters, count, (ctypes.c_float * count)(*[1.0] * count))

    def _read(self, path: Path) -> Any:
        forget_complaints()
        adapter = cpp.llama_adapter_lora_init(self._model, str(path).encode())
        if not adapter:
            raise ModelUnavailable(f"{path} is no adapter for this model: {complaints()}")
        return adapter
