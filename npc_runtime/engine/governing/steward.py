"""Reads how the machine is, has it judged, and sees to it that what follows from that is done."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial

import psutil

from npc_runtime.engine.engine import Engine
from npc_runtime.engine.governing.governor import Frame, Governor, Limits, Measures, Reading
from npc_runtime.engine.gpu import Card
from npc_runtime.engine.llama.model import LlamaModel

log = logging.getLogger(__name__)


class Steward:
    """Keeps a model within what the game leaves it. Belongs to the event loop."""

    def __init__(self, model: LlamaModel, engine: Engine, *, reserve: int, cards: Callable[[], Iterable[Card]]) -> None:
        """`reserve`: bytes of the card for the game. `cards`: those that can be used, asked without waiting."""
        self._model, self._engine, self._cards = model, engine, cards
        self._governor, self._reserve = Governor(), reserve
        self._process = psutil.Process()
        self._looked, self._computed = time.monotonic(), 0.0
        self.measures = Measures()

    def look(self, frame: Frame | None, limits: Limits) -> None:
        """Judges how things are now; to be called about once a second."""
        before, now = self.measures, self._governor.judge(self._reading(frame), limits)
        self.measures = now
        said = (before.level, before.duty, before.batch, before.writes, before.parked)
        if said != (now.level, now.duty, now.batch, now.writes, now.parked):
            held = f"level {now.level}: it computes {now.duty:.0%} of the time"
            log.info("the model goes to %s (%s)", held, now.why or "all is well")
            self._engine.limit(duty=now.duty, batch=now.batch, parked=now.parked)
        if now.move:
            self._engine.replace(partial(self._model.refit, now.vram), now.why)

    def _reading(self, frame: Frame | None) -> Reading:
        now, computed = time.monotonic(), self._engine.stats.step_time
        busy = (computed - self._computed) / max(now - self._looked, 1e-3)
        self._looked, self._computed = now, computed
        model = self._model
        return Reading(
            now=now,
            frame=frame,
            busy=busy,
            vram_free=self._free(),
            vram_taken=model.vram,
            partial=model.partial,
            reserve=self._reserve,
            ram_free=psutil.virtual_memory().available,
            ram_taken=self._process.memory_info().rss,
        )

    def _free(self) -> int | None:
        """Bytes of the card that the model is on, or could be on; None: there is none, or nobody knows."""
        ours = self._model.plan.machine.card if self._model.plan is not None else ""
        return min((card.free for card in self._cards() if not ours or card.name == ours), default=None)
