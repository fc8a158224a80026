"""What the texts of authors mean: each is embedded once, off the event loop, and kept in RAM while it is in use."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from npc_runtime.memory.meaning import vectors

KEPT = 8192  # texts: a vector of MiniLM is 1.5 KiB
AT_ONCE = 4  # between two of these rounds a line that was said comes to its turn

_log = logging.getLogger(__name__)


class Embedder(Protocol):
    """Whoever turns texts into vectors of length one."""

    @property
    def name(self) -> str:
        """Vectors of models with different names cannot be compared."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """[texts, dimensions]."""


class Meanings:
    """The vectors of one world's written texts. Belongs to the daemon's event loop."""

    def __init__(self) -> None:
        self._vectors: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._wanted: dict[bytes, str] = {}
        self._making: asyncio.Task[None] | None = None

    def of(
        self, texts: Iterable[str], embedder: Embedder | None, roles: Mapping[str, str]
    ) -> list[NDArray[np.float32] | None]:
        """The meaning of each text as far as it is known by now; what is missing is begun to be made.

        `roles` says what people are, by name.
        """
        if embedder is None:
            return [None for _ in texts]
        keys = {text: _key(embedder, text) for text in texts}
        for text, key in list(keys.items())[:KEPT]:
            if key in self._vectors:
                self._vectors.move_to_end(key)
            else:
                self._wanted.setdefault(key, text)
        if self._wanted and (self._making is None or self._making.done()):
            self._making = asyncio.get_running_loop().create_task(self._make(embedder, dict(roles)))
        return [self._vectors.get(keys[text]) for text in texts]

    async def ready(self) -> None:
        """Waits until what was begun is made."""
        if self._making is not None:
            await asyncio.shield(self._making)

    def close(self) -> None:
        """Leaves unmade what is not made yet."""
        if self._making is not None:
            self._making.cancel()

    async def _make(self, embedder: Embedder, roles: Mapping[str, str]) -> None:
        try:
            while self._wanted:
                some = dict(list(self._wanted.items())[:AT_ONCE])
                rows = await asyncio.to_thread(vectors, list(some.values()), roles, embedder.embed)
                self._vectors.update(zip(some, rows, strict=True))
                for key in some:
                    del self._wanted[key]
                while len(self._vectors) > KEPT:
                    self._vectors.popitem(last=False)
        except Exception:
            self._wanted.clear()
            _log.exception("the meaning of written texts is not known; recall goes by words")


def _key(embedder: Embedder, text: str) -> bytes:
    return hashlib.blake2b(f"{embedder.name}\0{text}".encode(errors="replace"), digest_size=16).digest()
