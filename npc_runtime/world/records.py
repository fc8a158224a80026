"""Reading what a world wrote about itself: plain dicts that went through JSON, and may come back damaged."""

from __future__ import annotations

from typing import Any

from npc_runtime.errors import StorageError


def broken(key: str, why: str) -> StorageError:
    """A record that cannot be read, and why."""
    return StorageError(
        f'the record "{key}" of this world is broken: {why}', hint="restore an earlier save, or begin a new world"
    )


def field(key: str, record: object, name: str, *kinds: type) -> Any:
    """A value of a record, which is of one of `kinds` (True is no int). Raises StorageError, naming the key."""
    if not isinstance(record, dict):
        raise broken(key, f"{_shown(record)} is no map")
    if name not in record:
        raise broken(key, f"it has no `{name}`")
    if type(record[name]) not in kinds:
        raise broken(key, f"`{name}` is {_shown(record[name])}")
    return record[name]


def _shown(value: object) -> str:
    return f"{value!r:.60}"
