"""Choosing the next token: by the backend's sampler, within the grammar."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_runtime.engine.backend import Backend, Logits, Sampler, Tokens
from npc_runtime.engine.request import Request
from npc_runtime.engine.sequence import Sequence
from npc_runtime.engine.tokens.grammar import Grammar

REACH, PRECUT = 12.0, 128
"""No draw looks at tokens with less than e^-12 of the likeliest one's chance, or at more than so many.

This truncates nothing that matters: it keeps what does cheap on a vocabulary of 152 thousand tokens.
"""

DRY_BASE, DRY_ALLOWED = 1.75, 3
"""DRY lowers what would go on behind so many tokens as it went on before, and 1.75 times as much for each one more."""


def next_token(sequence: Sequence, backend: Backend, row: int) -> int:
    """Draws a token for a sequence from the logits of a row.

    A closed choice looks only at its own logits, and what is chosen is no speech. In the free line the backend's
    sampler draws, and where the grammar does not allow its token it draws once more, from those that are allowed.
    """
    grammar, sampling, logits = sequence.grammar, sequence.request.sampling, backend.logits(row)
    if grammar is not None and (choices := grammar.choices) is not None:
        temperature = sampling.temperature if sampling.choosing is None else sampling.choosing
        return choices[draw(logits[choices], temperature, sequence.random) if len(choices) > 1 else 0]
    candidates = likeliest(logits)
    token = sequence.sampler.draw(candidates, logits[candidates])
    if grammar is not None and not grammar.allows(token):
        candidates = _allowed(grammar, logits)
        token = sequence.sampler.draw(candidates, logits[candidates])
    sequence.sampler.accept(token)
    return token


def remind(sampler: Sampler, request: Request, backend: Backend) -> None:
    """Tells a sampler that minds repetition what was said before."""
    for line in request.said if request.sampling.dry else ():
        for token in backend.tokenize(f" {line}\n", special=False):
            sampler.accept(token)


def likeliest(logits: Logits, count: int = PRECUT) -> Tokens:
    """The likeliest tokens, at most so many, in order."""
    near = np.flatnonzero(logits >= logits.max() - REACH)
    if near.size > count:
        near = np.flatnonzero(logits >= np.partition(logits, -count)[-count])
    # Of two that are equally likely the first comes first, on every processor.
    return near[np.lexsort((near, -logits[near]))][:count]


def _allowed(grammar: Grammar, logits: Logits) -> Tokens:
    """Tokens that may come next: those among the likeliest that the masks leave, or among more if none may."""
    scores = np.where(grammar.forbidden, np.float32(-np.inf), logits)
    best, count = scores.argmax(), PRECUT
    while np.isfinite(scores.max()):
        tokens = likeliest(scores, count)
        allowed = tokens[[grammar.allows(int(token)) for token in tokens]]
        if allowed.size:
            return allowed
        scores[tokens] = -np.inf
        count *= 8
    return np.array([best])  # a vocabulary that cannot spell: what the masks leave must do


def forced_run(sequence: Sequence) -> list[int]:
    """The tokens that the grammar leaves no choice about; they are taken without being sampled."""
    run: list[int] = []
    grammar = sequence.grammar
    while grammar is not None and (choices := grammar.choices) is not None and len(choices) == 1:
        grammar.advance(choices[0])
        run.append(choices[0])
    return run


def draw(logits: NDArray[Any], temperature: float, random: np.random.Generator) -> int:
    """An index into the logits, by temperature; the likeliest where it is 0."""
    values = np.asarray(logits, dtype=np.float64)
    if temperature == 0:
        return int(values.argmax())
    weights = np.exp((values - values.max()) / temperature)
    return int(
        np.searchsorted(np.cumsum(weights), random.random() * weights.sum(), side="right").clip(0, len(values) - 1)
    )
