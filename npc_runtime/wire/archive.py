"""The files of worlds: which are there, which are open, and why one is not kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

from npc_runtime.dialogue.generation.reflection import Reflecting
from npc_runtime.dialogue.memories import Remembering
from npc_runtime.errors import Cancelled, StorageError
from npc_runtime.memory.authored import Embedder
from npc_runtime.memory.history import History

log = logging.getLogger(__name__)


class Archive:
    """Opens and closes the memories of worlds. Opening waits for the disk, and is for a thread of its own."""

    def __init__(
        self, file: Callable[[str], Path], embedder: Callable[[], Embedder | None], reflecting: Reflecting
    ) -> None:
        """`file` gives the path of a world's file."""
        self._file = file
        self._embedder = embedder
        self._reflecting = reflecting
        self._open: dict[str, Remembering] = {}
        self._catching_up: asyncio.Future[list[None]] | None = None

    def trouble(self, only: str | None = None) -> str:
        """Why memories are not kept, of all worlds or of one, or nothing."""
        troubles = (memory.trouble for world, memory in self._open.items() if only in (None, world))
        return "; ".join(dict.fromkeys(filter(None, troubles)))

    def file(self, world: str) -> Path:
        """Where a world is kept."""
        return self._file(world)

    def holds(self, world: str) -> bool:
        """Whether a world was kept."""
        return self._file(world).exists()

    def open(self, world: str) -> Remembering:
        """The memory of a world; where its file fails, what happens is remembered until the daemon stops."""
        lost = ""
        try:
            history = History(self._file(world))
        except StorageError as error:
            log.error("world %s cannot be remembered: %s", world, error)
            history, lost = History(None), str(error)
        self._open[world] = Remembering(history, self._embedder, lost, self._reflecting)
        return self._open[world]

    async def close(self, world: str) -> None:
        """Finishes the writing of a world, and lets go of its file."""
        memory = self._open.pop(world, None)
        if memory is not None:
            await memory.close()

    async def close_all(self) -> None:
        """The same for every world that is open."""
        await asyncio.gather(*(self.close(world) for world in list(self._open)))
        if self._catching_up is not None:
            await self._catching_up

    def catch_up(self) -> None:
        """Begins to write what the disk could not take before, where that is not under way; nobody waits for it."""
        if self._catching_up is None or self._catching_up.done():
            self._catching_up = asyncio.gather(*map(_caught_up, self._open.values()))


async def _caught_up(memory: Remembering) -> None:
    with contextlib.suppress(StorageError, Cancelled):  # the disk still fails, or the world was closed meanwhile
        await memory.catch_up()
