"""The steward: what the governor says is done, to an engine and a model that only note it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, cast

import pytest

from npc_runtime.engine.books import EngineStats
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.governing.governor import MIB, MOVE_SECONDS, WANTED_VRAM, Frame, Limits
from npc_runtime.engine.governing.steward import Steward
from npc_runtime.engine.gpu import Card
from npc_runtime.engine.llama.model import LlamaModel

GIB = 1 << 30


class Model:
    plan, vram, partial = None, 4 * GIB, False

    def __init__(self) -> None:
        self.fitted: list[int | None] = []

    def refit(self, vram: int | None) -> None:
        self.fitted.append(vram)


class Noted:
    """An engine that has computed all the time, and loads at once."""

    def __init__(self, clock: list[float]) -> None:
        self._clock = clock
        self.limits: list[dict[str, Any]] = []
        self.why: list[str] = []

    @property
    def stats(self) -> EngineStats:
        return EngineStats(step_time=self._clock[0])

    def limit(self, **limits: Any) -> None:
        self.limits.append(limits)

    def replace(self, load: Callable[[], None], why: str) -> None:
        self.why.append(why)
        load()


def test_measures_are_passed_on_when_they_change_and_logged_once_with_their_reason(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    caplog.set_level(logging.INFO)
    model, engine = Model(), Noted(clock)
    steward = Steward(cast(LlamaModel, model), cast(Engine, engine), reserve=GIB, cards=tuple)
    for _ in range(3):
        clock[0] += 1.0
        steward.look(Frame(20.0, 16.0, 1.0), Limits())
    assert [limits["duty"] for limits in engine.limits] == [0.7]
    told = [record.message for record in caplog.records if "the model goes to" in record.message]
    assert told == [
        "the model goes to level eased: it computes 70% of the time (frames of the game take 20 ms instead of 16)"
    ]
    assert steward.measures.level == "eased"
    assert not model.fitted


def test_a_card_that_fills_up_has_the_model_loaded_again_in_less(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, free = [0.0], [2 * GIB]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    model, engine = Model(), Noted(clock)
    cards = lambda: (Card("one", 8 * GIB, free[0]), Card("other", 8 * GIB, 6 * GIB))  # noqa: E731
    steward = Steward(cast(LlamaModel, model), cast(Engine, engine), reserve=GIB, cards=cards)
    for left in (2 * GIB, 64 * MIB, 64 * MIB):
        clock[0], free[0] = clock[0] + 1.0, left
        steward.look(None, Limits())
    assert model.fitted == [4 * GIB - (WANTED_VRAM - 64 * MIB)]
    assert engine.why == ["only 64 MiB of the card are free"]
    clock[0] += MOVE_SECONDS
    steward.look(None, Limits(vram=GIB))
    assert model.fitted[1:] == [GIB]
