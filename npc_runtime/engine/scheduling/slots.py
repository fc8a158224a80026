"""Who holds which slot of the KV cache, what an idle slot still holds, and what was parked when its slot was needed.

A slot keeps its tokens after its sequence ends. The next prompt with the same beginning continues there, or, when that
slot is busy or worth keeping, forks it: the beginning that many characters share is computed once. What a slot holds
and no other one does is parked before somebody else gets the slot, and comes back with its owner.

A recurrent model has one state for all that a slot holds, and can take back no part of it. So its state is kept on the
way, where the shared beginning ends and where a character's prompts were seen to part, and goes on from there.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from npc_runtime.engine.backend import Backend
from npc_runtime.engine.books import SlotStats
from npc_runtime.engine.scheduling.parking import Parking, common
from npc_runtime.engine.sequence import Sequence

log = logging.getLogger(__name__)

FORK_WORTH = 24  # tokens; copying a slot costs about as much as computing these
PARK_WORTH = 64  # tokens that nobody else holds; moving fewer out and in again costs more than it saves


@dataclass
class Resident:
    """What an idle slot still holds, of whom."""

    tokens: list[int] = field(default_factory=list)
    owner: str = ""
    adapter: str = ""  # that it was computed with


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

    @property
    def stats(self) -> SlotStats:
        """What they hold now. May be asked from any thread: between two tokens it may be a little out of step."""
        holders = list(self._holder)
        speaking = [holder.num_computed for holder in holders if holder is not None]
        rest = (len(one.tokens) for one, holder in zip(self._residents, holders, strict=True) if holder is None)
        resting = list(filter(None, rest))
        return SlotStats(
            speaking=len(speaking),
            resting=len(resting),
            empty=len(holders) - len(speaking) - len(resting),
            tokens=sum(speaking) + sum(resting),
            room=len(holders) * self._backend.slot_context,
        )

    def acquire(self, sequence: Sequence) -> None:
        """Gives a free slot to a sequence, with as much of its prompt computed as can be had."""
        source, length = self._best(sequence)
        sequence.marks = self._marks(sequence, length)
        state, brought = self._parked(sequence, length)  # before it gives way to what is parked now
        owner = sequence.request.owner
        slot = self._target(source, 0 if state else length, "" if state else owner)
        lost = len(self._held(slot)) - length
        if state or slot != source or (lost >= FORK_WORTH and self._residents[slot].owner != owner):
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

    def keep(self, sequence: Sequence) -> None:
        """Keeps the state of a sequence, where it has come to a mark."""
        at, slot = sequence.num_computed, sequence.slot
        if at not in sequence.marks or slot is None or not sequence.kept or not (state := self._saved(slot)):
            return
        opening = at == sequence.num_shared
        owner = f"{sequence.world}/" if opening else sequence.request.owner
        self._parking.park(owner, sequence.tokens[:at], state, sequence.adapter, "opening" if opening else "parting")

    def release(self, sequence: Sequence) -> None:
        """Takes the slot back; what it holds may serve a later prompt."""
        slot = sequence.slot
        if slot is None:
            return
        self._holder[slot] = None
        held = sequence.tokens[: sequence.num_computed]
        self._residents[slot] = Resident(held, sequence.request.owner, sequence.adapter)
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
        """Whether another sequence, no less urgent, is computing the shared beginning of this one just now."""
        shared = sequence.tokens[: sequence.num_shared]
        return len(shared) >= FORK_WORTH and any(
            holder.num_computed < len(shared) and holder.tokens[: len(shared)] == shared
            for holder in self._holder
            if holder is not None
            and holder.adapter == sequence.adapter
            and holder.request.priority <= sequence.request.priority
        )

    def _empty(self, slot: int) -> None:
        self._residents[slot] = Resident()
        self._backend.trim(slot, 0)

    def _target(self, source: int | None, length: int, owner: str) -> int:
        """The free slot to take: the source itself if little is lost with it, else an empty or long unused one.

        Little is lost with an earlier prompt of the same owner, whose next one this is.
        """
        if source is not None and self._holder[source] is None:
            own = owner and self._residents[source].owner == owner
            if own or len(self._held(source)) - length < FORK_WORTH:
                return source
        free = [slot for slot, holder in enumerate(self._holder) if holder is None]
        return min(free, key=lambda slot: (len(self._held(slot)) > 0, slot == source, self._used[slot]))

    def _park(self, slot: int) -> None:
        """Keeps what only this slot holds, before somebody else gets it."""
        resident = self._residents[slot]
        held = resident.tokens
        if resident.owner.endswith("/") or not resident.owner or len(held) < PARK_WORTH:
            return
        others = (other for other in range(len(self._holder)) if other != slot)
        elsewhere = (common(self._alike(other, resident.adapter), held, len(held)) for other in others)
        if len(held) - max(elsewhere, default=0) >= PARK_WORTH and (state := self._saved(slot)):
            self._parking.park(resident.owner, held, state, resident.adapter)

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

    def _alike(self, slot: int, adapter: str) -> list[int]:
        """What a slot holds, where it was computed with this adapter: another one makes other values of it."""
        holder = self._holder[slot]
        computed_with = holder.adapter if holder is not None else self._residents[slot].adapter
        return self._held(slot) if computed_with == adapter else []

    def _best(self, sequence: Sequence) -> tuple[int | None, int]:
        """The slot that holds most of the prompt, and how much; one token is always left to compute."""
        if not sequence.request.reuse:
            return None, 0
        limit = len(sequence.tokens) - 1
        best, length = None, 0
        for slot, holder in enumerate(self._holder):
            alike = self._alike(slot, sequence.adapter)
            held = common(alike, sequence.tokens, limit)
            if held < len(alike) and not self._backend.forgets_partly:
                continue
            if held > length or (held == length and holder is None and best is not None and self._holder[best]):
                best, length = slot, held
        return (best, length) if length else (None, 0)

    def _marks(self, sequence: Sequence, length: int) -> tuple[int, ...]:
        """Where the state is to be kept, of a model that can take back no part of it: beginnings that come again."""
        if self._backend.forgets_partly or not sequence.request.reuse or not sequence.request.owner:
            return ()
        limit = sequence.num_prompt - 1
        held = (self._alike(slot, sequence.adapter) for slot in range(len(self._holder)))
        _, parting = self._parking.best(sequence.tokens, limit, sequence.adapter)
        parting = max(parting, *(common(tokens, sequence.tokens, limit) for tokens in held))
        return tuple(mark for mark in (sequence.num_shared, parting) if mark - length >= PARK_WORTH)

    def _parked(self, sequence: Sequence, length: int) -> tuple[bytes | None, int]:
        """The parked state that holds more of the prompt than any slot, so much more that it is worth bringing in."""
        if not sequence.request.reuse:
            return None, 0
        whole = not self._backend.forgets_partly
        parked, held = self._parking.best(sequence.tokens, len(sequence.tokens) - 1, sequence.adapter, whole=whole)
        return (self._parking.state(parked), held) if parked and held - length >= PARK_WORTH else (None, 0)


def of(owner: str, owners: str) -> bool:
    """Whether something is forgotten with all owners whose names begin so; what is nobody's always is."""
    return not owner or owner.startswith(owners)
