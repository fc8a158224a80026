"""The seam between the engine and whatever computes logits: `llama.LlamaModel`, or `fake.FakeModel` in unit tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from npc_runtime.engine.request import Sampling
from npc_runtime.errors import ModelUnavailable

Logits = NDArray[np.float32]  # shape (n_vocab,)
Tokens = NDArray[np.intp]  # some of the vocabulary, the likeliest first; shape (n,)
Vectors = NDArray[np.float32]  # shape (texts, dimensions)


class DecodeFailed(ModelUnavailable):
    """The model could not compute a batch; `status` is what llama.cpp returned."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the model failed to compute (llama_decode returned {status})")
        self.status = status

    @property
    def no_memory(self) -> bool:
        """Whether there was no memory for the batch: a smaller one may do."""
        return self.status == -2


class NoRoom(ModelUnavailable):
    """There is too little memory for a model by some settings; others may take less."""


@dataclass(frozen=True)
class Chunk:
    """Consecutive tokens of one sequence. With `sample`, logits are kept for the last of them."""

    slot: int
    start: int  # position of the first token
    tokens: Sequence[int]
    sample: bool


@dataclass(frozen=True)
class Vocabulary:
    """What the grammar must know about tokens. Masks have shape (n_vocab,)."""

    size: int
    end: frozenset[int]  # end of generation
    newline: NDArray[np.bool_]  # the token's text contains a line break
    markup: NDArray[np.bool_]  # the text contains an angle bracket, or the token is no text at all


class Sampler(Protocol):
    """Draws the next token of one sequence, and minds what was spoken."""

    def draw(self, tokens: Tokens, logits: Logits) -> int:
        """One of these tokens, by their logits; there is at least one. It is spoken only once it is accepted."""

    def accept(self, token: int) -> None:
        """Tells of a token that was spoken."""

    def close(self) -> None:
        """Frees it. Every sampler that was made must be closed."""


class Backend(Protocol):
    """A loaded model with room for `slots` sequences of `slot_context` tokens each. Not thread-safe but `tokenize`.

    How much room there is, and the layout, may change only while the engine has let go of it (`Engine.replace`).
    """

    @property
    def name(self) -> str:
        """What the model calls itself."""

    @property
    def slots(self) -> int:
        """How many sequences there is room for."""

    @property
    def slot_context(self) -> int:
        """Tokens of prompt and reply that one sequence may have."""

    @property
    def batch_limit(self) -> int:
        """The most tokens in one decode."""

    @property
    def forgets_partly(self) -> bool:
        """Whether a part of what a slot holds can be taken back; recurrent models keep one state for all of it."""

    @property
    def layout(self) -> str:
        """How keys and values lie in memory: what was saved in one layout cannot be restored in another."""

    @property
    def chat_template(self) -> str | None:
        """Jinja source, where the model brings one."""

    @property
    def bos(self) -> str:
        """The text of the token that begins a text, for the template."""

    @property
    def eos(self) -> str:
        """The text of the token that ends one."""

    @property
    def add_bos(self) -> int | None:
        """A token that every prompt must begin with."""

    @property
    def vocabulary(self) -> Vocabulary:
        """What the grammar must know about tokens."""

    @property
    def open_samplers(self) -> int:
        """Samplers made and not yet closed."""

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Token ids; special tokens are recognized only with `special`."""

    def piece(self, token: int) -> bytes:
        """The bytes of a token; nothing for special ones."""

    def sampler(self, sampling: Sampling, seed: int) -> Sampler:
        """A new sampler."""

    def load(self, adapter: str) -> None:
        """Reads an adapter, once; it is named by its path. Raises ModelUnavailable where it is none for this model."""

    def use(self, adapter: str) -> None:
        """What is decoded from now on is decoded with this adapter; empty: as the model is served."""

    def decode(self, chunks: Sequence[Chunk]) -> list[int]:
        """Computes a batch; returns the row of each chunk that wanted logits, in order. Raises DecodeFailed."""

    def logits(self, row: int) -> Logits:
        """The logits of a row; a view that the next decode overwrites."""

    def trim(self, slot: int, length: int) -> bool:
        """Forgets what a slot holds from position `length` on. False: this model can only forget all of it."""

    def fork(self, source: int, target: int) -> None:
        """Makes `target` hold what `source` holds."""

    def save(self, slot: int) -> bytes:
        """What a slot holds, to be restored later; empty where that cannot be had."""

    def restore(self, slot: int, state: bytes) -> bool:
        """Makes a slot hold what was saved, from any slot. False: it holds nothing then."""

    def close(self) -> None:
        """Frees what is loaded."""
