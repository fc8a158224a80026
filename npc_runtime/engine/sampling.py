"""Choosing the next token: by the backend's sampler, within the grammar."""

from __future__ import annotations

from collections.abc import Sequence as Tokens

import numpy as np

from npc_runtime.engine.backend import Backend, Logits
from npc_runtime.engine.request import Sampling
from npc_runtime.engine.sequence import Sequence


def next_token(sequence: Sequence, backend: Backend, row: int) -> int:
    """Draws a token for a sequence from the logits of a row.

    A closed choice looks only at its own logits. In the free line the backend's sampler draws from the whole
    vocabulary, and only where the grammar does not allow its token is another one drawn, from those it does allow.
    """
    grammar, sampling = sequence.grammar, sequence.request.sampling
    if grammar is None:
        return sequence.sampler.sample(row)
    if (choices := grammar.choices) is not None:
        token = choices[0]
        if len(choices) > 1:
            token = choices[draw(backend.logits(row)[choices], sampling, sequence.random)]
        sequence.sampler.accept(token)
        return token
    token = sequence.sampler.sample(row)
    if grammar.allows(token):
        return token
    logits = np.where(grammar.forbidden, -np.inf, backend.logits(row)).astype(np.float32)
    likeliest = np.argpartition(logits, -sampling.top_k)[-sampling.top_k :] if sampling.top_k < logits.size else None
    if likeliest is None:
        return draw(logits, sampling, sequence.random)
    return int(likeliest[draw(logits[likeliest], sampling, sequence.random)])


def forced_run(sequence: Sequence) -> list[int]:
    """The tokens that the grammar leaves no choice about; they are taken without being sampled."""
    run: list[int] = []
    grammar = sequence.grammar
    while grammar is not None and (choices := grammar.choices) is not None and len(choices) == 1:
        grammar.advance(choices[0])
        run.append(choices[0])
    return run


def draw(logits: Logits | Tokens[float], sampling: Sampling, random: np.random.Generator) -> int:
    """An index into the logits, by temperature; the likeliest where it is 0."""
    values = np.asarray(logits, dtype=np.float64)
    if sampling.temperature == 0:
        return int(values.argmax())
    weights = np.exp((values - values.max()) / sampling.temperature)
    return int(
        np.searchsorted(np.cumsum(weights), random.random() * weights.sum(), side="right").clip(0, len(values) - 1)
    )
