"""A real model that fails, and finds no room: in this process, and in a real daemon over real sockets."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import RunningDaemon
from faulty_daemon import BROKEN, DEADLY, GUILTY
from hypothesis import given
from hypothesis import strategies as st
from test_engine import Listener
from test_llama import card, request
from test_wire_talk import idle, say
from wire_peer import Body, Peer

from npc_runtime.client.launch import launch
from npc_runtime.config import Config, load
from npc_runtime.engine.backend import Chunk, DecodeFailed, NoRoom
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama import model as llama
from npc_runtime.engine.llama.loading import Loaded
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.placement.descent import descent, layers
from npc_runtime.engine.request import Ended, Request, Sampling
from npc_runtime.engine.scheduling.parking import Parking
from npc_runtime.errors import ModelUnavailable

NAMES = ("Mira", "Tom", "Bren")


class Faulty(LlamaModel):
    """Fails where it is told to, and can be loaded again."""

    fault: Callable[[Sequence[Chunk]], bool] = staticmethod(lambda _chunks: False)

    def decode(self, chunks: Sequence[Chunk]) -> list[int]:
        if self.fault(chunks):
            raise DecodeFailed(-3)
        return super().decode(chunks)

    def shrink(self) -> None:
        super().shrink()
        self.fault = lambda _chunks: False


def settings(random_model: Path, **changes: object) -> Config:
    return load({"model": str(random_model), "slots": 4, "threads": 1, **changes}, environ={})


@contextmanager
def running(model: Faulty) -> Iterator[Engine]:
    engine = Engine(model, Parking(1 << 20), shrink=model.shrink)
    try:
        yield engine
    finally:
        engine.close()
        assert engine.stats.balanced, engine.stats


def asked(name: str, **options: object) -> Request:
    """Greedy, so that the same logits give the same words."""
    return request(card(name=name), sampling=Sampling(temperature=0, seed=1), max_tokens=24, **options)


def told(engine: Engine, late: Request | None = None) -> list[tuple[str, Ended]]:
    """What is written for all names, asked for before the first step; `late` is asked for once all of them speak."""
    listeners = [Listener() for _ in NAMES]
    for name, listener in zip(NAMES, listeners, strict=True):
        engine.submit(asked(name), listener)
    engine.start()
    if late is not None:
        assert all(listener.begun.wait(30) for listener in listeners)
        listeners.append(Listener())
        engine.submit(late, listeners[-1])
    return [listener.result() for listener in listeners]


def test_who_cannot_be_computed_ends_and_the_others_say_every_word_that_they_would_have_said(
    random_model: Path,
) -> None:
    with running(Faulty(settings(random_model))) as engine:
        undisturbed = told(engine)
    model = Faulty(settings(random_model))
    model.fault = lambda chunks: any(b"Zebediah" in b"".join(map(model.piece, chunk.tokens)) for chunk in chunks)
    with running(model) as engine:
        *others, (_, failed) = told(engine, asked("Zebediah"))
        assert failed.finish == "error"
        assert [text for text, _ in others] == [text for text, _ in undisturbed]
        assert [end.finish for _, end in others] == [end.finish for _, end in undisturbed]


def test_a_model_that_fails_is_loaded_again_smaller_and_whoever_spoke_goes_on(random_model: Path) -> None:
    model = Faulty(settings(random_model))
    decodes = iter(range(10_000))
    model.fault = lambda _chunks: next(decodes) > 12
    with running(model) as engine:
        results = told(engine)
        assert all(end.finish in ("stop", "length") for _, end in results)
        assert all(end.usage.completion_tokens > 3 for _, end in results)
        assert model.plan is None
        assert "there was no room for the plan" in model.unplanned
        assert (model.layout, model.batch_limit) == ("q8_0/q8_0/flash", 128)


def test_each_further_failure_takes_less_and_the_last_tries_what_is_planned_now(random_model: Path) -> None:
    model = LlamaModel(settings(random_model))
    before, seen = (model.slots, model.layout), [(5, 4096)]

    def until_the_end() -> None:
        while True:
            model.shrink()
            seen.append((model.slots, model.slot_context))

    with pytest.raises(NoRoom, match="no settings that take less memory"):
        until_the_end()
    assert seen == sorted(seen, reverse=True)
    assert seen[-1][0] == 1
    model.shrink()
    assert (model.slots, model.layout) == before
    model.close()


# --------------------------------------------------------------------------------------------------------- loading


def picky(monkeypatch: pytest.MonkeyPatch, refusals: int, error: type[ModelUnavailable] = NoRoom) -> list[Config]:
    """Has memory refused so many times; what is tried."""
    tried: list[Config] = []

    def load_by(path: Path, config: Config) -> Loaded:
        tried.append(config)
        if len(tried) <= refusals:
            raise error("the test has no room for it")
        return Loaded(path, config)

    monkeypatch.setattr(llama, "Loaded", load_by)
    return tried


def test_where_there_is_no_room_for_the_plan_smaller_ones_are_tried(
    random_model: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried = picky(monkeypatch, refusals=3)
    model = LlamaModel(settings(random_model))
    assert len(tried) == 4
    assert model.slots < 4
    assert [record.message for record in caplog.records if "there is no room for" in record.message][2]
    model.close()


def test_a_file_that_is_no_good_is_tried_once(random_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = picky(monkeypatch, refusals=9, error=ModelUnavailable)
    with pytest.raises(ModelUnavailable):
        LlamaModel(settings(random_model))
    assert len(tried) == 1


def test_where_nothing_finds_room_the_last_reason_is_given(random_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picky(monkeypatch, refusals=99)
    with pytest.raises(NoRoom, match="the test has no room"):
        LlamaModel(settings(random_model))


CONFIGS = st.builds(
    Config,
    n_gpu_layers=st.integers(-1, 40),
    slots=st.sampled_from([0, 1, 6, 16]),
    slot_context=st.sampled_from([0, 1536, 4096]),
    kv_type_k=st.sampled_from(["f16", "q8_0"]),
    kv_type_v=st.sampled_from(["f16", "q8_0"]),
    batch=st.sampled_from([128, 512]),
)


@given(CONFIGS, st.sampled_from([0, 3, 33]))
def test_smaller_settings_take_less_and_end_on_the_cpu_with_one_who_speaks(config: Config, all_layers: int) -> None:
    found = list(descent(config, all_layers))
    numbers = [each.n_gpu_layers for each in found]
    assert numbers == sorted(numbers, reverse=True)
    assert not found or numbers[-1] == 0
    assert config not in found
    assert len(found) <= 20
    assert all(each.batch >= max(1, each.slots) for each in found)
    if config.slots > 1:
        assert found[-1].slots == 1


def test_fewer_layers_come_first_then_a_coarser_cache_then_none_on_the_card() -> None:
    config = Config(n_gpu_layers=-1, kv_type_k="f16", kv_type_v="f16", slots=6, slot_context=4096, batch=512)
    found = [(each.n_gpu_layers, each.kv_type_k, each.slots) for each in descent(config, 33)]
    assert found[:6] == [
        *((24, "f16", 6), (16, "f16", 6), (8, "f16", 6)),
        *((8, "q8_0", 6), (0, "f16", 6), (0, "q8_0", 6)),
    ]


def test_layers_are_counted_in_the_file(random_model: Path, tmp_path: Path) -> None:
    assert layers(random_model) == 3
    assert layers(tmp_path / "missing.gguf") == 0


# ---------------------------------------------------------------------------------------------------- a real daemon


@contextmanager
def faulty_daemon(tmp_path: Path, *arguments: str, **environ: str) -> Iterator[RunningDaemon]:
    command = [sys.executable, str(Path(__file__).with_name("faulty_daemon.py"))]
    before = dict(os.environ)
    os.environ.update(environ)
    try:
        launched = asyncio.run(launch(tmp_path, command=command, arguments=["--barks", "never", *arguments]))
    finally:
        os.environ.clear()
        os.environ.update(before)
    daemon = RunningDaemon(launched, tmp_path)
    try:
        yield daemon
    finally:
        daemon.stop()
    daemon.check_log()


def answer(daemon: RunningDaemon, peer: Peer, line: str, npc: str = "mira") -> tuple[Body, int]:
    """How a reply ends, and how many tokens the model has written for it."""
    before = peer.ask("health")["tokens"]
    end = peer.reply(say(peer, f"world of {npc}", line, to=npc))[-1]
    assert end["text"], "there is always an answer"
    idle(daemon)
    return end, peer.ask("health")["tokens"] - before


def test_in_a_daemon_only_who_is_touched_falls_back(tmp_path: Path) -> None:
    with faulty_daemon(tmp_path) as daemon, daemon.peer() as peer, daemon.peer() as neighbour:
        peer.village("world of mira", "mira")
        neighbour.village("world of tom", "tom")
        other = say(neighbour, "world of tom", to="tom")
        end, _ = answer(daemon, peer, f"Who would {GUILTY}, and {GUILTY}, and {GUILTY} by night?")
        assert end["source"] == "fallback"
        assert "a decode of" in daemon.log
        assert neighbour.reply(other)[-1]["source"] != "fallback"
        assert answer(daemon, peer, "And what else?", npc="tom")[1] > 0, "it lives"


def test_a_daemon_whose_model_computes_nothing_any_more_loads_it_again_and_answers(tmp_path: Path) -> None:
    with faulty_daemon(tmp_path) as daemon, daemon.peer() as peer:
        peer.village("world of mira", "mira")
        assert answer(daemon, peer, f"Could anybody {BROKEN}?")[1] > 0, "it waited for the model, which came back"
        assert peer.ask("health")["status"] == "ok"
        assert "the model is loaded again: it computes nothing any more" in daemon.log


def test_a_daemon_whose_engine_thread_ends_begins_it_again(tmp_path: Path) -> None:
    with faulty_daemon(tmp_path) as daemon, daemon.peer() as peer:
        peer.village("world of mira", "mira")
        assert answer(daemon, peer, f"Would you {DEADLY}?")[0]["source"] == "fallback"
        assert "the thread of the engine ended by itself" in daemon.log
        peer.village("world of tom", "tom")
        assert answer(daemon, peer, "And what else?", npc="tom")[1] > 0
        assert peer.ask("health")["status"] == "ok"


def test_a_daemon_that_is_refused_memory_starts_with_a_smaller_plan(tmp_path: Path) -> None:
    with faulty_daemon(tmp_path, NO_ROOM="2") as daemon, daemon.peer() as peer:
        assert peer.ask("health")["status"] == "ok"
        assert daemon.log.count("there is no room for") == 2
        peer.village("world of mira", "mira")
        assert answer(daemon, peer, "Any news of the bridge?")[1] > 0


@pytest.mark.skipif(sys.platform != "linux", reason="the address space is limited by Linux")
def test_a_daemon_with_too_little_memory_for_its_settings_has_a_model_all_the_same(tmp_path: Path) -> None:
    """An allocation that really fails: so many characters take more than there is."""
    asked = ("--slots", "200", "--slot-context", "2048", "--batch", "2048", "--kv-type-k", "f16", "--kv-type-v", "f16")
    with faulty_daemon(tmp_path, *asked, "--embedding", "off", MEMORY="500") as daemon, daemon.peer() as peer:
        assert "there is no room for" in daemon.log
        assert peer.ask("health")["status"] == "ok"
        peer.village("world of mira", "mira")
        assert answer(daemon, peer, "Any news of the bridge?")[1] > 0
