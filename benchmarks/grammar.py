"""What the reply grammar costs a token on a vocabulary of 152 thousand entries, beside sampling without it.

The logits are random and the vocabulary is made up; both have the real size, and the cost depends on nothing else.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.about import about
from npc_runtime.engine.backend import Logits, Tokens, Vocabulary
from npc_runtime.engine.fake import FakeModel
from npc_runtime.engine.request import ReplyFormat, Request, Sampling
from npc_runtime.engine.sequence import Sequence
from npc_runtime.engine.tokens.grammar import ReplyGrammar
from npc_runtime.engine.tokens.sampling import draw, next_token
from npc_runtime.engine.tokens.text import TextStream

VOCABULARY = 151_936
ROUNDS = 400
EMOTIONS = ("neutral", "happy", "sad", "angry", "afraid", "surprised", "tired", "wary")


class Wide(FakeModel):
    """A backend with a wide vocabulary and random logits; a share of its tokens is markup that no line may hold."""

    def __init__(self) -> None:
        super().__init__(lambda _slot, _held: 0)
        random = np.random.default_rng(0)
        markup = random.random(VOCABULARY) < 0.02
        markup[:256] = False
        markup[[ord("<"), ord(">")]] = True
        newline = np.zeros(VOCABULARY, np.bool_)
        newline[ord("\n")] = True
        self.vocabulary = Vocabulary(VOCABULARY, frozenset({VOCABULARY - 1}), newline, markup)
        self._rows = [random.standard_normal(VOCABULARY).astype(np.float32) for _ in range(8)]

    def sampler(self, sampling: Sampling, seed: int) -> Warm:
        """What llama.cpp's chain does, in numpy: the part of the cost that is there without a grammar."""
        return Warm(sampling, seed)


class Warm:
    """Temperature alone."""

    def __init__(self, sampling: Sampling, seed: int) -> None:
        self._sampling, self._random = sampling, np.random.default_rng(seed)
        self.refused = False  # draws a token that the grammar refuses

    def draw(self, tokens: Tokens, logits: Logits) -> int:
        """A token."""
        return ord(">") if self.refused else int(tokens[draw(logits, self._sampling.temperature, self._random)])

    def accept(self, token: int) -> None:
        """Nothing to remember."""

    def close(self) -> None:
        """Nothing to free."""


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """Milliseconds a token: without a grammar, in the free line, on a miss, and where the choice is closed."""
    model = Wide()
    format_ = ReplyFormat(EMOTIONS, ("give bread player:alex", "wave"))
    request = Request((), sampling=Sampling(seed=1), format=format_)

    def sequence(grammar: ReplyGrammar | None) -> Sequence:
        sampler = model.sampler(request.sampling, 1)
        return Sequence(
            request, lambda _events: None, [], 0, 0, sampler, np.random.default_rng(1), grammar, TextStream(), 0.0, 0.0
        )

    def spoken() -> ReplyGrammar:
        grammar = ReplyGrammar(format_, model)
        for token in model.tokenize("(sad)x", special=False):
            grammar.advance(token)
        return grammar

    bare, line, miss = sequence(None), sequence(spoken()), sequence(spoken())
    assert isinstance(miss.sampler, Warm)
    miss.sampler.refused = True
    closed = sequence(ReplyGrammar(format_, model))
    assert closed.grammar is not None
    closed.grammar.advance(ord("("))
    spent = {"without": 0.0, "line": 0.0, "miss": 0.0, "closed": 0.0}
    for index in range(rounds):
        for name, each in (("without", bare), ("line", line), ("miss", miss), ("closed", closed)):
            started = time.perf_counter()
            next_token(each, model, index % 8)
            spent[name] += time.perf_counter() - started
    per_token = {f"{name}_ms": round(1000 * seconds / rounds, 4) for name, seconds in spent.items()}
    extra = {
        "grammar_ms_a_token": round(per_token["line_ms"] - per_token["without_ms"], 4),
        "grammar_ms_on_a_miss": round(per_token["miss_ms"] - per_token["without_ms"], 4),
    }
    return {**about(), "vocabulary": VOCABULARY, "rounds": rounds, **per_token, **extra}
