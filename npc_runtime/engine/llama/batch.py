"""A batch of tokens, laid out as llama.cpp reads it."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import llama_cpp as cpp
import numpy as np

from npc_runtime.engine.backend import Chunk


class Batch:
    """A llama_batch over arrays of our own, filled slice by slice instead of entry by entry."""

    def __init__(self, capacity: int) -> None:
        self._tokens = np.zeros(capacity, np.int32)
        self._positions = np.zeros(capacity, np.int32)
        self._slots = np.zeros(capacity, np.int32)
        self._wanted = np.zeros(capacity, np.int8)
        counts = np.ones(capacity, np.int32)
        addresses = self._slots.ctypes.data + np.arange(capacity, dtype=np.uintp) * self._slots.itemsize
        self._keep = (counts, addresses)  # the struct holds bare pointers into these
        self.struct = cpp.llama_batch()
        self.struct.embd = None
        for name, array in (
            ("token", self._tokens),
            ("pos", self._positions),
            ("n_seq_id", counts),
            ("seq_id", addresses),
            ("logits", self._wanted),
        ):
            kind = dict(cpp.llama_batch._fields_)[name]
            setattr(self.struct, name, ctypes.cast(array.ctypes.data, kind))

    def fill(self, chunks: Sequence[Chunk]) -> list[int]:
        """Lays the chunks out one after the other; returns the row of each that wants logits."""
        rows = []
        at = 0
        for chunk in chunks:
            stop = at + len(chunk.tokens)
            self._tokens[at:stop] = chunk.tokens
            self._positions[at:stop] = np.arange(chunk.start, chunk.start + len(chunk.tokens))
            self._slots[at:stop] = chunk.slot
            self._wanted[at:stop] = 0
            if chunk.sample:
                self._wanted[stop - 1] = 1
                rows.append(stop - 1)
            at = stop
        self.struct.n_tokens = at
        return rows
