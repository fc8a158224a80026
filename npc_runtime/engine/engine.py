"""The engine: one thread that writes for every character at once.

Its loop reads as its verbs: receive, then step = schedule, decode, sample, deliver. Requests come through an inbox,
text goes out through each request's sink, and nothing else is shared with other threads.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from npc_runtime.engine.adapter import Fitting
from npc_runtime.engine.backend import Backend, Chunk, DecodeFailed
from npc_runtime.engine.books import EngineStats, Speaker
from npc_runtime.engine.chat import ChatTemplate
from npc_runtime.engine.grammar import ChoiceGrammar, Grammar, ReplyGrammar
from npc_runtime.engine.parking import Parking
from npc_runtime.engine.request import ChoiceFormat, Ended, FinishReason, Request, SheetFormat, Sink, Text, Usage
from npc_runtime.engine.sampling import forced_run, next_token, remind
from npc_runtime.engine.scheduler import Batch, Scheduler
from npc_runtime.engine.sequence import Sequence
from npc_runtime.engine.sheet import SheetGrammar
from npc_runtime.engine.text import TextStream
from npc_runtime.errors import InternalError, ModelUnavailable, PromptTooLong, RuntimeFault

log = logging.getLogger(__name__)

LEAST_REPLY = 48  # tokens without which a request is refused: nearly every line of a character takes fewer

Sampled = list[tuple[Sequence, int]]  # a sequence and its row of logits


class Engine:
    """Writes texts with one model. `submit`, `cancel`, `stats` and `close` may be called from any thread."""

    def __init__(
        self, backend: Backend, parking: Parking | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Without a parking place, who gives its slot to another is computed again."""
        self._backend = backend
        self._chat = ChatTemplate.of(backend)
        self._adapters = Fitting(backend)
        self._parking = Parking(0) if parking is None else parking
        self._scheduler = Scheduler(backend, self._parking, clock)
        self._clock = clock
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._books = EngineStats()
        self._ended: list[Sequence] = []  # in this step, not yet delivered
        self._closed = False

    @property
    def model_name(self) -> str:
        """What the model calls itself."""
        return self._backend.name

    @property
    def stats(self) -> EngineStats:
        """A copy of the books as they stand."""
        scheduler = self._scheduler
        return replace(
            self._books,
            speakers=tuple(Speaker(one.request.owner, one.request.priority) for one in list(scheduler.running)),
            queue=tuple(one.request.priority for one in list(scheduler.waiting)),
            open_samplers=self._backend.open_samplers,
            slots=scheduler.slots.stats,
            parking=self._parking.stats.copy(),
        )

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def submit(self, request: Request, sink: Sink) -> None:
        """Takes a request. Its sink gets everything, an `Ended` last, whatever happens."""
        if self._closed:
            sink([Ended("error", Usage(), ModelUnavailable("the engine is closed"))])
            return
        arrival = self._clock()  # the step under way counts, too
        self._inbox.put(lambda: self._take(request, sink, arrival))

    def cancel(self, number: int) -> None:
        """Ends a request within one step; unknown numbers are ignored, since the request may have just ended."""
        self._inbox.put(lambda: self._cancel(number))

    def forget(self, owners: str, done: Callable[[], None]) -> None:
        """Gives up what was computed for all owners whose names begin so; `done` is called on the engine's thread.

        A sequence that is being written ends first.
        """
        if self._closed:
            done()
            return
        self._inbox.put(lambda: self._forget(owners, done))

    def close(self) -> None:
        """Ends every request with an error, stops the thread and frees the model."""
        if self._closed:
            return
        self._closed = True
        self._inbox.put(None)
        if self._thread.is_alive():
            self._thread.join()
        self._parking.close()
        self._backend.close()

    # ------------------------------------------------------------------------------------- on the engine's thread

    def _run(self) -> None:
        running = True
        while running:
            running = self._receive()
            started = time.perf_counter()
            try:
                self.step()
            except Exception as error:  # a bug must not silence everybody for ever
                log.exception("the engine failed in a step")
                self._end_all(InternalError(f"the engine failed: {error}"))
            self._books.steps += 1
            self._books.step_time += time.perf_counter() - started
        self._end_all(ModelUnavailable("the engine was closed"))

    def _receive(self) -> bool:
        """Handles what is in the inbox, waiting for something when there is nothing else to do."""
        block = self._scheduler.idle
        while True:
            try:
                command = self._inbox.get(block=block)
            except queue.Empty:
                return True
            if command is None:
                return False
            command()
            block = False

    def step(self) -> None:
        """Schedule, decode, sample, deliver."""
        self._end_expired()
        batch = self._scheduler.schedule()
        if batch:
            self._sample(self._decode(batch))
        self._deliver(batch)

    def _take(self, request: Request, sink: Sink, arrival: float) -> None:
        self._books.requests += 1
        try:
            sequence = self._sequence(request, sink, arrival)
        except RuntimeFault as error:
            self._reject(sink, error)
        except Exception as error:  # a bug must not end the thread that everybody speaks through
            log.exception("request %d could not be prepared", request.number)
            self._reject(sink, InternalError(f"the prompt could not be prepared: {error}"))
        else:
            self._scheduler.add(sequence)

    def _reject(self, sink: Sink, error: RuntimeFault) -> None:
        self._books.ended += 1
        sink([Ended("error", Usage(), error)])

    def _sequence(self, request: Request, sink: Sink, arrival: float) -> Sequence:
        encoded = self._chat.encode(request.messages)
        # A reply that may be longer than what is left gets what is left; most are far shorter than they may be.
        least = min(request.max_tokens, LEAST_REPLY)
        if len(encoded.tokens) + least > self._backend.slot_context:
            raise PromptTooLong(
                f"the prompt has {len(encoded.tokens)} tokens and the reply needs {least}, but a character has a "
                f"context of {self._backend.slot_context}",
                hint="raise slot_context, or shorten what the prompt holds",
            )
        seed = request.sampling.seed if request.sampling.seed is not None else secrets.randbits(32)
        sequence = Sequence(
            request=request,
            sink=sink,
            tokens=encoded.tokens,
            num_prompt=len(encoded.tokens),
            num_shared=encoded.shared,
            sampler=self._backend.sampler(request.sampling, seed & 0xFFFFFFFF),
            random=np.random.default_rng(seed),
            grammar=self._grammar(request),
            text=TextStream(request.stop),
            arrival=arrival,
            moved=arrival,
            adapter=self._adapters.fitting(request.adapter),
        )
        remind(sequence.sampler, request, self._backend)
        self._write(sequence, forced_run(sequence))
        return sequence

    def _grammar(self, request: Request) -> Grammar | None:
        if request.format is None:
            return None
        backend = self._backend
        if isinstance(request.format, ChoiceFormat):
            return ChoiceGrammar(request.format.options, backend)
        if isinstance(request.format, SheetFormat):
            return SheetGrammar(request.format, backend)
        return ReplyGrammar(request.format, backend)

    def _cancel(self, number: int) -> None:
        sequence = self._scheduler.find(number)
        if sequence is not None:
            self._end(sequence, "cancelled")

    def _forget(self, owners: str, done: Callable[[], None]) -> None:
        try:
            self._scheduler.slots.forget(owners)
        finally:
            done()

    def _end_expired(self) -> None:
        now = self._clock()
        for sequence in [*self._scheduler.running, *self._scheduler.waiting]:
            if sequence.expired(now):
                self._end(sequence, "deadline")

    def _decode(self, batch: Batch) -> Sampled:
        """Computes a batch. When that fails, each sequence is tried alone, so that only the guilty one ends."""
        try:
            return self._decode_together(batch)
        except DecodeFailed as error:
            log.warning("a decode of %d sequences failed: %s", len(batch), error)
            # Rows of logits do not survive the next decode: sample each sequence before computing another.
            for part in batch:
                self._sample(self._decode_alone(part))
            return []

    def _decode_together(self, batch: Batch) -> Sampled:
        started = time.perf_counter()
        self._backend.use(batch[0][0].adapter)
        rows = self._backend.decode([chunk for _, chunk in batch])
        seconds = time.perf_counter() - started
        self._books.decode_time += seconds
        self._scheduler.computed(batch, seconds)
        for sequence, chunk in batch:
            self._books.prefilled += max(0, min(sequence.num_prompt, sequence.num_computed) - chunk.start)
        return list(zip((sequence for sequence, chunk in batch if chunk.sample), rows, strict=True))

    def _decode_alone(self, part: tuple[Sequence, Chunk]) -> Sampled:
        sequence, chunk = part
        try:
            if not self._backend.trim(chunk.slot, chunk.start):
                raise DecodeFailed(-1)
            return self._decode_together([part])
        except DecodeFailed as error:
            self._end(sequence, "error", error)
            return []

    def _sample(self, sampled: Sampled) -> None:
        for sequence, row in sampled:
            if sequence.request.max_tokens == 0:  # only its prompt was wanted
                self._end(sequence, "length")
                continue
            token = next_token(sequence, self._backend, row)
            sequence.num_sampled += 1
            self._books.generated += 1
            grammar = sequence.grammar
            if token in self._backend.vocabulary.end or (grammar is not None and grammar.ends(token)):
                self._end(sequence, "stop")
                continue
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

    def _end_all(self, error: RuntimeFault) -> None:
        for sequence in [*self._scheduler.running, *self._scheduler.waiting]:
            self._end(sequence, "error", error)
        self._deliver([])

    def _deliver(self, batch: Batch) -> None:
        """Hands out what is new. Sinks are the callers' code: one that fails must not silence the others."""
        ended, self._ended = self._ended, []
        for sequence in dict.fromkeys([*(sequence for sequence, _ in batch), *ended]):
            events, sequence.outbox = sequence.outbox, []
            if events:
                try:
                    sequence.sink(events)
                except Exception:
                    log.exception("the sink of request %d failed", sequence.request.number)
