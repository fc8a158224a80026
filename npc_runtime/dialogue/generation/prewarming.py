"""Prompts that are computed before their line is known: those of characters whom a player has come near.

It is work for nobody yet, so it is bounded on all sides: behind everybody who speaks, one prompt at a time, each
character's at most so often, and given up where it takes too long. What was computed when it is taken back is kept by
the engine all the same.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from npc_runtime.dialogue.generation.prompt import Message
from npc_runtime.engine.request import Ended, Priority, Request, Writer
from npc_runtime.errors import PromptTooLong

MOST = 8  # that wait or are computed; beyond them the oldest is taken back
KEPT = 256  # characters of whom is known what was computed
APART = 0.5  # seconds between two prompts of one character
FRESH = 30.0  # seconds in which a prompt that was computed counts as still there
PATIENCE = 60.0  # seconds that one may take

Prompt = Callable[[], Awaitable[tuple[Message, ...]]]
"""Lays out the messages, when their turn has come; none: they are not wanted any more."""

_log = logging.getLogger(__name__)


@dataclass
class _Warm:
    """What was asked for last for a character."""

    player: str
    begun: float  # seconds, monotonic
    task: asyncio.Task[None]
    prompt: int = 0  # a hash of what was computed; 0: nothing yet
    computed: float = 0.0  # when; seconds, monotonic


class Prewarming:
    """Has prompts computed. Belongs to the daemon's event loop."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._turn = asyncio.Lock()
        self._warm: dict[str, _Warm] = {}  # by owner, the oldest first

    def begin(self, owner: str, player: str, prompt: Prompt, adapter: str = "") -> None:
        """Has a character's prompt for a player computed, with the adapter that it speaks with.

        One for the same player that is under way goes on; one for another is taken back.
        """
        before = self._warm.pop(owner, None)
        now = time.monotonic()
        if before is not None and before.player == player and not before.task.done():
            self._warm[owner] = before
            return
        wait = 0.0
        if before is not None:
            before.task.cancel()
            wait = max(0.0, before.begun + APART - now)
        task = asyncio.create_task(self._work(owner, prompt, adapter, wait), name=f"prewarm {owner}")
        self._warm[owner] = _Warm(player, now + wait, task)
        if before is not None:
            self._warm[owner].prompt, self._warm[owner].computed = before.prompt, before.computed
        under_way = [warm for warm in self._warm.values() if not warm.task.done()]
        for warm in under_way[:-MOST]:
            warm.task.cancel()
        while len(self._warm) > KEPT:
            self.stop(next(iter(self._warm)))

    def stop(self, owner: str) -> None:
        """Takes back what is under way for a character."""
        warm = self._warm.pop(owner, None)
        if warm is not None:
            warm.task.cancel()

    def stop_all(self, owners: str) -> None:
        """The same, for all owners whose names begin so."""
        for owner in [owner for owner in self._warm if owner.startswith(owners)]:
            self.stop(owner)

    async def _work(self, owner: str, prompt: Prompt, adapter: str, wait: float) -> None:
        await asyncio.sleep(wait)
        async with self._turn:
            try:
                messages, warm = await prompt(), self._warm[owner]
                asked = hash(messages)
                if not messages or (warm.prompt == asked and time.monotonic() - warm.computed < FRESH):
                    return
                if await self._compute(owner, messages, adapter):
                    warm.prompt, warm.computed = asked, time.monotonic()
            except Exception:  # nobody waits for it, and the line gets its answer all the same
                _log.exception("what %s will read was not computed beforehand", owner)

    async def _compute(self, owner: str, messages: tuple[Message, ...], adapter: str) -> bool:
        request = Request(messages, 0, priority=Priority.BACKGROUND, deadline=PATIENCE, owner=owner, adapter=adapter)
        async with aclosing(self._writer.generate(request)) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, Ended):
                    if event.error is not None and not isinstance(event.error, PromptTooLong):
                        _log.warning("what %s will read was not computed beforehand: %s", owner, event.error)
                    return event.finish == "length"
        return False
