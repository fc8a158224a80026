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
        """Lays the chunks out by their slots; returns the row of each that wants logits, in the order of `chunks`.

        llama.cpp computes sequences in one pass only where each has the number after the one before.
        """
        rows: dict[int, int] = {}
        at = 0
        for number, chunk in sorted(enumerate(chunks), key=lambda numbered: numbered[1].slot):
            stop = at + len(chunk.tokens)
            self._tokens[at:stop] = chunk.tokens
            self._positions[at:stop] = np.arange(chunk.start, chunk.start + len(chunk.tokens))
            self._slots[at:stop] = chunk.slot
            self._wanted[at:stop] = 0
            if chunk.sample:
                self._wanted[stop - 1] = 1
                rows[number] = stop - 1
            at = stop
        self.struct.n_tokens = at
        return [rows[number] for number in sorted(rows)]
