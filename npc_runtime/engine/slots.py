"""Who holds which slot of the KV cache, and what an idle slot still holds.

A slot keeps its tokens after its sequence ends. The next prompt with the same beginning continues there, or, when that
slot is busy or worth keeping, forks it: the beginning that many characters share is computed once.
"""

from __future__ import annotations

from npc_runtime.engine.backend import Backend
from npc_runtime.engine.sequence import Sequence

FORK_WORTH = 24  # tokens; copying a slot costs about as much as computing these


class Slots:
    """The slots of one backend, and their residents."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._resident: list[list[int]] = [[] for _ in range(backend.slots)]
        self._used: list[int] = [0] * backend.slots  # when last given away; 0 never
        self._clock = 0
        self._holder: list[Sequence | None] = [None] * backend.slots

    @property
    def num_free(self) -> int:
        """Slots without a sequence."""
        return self._holder.count(None)

    def acquire(self, sequence: Sequence) -> None:
        """Gives a free slot to a sequence, with as much of its prompt computed as can be had."""
        source, common = self._best(sequence)
        slot = self._target(source, common)
        if source is not None and source != slot:
            if common >= FORK_WORTH:
                self._backend.fork(source, slot)
            else:
                common = 0
        if not self._backend.trim(slot, common):
            self._backend.trim(slot, 0)
            common = 0
        self._clock += 1
        self._used[slot] = self._clock
        self._holder[slot] = sequence
        self._resident[slot] = []
        sequence.slot, sequence.num_computed = slot, common
        sequence.num_cached = max(sequence.num_cached, common) if sequence.num_sampled == 0 else sequence.num_cached

    def release(self, sequence: Sequence) -> None:
        """Takes the slot back; what it holds may serve a later prompt."""
        slot = sequence.slot
        if slot is None:
            return
        self._holder[slot] = None
        self._resident[slot] = sequence.tokens[: sequence.num_computed]
        sequence.slot = None

    def drop(self, sequence: Sequence) -> None:
        """Takes the slot back and forgets what it holds, after a failure left it in an unknown state."""
        slot = sequence.slot
        sequence.num_computed = 0
        self.release(sequence)
        if slot is not None:
            self._backend.trim(slot, 0)

    def computing(self, sequence: Sequence) -> bool:
        """Whether another sequence is computing the shared beginning of this one just now."""
        shared = sequence.tokens[: sequence.num_shared]
        return len(shared) >= FORK_WORTH and any(
            holder.num_computed < len(shared) and holder.tokens[: len(shared)] == shared
            for holder in self._holder
            if holder is not None
        )

    def _target(self, source: int | None, common: int) -> int:
        """The free slot to take: the source itself if little is lost with it, else an empty or long unused one."""
        if source is not None and self._holder[source] is None and len(self._resident[source]) - common < FORK_WORTH:
            return source
        free = [slot for slot, holder in enumerate(self._holder) if holder is None]
        return min(free, key=lambda slot: (len(self._resident[slot]) > 0, slot == source, self._used[slot]))

    def _best(self, sequence: Sequence) -> tuple[int | None, int]:
        """The slot that holds most of the prompt, and how much; one token is always left to compute."""
        if not sequence.request.reuse:
            return None, 0
        limit = len(sequence.tokens) - 1
        best, length = None, 0
        for slot, holder in enumerate(self._holder):
            held = holder.tokens[: holder.num_computed] if holder is not None else self._resident[slot]
            common = _common(held, sequence.tokens, limit)
            if common > length or (common == length and best is not None and self._holder[best] is not None):
                best, length = slot, common
        return (best, length) if length else (None, 0)


def _common(held: list[int], wanted: list[int], limit: int) -> int:
    limit = min(limit, len(held))
    if held[:limit] == wanted[:limit]:
        return limit
    return next(index for index in range(limit) if held[index] != wanted[index])
