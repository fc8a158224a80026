"""The files of worlds: which are there, which are open, and why one is not kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

from npc_runtime.dialogue.reflecting import Reflecting
from npc_runtime.dialogue.remembering import Embedder, Remembering
from npc_runtime.errors import StorageError
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

    @property
    def trouble(self) -> str:
        """Why memories are not kept, or nothing."""
        return "; ".join(dict.fromkeys(memory.trouble for memory in self._open.values() if memory.trouble))

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

    async def catch_up(self) -> None:
        """Writes what the disk could not take before, as far as it takes it now."""
        for memory in list(self._open.values()):
            with contextlib.suppress(StorageError):
                await memory.catch_up()
