"""Answers that wait until what they confirm is on disk."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeAlias, TypeVar

from npc_runtime.errors import StorageError
from npc_runtime.wire.messages import Response

Answer = TypeVar("Answer", bound=Response)
Answering: TypeAlias = Coroutine[Any, Any, Response]


async def when_kept(writing: Awaitable[object], answer: Answer) -> Answer:
    """The answer, once the writing is done. Raises StorageError when it failed."""
    await writing
    return answer


async def when_tried(writing: Awaitable[object], answer: Answer) -> Answer:
    """The answer, once the writing is done or has failed: the world goes on without a memory, and `health` says so."""
    with contextlib.suppress(StorageError):
        await writing
    return answer
