"""Lists that grow, a page at a time: no message is longer than the protocol allows, however much there is to tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from npc_runtime.wire.codec import BODY_LIMIT, size

PAGE_BYTES = BODY_LIMIT * 3 // 4
"""What a page takes of a message at most, where more than one entry is on it."""
FEW = 8
"""Entries that fit on a page whatever they are, so that most answers need not be measured."""
NAMED = 256
"""Characters that an event names: whoever wants to know more asks."""


Item = TypeVar("Item")
Info = TypeVar("Info")
Key = TypeVar("Key", int, str)


def page(
    items: Iterable[Item], after: Key, limit: int, key: Callable[[Item], Key], info: Callable[[Item], Info]
) -> tuple[list[Info], Key | None]:
    """The first `limit` entries whose keys are greater than `after`, by key, and the key to go on from, or None.

    Fewer where they would not fit into a message, and at least one.
    """
    found = [item for item in items if after < key(item)] if after else list(items)
    found.sort(key=key)
    if len(found) <= min(limit, FEW):
        return [info(item) for item in found], None
    shown = fitting(map(info, found[:limit]))
    more = 0 < len(shown) < len(found)
    return shown, key(found[len(shown) - 1]) if more else None


def fitting(infos: Iterable[Info], most: int = PAGE_BYTES) -> list[Info]:
    """As many of the first as take no more than `most` bytes; at least one."""
    shown: list[Info] = []
    taken = 0
    for described in infos:
        taken += size(described)
        if shown and taken > most:
            break
        shown.append(described)
    return shown
