"""Who holds which slot of the KV cache, what an idle slot still holds, and what was parked when its slot was needed.

A slot keeps its tokens after its sequence ends. The next prompt with the same beginning continues there, or, when that
slot is busy or worth keeping, forks it: the beginning that many characters share is computed once. What a slot holds
and no other one does is parked before somebody else gets the slot, and comes back with its owner.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from npc_runtime.engine.backend import Backend
from npc_runtime.engine.parking import Parking, common
from npc_runtime.engine.sequence import Sequence

log = logging.getLogger(__name__)

FORK_WORTH = 24  # tokens; copying a slot costs about as much as computing these
PARK_WORTH = 64  # tokens that nobody else holds; moving fewer out and in again costs more than it saves


@dataclass
class Resident:
    """What an idle slot still holds, of whom."""

    tokens: list[int] = field(default_factory=list)
    owner: str = ""


class Slots:
    """The slots of one backend, and their residents."""

    def __init__(self, backend: Backend, parking: Parking) -> None:
        self._backend = backend
        self._parking = parking
        self._residents = [Resident() for _ in range(backend.slots)]
        self._used: list[int] = [0] * backend.slots  # when last given away; 0 never
        self._clock = 0
        self._holder: list[Sequence | None] = [None] * backend.slots

    @property
    def num_free(self) -> int:
        """Slots without a sequence."""
        return self._holder.count(None)

    def acquire(self, sequence: Sequence) -> None:
        """Gives a free slot to a sequence, with as much of its prompt computed as can be had."""
        source, length = self._best(sequence)
        state, brought = self._parked(sequence, length)  # before it gives way to what is parked now
        slot = self._target(source, 0 if state else length)
        if state or slot != source or len(self._held(slot)) - length >= FORK_WORTH:
            self._park(slot)
        if state:
            length = brought if self._restored(slot, state) else 0
        elif source is not None and source != slot:
            if length >= FORK_WORTH:
                self._backend.fork(source, slot)
            else:
                length = 0
        if not self._backend.trim(slot, length):
            self._backend.trim(slot, 0)
            length = 0
        self._clock += 1
        self._used[slot] = self._clock
        self._holder[slot] = sequence
        self._residents[slot] = Resident()
        sequence.slot, sequence.num_computed = slot, length
        sequence.num_cached = max(sequence.num_cached, length) if sequence.num_sampled == 0 else sequence.num_cached

    def release(self, sequence: Sequence) -> None:
        """Takes the slot back; what it holds may serve a later prompt."""
        slot = sequence.slot
        if slot is None:
            return
        self._holder[slot] = None
        self._residents[slot] = Resident(sequence.tokens[: sequence.num_computed], sequence.request.owner)
        if not sequence.kept:
            self._empty(slot)
        sequence.slot = None

    def drop(self, sequence: Sequence) -> None:
        """Takes the slot back and forgets what it holds, after a failure left it in an unknown state."""
        slot = sequence.slot
        sequence.num_computed = 0
        self.release(sequence)
        if slot is not None:
            self._empty(slot)

    def forget(self, owners: str) -> None:
        """Forgets what is held or parked for all owners whose names begin so; what is being written, at its end.

        What belongs to nobody is forgotten as well: it may be about any of them.
        """
        self._parking.forget_all(owners)
        for slot, resident in enumerate(self._residents):
            holder = self._holder[slot]
            if holder is not None:
                holder.kept &= not of(holder.request.owner, owners)
            elif resident.tokens and of(resident.owner, owners):
                self._empty(slot)

    def computing(self, sequence: Sequence) -> bool:
        """Whether another sequence is computing the shared beginning of this one just now."""
        shared = sequence.tokens[: sequence.num_shared]
        return len(shared) >= FORK_WORTH and any(
            holder.num_computed < len(shared) and holder.tokens[: len(shared)] == shared
            for holder in self._holder
            if holder is not None
        )

    def _empty(self, slot: int) -> None:
        self._residents[slot] = Resident()
        self._backend.trim(slot, 0)

    def _target(self, source: int | None, length: int) -> int:
        """The free slot to take: the source itself if little is lost with it, else an empty or long unused one."""
        if source is not None and self._holder[source] is None and len(self._held(source)) - length < FORK_WORTH:
            return source
        free = [slot for slot, holder in enumerate(self._holder) if holder is None]
        return min(free, key=lambda slot: (len(self._held(slot)) > 0, slot == source, self._used[slot]))

    def _park(self, slot: int) -> None:
        """Keeps what only this slot holds, before somebody else gets it."""
        resident = self._residents[slot]
        held = resident.tokens
        if not resident.owner or len(held) < PARK_WORTH:
            return
        elsewhere = (common(self._held(other), held, len(held)) for other in range(len(self._holder)) if other != slot)
        if len(held) - max(elsewhere, default=0) >= PARK_WORTH and (state := self._saved(slot)):
            self._parking.park(resident.owner, held, state)

    def _saved(self, slot: int) -> bytes:
        """Nothing where it cannot be had: what is not kept is computed again, and nobody fails for it."""
        try:
            return self._backend.save(slot)
        except Exception as error:
            log.warning("what was computed of an idle character cannot be kept: %r", error)
            return b""

    def _restored(self, slot: int, state: bytes) -> bool:
        try:
            return self._backend.restore(slot, state)
        except Exception as error:
            log.warning("a parked character has to be computed again: %r", error)
            return False

    def _held(self, slot: int) -> list[int]:
        holder = self._holder[slot]
        return holder.tokens[: holder.num_computed] if holder is not None else self._residents[slot].tokens

    def _best(self, sequence: Sequence) -> tuple[int | None, int]:
        """The slot that holds most of the prompt, and how much; one token is always left to compute."""
        if not sequence.request.reuse:
            return None, 0
        limit = len(sequence.tokens) - 1
        best, length = None, 0
        for slot, holder in enumerate(self._holder):
            held = common(self._held(slot), sequence.tokens, limit)
            if held > length or (held == length and holder is None and best is not None and self._holder[best]):
                best, length = slot, held
        return (best, length) if length else (None, 0)

    def _parked(self, sequence: Sequence, length: int) -> tuple[bytes | None, int]:
        """The parked state that holds more of the prompt than any slot, so much more that it is worth bringing in."""
        if not sequence.request.reuse:
            return None, 0
        parked, held = self._parking.best(sequence.tokens, len(sequence.tokens) - 1)
        return (self._parking.state(parked), held) if parked and held - length >= PARK_WORTH else (None, 0)


def of(owner: str, owners: str) -> bool:
    """Whether something is forgotten with all owners whose names begin so; what is nobody's always is."""
    return not owner or owner.startswith(owners)
