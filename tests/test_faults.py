"""What goes wrong inside the engine costs whoever it touches, and nobody else: over a backend that fails on purpose."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from conftest import until
from test_engine import Listener, request, says, write

from npc_runtime.engine import absence
from npc_runtime.engine.backend import Chunk, DecodeFailed, Logits, NoRoom, Sampler, Tokens
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.fake import END, FakeModel
from npc_runtime.engine.request import Ended, Priority, Sampling
from npc_runtime.engine.scheduling.parking import Parking
from npc_runtime.errors import InternalError, ModelUnavailable, PromptTooLong

NO_MEMORY, BROKEN = -2, -3
TEXTS = ("the bridge fell last night", "nobody told me of a bridge", "you had better ask the miller", "good day to you")
LINES = tuple(letter * 30 for letter in "abcd")


class Faulty(FakeModel):
    """Writes the texts of the prompts `aaa…` to `dddd…`, as long as `fault` lets it."""

    def __init__(self, **options: int) -> None:
        super().__init__(says(*TEXTS), **{"slots": 4, **options})
        self.fault: Callable[[Sequence[Chunk]], Exception | None] = lambda _chunks: None
        self.stateless = False
        self.sampler_fails = self.parking_fails = False

    def decode(self, chunks: Sequence[Chunk]) -> list[int]:
        if (error := self.fault(chunks)) is not None:
            raise error
        return super().decode(chunks)

    def about(self, chunk: Chunk) -> str:
        """The letter of the prompt that a chunk belongs to."""
        return chr((self.held[chunk.slot] or list(chunk.tokens))[0])

    def trim(self, slot: int, length: int) -> bool:
        return super().trim(slot, length) if length == 0 or not self.stateless else len(self.held[slot]) == length

    def save(self, slot: int) -> bytes:
        if self.parking_fails:
            raise MemoryError
        return super().save(slot)

    def restore(self, slot: int, state: bytes) -> bool:
        if self.parking_fails:
            raise OSError("the state cannot be read")
        return super().restore(slot, state)

    def sampler(self, sampling: Sampling, seed: int) -> Sampler:
        made = super().sampler(sampling, seed)
        return OneFails(self, made) if self.sampler_fails else made


class OneFails:
    """Has no memory for the word `me`, which is only in the second text."""

    def __init__(self, model: Faulty, inner: Sampler) -> None:
        self._model, self._inner, self.accept, self.close = model, inner, inner.accept, inner.close

    def draw(self, tokens: Tokens, logits: Logits) -> int:
        token = self._inner.draw(tokens, logits)
        if token == ord("m"):
            raise MemoryError
        return token


@contextmanager
def running(model: FakeModel, shrink: Callable[[], None] | None = None, ram: int = 0) -> Iterator[Engine]:
    engine = Engine(model, Parking(ram), shrink=shrink)
    try:
        yield engine
    finally:
        engine.close()
        assert engine.stats.balanced, engine.stats


def told(engine: Engine, lines: Sequence[str] = LINES, **options: object) -> list[tuple[str, Ended]]:
    """What is written when all of it is asked for before the first step, as it is in every run that is compared."""
    listeners = [Listener() for _ in lines]
    for line, listener in zip(lines, listeners, strict=True):
        engine.submit(request(line, **options), listener)
    if engine._thread.ident is None:
        engine.start()
    return [listener.result() for listener in listeners]


def texts(results: list[tuple[str, Ended]]) -> list[str]:
    return [text for text, _ in results]


def finishes(results: list[tuple[str, Ended]]) -> list[str]:
    return [end.finish for _, end in results]


@pytest.mark.parametrize("stateless", [False, True])
@pytest.mark.parametrize("error", [DecodeFailed(BROKEN), DecodeFailed(-1), MemoryError(), ZeroDivisionError("a bug")])
def test_who_cannot_be_computed_ends_and_all_others_say_what_they_would_have_said(
    error: Exception, stateless: bool
) -> None:
    model = Faulty()
    model.stateless = stateless  # as a recurrent one, which can only forget all of it
    model.fault = lambda chunks: error if any(model.about(chunk) == "b" for chunk in chunks) else None
    with running(model) as engine:
        results = told(engine)
        assert finishes(results) == ["stop", "error", "stop", "stop"]
        assert texts(results)[::2] == list(TEXTS[::2])
        assert isinstance(results[1][1].error, ModelUnavailable | InternalError)
        assert texts(write(engine, request(LINES[3]))) == [TEXTS[3]], "it answers after it"


@pytest.mark.parametrize("stateless", [False, True])
def test_a_decode_that_fails_once_costs_nobody_a_word(stateless: bool) -> None:
    model = Faulty()
    model.stateless = stateless
    decodes = iter(range(10_000))
    model.fault = lambda _chunks: DecodeFailed(BROKEN) if next(decodes) in (3, 12) else None
    with running(model) as engine:
        assert texts(told(engine)) == list(TEXTS)


def test_where_there_is_no_memory_for_a_batch_smaller_ones_are_computed() -> None:
    model = Faulty(batch_limit=512)
    model.fault = lambda chunks: DecodeFailed(NO_MEMORY) if sum(len(chunk.tokens) for chunk in chunks) > 40 else None
    with running(model) as engine:
        results = told(engine, ["a" * 300], priority=Priority.PLAYER)
        assert finishes(results) == ["stop"]
        assert max(sum(len(chunk.tokens) for chunk in chunks) for chunks in model.decoded) <= 40


def test_who_has_no_memory_to_be_sampled_ends_alone() -> None:
    model = Faulty()
    model.sampler_fails = True
    with running(model) as engine:
        results = told(engine, [LINES[0], LINES[3], LINES[1]])
        assert texts(results)[:2] == [TEXTS[0], TEXTS[3]]
        assert finishes(results) == ["stop", "stop", "error"]


def test_what_cannot_be_parked_or_brought_back_is_computed_again() -> None:
    model = Faulty(slots=1, slot_context=1024)
    model.parking_fails = True
    long = [letter * 200 for letter in "abab"]
    with running(model, ram=1 << 20) as engine:
        engine.start()
        for number, line in enumerate(long):
            [(text, _)] = write(engine, request(line, owner=f"village/npc:{line[0]}"))
            assert text == TEXTS[number % 2]


# ----------------------------------------------------------------------------------------- a model that has failed


class Shrinking(Faulty):
    """Computes nothing after `steps` decodes, until it is loaded again, in another layout and with fewer slots."""

    def __init__(self, steps: int = 12) -> None:
        super().__init__()
        decodes = iter(range(10_000))
        self.fault = lambda _chunks: DecodeFailed(BROKEN) if next(decodes) >= steps else None
        self.loading, self.loaded = threading.Event(), threading.Event()
        self.refused = 0  # times
        self.threads: list[str] = []

    def shrink(self) -> None:
        self.threads.append(threading.current_thread().name)
        self.loading.set()
        assert self.loaded.wait(10)
        if self.refused:
            self.refused -= 1
            raise NoRoom("there is no room")
        self.slots, self.slot_context, self.layout = 2, 256, "smaller"
        self.held = [[] for _ in range(self.slots)]
        self.fault = lambda _chunks: None


def test_a_model_that_computes_nothing_any_more_is_loaded_again_and_whoever_spoke_goes_on() -> None:
    model = Shrinking()
    model.loaded.set()
    with running(model, model.shrink) as engine:
        results = told(engine)
        assert texts(results) == list(TEXTS), "in the middle of their words, and not from the beginning"
        assert finishes(results) == ["stop"] * 4
        assert model.threads == ["engine-loading"]
        assert engine.trouble == ""
        assert texts(write(engine, *map(request, LINES))) == list(TEXTS)
        assert max(len(chunks) for chunks in model.decoded[-8:]) <= 2, "only two have slots now"


def test_without_a_way_to_load_it_again_a_failed_model_ends_what_it_was_asked() -> None:
    with running(Shrinking()) as engine:
        assert set(finishes(told(engine))) == {"error"}


def test_while_it_is_loaded_requests_wait_and_can_be_cancelled_forgotten_and_expire() -> None:
    model = Shrinking()
    with running(model, model.shrink) as engine:
        speaking, late, hasty, unwanted = (Listener() for _ in range(4))
        engine.submit(request(LINES[0]), speaking)
        engine.start()
        assert model.loading.wait(10)
        until(lambda: engine.trouble.startswith("the model is away: it computes nothing any more"))
        dropped = request(LINES[2])
        engine.submit(request(LINES[1]), late)
        engine.submit(request(LINES[3], deadline=0.05), hasty)
        engine.submit(dropped, unwanted)
        engine.cancel(dropped.number)
        assert unwanted.result()[1].finish == "cancelled"
        assert hasty.result()[1].finish == "deadline"
        forgotten = threading.Event()
        engine.forget("village/", forgotten.set)
        assert forgotten.wait(10)
        model.loaded.set()
        assert speaking.result()[0] == TEXTS[0]
        assert late.result()[0] == TEXTS[1]


def test_a_line_does_not_wait_long_for_a_model_but_reflection_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(absence, "PATIENCE_SECONDS", 0.05)
    model = Shrinking()
    with running(model, model.shrink) as engine:
        player, reflection = Listener(), Listener()
        engine.submit(request(LINES[0], priority=Priority.PLAYER), player)
        engine.submit(request(LINES[1], priority=Priority.BACKGROUND), reflection)
        engine.start()
        _, end = player.result()
        assert isinstance(end.error, ModelUnavailable)
        assert "the model is away" in str(end.error)
        model.loaded.set()
        assert reflection.result()[0] == TEXTS[1]


def test_where_nothing_finds_room_characters_are_told_at_once_and_loading_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(absence, "RETRY_SECONDS", 0.3)
    model = Shrinking()
    model.refused = 1
    model.loaded.set()
    with running(model, model.shrink) as engine:
        [(_, end)] = told(engine, LINES[:1])
        assert "there is no room" in str(end.error)
        until(lambda: engine.trouble == "")
        assert texts(write(engine, request(LINES[1]))) == [TEXTS[1]]


def test_what_was_parked_in_another_layout_is_not_brought_back() -> None:
    model = Shrinking(steps=10_000)
    model.loaded.set()
    parking = Parking(1 << 20)
    engine = Engine(model, parking, shrink=model.shrink)
    engine.start()
    for letter in "abcdabcd":
        write(engine, request(letter * 100, owner=f"village/npc:{letter}"))
    for letter in "efgh":
        parking.park(f"village/npc:{letter}", [1, 2, 3], b"x")
    engine.replace(model.shrink, "a test moves it")
    until(lambda: model.slots == 2 and engine.trouble == "")
    assert len(parking) == 0
    engine.close()


def test_who_does_not_fit_into_the_smaller_model_is_told_so() -> None:
    model = Shrinking(steps=8)
    model.loaded.set()
    with running(model, model.shrink) as engine:
        [(_, end)] = told(engine, ["a" * 300], max_tokens=60)
    assert isinstance(end.error, PromptTooLong)


# ------------------------------------------------------------------------------------------- a thread that has ended


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ended_begins_again_and_only_who_was_being_computed_fails() -> None:
    model = Faulty(slots=2)
    died = queue.SimpleQueue[bool]()

    def deadly(chunks: Sequence[Chunk]) -> Exception | None:
        if any(model.about(chunk) == "b" for chunk in chunks) and died.empty():
            died.put(True)
            raise SystemExit  # which ends a thread without a word
        return None

    model.fault = deadly
    with running(model) as engine:
        listeners = [Listener() for _ in LINES]
        for line, listener in zip(LINES, listeners, strict=True):
            engine.submit(request(line), listener)
        engine.start()
        until(lambda: not engine._thread.is_alive())
        assert engine.trouble == "the thread of the model ended, and begins again"
        engine.look()
        results = [listener.result() for listener in listeners]
        assert engine.trouble == ""
        assert finishes(results)[1] == "error"
        assert texts(results)[2:] == list(TEXTS[2:])
        assert finishes(results)[2:] == ["stop", "stop"]


def test_a_closed_engine_has_not_ended_by_itself() -> None:
    model = Faulty()
    with running(model) as engine:
        told(engine)
    assert engine.trouble == ""
    engine.look()
    assert not engine._thread.is_alive()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_requests_of_a_thread_that_is_gone_end_when_the_engine_is_closed() -> None:
    model = Faulty()

    def deadly(_chunks: Sequence[Chunk]) -> Exception | None:
        raise SystemExit

    model.fault = deadly
    with running(model) as engine:
        listener = Listener()
        engine.submit(request(LINES[0]), listener)
        engine.start()
        until(lambda: not engine._thread.is_alive())
    assert listener.result()[1].finish == "error"


def test_a_step_that_does_not_come_back_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npc_runtime.engine.engine.LONG_STEP_SECONDS", 0.01)
    model, held = Faulty(), threading.Event()
    model.script = lambda _slot, _held: END * held.wait(10)
    with running(model) as engine:
        listener = Listener()
        engine.submit(request(LINES[0]), listener)
        engine.start()
        until(lambda: "has not come back" in engine.trouble)
        held.set()
        listener.result()
        until(lambda: engine.trouble == "")
