"""Choosing the next token: by the backend's sampler, within the grammar."""

from __future__ import annotations

from collections.abc import Sequence as Tokens
from dataclasses import replace

import numpy as np

from npc_runtime.engine.backend import Backend, Logits
from npc_runtime.engine.grammar import Grammar
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
            cool = sampling.temperature if sampling.choosing is None else min(sampling.temperature, sampling.choosing)
            chosen = replace(sampling, temperature=cool)
            token = choices[draw(backend.logits(row)[choices], chosen, sequence.random)]
        sequence.sampler.accept(token)
        return token
    token = sequence.sampler.sample(row)
    if grammar.allows(token):
        return token
    allowed = _likeliest(grammar, backend.logits(row), sampling.top_k)
    values = backend.logits(row)[allowed]
    # As the backend's sampler does it: what is much less likely than the best is out of the draw.
    near = values >= values.max() + np.log(max(sampling.min_p, 1e-9))
    return allowed[int(np.flatnonzero(near)[draw(values[near], sampling, sequence.random)])]


def _likeliest(grammar: Grammar, logits: Logits, count: int) -> list[int]:
    """Tokens that may come next: those among the `count` likeliest that the masks leave, or among more if none may."""
    scores = np.where(grammar.forbidden, -np.inf, logits)
    while True:
        count = min(count, scores.size)
        likeliest = np.argpartition(scores, -count)[-count:]
        allowed = [int(token) for token in likeliest if grammar.allows(int(token))]
        if allowed:
            return allowed
        if count == scores.size:
            return [int(scores.argmax())]  # a vocabulary that cannot spell: what the masks leave must do
        count *= 8


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
