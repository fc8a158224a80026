"""One text being written: its tokens, how far they are computed, and what has been said."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from npc_runtime.engine.backend import Sampler
from npc_runtime.engine.request import EngineEvent, Request, Sink, Usage
from npc_runtime.engine.tokens.grammar import Grammar
from npc_runtime.engine.tokens.text import TextStream


@dataclass(eq=False)
class Sequence:
    """A request at work. `tokens` is the prompt and everything written since."""

    request: Request
    sink: Sink
    tokens: list[int]
    num_prompt: int
    num_shared: int  # tokens at the beginning that other prompts have too
    sampler: Sampler
    random: np.random.Generator  # draws where the choice is closed
    grammar: Grammar | None
    text: TextStream
    arrival: float
    moved: float  # when something was last computed of it; its arrival, before
    adapter: str = ""  # what the model computes it with, beside its own
    sent_back: int = 0  # how often it lost its slot to somebody more urgent
    slot: int | None = None
    num_computed: int = 0  # tokens whose keys and values the slot holds
    num_cached: int = 0  # of these, how many were there when the sequence got its first slot
    num_sampled: int = 0
    kept: bool = True  # what was computed may serve a later prompt
    marks: tuple[int, ...] = ()  # of its tokens, after which the state is to be kept
    outbox: list[EngineEvent] = field(default_factory=list)  # delivered at the end of the step

    @property
    def num_pending(self) -> int:
        """Tokens still to be computed before the next one can be sampled."""
        return len(self.tokens) - self.num_computed

    @property
    def num_at_once(self) -> int:
        """Of them, those that may be computed in one step, so that the state after a mark can be had."""
        return min([self.num_pending, *(mark - self.num_computed for mark in self.marks if mark > self.num_computed)])

    @property
    def prefilling(self) -> bool:
        """Whether more than the newest tokens must be computed."""
        return self.num_computed < self.num_prompt

    @property
    def world(self) -> str:
        """Whose share of the model it takes."""
        return self.request.world

    def expired(self, now: float) -> bool:
        """Whether its deadline is over."""
        deadline = self.request.deadline
        return deadline is not None and now - self.arrival > deadline

    @property
    def complete(self) -> bool:
        """Whether the grammar or a stop string says that nothing may follow."""
        return self.text.stopped or (self.grammar is not None and self.grammar.done)

    @property
    def usage(self) -> Usage:
        """Token counts so far."""
        return Usage(self.num_prompt, self.num_cached, self.num_sampled)
