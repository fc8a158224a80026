"""Taking memories out of a world's file for good, with all that hangs on them."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from npc_runtime.memory.entry import LINES
from npc_runtime.memory.store import Connection
from npc_runtime.memory.terms import terms


class Target(NamedTuple):
    """A memory that has to go; TARGET selects these columns."""

    id: int
    branch: int
    owner: str
    how: str
    text: str


TARGET = "SELECT id, branch, owner, how, text FROM memory"


def stems(owner: str, text: str) -> str:
    """A memory's row in the index: its stems, each made one word with its owner."""
    return " ".join(owned_stem(owner, stem) for stem in terms(text))


def owned_stem(owner: str, stem: str) -> str:
    """A stem as the index knows it; hardly ever are two owners the same in it."""
    return hashlib.blake2b(owner.encode(), digest_size=4).hexdigest() + stem.replace("'", "")


def erase(db: Connection, targets: Iterable[Target]) -> None:
    """Deletes memories, their stems, vectors and repeats. What a reflection among them stood for is no longer faded."""
    for number, branch, owner, how, text in targets:
        if how not in LINES:
            values = (number, stems(owner, text))
            db.execute("INSERT INTO stems (stems, rowid, words) VALUES ('delete', ?, ?)", values)
        db.execute("DELETE FROM unembedded WHERE memory = ?", (number,))
        db.execute("DELETE FROM vector WHERE owner = ? AND memory = ?", (owner, number))
        db.execute("DELETE FROM faded WHERE owner = ? AND memory = ?", (owner, number))
        db.execute("DELETE FROM faded WHERE branch = ? AND seq = ?", (branch, number))
        db.execute("DELETE FROM repeat WHERE memory = ?", (number,))
        db.execute("DELETE FROM memory WHERE id = ?", (number,))


def prune_lines(db: Connection, owner: str, views: Iterable[Mapping[int, int]], keep: int) -> int:
    """Deletes a character's lines but the last `keep` that each view sees: branch -> last row. Gives how many."""
    kinds = ", ".join(f"'{how}'" for how in sorted(LINES))
    sql = f"{TARGET} WHERE owner = ? AND how IN ({kinds}) ORDER BY id DESC"
    lines = [Target(*row) for row in db.execute(sql, (owner,))]
    needed: set[int] = set()
    for ends in views:
        seen = (line.id for line in lines if line.id <= ends.get(line.branch, -1))
        needed.update(itertools.islice(seen, keep))
    gone = [line for line in lines if line.id not in needed]
    erase(db, gone)
    return len(gone)


def erase_mentions(db: Connection, entity: str, words: Sequence[str]) -> int:
    """Deletes what has to do with an entity or holds one of the words, as `History.forget` says; how many memories."""
    named = whole(name for name in (entity, *words))
    found = {}
    rows = db.execute(TARGET.replace(" FROM", ", who, toward, origin FROM"))
    for *target, who, toward, origin in rows:
        memory = Target(*target)
        if entity in (memory.owner, who, toward, origin) or named.search(memory.text):
            found[memory.id] = memory
    waiting = list(found.values())
    while waiting:
        for reflection in _reflections(db, waiting.pop()):
            if reflection.id not in found:
                found[reflection.id] = reflection
                waiting.append(reflection)
    erase(db, found.values())
    records = db.execute("SELECT key, seq, value FROM record")
    for key_and_seq in [(key, seq) for key, seq, value in records if named.search(f"{key} {value}")]:
        db.execute("DELETE FROM record WHERE key = ? AND seq = ?", key_and_seq)
    db.execute("INSERT INTO stems (stems) VALUES ('optimize')")  # the index only strikes out what is deleted
    return len(found)


def _reflections(db: Connection, memory: Target) -> Iterator[Target]:
    """Those that stand for a memory."""
    standing = "SELECT seq FROM faded WHERE owner = ? AND memory = ?"
    return (Target(*row) for row in list(db.execute(f"{TARGET} WHERE id IN ({standing})", (memory.owner, memory.id))))


def whole(names: Iterable[str]) -> re.Pattern[str]:
    """Finds names where they are not part of a longer one, however they are written; also as JSON writes them."""
    spellings = {form for name in names if name.strip() for form in (name, json.dumps(name, ensure_ascii=False)[1:-1])}
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, spellings))})(?![\w-])", re.IGNORECASE)
