"""What the engine has under way, and what a step of it is: schedule, decode, sample, deliver.

Only what must fail does. A sequence that cannot be computed ends by itself; a model that computes nothing any more is
loaded again on another thread, by settings that take less, and whoever spoke goes on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from npc_runtime.engine.absence import Absence, Held
from npc_runtime.engine.backend import Backend
from npc_runtime.engine.books import EngineStats, Speaker
from npc_runtime.engine.decoder import Decoder, NoMemory, Sampled, as_fault
from npc_runtime.engine.files.adapter import Fitting
from npc_runtime.engine.preparing import no_room, prepare
from npc_runtime.engine.request import Ended, EngineEvent, FinishReason, Sink, Text, Usage
from npc_runtime.engine.scheduling.parking import Parking
from npc_runtime.engine.scheduling.scheduler import Batch, Scheduler
from npc_runtime.engine.sequence import Sequence
from npc_runtime.engine.tokens.chat import ChatTemplate
from npc_runtime.engine.tokens.sampling import forced_run, next_token
from npc_runtime.errors import ModelUnavailable, RuntimeFault

log = logging.getLogger(__name__)


class Work:
    """Belongs to the engine's thread. `stats`, `idle`, `hurried` and `absence` may be asked from any."""

    def __init__(
        self,
        backend: Backend,
        parking: Parking,
        shrink: Callable[[], None] | None,
        post: Callable[[Callable[[], None]], None],
        clock: Callable[[], float],
    ) -> None:
        """`shrink` as the engine has it; what `post` is given is called on the engine's thread."""
        self._backend = backend
        self._chat = ChatTemplate.of(backend)
        self._parking = parking
        self._shrink = shrink
        self._post = post
        self._clock = clock
        self._scheduler = Scheduler(backend, parking, clock)
        self._decoder = Decoder(backend, self._scheduler.computed)
        self._adapters = Fitting(backend)
        self._books = EngineStats()
        self.absence: Absence | None = None  # of the model
        self._computing: Batch = []  # in this step
        self._ended: list[Sequence] = []  # in this step, not yet delivered

    @property
    def stats(self) -> EngineStats:
        """A copy of the books as they stand."""
        scheduler = self._scheduler
        waiting = (*(one.request for one in list(scheduler.waiting)), *(one.request for one in list(self._held)))
        return replace(
            self._books,
            speakers=tuple(Speaker(one.request.owner, one.request.priority) for one in list(scheduler.running)),
            queue=tuple(request.priority for request in waiting),
            slots=scheduler.slots.stats,
            parking=self._parking.stats.copy(),
            prefilled=self._decoder.prefilled,
            decode_time=self._decoder.time,
            open_samplers=self._backend.open_samplers,
        )

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return self._scheduler.idle

    @property
    def hurried(self) -> bool:
        """Whether a player waits for a first word."""
        return self._scheduler.hurried

    def close(self) -> None:
        """Ends what a thread that is gone has left, and waits for a load that is under way."""
        if self.absence is not None:
            self.absence.close()
        self.end_all(ModelUnavailable("the engine was closed"))

    def timed_step(self) -> float:
        """Schedule, decode, sample, deliver, whatever goes wrong in it; how many seconds it took."""
        started = time.perf_counter()
        try:
            self._step()
        except Exception as error:  # a bug must not silence everybody for ever
            self.end_all(as_fault(error))
        took = time.perf_counter() - started
        self._books.steps += 1
        self._books.step_time += took
        return took

    def resume(self) -> None:
        """Goes on after the thread ended in a step: who was being computed is in an unknown state, and ends."""
        failed, self._computing = self._computing, []
        self._scheduler.clear()
        for sequence, _ in failed:
            if sequence in self._scheduler.waiting:
                self._end(sequence, "error", ModelUnavailable("the thread of the model ended"))
        self._deliver(failed)

    def _step(self) -> None:
        self._end_expired()
        self._computing = self._scheduler.schedule() if self.absence is None else []
        if self._computing:
            self._compute(self._computing)
        computed, self._computing = self._computing, []
        self._deliver(computed)

    def take(self, held: Held) -> None:
        """Takes a request."""
        self._books.requests += 1
        if self.absence is not None:
            self.absence.held.append(held)
        else:
            self._prepare(held)

    def _prepare(self, held: Held) -> None:
        try:
            adapter = self._adapters.fitting(held.request.adapter)
            sequence = prepare(held.request, held.sink, self._backend, self._chat, held.arrival, adapter)
        except Exception as error:  # a bug must not end the thread that everybody speaks through
            self._reject(held, as_fault(error))
        else:
            self._write(sequence, forced_run(sequence))
            self._scheduler.add(sequence)

    def _reject(self, held: Held, error: RuntimeFault | None, finish: FinishReason = "error") -> None:
        self._books.ended += 1
        _tell(held.sink, [Ended(finish, Usage(), error)], held.request.number)

    def cancel(self, number: int) -> None:
        """Ends a request, if it is there."""
        sequence = self._scheduler.find(number)
        if sequence is not None:
            self._end(sequence, "cancelled")
        for held in [each for each in self._held if each.request.number == number]:
            self._held.remove(held)
            self._reject(held, None, "cancelled")

    @property
    def _held(self) -> list[Held]:
        return self.absence.held if self.absence is not None else []

    def forget(self, owners: str, done: Callable[[], None]) -> None:
        """Gives up what was computed for all owners whose names begin so, and says when that is done."""
        try:
            self._scheduler.forget(owners)
        finally:
            done()

    def limit(self, batch: int | None, parked: int | None) -> None:
        """The most tokens of a decode, and bytes of RAM for idle characters; None: as many as there may be."""
        self._scheduler.batch_limit = batch
        self._parking.limit(parked)

    def leave(self, load: Callable[[], None], why: str) -> None:
        """Lets go of the backend until `load` has brought it back."""
        if self.absence is not None:
            return
        log.warning("the model is loaded again: %s", why)
        self._scheduler.clear()
        self.absence = Absence(load, why, self._backend.layout, lambda: self._post(self._return), self._clock())
        self.absence.start()

    def _return(self) -> None:
        """Goes on with the backend as it is now."""
        away = self.absence
        assert away is not None, "only what is away returns"
        if self._backend.layout != away.layout:
            self._parking.forget_all()
        self._scheduler.clear()
        self.absence = None
        for sequence in list(self._scheduler.waiting):
            if too_long := no_room(self._backend, len(sequence.tokens), 1):
                self._end(sequence, "error", too_long)
        for held in away.held:
            self._prepare(held)

    def _end_expired(self) -> None:
        away, now = self.absence, self._clock()
        for sequence in [*self._scheduler.running, *self._scheduler.waiting]:
            if sequence.expired(now):
                self._end(sequence, "deadline")
            elif away is not None and away.waited(sequence.request, sequence.arrival, now):
                self._end(sequence, "error", ModelUnavailable(away.trouble))
        for held in list(self._held):
            if held.expired(now) or (away is not None and away.waited(held.request, held.arrival, now)):
                self._held.remove(held)
                if held.expired(now):
                    self._reject(held, None, "deadline")
                elif away is not None:
                    self._reject(held, ModelUnavailable(away.trouble))

    def _compute(self, batch: Batch) -> None:
        """Computes a batch and samples it. Where none of it can be computed, it is the model that has failed."""
        failed = self._decoder.run(batch, self._sample)
        if not failed:
            return
        if all(isinstance(error, NoMemory) for _, error in failed) and self._scheduler.narrow():
            return  # they are tried again, in smaller batches
        first, error = failed[0]
        if self._shrink is not None and len(failed) == len(batch) and not self._decoder.answers(first):
            self.leave(self._shrink, f"it computes nothing any more ({error.message})")
            return
        for sequence, error in failed:
            self._end(sequence, "error", error)

    def _sample(self, sampled: Sampled) -> None:
        for sequence, row in sampled:
            self._sample_one(sequence, row)

    def _sample_one(self, sequence: Sequence, row: int) -> None:
        try:
            self._draw(sequence, row)
        except Exception as error:
            self._end(sequence, "error", as_fault(error))

    def _draw(self, sequence: Sequence, row: int) -> None:
        if sequence.request.prompt_only:
            self._end(sequence, "length")
            return
        token = next_token(sequence, self._backend, row)
        sequence.num_sampled += 1
        self._books.generated += 1
        grammar = sequence.grammar
        if token in self._backend.vocabulary.end or (grammar is not None and grammar.ends(token)):
            self._end(sequence, "stop")
            return
        if grammar is not None:
            grammar.advance(token)
        self._write(sequence, [token, *forced_run(sequence)])
        if sequence.complete:
            self._end(sequence, "stop")
        elif sequence.num_sampled >= sequence.request.max_tokens or self._full(sequence):
            self._end(sequence, "length")

    def _full(self, sequence: Sequence) -> bool:
        """Whether there is no room for another token: those that a grammar forces were not counted beforehand."""
        return len(sequence.tokens) >= self._backend.slot_context

    def _write(self, sequence: Sequence, tokens: list[int]) -> None:
        """Appends tokens to a sequence and their text to its outbox."""
        if sequence.num_sampled == 0:
            sequence.num_prompt += len(tokens)
        sequence.tokens += tokens
        text = sequence.text.push(b"".join(map(self._backend.piece, tokens)))
        if text:
            sequence.outbox.append(Text(text))

    def _end(self, sequence: Sequence, finish: FinishReason, error: RuntimeFault | None = None) -> None:
        self._scheduler.remove(sequence, failed=error is not None)
        sequence.sampler.close()
        if rest := sequence.text.flush():
            sequence.outbox.append(Text(rest))
        sequence.outbox.append(Ended(finish, sequence.usage, error))
        self._books.ended += 1
        self._books.reused += sequence.num_cached
        self._ended.append(sequence)

    def end_all(self, error: RuntimeFault) -> None:
        """Ends every request with an error."""
        for sequence in [*self._scheduler.running, *self._scheduler.waiting]:
            self._end(sequence, "error", error)
        while self._held:
            self._reject(self._held.pop(), error)
        self._deliver([])

    def _deliver(self, batch: Batch) -> None:
        """Hands out what is new."""
        ended, self._ended = self._ended, []
        for sequence in dict.fromkeys([*(sequence for sequence, _ in batch), *ended]):
            events, sequence.outbox = sequence.outbox, []
            if events:
                _tell(sequence.sink, events, sequence.request.number)


def _tell(sink: Sink, events: list[EngineEvent], number: int) -> None:
    """Sinks are the callers' code: one that fails must not silence the others."""
    try:
        sink(events)
    except Exception:
        log.exception("the sink of request %d failed", number)
