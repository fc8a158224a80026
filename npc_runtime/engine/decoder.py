"""Has batches computed, and finds out who is to blame where one fails: a sequence, too large a batch, or the model."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeAlias

from npc_runtime.engine.backend import Backend, Chunk, DecodeFailed
from npc_runtime.engine.scheduling.scheduler import Batch
from npc_runtime.engine.sequence import Sequence
from npc_runtime.errors import InternalError, ModelUnavailable, RuntimeFault

log = logging.getLogger(__name__)

Sampled: TypeAlias = list[tuple[Sequence, int]]
"""A sequence and its row of logits."""
Failed: TypeAlias = list[tuple[Sequence, RuntimeFault]]


class NoMemory(ModelUnavailable):
    """There was no memory for what was to be done."""


class Decoder:
    """Computes batches on one backend. `prefilled` counts prompt tokens, `time` seconds inside the model."""

    def __init__(self, backend: Backend, computed: Callable[[Batch, float], None]) -> None:
        """`computed` is told of each batch that was, and how many seconds it took."""
        self._backend, self._computed = backend, computed
        self.prefilled = 0
        self.time = 0.0

    def run(self, batch: Batch, sample: Callable[[Sampled], None]) -> Failed:
        """Computes a batch and has it sampled; who could not be computed.

        When it fails each sequence is tried alone, so that it is known who is to blame.
        """
        try:
            sampled = self._together(batch)
        except Exception as error:
            log.warning("a decode of %d sequences failed: %s", len(batch), as_fault(error))
            return self._one_by_one(batch, sample)
        sample(sampled)
        return []

    def answers(self, failed: Sequence) -> bool:
        """Whether the model computes anything at all. What the slot of a sequence that failed holds is lost by it."""
        slot = failed.slot
        assert slot is not None, "it was computed in one"
        try:
            self._backend.trim(slot, 0)
            self._backend.decode([Chunk(slot, 0, failed.tokens[:1], sample=False)])
            self._backend.trim(slot, 0)
        except Exception as error:
            log.warning("the model does not compute a single token: %s", as_fault(error))
            return False
        return True

    def _one_by_one(self, batch: Batch, sample: Callable[[Sampled], None]) -> Failed:
        tried = [(sequence, self._alone(sequence, chunk, sample)) for sequence, chunk in batch]
        return [(sequence, error) for sequence, error in tried if error is not None]

    def _alone(self, sequence: Sequence, chunk: Chunk, sample: Callable[[Sampled], None]) -> RuntimeFault | None:
        """Samples at once, since rows of logits do not survive the next decode."""
        try:
            sampled = self._together([(sequence, self._again(sequence, chunk))])
        except Exception as error:
            return as_fault(error)
        sample(sampled)
        return None

    def _again(self, sequence: Sequence, chunk: Chunk) -> Chunk:
        """The chunk once more, from where the slot is known to be in order."""
        if self._backend.trim(chunk.slot, chunk.start):
            return chunk
        # A model that can only forget all of it begins with the prompt.
        self._backend.trim(chunk.slot, 0)
        sequence.num_computed = 0
        tokens = sequence.tokens[: self._backend.batch_limit]
        return Chunk(chunk.slot, 0, tokens, sample=len(tokens) == len(sequence.tokens))

    def _together(self, batch: Batch) -> Sampled:
        started = time.perf_counter()
        self._backend.use(batch[0][0].adapter)
        rows = self._backend.decode([chunk for _, chunk in batch])
        seconds = time.perf_counter() - started
        self.time += seconds
        self._computed(batch, seconds)
        for sequence, chunk in batch:
            self.prefilled += max(0, min(sequence.num_prompt, sequence.num_computed) - chunk.start)
        return list(zip((sequence for sequence, chunk in batch if chunk.sample), rows, strict=True))


def as_fault(error: Exception) -> RuntimeFault:
    """What goes to whoever asked. A bug of ours is logged with its traceback."""
    if isinstance(error, DecodeFailed) and error.no_memory:
        return NoMemory(error.message)
    if isinstance(error, RuntimeFault):
        return error
    if isinstance(error, MemoryError):
        return NoMemory("there was no memory left")
    log.error("the engine failed", exc_info=error)
    return InternalError(f"the engine failed: {error}")
