"""Reads how the machine is, has it judged, and sees to it that what follows from that is done."""

from __future__ import annotations

import asyncio
import logging
import time
from functools import partial

import psutil

from npc_runtime.engine import gpu
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.governor import Frame, Governor, Limits, Measures, Reading
from npc_runtime.engine.llama import LlamaModel

log = logging.getLogger(__name__)


class Steward:
    """Keeps a model within what the game leaves it. Belongs to the event loop."""

    def __init__(self, model: LlamaModel, engine: Engine, *, reserve: int, watches_card: bool) -> None:
        """`reserve`: bytes of the card for the game. `watches_card`: this llama.cpp can use one."""
        self._model, self._engine, self._watches_card = model, engine, watches_card
        self._governor, self._reserve = Governor(), reserve
        self._process = psutil.Process()
        self._cards: asyncio.Future[list[gpu.Card]] | None = None
        self._free: int | None = None  # of the card
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
        if self._watches_card:
            self._ask_card()
        model = self._model
        return Reading(
            now=now,
            frame=frame,
            busy=busy,
            vram_free=self._free,
            vram_taken=model.vram,
            partial=model.partial,
            reserve=self._reserve,
            ram_free=psutil.virtual_memory().available,
            ram_taken=self._process.memory_info().rss,
        )

    def _ask_card(self) -> None:
        """Takes what the driver has answered, and asks it again, off the event loop: a driver may take its time."""
        if self._cards is not None and not self._cards.done():
            return
        if self._cards is not None and self._cards.exception() is None:
            ours = self._model.plan.machine.card if self._model.plan is not None else ""
            found = [card for card in self._cards.result() if not ours or card.name == ours]
            self._free = min((card.free for card in found), default=None)
        self._cards = asyncio.get_running_loop().run_in_executor(None, gpu.cards)
