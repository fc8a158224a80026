"""Embeddings through llama.cpp: `embedding.Embedder` for any GGUF that says how its tokens are pooled.

The model stays on the CPU: the card is for the game and for the model that talks. Texts share a decode, since one short
text leaves most of a batch empty.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import llama_cpp as cpp
import numpy as np

from npc_runtime.engine.backend import Chunk, Vectors
from npc_runtime.engine.llama.batch import Batch
from npc_runtime.engine.llama.library import complaints, default_threads, load_file, meta, tokenize
from npc_runtime.errors import ModelUnavailable

CONTEXT = 512
"""Most tokens of a text, and of a decode: attention without a KV cache costs the square of what is in the batch."""
TEXTS = 64  # most in one decode
UNSUITABLE = (cpp.LLAMA_POOLING_TYPE_NONE, cpp.LLAMA_POOLING_TYPE_RANK)

Text = tuple[int, list[int]]  # which row it becomes, and its tokens


class LlamaEmbedder:
    """A loaded embedding model. See `embedding.Embedder`."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """Loads the model; 0 threads: physical cores less one. Raises ModelUnavailable when it is of another kind."""
        self._lock = threading.Lock()
        self._handle = load_file(path, 0)
        self._vocab = cpp.llama_model_get_vocab(self._handle)
        self._limit = min(CONTEXT, int(cpp.llama_model_n_ctx_train(self._handle)))
        self._context = self._open(path, threads or default_threads())
        self._memory = cpp.llama_get_memory(self._context)  # nothing for an encoder, such as BERT
        self._batch = Batch(self._limit)
        self.name = meta(self._handle, "general.name") or path.stem
        self.dimensions = int(cpp.llama_model_n_embd_out(self._handle))

    def _open(self, path: Path, threads: int) -> Any:
        params = cpp.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = self._limit
        params.n_seq_max = TEXTS
        params.n_threads = params.n_threads_batch = threads
        params.kv_unified = True  # otherwise each text would have its share of the context only
        params.embeddings = True
        params.offload_kqv = params.op_offload = False
        params.no_perf = True
        context = cpp.llama_init_from_model(self._handle, params)
        if context and cpp.llama_pooling_type(context) not in UNSUITABLE:
            return context
        problem = "is not an embedding model: it does not say how to pool tokens" if context else complaints()
        if context:
            cpp.llama_free(context)
        cpp.llama_model_free(self._handle)
        raise ModelUnavailable(
            f"{path} {problem}", hint='name an embedding GGUF such as MiniLM, BGE or Nomic Embed, or "off"'
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for each text, shape (len(texts), dimensions). Raises ModelUnavailable."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        tokenized = [(row, tokens) for row, text in enumerate(texts) if (tokens := self._tokens(text))]
        for group in _groups(tokenized, self._limit):
            rows = [row for row, _ in group]
            vectors[rows] = self._pooled([tokens for _, tokens in group])
        return vectors

    def _tokens(self, text: str) -> list[int]:
        tokens = tokenize(self._vocab, text, special=False, frame=True)
        if len(tokens) > self._limit:
            # The last one may close every text, and models may pool there.
            return [*tokens[: self._limit - 1], tokens[-1]]
        return tokens

    def _pooled(self, sequences: list[list[int]]) -> Vectors:
        """One decode: shape (len(sequences), dimensions), rows of length 1."""
        chunks = [Chunk(slot, 0, tokens, sample=True) for slot, tokens in enumerate(sequences)]
        with self._lock:
            self._batch.fill(chunks)
            status = self._compute()
            if status != 0:
                raise ModelUnavailable(f"the embedding model {self.name} failed on a batch with status {status}")
            pooled: Vectors = np.stack([self._row(slot) for slot in range(len(sequences))])
        pooled /= np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return pooled

    def _compute(self) -> int:
        if not self._memory:
            return int(cpp.llama_encode(self._context, self._batch.struct))
        cpp.llama_memory_clear(self._memory, True)
        return int(cpp.llama_decode(self._context, self._batch.struct))

    def _row(self, slot: int) -> Vectors:
        pointer = cpp.llama_get_embeddings_seq(self._context, slot)
        return np.ctypeslib.as_array(ctypes.cast(pointer, ctypes.POINTER(ctypes.c_float)), (self.dimensions,))

    def close(self) -> None:
        """Frees the model."""
        with self._lock:
            cpp.llama_free(self._context)
            cpp.llama_model_free(self._handle)


def _groups(texts: list[Text], limit: int) -> Iterator[list[Text]]:
    """Texts in order, as many together as a decode takes."""
    group: list[Text] = []
    used = 0
    for row, tokens in texts:
        if group and (used + len(tokens) > limit or len(group) == TEXTS):
            yield group
            group, used = [], 0
        group.append((row, tokens))
        used += len(tokens)
    if group:
        yield group
