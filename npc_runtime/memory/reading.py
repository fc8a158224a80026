"""Reading what the timeline that is lived can see of a world's file: records, and memories that have not faded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from npc_runtime.errors import StorageError, clipped
from npc_runtime.memory.entry import LINES, Entry, Stored
from npc_runtime.memory.news import News
from npc_runtime.memory.store import Connection, Row, readable

COLUMNS = (
    "id, branch, owner, how, who, toward, origin, kind, claim, at, importance, confidence, depth, sources, place,"
    " reply, news"
)
LINE = "how IN ({})".format(", ".join(f"'{how}'" for how in sorted(LINES)))
SEEN = "{0}.{1} <= (SELECT last FROM seen WHERE seen.branch = {0}.branch)"
MEMORY_SEEN = SEEN.format("memory", "id")
FADED = f"SELECT memory FROM faded WHERE owner = ?1 AND {SEEN.format('faded', 'seq')}"
NOT_FADED = f"NOT IN ({FADED})"
"""Conditions on a row, where ?1 is the owner. `seen` is the timeline that is lived: a branch, and its last row seen."""


def records(db: Connection, prefix: str) -> dict[str, Any]:
    """The state as it is now, by key. Raises StorageError for a value that cannot be read."""
    # From key to key: a key's versions that are not seen cost nothing, however many there are.
    sql = f"""
        WITH RECURSIVE found (key) AS (
            SELECT min(key) FROM record WHERE key >= ?1 AND key < ?2
            UNION ALL
            SELECT (SELECT min(key) FROM record WHERE key > found.key AND key < ?2) FROM found WHERE key NOTNULL
        )
        SELECT key, (
            SELECT value FROM record WHERE record.key = found.key AND {SEEN.format("record", "seq")}
            ORDER BY seq DESC LIMIT 1
        ) FROM found WHERE key NOTNULL
    """
    found = db.execute(sql, (prefix, prefix + "\U0010ffff"))
    return {key: _value(key, value) for key, value in found if value is not None}


def ever(db: Connection, prefix: str) -> list[tuple[str, Any]]:
    """Every value that the keys of a prefix have had, on any branch, each with its key."""
    sql = "SELECT DISTINCT key, value FROM record WHERE key >= ? AND key < ? AND value NOTNULL ORDER BY key, seq"
    return [(key, _value(key, value)) for key, value in db.execute(sql, (prefix, prefix + "\U0010ffff"))]


def memories(db: Connection, owner: str, hows: Sequence[str], limit: int) -> list[Stored]:
    """The latest memories of some kinds, oldest first."""
    sql = f"""
        SELECT {COLUMNS} FROM memory WHERE owner = ?1 AND {MEMORY_SEEN} AND id {NOT_FADED}
        AND how IN (SELECT value FROM json_each(?2)) ORDER BY id DESC LIMIT ?3
    """
    rows = list(db.execute(sql, (owner, json.dumps(hows), limit)))
    return stored(db, rows[::-1])


def count(db: Connection, owner: str) -> int:
    """How many memories take part in recall."""
    sql = f"SELECT count(*) FROM memory WHERE owner = ?1 AND NOT {LINE} AND {MEMORY_SEEN} AND id {NOT_FADED}"
    ((found,),) = db.execute(sql, (owner,))
    return int(found)


def page(db: Connection, owner: str, after: int, limit: int) -> list[Stored]:
    """Memories in order of id, faded ones too; of everybody where `owner` is empty."""
    of = "owner = ?2" if owner else "?2 = ''"
    sql = f"SELECT {COLUMNS} FROM memory WHERE id > ?1 AND {of} AND {MEMORY_SEEN} ORDER BY id LIMIT ?3"
    return stored(db, list(db.execute(sql, (after, owner, limit))))


def stored(db: Connection, rows: Sequence[Row]) -> list[Stored]:
    """Memories from their rows of COLUMNS, with how often each came up."""
    sql = (
        "SELECT memory, sum(times), max(at) FROM repeat"
        f" WHERE memory IN (SELECT value FROM json_each(?)) AND {SEEN.format('repeat', 'seq')} GROUP BY memory"
    )
    repeats = {number: again for number, *again in db.execute(sql, (json.dumps([row[0] for row in rows]),))}
    return [_stored(row, *repeats.get(row[0], ())) for row in rows]


def _stored(row: Row, again: int = 0, last: int | None = None) -> Stored:
    with readable(f"memory {row[0]}"):
        return _read(row, again, last)


def _read(row: Row, again: int, last: int | None) -> Stored:
    number, _, owner, how, who, toward, origin, kind, claim, at = row[:10]
    importance, confidence, depth, sources, place, reply, news = row[10:]
    texts, numbers = (*row[2:9], sources, place, reply), (at, importance, confidence, depth)
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(each, int | float) for each in numbers):
        raise TypeError(f"{row} is not a memory")
    entry = Entry(
        *(owner, how, claim, at, who, toward, origin, kind, importance, confidence, depth),
        tuple(map(int, sources.split())),
        *(place, reply),
        News.from_text(news),
    )
    return Stored(number, entry, 1 + again, at if last is None else max(at, last))


def _value(key: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        hint = "restore a save from before it broke"
        raise StorageError(f'the record "{clipped(key)}" is not readable', hint=hint) from None
