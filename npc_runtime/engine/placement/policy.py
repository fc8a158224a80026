"""What there is to place, what was wished for, and one way to do it. Sizes are bytes unless named otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from npc_runtime.config import KVType

Place = Literal["gpu", "ram"]
MIB, GIB = 1 << 20, 1 << 30
CELLS = 256  # llama.cpp rounds the cells of a cache up to a multiple of these
PROCESSOR_BATCH = 128
"""Tokens of a decode without a card: a processor reads no faster with more, and its attention takes memory for each."""
PROMPT_SHARE, REPLY_SHARE = 0.3, 1 / 3
"""How much of the context a typical new prompt fills, and of the longest reply a typical one: a card of 300 tokens and
24 written ones, for the default model."""


@dataclass(frozen=True)
class Machine:
    """What may be used. `vram` is free and not promised to the game, of one card; 0 where there is none."""

    vram: int
    ram: int
    threads: int
    card: str = ""


@dataclass(frozen=True)
class Wish:
    """What is wanted of the model: `npcs` characters, of whom `slots` speak at once, in `slot_context` tokens each."""

    npcs: int
    slots: int
    slot_context: int
    reply: int  # tokens of the longest

    @property
    def prompt(self) -> int:
        """Tokens of a typical prompt that are new."""
        return max(1, int(self.slot_context * PROMPT_SHARE))

    @property
    def written(self) -> int:
        """Tokens of a typical reply."""
        return max(1, int(self.reply * REPLY_SHARE))


@dataclass(frozen=True)
class Fixed:
    """What a user has chosen; None: the planner may."""

    n_gpu_layers: int | None = None  # -1: all
    kv_type_k: KVType | None = None
    kv_type_v: KVType | None = None
    kv_place: Place | None = None
    unified: bool | None = None
    batch: int | None = None


@dataclass(frozen=True)
class Policy:
    """One way to run a model. `batch` is both n_batch and n_ubatch."""

    n_gpu_layers: int
    kv_type_k: KVType
    kv_type_v: KVType
    kv_place: Place  # gpu: the cache of a layer lies where its weights do
    unified: bool
    slots: int
    slot_context: int
    batch: int

    @property
    def flash(self) -> bool:
        """Whether it computes flash attention."""
        return flash_attention(self.n_gpu_layers > 0, self.kv_type_k, self.kv_type_v)

    @property
    def n_ctx(self) -> int:
        """Tokens of context in all, as llama.cpp is told."""
        return self.slots * self.slot_context

    @property
    def streams(self) -> int:
        """Buffers that the cache is cut into."""
        return 1 if self.unified else self.slots

    @property
    def cells(self) -> int:
        """Cells of one stream."""
        return -(-self.n_ctx // self.streams // CELLS) * CELLS


def flash_attention(on_card: bool, *kinds: str) -> bool:
    """Whether attention is to be computed in blocks: on a card, and where llama.cpp can do it in no other way.

    On a processor it is not: llama.cpp has other arithmetic there for many tokens than for few, and for deep ones than
    for others, so what was computed of a prompt would depend on where it was cut. Without, a character with a beginning
    that others share says to the letter what it says alone, and single tokens are computed faster.
    """
    return on_card or any(kind != "f16" for kind in kinds)
