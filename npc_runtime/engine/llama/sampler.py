"""What draws a token of free text: a chain of llama.cpp's samplers over the candidates that were cut out beforehand.

    DRY -> min-p -> temperature -> draw

The same chain draws where the grammar has refused a token, so there is one definition of what may be drawn.

DRY (https://github.com/oobabooga/text-generation-webui/pull/5677) lowers a token that would continue a run of tokens
as it continued before. It hears what was spoken and nothing else, no card, so what a character knows is as easy to say
as ever. It has none of llama.cpp's sequence breakers: for each, in every sequence, all of the vocabulary would be
spelled out. In place of a token that ends a sentence it hears a mark that is equal to nothing, and no run crosses it.
"""

from __future__ import annotations

import ctypes
import itertools
from typing import TYPE_CHECKING, Any

import llama_cpp as cpp
import numpy as np

from npc_runtime.engine.backend import Logits, Tokens
from npc_runtime.engine.request import Sampling
from npc_runtime.engine.tokens.entropy import gated
from npc_runtime.engine.tokens.sampling import DRY_ALLOWED, DRY_BASE, draw

if TYPE_CHECKING:
    from npc_runtime.engine.llama.model import LlamaModel

DRY_WINDOW = 512  # tokens that it looks back on
BREAKS = frozenset('.!?…\n"“”。！？')
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class LlamaSampler:
    """Draws for one sequence."""

    def __init__(self, model: LlamaModel, vocab: Any, sampling: Sampling, seed: int) -> None:
        self._model = model
        self._sampling = sampling
        self._gated = sampling.sampler == "entropy" and sampling.temperature > 0
        self._random = np.random.default_rng(seed)  # of the gated draw; the chain's is in it
        self._marks = itertools.count(-1, -1)
        self._chain = cpp.llama_sampler_chain_init(cpp.llama_sampler_chain_default_params())
        for stage in _stages(vocab, sampling, seed, gated=self._gated):
            cpp.llama_sampler_chain_add(self._chain, stage)

    def draw(self, tokens: Tokens, logits: Logits) -> int:
        """One of these tokens."""
        table = np.empty(len(tokens), _CANDIDATE)
        table["id"], table["logit"], table["p"] = tokens, logits, 0.0
        candidates = cpp.llama_token_data_array(
            data=table.ctypes.data_as(ctypes.POINTER(cpp.llama_token_data)), size=len(table), selected=-1, sorted=False
        )
        cpp.llama_sampler_apply(self._chain, ctypes.byref(candidates))
        if not self._gated:
            return int(table["id"][candidates.selected])
        left = table[: candidates.size]
        temperature = gated(self._sampling.temperature, logits)
        return int(left["id"][draw(left["logit"], temperature, self._random)])

    def accept(self, token: int) -> None:
        """Tells of a token that was spoken."""
        if self._sampling.dry:
            breaks = not BREAKS.isdisjoint(self._model.piece(token).decode("utf-8", "ignore"))
            cpp.llama_sampler_accept(self._chain, next(self._marks) if breaks else token)

    def close(self) -> None:
        """Frees the chain."""
        cpp.llama_sampler_free(self._chain)
        self._model.open_samplers -= 1


def _stages(vocab: Any, sampling: Sampling, seed: int, *, gated: bool) -> list[Any]:
    stages: list[Any] = []
    if sampling.dry:
        no_breakers = (ctypes.c_char_p * 0)()
        stages.append(
            cpp.llama_sampler_init_dry(vocab, sampling.dry, DRY_BASE, DRY_ALLOWED, DRY_WINDOW, no_breakers, 0)
        )
    if sampling.temperature == 0:
        return [*stages, cpp.llama_sampler_init_greedy()]
    stages.append(cpp.llama_sampler_init_min_p(sampling.min_p, 1))
    if gated:
        return stages
    if sampling.sampler == "dynamic":
        # Between half and one and a half of the temperature, by the entropy of what is left.
        stages.append(cpp.llama_sampler_init_temp_ext(sampling.temperature, sampling.temperature / 2, 1.0))
    else:
        stages.append(cpp.llama_sampler_init_temp(sampling.temperature))
    return [*stages, cpp.llama_sampler_init_dist(seed)]
