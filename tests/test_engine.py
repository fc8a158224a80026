"""The engine over a backend that follows a script: scheduling, streaming, ends, failures, books."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.engine.books import SlotStats, Speaker
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.fake import END, FakeModel
from npc_runtime.engine.request import Ended, EngineEvent, Priority, ReplyFormat, Request, Sampling, Text
from npc_runtime.engine.scheduling.parking import Parking
from npc_runtime.engine.scheduling.scheduler import OPENING
from npc_runtime.errors import InternalError, ModelUnavailable, PromptTooLong

Script = Callable[[int, list[int]], int]


def says(*texts: str) -> Script:
    """Every prompt ends with `\\n`; what follows is taken from the texts, by the prompt's first letter."""

    def script(_slot: int, held: list[int]) -> int:
        prompt, _, written = bytes(held).partition(b"\n")
        text = texts[prompt[0] - ord("a")].encode()
        return text[len(written)] if len(written) < len(text) else END

    return script


def request(prompt: str = "a", **options: object) -> Request:
    options.setdefault("sampling", Sampling(temperature=0, seed=1))
    return Request((Message("user", (Piece(prompt),)),), **options)  # type: ignore[arg-type]


class Listener:
    """Collects the events of one request."""

    def __init__(self) -> None:
        self.events: queue.Queue[EngineEvent] = queue.Queue()
        self.begun = threading.Event()

    def __call__(self, events: list[EngineEvent]) -> None:
        for event in events:
            self.events.put(event)
        self.begun.set()

    def result(self) -> tuple[str, Ended]:
        text = ""
        while True:
            event = self.events.get(timeout=10)
            if isinstance(event, Ended):
                assert self.events.empty(), "nothing may follow the end"
                return text, event
            text += event.text


@contextmanager
def running(model: FakeModel, parking: Parking | None = None) -> Iterator[Engine]:
    engine = Engine(model, parking)
    engine.start()
    try:
        yield engine
    finally:
        engine.close()


def write(engine: Engine, *requests: Request) -> list[tuple[str, Ended]]:
    listeners = [Listener() for _ in requests]
    for each, listener in zip(requests, listeners, strict=True):
        engine.submit(each, listener)
    return [listener.result() for listener in listeners]


def test_text_streams_until_the_model_ends() -> None:
    model = FakeModel(says("Good day."))
    with running(model) as engine:
        listener = Listener()
        engine.submit(request(), listener)
        text, end = listener.result()
    assert text == "Good day."
    assert (end.finish, end.usage.prompt_tokens, end.usage.completion_tokens) == ("stop", 2, 10)
    assert engine.stats.balanced


def test_many_requests_are_written_at_once_and_kept_apart() -> None:
    model = FakeModel(says("alpha", "beta", "gamma"), slots=3)
    with running(model) as engine:
        results = write(engine, *(request(letter) for letter in "abc" * 4))
    assert [text for text, _ in results] == ["alpha", "beta", "gamma"] * 4
    assert max(len(chunks) for chunks in model.decoded) == 3


def test_characters_of_several_bytes_come_whole() -> None:
    model = FakeModel(says("naïve 你好 🙂"))
    with running(model) as engine:
        listener = Listener()
        engine.submit(request(), listener)
        pieces: list[str] = []
        while not isinstance(event := listener.events.get(timeout=10), Ended):
            pieces.append(event.text)
    assert "".join(pieces) == "naïve 你好 🙂"
    assert "�" not in "".join(pieces)
    assert "你" in pieces


def test_stop_strings_work_across_tokens_and_are_not_shown() -> None:
    with running(FakeModel(says("yes STO no STOP never"))) as engine:
        [(text, end)] = write(engine, request(stop=("STOP",)))
    assert (text, end.finish) == ("yes STO no ", "stop")


def test_max_tokens_ends_with_length() -> None:
    with running(FakeModel(says("abcdefgh"))) as engine:
        [(text, end)] = write(engine, request(max_tokens=3))
    assert (text, end.finish, end.usage.completion_tokens) == ("abc", "length", 3)


def test_cancel_ends_the_request_and_frees_its_slot() -> None:
    model = FakeModel(lambda _slot, _held: ord("x"), slots=1, slot_context=100_000)
    with running(model) as engine:
        endless = request(max_tokens=90_000)
        listener = Listener()
        engine.submit(endless, listener)
        assert listener.begun.wait(10)
        engine.cancel(endless.number)
        text, end = listener.result()
        assert end.finish == "cancelled"
        assert set(text) == {"x"}
        assert engine.stats.balanced


def test_waiting_requests_can_be_cancelled_too() -> None:
    model = FakeModel(lambda _slot, _held: ord("x"), slots=1, slot_context=100_000)
    with running(model) as engine:
        first, second = request(max_tokens=90_000), request(max_tokens=90_000)
        one, two = Listener(), Listener()
        engine.submit(first, one)
        engine.submit(second, two)
        engine.cancel(second.number)
        assert two.result()[1].finish == "cancelled"
        engine.cancel(first.number)
        assert one.result()[1].finish == "cancelled"
        assert engine.stats.balanced


def test_a_deadline_ends_the_request_with_what_was_said() -> None:
    model = FakeModel(lambda _slot, _held: ord("x"), slot_context=10_000_000)
    with running(model) as engine:
        [(text, end)] = write(engine, request(max_tokens=9_000_000, deadline=0.05))
    assert end.finish == "deadline"
    assert text


def test_the_reply_grammar_is_kept_whatever_the_model_wants() -> None:
    model = FakeModel(says("zzz(<<angry)> Hey there\nTom: no"))
    with running(model) as engine:
        [(text, end)] = write(engine, request(format=ReplyFormat(("angry", "happy"))))
    emotion, _, line = text.partition(")")
    assert emotion in ("(angry", "(happy")
    assert line
    assert "<" not in line
    assert "\n" not in line
    assert end.finish in ("stop", "length")


def test_an_action_comes_from_the_offer_and_ends_the_reply() -> None:
    model = FakeModel(says("(happy) Here. <give ale> and more"))
    with running(model) as engine:
        [(text, end)] = write(engine, request(format=ReplyFormat(("happy",), ("give ale", "wave"))))
    assert (text, end.finish) == ("(happy) Here. <give ale>", "stop")


def test_a_shared_opening_is_computed_once() -> None:
    opening = "o" * 100
    messages = [(Message("user", (Piece(opening, shared=True), Piece(letter * 20))),) for letter in "uvwxyz"]
    model = FakeModel(lambda _slot, _held: END, slots=6)
    with running(model) as engine:
        results = write(engine, *(Request(each, sampling=Sampling(temperature=0)) for each in messages))
        prefilled = engine.stats.prefilled
    assert all(end.finish == "stop" for _, end in results)
    assert prefilled == 100 + 6 * 21  # the line break ends each prompt
    assert sorted(end.usage.cached_tokens for _, end in results) == [0, 100, 100, 100, 100, 100]


def test_the_next_prompt_continues_where_the_last_one_left() -> None:
    model = FakeModel(lambda _slot, _held: END)
    with running(model) as engine:
        write(engine, request("m" * 50 + "first"))
        [(_, end)] = write(engine, request("m" * 50 + "second"))
        [(_, fresh)] = write(engine, request("m" * 50 + "third", reuse=False))
    assert end.usage.cached_tokens == 50
    assert fresh.usage.cached_tokens == 0


def test_a_players_request_takes_the_slot_of_a_background_one_which_continues_later() -> None:
    text = "a long reflection on the day"
    model = FakeModel(says(text * 40, "yes"), slots=1, slot_context=4096)
    with running(model) as engine:
        slow, fast = Listener(), Listener()
        engine.submit(request("a", max_tokens=2000, priority=Priority.BACKGROUND), slow)
        assert slow.begun.wait(10)
        engine.submit(request("b", priority=Priority.PLAYER), fast)
        assert fast.result()[0] == "yes"
        assert slow.result()[0] == text * 40
        assert engine.stats.balanced


def test_a_failing_decode_ends_only_the_request_that_it_touches() -> None:
    model = FakeModel(says("alpha", "beta"), slots=2)
    model.failing = {1}
    with running(model) as engine:
        results = write(engine, request("a"), request("b"))
    ends = dict(results)
    assert ends["alpha"].finish == "stop"
    [failed] = [end for _, end in results if end.finish == "error"]
    assert isinstance(failed.error, ModelUnavailable)
    assert engine.stats.balanced


def test_a_prompt_that_is_too_long_is_refused_with_the_numbers() -> None:
    with running(FakeModel(says("alpha"), slot_context=64)) as engine:
        [(_, end), (text, _)] = write(engine, request("a" * 80, max_tokens=20), request("a", max_tokens=20))
    assert isinstance(end.error, PromptTooLong)
    assert "81 tokens" in str(end.error)
    assert "64" in str(end.error)
    assert text == "alpha"


def test_a_reply_that_may_be_longer_than_the_context_leaves_gets_what_is_left() -> None:
    endless = FakeModel(lambda _slot, _held: ord("x"), slot_context=128)
    with running(endless) as engine:
        [(text, end)] = write(engine, request("a" * 29, max_tokens=1024))
        [(_, refused)] = write(engine, request("a" * 100, max_tokens=1024))
    assert (end.finish, text) == ("length", "x" * (128 - 30))
    assert isinstance(refused.error, PromptTooLong), "no reply fits into so little"
    assert "101 tokens and the reply needs 48" in str(refused.error)


def test_a_bug_in_a_step_ends_the_requests_but_not_the_engine() -> None:
    def script(_slot: int, held: list[int]) -> int:
        if bytes(held).startswith(b"bad"):
            raise ZeroDivisionError("a bug")
        return END

    with running(FakeModel(script)) as engine:
        [(_, end)] = write(engine, request("bad"))
        assert isinstance(end.error, InternalError)
        [(_, end)] = write(engine, request("good"))
        assert end.finish == "stop"
        assert engine.stats.balanced


def test_a_failing_sink_does_not_silence_the_others() -> None:
    def broken(_events: list[EngineEvent]) -> None:
        raise RuntimeError("the listener is broken")

    with running(FakeModel(says("alpha", "beta"))) as engine:
        listener = Listener()
        engine.submit(request("a"), broken)
        engine.submit(request("b"), listener)
        assert listener.result()[0] == "beta"


def test_closing_ends_what_is_under_way() -> None:
    engine = Engine(FakeModel(lambda _slot, _held: ord("x"), slot_context=10_000_000))
    engine.start()
    listener = Listener()
    engine.submit(request(max_tokens=9_000_000), listener)
    assert listener.begun.wait(10)
    engine.close()
    assert isinstance(listener.result()[1].error, ModelUnavailable)
    late = Listener()
    engine.submit(request(), late)
    assert isinstance(late.result()[1].error, ModelUnavailable)


@pytest.mark.parametrize("batch_limit", [7, 40])
def test_long_prompts_are_cut_into_batches(batch_limit: int) -> None:
    model = FakeModel(says("alpha"), batch_limit=batch_limit)
    with running(model) as engine:
        [(text, _)] = write(engine, request("a" * 100))
    assert text == "alpha"
    assert max(sum(len(chunk.tokens) for chunk in chunks) for chunks in model.decoded) == batch_limit


def test_text_events_are_text() -> None:
    with running(FakeModel(says("hi"))) as engine:
        listener = Listener()
        engine.submit(request(), listener)
        assert listener.events.get(timeout=10) == Text("h")


def advance(engine: Engine, steps: int) -> None:
    """Steps of an engine that has no thread."""
    for _ in range(steps):
        engine._receive()
        engine.step()


def test_the_books_say_who_speaks_who_waits_and_what_the_slots_hold() -> None:
    model = FakeModel(says("xy", "x" * 60, "x" * 60), slots=2)
    engine = Engine(model)
    for letter, priority in (("a", Priority.PLAYER), ("b", Priority.BACKGROUND), ("c", Priority.BACKGROUND)):
        engine.submit(request(letter, priority=priority, owner=f"village/npc:{letter}"), Listener())
    advance(engine, 1)
    first, other = Speaker("village/npc:a", Priority.PLAYER), Speaker("village/npc:b", Priority.BACKGROUND)
    assert (engine.stats.speakers, engine.stats.queue) == ((first, other), (Priority.BACKGROUND,))
    assert (engine.stats.speaking, engine.stats.waiting, engine.stats.generated) == (2, 1, 1)
    assert engine.stats.slots == SlotStats(speaking=2, tokens=2, room=2 * model.slot_context)
    advance(engine, 2)
    assert engine.stats.generated == 3, "counted as they are written"
    assert engine.stats.slots == SlotStats(speaking=1, resting=1, tokens=4, room=2 * model.slot_context)
    engine.close()


def test_who_answers_a_player_is_computed_alone_until_its_first_words() -> None:
    model = FakeModel(says("x" * 60, "y" * 60, "z" * 60))
    engine = Engine(model)
    for prompt in "ab":
        engine.submit(request(prompt, max_tokens=60, priority=Priority.ARGUMENT), Listener())
    advance(engine, 6)
    engine.submit(request("c", max_tokens=60, priority=Priority.PLAYER), Listener())
    before = len(model.decoded)
    advance(engine, OPENING + 1)
    opening, (together,) = model.decoded[before:-1], model.decoded[-1:]
    assert len(opening) == OPENING
    assert {chunk.slot for chunks in opening for chunk in chunks} == {2}
    assert len(together) == 3
    engine.close()


def test_a_prompt_that_a_player_waits_for_is_read_at_once() -> None:
    model = FakeModel(says("alpha"), batch_limit=400)
    with running(model) as engine:
        [(text, _)] = write(engine, request("a" * 399, priority=Priority.PLAYER))
    assert text == "alpha"
    assert [len(chunk.tokens) for chunk in model.decoded[0]] == [400]
