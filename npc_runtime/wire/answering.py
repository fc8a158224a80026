"""Answers that wait until what they confirm is on disk, or say that it is not yet."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine
from typing import Any, TypeAlias, TypeVar

from npc_runtime.dialogue.state import Mind
from npc_runtime.errors import StorageError
from npc_runtime.wire.messages import Response, Written

Answer = TypeVar("Answer", bound=Written)
Answering: TypeAlias = Coroutine[Any, Any, Response]


async def when_kept(mind: Mind, writing: Awaitable[object], answer: Answer) -> Answer:
    """The answer, once the writing is done.

    Where the disk fails, the world goes on: what was asked for is done, it is written as soon as the disk takes it, and
    the answer says `kept: false`. What cannot be done either is refused before anything changes
    (`Remembering.check_room`).
    """
    try:
        await writing
    except StorageError:
        return answer.model_copy(update={"kept": False})
    return answer if mind.memory.on_disk else answer.model_copy(update={"kept": False})
