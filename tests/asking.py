"""Asking a character whose words nobody can foresee: a model says on no two processors the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from npc_runtime.client import Npc, Reply, World

Found = TypeVar("Found")


async def asked(
    village: World, npc: Npc, player: str, line: str, found: Callable[[Reply], Awaitable[Found | None]]
) -> Found:
    """Asks until the answer, or what it left behind, is what a test looks for.

    Every try is the first there was: who is asked again only repeats what they have told.
    """
    await village.save("unasked")
    said: list[str] = []
    for seed in range(1, 13):
        reply = await npc.say(player, line, seed=seed)
        result = await found(reply)
        if result is not None:
            return result
        said.append(reply.text)
        await village.restore("unasked")
    raise AssertionError(f"{line} was never answered so: {said}")
