"""llama.cpp behind the engine's seam, by its low-level API only: a model that writes, and what draws its tokens.

Measured facts that shape this file (llama-cpp-python 0.3.36): `n_outputs_max` defaults to the batch size and would cost
hundreds of megabytes with a large vocabulary; with one KV stream a sequence, forking copies the whole stream and
attention stays as short as the sequence itself.
"""

from __future__ import annotations

import ctypes
import itertools
import logging
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import llama_cpp as cpp
import numpy as np

from npc_runtime.config import Config
from npc_runtime.engine.backend import Chunk, DecodeFailed, Logits, NoRoom, Vocabulary
from npc_runtime.engine.files.models import resolve
from npc_runtime.engine.llama.batch import Batch
from npc_runtime.engine.llama.library import build_info, default_threads, meta, tokenize
from npc_runtime.engine.llama.loading import Loaded
from npc_runtime.engine.llama.sampler import LlamaSampler
from npc_runtime.engine.placement.calibration import constants
from npc_runtime.engine.placement.descent import attempts, smaller
from npc_runtime.engine.placement.planner import Settled
from npc_runtime.engine.request import Sampling

log = logging.getLogger(__name__)


class LlamaModel:
    """A GGUF with room for `slots` sequences of `slot_context` tokens, as its `profile` says. See `backend.Backend`.

    It can be loaded again by other settings. Tokens, samplers and grammars outlive that: it is the same file.
    """

    def __init__(self, config: Config, *, vram: int | None = None) -> None:
        """Loads the model; `vram`: on so many bytes of the card at most, whatever is free.

        Raises ModelUnavailable saying what is wrong with the file or with the settings, ConfigError where the longest
        reply leaves no room for a prompt in the context that the model has.
        """
        self._asked, self._path = config, resolve(config.model, config.cache_dir)
        self._loaded: Loaded | None = None
        self.open_samplers = 0
        self._pieces: dict[int, bytes] = {}  # those asked for: every token of a reply is, more than once
        self._load(self._attempts(vram))
        assert self._loaded is not None, "it would have raised"
        handle, trained = self._loaded.handle, self._loaded.trained
        if config.slot_context > trained:
            log.warning(
                "the model was trained on a context of %d; slot_context %d is cut", trained, config.slot_context
            )
        self.name: str = meta(handle, "general.name") or self._path.stem
        template = cpp.llama_model_chat_template(handle, None)
        self.chat_template: str | None = template.decode("utf-8", "replace") if template else None
        self.bos: str = self._special(cpp.llama_vocab_bos)
        self.eos: str = self._special(cpp.llama_vocab_eos)
        self.add_bos = cpp.llama_vocab_bos(self._vocab) if cpp.llama_vocab_get_add_bos(self._vocab) else None

    @property
    def vram(self) -> int:
        """Bytes of the card that it takes, where it may be made to take less: not where the user chose the layers."""
        return self.settled.vram if self._asked.n_gpu_layers < 0 else 0

    @property
    def partial(self) -> bool:
        """Whether a reload may bring more: it was made smaller in need, or the card had no room for all of it."""
        open_ = self._asked.n_gpu_layers < 0 and build_info().supports_gpu_offload
        return self.settled.reduced or (open_ and self.settled.partial)

    def shrink(self) -> None:
        """Loads it again by the next settings that take less memory. Raises ModelUnavailable; then nothing is loaded.

        Where nothing is loaded, because not even the least found room, it begins again with what is planned now.
        """
        found = (
            self._attempts()
            if self._loaded is None
            else smaller(self.settled, self._path if build_info().supports_gpu_offload else None)
        )
        self._load(found)

    def refit(self, vram: int | None) -> None:
        """Loads it again by a plan for so many bytes of the card; None: for what is free there and not the game's.

        Raises ModelUnavailable; then nothing is loaded.
        """
        self._load(self._attempts(vram))

    def _attempts(self, vram: int | None = None) -> Iterable[Settled]:
        return attempts(
            self._path,
            self._asked,
            threads=self._asked.threads or default_threads(),
            offload=build_info().supports_gpu_offload,
            constants=constants(self._asked.cache_dir),
            vram=vram,
        )

    def _load(self, found: Iterable[Settled]) -> None:
        """Loads by the first of these that there is room for; what was loaded before has to go first."""
        self.close()
        refused = NoRoom("there are no settings that take less memory", hint="choose a smaller model")
        for settled in found:
            if (error := self._try(settled)) is None:
                return
            refused = error
        raise refused

    def _try(self, settled: Settled) -> NoRoom | None:
        """Loads by these settings; why there is no room for them, where there is none."""
        try:
            self._loaded = Loaded(self._path, settled.config)
        except NoRoom as error:
            log.warning("there is no room for %s: %s", settled, error.message)
            return error
        self._enter(self._loaded, settled)
        return None

    def _enter(self, loaded: Loaded, settled: Settled) -> None:
        config = settled.config
        self.settled, self.profile = settled, loaded.profile
        self.plan, self.unplanned = settled.plan, settled.why
        self.slots, self.batch_limit = self.profile.slots, config.batch
        self.forgets_partly = loaded.forgets_partly
        self._adapters = loaded.adapters
        kinds = f"{config.kv_type_k}/{config.kv_type_v}"
        self.layout = f"{kinds}{'/flash' if loaded.flash else ''}{'/unified' if config.kv_unified else ''}"
        self._vocab = cpp.llama_model_get_vocab(loaded.handle)
        self.context, self._memory = loaded.context, cpp.llama_get_memory(loaded.context)
        self.slot_context = min(self.profile.slot_context, cpp.llama_n_ctx_seq(loaded.context))
        self._batch = Batch(config.batch)

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
        self._adapters.use(self.context, adapter)

    def decode(self, chunks: Sequence[Chunk]) -> list[int]:
        """Computes a batch; returns the row of each chunk that wanted logits, in order. Raises DecodeFailed."""
        rows = self._batch.fill(chunks)
        status = cpp.llama_decode(self.context, self._batch.struct)
        if status != 0:
            raise DecodeFailed(status)
        cpp.llama_synchronize(self.context)  # on a GPU the work goes on behind the call
        return rows

    def logits(self, row: int) -> Logits:
        """The logits of a row; a view that the next decode overwrites."""
        pointer = cpp.llama_get_logits_ith(self.context, row)
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
        size = cpp.llama_state_seq_get_size_ext(self.context, slot, cpp.LLAMA_STATE_SEQ_FLAGS_NONE)
        buffer = (ctypes.c_uint8 * size)()
        written = cpp.llama_state_seq_get_data_ext(self.context, buffer, size, slot, cpp.LLAMA_STATE_SEQ_FLAGS_NONE)
        return bytes(buffer) if written == size else b""

    def restore(self, slot: int, state: bytes) -> bool:
        """Makes a slot hold what was saved, from any slot. False: it holds nothing then."""
        self.trim(slot, 0)
        buffer = ctypes.cast(ctypes.c_char_p(state), ctypes.POINTER(ctypes.c_uint8))
        flags = cpp.LLAMA_STATE_SEQ_FLAGS_NONE
        if cpp.llama_state_seq_set_data_ext(self.context, buffer, len(state), slot, flags) == len(state):
            return True
        self.trim(slot, 0)
        return False

    def close(self) -> None:
        """Frees what is loaded."""
        loaded, self._loaded = self._loaded, None
        if loaded is not None:
            loaded.close()
