"""A model that cannot take back a part of what it knows: its state is kept where prompts part, to go on from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import StartDaemon
from test_engine import write

from benchmarks.random_gguf import random_mamba
from npc_runtime.config import load
from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.request import Request, Sampling
from npc_runtime.engine.scheduling.parking import Parking

LORE = Piece("The village lies where two rivers meet, and its people trade in wool and iron. " * 8, shared=True)
MIB = 1 << 20


@pytest.fixture(scope="module")
def mamba(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_mamba(tmp_path_factory.mktemp("models") / "mamba.gguf")


@contextmanager
def running(model: Path, parking: Parking) -> Iterator[Engine]:
    engine = Engine(LlamaModel(load({"model": str(model), "slots": 2, "slot_context": 1024}, environ={})), parking)
    engine.start()
    try:
        yield engine
    finally:
        engine.close()


def asked(npc: str, line: str, *, reuse: bool = True) -> Request:
    persona = Piece(f"You are {npc}, and you have thought about the bridge for years, day and night. " * 6)
    messages = (Message("system", (LORE, persona)), Message("user", (Piece(line),)))
    sampling = Sampling(temperature=0, seed=1)
    return Request(messages, 12, sampling, owner=f"village/npc:{npc}", reuse=reuse)


def test_it_goes_on_where_prompts_part_and_says_the_same(mamba: Path) -> None:
    lines = ("What is new?", "Where is the mill?", "Who rang the bell?", "Is it late?")
    talk = [(npc, line) for line in lines for npc in ("mira", "tom", "pim")]
    with running(mamba, Parking(0)) as engine:
        afresh = [write(engine, asked(npc, line, reuse=False))[0][0] for npc, line in talk]
        whole = engine.stats.prefilled
    with running(mamba, Parking(64 * MIB)) as engine:
        results = [write(engine, asked(npc, line))[0] for npc, line in talk]
        stats = engine.stats
    assert [text for text, _ in results] == afresh
    assert stats.balanced
    opening = results[1][1].usage
    assert opening.cached_tokens >= 100, "the lore was computed for the first of them"
    for _, ended in results[6:]:
        usage = ended.usage
        assert usage.prompt_tokens - usage.cached_tokens < 24, "by the third line only the line is computed"
    assert stats.prefilled < whole / 2


def test_nothing_of_a_world_is_left_when_it_is_forgotten(mamba: Path) -> None:
    parking = Parking(64 * MIB)
    with running(mamba, parking) as engine:
        for line in ("What is new?", "Where is the mill?"):
            write(engine, asked("mira", line))
        assert "village/" in parking, "the shared beginning"
        assert "village/npc:mira" in parking, "where her prompts part"
        engine.forget("village/", lambda: None)
        _, ended = write(engine, asked("mira", "Who rang the bell?"))[0]
        assert ended.usage.cached_tokens == 0
    assert len(parking) == 0


def test_characters_speak_with_such_a_model(start_daemon: StartDaemon, mamba: Path, world: str) -> None:
    with start_daemon("--model", str(mamba), "--slots", "2", "--barks", "never").peer() as peer:
        peer.village(world, "mira")
        for text in ("Where is the mill?", "Who rang the bell last night?"):
            line = {"world": world, "from": "player:alex", "to": "mira", "text": text}
            assert peer.reply(peer.send("say", **line))[-1]["type"] == "reply.end"
        assert peer.ask("health")["status"] == "ok"
