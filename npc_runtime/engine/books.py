"""The books of whoever writes: what was taken, what was given back, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class EngineStats:
    """The books, counted since the start. Times are seconds."""

    speaking: int = 0  # sequences in slots
    waiting: int = 0
    requests: int = 0  # taken so far
    ended: int = 0  # of these, how many got their end
    prefilled: int = 0  # prompt tokens computed
    reused: int = 0  # prompt tokens that were there already
    generated: int = 0
    steps: int = 0
    step_time: float = 0.0  # inside step()
    decode_time: float = 0.0  # of this, inside the model
    open_samplers: int = 0

    @property
    def balanced(self) -> bool:
        """Whether everything that was taken has been given back; true whenever the engine is idle."""
        return not (self.speaking or self.waiting or self.open_samplers) and self.requests == self.ended
