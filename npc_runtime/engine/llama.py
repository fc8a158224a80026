"""llama.cpp behind the engine's seam, by its low-level API only: a model that writes.

Measured facts that shape this file (llama-cpp-python 0.3.36): `n_outputs_max` defaults to the batch size and would cost
hundreds of megabytes with a large vocabulary; with one KV stream a sequence, forking copies the whole stream and
attention stays as short as the sequence itself.
"""

from __future__ import annotations

import ctypes
import itertools
import logging
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import llama_cpp as cpp
import numpy as np

from npc_runtime.config import PROMPT_ROOM, Config
from npc_runtime.engine.adapter import TAUGHT
from npc_runtime.engine.backend import Chunk, DecodeFailed, Logits, Vocabulary
from npc_runtime.engine.llama_adapters import Adapters
from npc_runtime.engine.llama_batch import Batch
from npc_runtime.engine.llama_library import (
    build_info,
    complaints,
    default_threads,
    forget_complaints,
    load_file,
    meta,
    tokenize,
)
from npc_runtime.engine.llama_sampler import LlamaSampler
from npc_runtime.engine.models import resolve
from npc_runtime.engine.placement.calibration import constants
from npc_runtime.engine.placement.planner import settle
from npc_runtime.engine.profile import profile
from npc_runtime.engine.request import Sampling
from npc_runtime.errors import ConfigError, ModelUnavailable

log = logging.getLogger(__name__)

KV_TYPES = {"f16": cpp.GGML_TYPE_F16, "q8_0": cpp.GGML_TYPE_Q8_0, "q4_0": cpp.GGML_TYPE_Q4_0}


class LlamaModel:
    """A GGUF with room for `slots` sequences of `slot_context` tokens, as its `profile` says. See `backend.Backend`."""

    def __init__(self, config: Config) -> None:
        """Loads the model. Raises ModelUnavailable saying what is wrong with the file or with the settings.

        Raises ConfigError where the longest reply leaves no room for a prompt in the context that the model has.
        """
        path = resolve(config.model, config.cache_dir)
        asked = config.slot_context
        settled = settle(
            path,
            config,
            threads=config.threads or default_threads(),
            offload=build_info().supports_gpu_offload,
            constants=constants(config.cache_dir),
        )
        config, self.plan, self.unplanned = settled.config, settled.plan, settled.why
        self._handle = load_file(path, config.n_gpu_layers)
        self._vocab = cpp.llama_model_get_vocab(self._handle)
        trained = int(cpp.llama_model_n_ctx_train(self._handle))
        self._adapters = Adapters(self._handle, config)
        sheets = bool(meta(self._handle, TAUGHT)) or self._adapters.taught
        self.profile = profile(trained, config, taught=sheets)
        if asked > trained:
            log.warning("the model was trained on a context of %d; slot_context %d is cut", trained, asked)
        if trained < self.profile.reply + PROMPT_ROOM:
            cpp.llama_model_free(self._handle)
            raise ConfigError(
                f"{path.name} was trained on a context of {trained}, which leaves no room for a prompt beside "
                f"--max-tokens {self.profile.reply}, so characters would say fallback lines only",
                hint=f"lower --max-tokens to {max(0, trained - PROMPT_ROOM)} or less, or name another one with --model",
            )
        self.slots = self.profile.slots
        self.batch_limit = config.batch
        self.forgets_partly = not (
            cpp.llama_model_is_recurrent(self._handle) or cpp.llama_model_is_hybrid(self._handle)
        )
        self.open_samplers = 0
        self._pieces: dict[int, bytes] = {}  # those asked for: every token of a reply is, more than once
        self._context = self._open(path, config, self.profile.slot_context)
        self._memory = cpp.llama_get_memory(self._context)
        self.slot_context = min(self.profile.slot_context, cpp.llama_n_ctx_seq(self._context))
        self._batch = Batch(config.batch)
        self.name = meta(self._handle, "general.name") or path.stem
        template = cpp.llama_model_chat_template(self._handle, None)
        self.chat_template: str | None = template.decode("utf-8", "replace") if template else None
        self.bos, self.eos = (self._special(cpp.llama_vocab_bos), self._special(cpp.llama_vocab_eos))
        self.add_bos = cpp.llama_vocab_bos(self._vocab) if cpp.llama_vocab_get_add_bos(self._vocab) else None

    def _open(self, path: Path, config: Config, slot_context: int) -> Any:
        params = cpp.llama_context_default_params()
        params.n_ctx = self.slots * slot_context
        params.n_seq_max = self.slots
        params.n_batch = params.n_ubatch = config.batch
        params.n_outputs_max = self.slots
        params.n_threads = params.n_threads_batch = config.threads or default_threads()
        params.kv_unified = config.kv_unified
        params.offload_kqv = config.kv_place != "ram"
        params.type_k, params.type_v = KV_TYPES[config.kv_type_k], KV_TYPES[config.kv_type_v]
        params.no_perf = True
        if config.kv_type_v != "f16":
            params.flash_attn_type = 1  # llama.cpp quantizes V only with flash attention
        forget_complaints()
        context = cpp.llama_init_from_model(self._handle, params)
        if not context:
            cpp.llama_model_free(self._handle)
            raise ModelUnavailable(
                f"no context of {self.slots} slots with {slot_context} tokens for {path.name}: {complaints()}",
                hint="lower slots or slot_context, or choose a smaller kv_type_k and kv_type_v",
            )
        self._adapters.use(context, "")
        return context

    # ------------------------------------------------------------------------------------------- vocabulary

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What the grammar must know about tokens."""
        size = cpp.llama_vocab_n_tokens(self._vocab)
        newline, markup = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
        end = set()
        for token in range(size):
            piece = self.piece(token)
            newline[token] = b"\n" in piece or b"\r" in piece
            markup[token] = not piece or b"<" in piece or b">" in piece
            if cpp.llama_vocab_is_eog(self._vocab, token):
                end.add(token)
        return Vocabulary(size, frozenset(end), newline, markup)

    @cached_property
    def _look_alikes(self) -> re.Pattern[str] | None:
        """Texts of user-defined tokens such as role tags, which llama.cpp recognizes in any text."""
        user_defined = cpp.LLAMA_TOKEN_ATTR_USER_DEFINED
        texts = [
            text
            for token in range(cpp.llama_vocab_n_tokens(self._vocab))
            if cpp.llama_vocab_get_attr(self._vocab, token) & user_defined
            and len(text := self.spelling(token)) > 1
            and not text.isspace()
        ]
        return re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True)))) if texts else None

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Token ids; without `special` no text, whatever it looks like, becomes a special token."""
        if not special and self._look_alikes is not None:
            # Cut inside each look-alike: its halves are ordinary text.
            cuts = [0, *(match.start() + 1 for match in self._look_alikes.finditer(text)), len(text)]
            runs = [text[start:stop] for start, stop in itertools.pairwise(cuts)]
            return [token for run in runs for token in tokenize(self._vocab, run, special=False)]
        return tokenize(self._vocab, text, special=special)

    def piece(self, token: int) -> bytes:
        """The bytes of a token; nothing for special ones."""
        if token not in self._pieces:
            self._pieces[token] = self._read_piece(token)
        return self._pieces[token]

    def _read_piece(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(64)
        count = cpp.llama_token_to_piece(self._vocab, token, buffer, 64, 0, False)
        if count < 0:
            buffer = ctypes.create_string_buffer(-count)
            count = cpp.llama_token_to_piece(self._vocab, token, buffer, -count, 0, False)
        return buffer.raw[:count]

    def spelling(self, token: int) -> str:
        """How the vocabulary writes a token, special ones too: `<|im_end|>`."""
        text: bytes = cpp.llama_vocab_get_text(self._vocab, token)
        return text.decode("utf-8", "replace")

    def _special(self, which: Any) -> str:
        token = which(self._vocab)
        return "" if token < 0 else self.spelling(token)

    # ------------------------------------------------------------------------------------------- computing

    def sampler(self, sampling: Sampling, seed: int) -> LlamaSampler:
        """A new sampler chain."""
        sampler = LlamaSampler(self, self._vocab, sampling, seed)
        self.open_samplers += 1
        return sampler

    def load(self, adapter: str) -> None:
        """Reads an adapter, once. Raises ModelUnavailable where it is none for this model."""
        self._adapters.load(adapter)

    def use(self, adapter: str) -> None:
        """What is decoded from now on is decoded with this adapter, or without one of a character's."""
        self._adapters.use(self._context, adapter)

    def decode(self, chunks: Sequence[Chunk]) -> list[int]:
        """Computes a batch; returns the row of each chunk that wanted logits, in order. Raises DecodeFailed."""
        rows = self._batch.fill(chunks)
        status = cpp.llama_decode(self._context, self._batch.struct)
        if status != 0:
            raise DecodeFailed(status)
        cpp.llama_synchronize(self._context)  # on a GPU the work goes on behind the call
        return rows

    def logits(self, row: int) -> Logits:
        """The logits of a row; a view that the next decode overwrites."""
        pointer = cpp.llama_get_logits_ith(self._context, row)
        return np.ctypeslib.as_array(pointer, (self.vocabulary.size,))

    def trim(self, slot: int, length: int) -> bool:
        """Forgets what a slot holds from position `length` on. False: this model can only forget all of it."""
        return bool(cpp.llama_memory_seq_rm(self._memory, slot, length, -1))

    def fork(self, source: int, target: int) -> None:
        """Makes `target` hold what `source` holds."""
        cpp.llama_memory_seq_rm(self._memory, target, -1, -1)
        cpp.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def save(self, slot: int) -> bytes:
        """What a slot holds, to be restored later; empty where that cannot be had."""
        size = cpp.llama_state_seq_get_size_ext(self._context, slot, cpp.LLAMA_STATE_SEQ_FLAGS_NONE)
        buffer = (ctypes.c_uint8 * size)()
        written = cpp.llama_state_seq_get_data_ext(self._context, buffer, size, slot, cpp.LLAMA_STATE_SEQ_FLAGS_NONE)
        return bytes(buffer) if written == size else b""

    def restore(self, slot: int, state: bytes) -> bool:
        """Makes a slot hold what was saved, from any slot. False: it holds nothing then."""
        self.trim(slot, 0)
        buffer = ctypes.cast(ctypes.c_char_p(state), ctypes.POINTER(ctypes.c_uint8))
        flags = cpp.LLAMA_STATE_SEQ_FLAGS_NONE
        if cpp.llama_state_seq_set_data_ext(self._context, buffer, len(state), slot, flags) == len(state):
            return True
        self.trim(slot, 0)
        return False

    def close(self) -> None:
        """Frees the model."""
        cpp.llama_free(self._context)
        cpp.llama_model_free(self._handle)
