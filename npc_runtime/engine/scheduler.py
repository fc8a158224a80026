"""What to compute next. It returns chunks and nothing else; it knows no llama.cpp.

Prefills come first, because first words matter more than speed, but never twice in a row while others are speaking, so
that nobody falls silent. Prefills and single tokens are not mixed: llama.cpp cuts a batch into passes of equal length
per sequence, and one long prefill among single tokens would cost every one of them.

A player goes first: while somebody answers a player and has not come to its first word, nobody else is computed. So a
player waits for the step that is under way, and no longer; and that no such step is long, others' prefills are cut up.
"""

from __future__ import annotations

import bisect

from npc_runtime.engine.backend import Backend, Chunk
from npc_runtime.engine.parking import Parking
from npc_runtime.engine.request import Priority
from npc_runtime.engine.sequence import Sequence
from npc_runtime.engine.slots import Slots, of

OPENING = 8  # tokens: the emotion and the first words
UNHURRIED = 48  # tokens of a prefill at once, where no player waits for it
LEAST_BATCH = 32


class Scheduler:
    """Sequences that wait, sequences that run, and the slots between them."""

    def __init__(self, backend: Backend, parking: Parking) -> None:
        self._backend, self._parking = backend, parking
        self.waiting: list[Sequence] = []  # by rank
        self.running: list[Sequence] = []
        self.batch_limit: int | None = None  # the most tokens that are wanted in one decode; None: that there may be
        self.clear()

    def clear(self) -> None:
        """Begins anew with the backend as it is now, without touching it: all wait, and nothing is computed."""
        for sequence in self.running:
            sequence.slot, sequence.num_computed = None, 0
            self.add(sequence)
        self.running.clear()
        self.slots = Slots(self._backend, self._parking)
        self._room = self._backend.batch_limit  # tokens of the largest decode that there was memory for
        self._prefilled_last = False

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.waiting or self.running)

    @property
    def hurried(self) -> bool:
        """Whether a player waits for a first word."""
        return any(_hurried(each) for each in (*self.running, *self.waiting))

    @property
    def _batch_limit(self) -> int:
        """Everybody who speaks takes a token of a decode."""
        return max(min(self._room, self.batch_limit or self._room), self._backend.slots)

    def narrow(self) -> bool:
        """Halves the batches, since there was no memory for the last one. False: they are small already."""
        if self._batch_limit <= max(LEAST_BATCH, self._backend.slots):
            return False
        self._room = self._batch_limit // 2
        return True

    def forget(self, owners: str) -> None:
        """Forgets what is held for all owners whose names begin so; of what is under way, at its end."""
        self.slots.forget(owners)
        for sequence in self.waiting:
            sequence.kept &= not of(sequence.request.owner, owners)

    def add(self, sequence: Sequence) -> None:
        """Takes a new sequence, or one that lost its slot."""
        bisect.insort(self.waiting, sequence, key=lambda other: other.rank)

    def remove(self, sequence: Sequence, *, failed: bool = False) -> None:
        """Takes out a sequence that ended. After a failed decode nothing of its slot is kept."""
        if sequence in self.running:
            self.running.remove(sequence)
            (self.slots.drop if failed else self.slots.release)(sequence)
        else:
            self.waiting.remove(sequence)

    def find(self, number: int) -> Sequence | None:
        """The sequence of a request."""
        return next((found for found in (*self.running, *self.waiting) if found.request.number == number), None)

    def schedule(self) -> list[tuple[Sequence, Chunk]]:
        """The next batch: prefills, or one step for everybody who speaks."""
        self._admit()
        hurried = [each for each in self.running if _hurried(each)]
        prefills = sorted((each for each in hurried or self.running if each.prefilling), key=lambda each: each.rank)
        speaking = [each for each in hurried or self.running if not each.prefilling]
        self._prefilled_last = bool(prefills) and not (self._prefilled_last and speaking)
        if not self._prefilled_last:
            return self._fill(speaking, self._batch_limit)
        return self._fill(prefills, self._batch_limit if hurried else min(self._batch_limit, UNHURRIED))

    def _admit(self) -> None:
        for sequence in list(self.waiting):
            if self.slots.computing(sequence):
                continue
            if not self.slots.num_free and not self._preempt(sequence):
                return
            self.waiting.remove(sequence)
            self.slots.acquire(sequence)
            self.running.append(sequence)

    def _preempt(self, sequence: Sequence) -> bool:
        """Takes the slot of somebody less urgent, who continues later from the words already said."""
        last = max(self.running, key=lambda each: each.rank)
        if last.request.priority <= sequence.request.priority:
            return False
        self.running.remove(last)
        self.slots.release(last)
        self.add(last)
        return True

    def _fill(self, sequences: list[Sequence], room: int) -> list[tuple[Sequence, Chunk]]:
        batch = []
        for sequence in sequences:
            take = min(room, sequence.num_pending)
            if take == 0:
                break
            start = sequence.num_computed
            tokens = sequence.tokens[start : start + take]
            assert sequence.slot is not None
            batch.append((sequence, Chunk(sequence.slot, start, tokens, sample=take == sequence.num_pending)))
            room -= take
        return batch


def _hurried(sequence: Sequence) -> bool:
    """Whether a player waits for its first word."""
    return sequence.request.priority is Priority.PLAYER and sequence.num_sampled < OPENING
