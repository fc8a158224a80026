"""Weights, adapters and a context in memory: what is there once a file is loaded by some settings, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import llama_cpp as cpp

from npc_runtime.config import PROMPT_ROOM, Config
from npc_runtime.engine.backend import NoRoom
from npc_runtime.engine.files.adapter import TAUGHT
from npc_runtime.engine.llama.adapters import Adapters
from npc_runtime.engine.llama.library import (
    build_info,
    complaints,
    default_threads,
    forget_complaints,
    load_file,
    meta,
)
from npc_runtime.engine.placement.policy import flash_attention
from npc_runtime.engine.profile import ModelProfile, profile
from npc_runtime.errors import ConfigError

KV_TYPES = {"f16": cpp.GGML_TYPE_F16, "q8_0": cpp.GGML_TYPE_Q8_0, "q4_0": cpp.GGML_TYPE_Q4_0}


class Loaded:
    """A file in memory. `profile` is what suits the model, by its file and the settings."""

    def __init__(self, path: Path, config: Config) -> None:
        """Raises NoRoom where there is too little memory, ModelUnavailable where the file or the adapter is no good.

        Raises ConfigError where the longest reply leaves no room for a prompt in the context that the model has.
        Whatever it raises, nothing is left in memory.
        """
        self.handle = load_file(path, config.n_gpu_layers)
        try:
            self.trained = int(cpp.llama_model_n_ctx_train(self.handle))
            self.forgets_partly = not (
                cpp.llama_model_is_recurrent(self.handle) or cpp.llama_model_is_hybrid(self.handle)
            )
            self.adapters = Adapters(self.handle, config)
            sheets = bool(meta(self.handle, TAUGHT)) or self.adapters.taught
            self.profile = profile(self.trained, config, taught=sheets)
            _check_room(path, self.trained, self.profile)
            on_card = config.n_gpu_layers != 0 and build_info().supports_gpu_offload
            self.flash = flash_attention(on_card, config.kv_type_k, config.kv_type_v)
            self.context = self._open(path, config)
        except BaseException:
            cpp.llama_model_free(self.handle)
            raise

    def _open(self, path: Path, config: Config) -> Any:
        slots, slot_context = self.profile.slots, self.profile.slot_context
        params = cpp.llama_context_default_params()
        params.n_ctx = slots * slot_context
        params.n_seq_max = slots
        params.n_batch = params.n_ubatch = config.batch
        params.n_outputs_max = slots
        params.n_threads = params.n_threads_batch = config.threads or default_threads()
        params.kv_unified = config.kv_unified
        params.offload_kqv = config.kv_place != "ram"
        params.type_k, params.type_v = KV_TYPES[config.kv_type_k], KV_TYPES[config.kv_type_v]
        params.no_perf = True
        if not self.flash:
            params.flash_attn_type = 0
        elif config.kv_type_v != "f16":
            params.flash_attn_type = 1  # llama.cpp quantizes V only with it
        forget_complaints()
        context = cpp.llama_init_from_model(self.handle, params)
        if not context:
            raise NoRoom(
                f"no context of {slots} slots with {slot_context} tokens for {path.name}: {complaints()}",
                hint="lower slots or slot_context, or choose a smaller kv_type_k and kv_type_v",
            )
        self.adapters.use(context, "")
        return context

    def close(self) -> None:
        """Frees it all."""
        cpp.llama_free(self.context)
        cpp.llama_model_free(self.handle)


def _check_room(path: Path, trained: int, suits: ModelProfile) -> None:
    if trained < suits.reply + PROMPT_ROOM:
        raise ConfigError(
            f"{path.name} was trained on a context of {trained}, which leaves no room for a prompt beside "
            f"--max-tokens {suits.reply}, so characters would say fallback lines only",
            hint=f"lower --max-tokens to {max(0, trained - PROMPT_ROOM)} or less, or name another one with --model",
        )
