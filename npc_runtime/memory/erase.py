"""Taking memories out of a world's file for good, with all that hangs on them."""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from npc_runtime.memory.entry import LINES
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.reading import LINE
from npc_runtime.memory.store import Connection
from npc_runtime.memory.terms import terms
from npc_runtime.memory.timeline import Branches, Point
from npc_runtime.memory.vectors import erase_vectors

CHUNK = 400  # memories that one background job may delete


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
    searched: defaultdict[str, list[int]] = defaultdict(list)
    for number, branch, owner, how, text in targets:
        if how not in LINES:
            searched[owner].append(number)
            values = (number, stems(owner, text))
            db.execute("INSERT INTO stems (stems, rowid, words) VALUES ('delete', ?, ?)", values)
        db.execute("DELETE FROM unembedded WHERE memory = ?", (number,))
        db.execute("DELETE FROM faded WHERE owner = ? AND memory = ?", (owner, number))
        db.execute("DELETE FROM faded WHERE branch = ? AND seq = ?", (branch, number))
        db.execute("DELETE FROM repeat WHERE memory = ?", (number,))
        db.execute("DELETE FROM memory WHERE id = ?", (number,))
    for owner, numbers in searched.items():
        erase_vectors(db, owner, numbers)


def prune_lines(db: Connection, owner: str, views: Iterable[Mapping[int, int]], keep: int) -> int:
    """Deletes a character's lines but the last `keep` that each view sees: branch -> last row. Gives how many."""
    lines = [Target(*row) for row in db.execute(f"{TARGET} WHERE owner = ? AND {LINE} ORDER BY id DESC", (owner,))]
    needed: set[int] = set()
    for ends in views:
        seen = (line.id for line in lines if line.id <= ends.get(line.branch, -1))
        needed.update(itertools.islice(seen, keep))
    gone = [line for line in lines if line.id not in needed]
    erase(db, gone)
    return len(gone)


def erase_unseen(db: Connection, branches: Branches, points: Sequence[Point]) -> list[int] | None:
    """Deletes some rows that none of the points can see; None where there may be others.

    When there are none, it gives the branches that it took out, children before their parents.
    """
    needed = branches.needed(points)
    for branch in branches.all():
        ends = needed.get(branch, [-1])
        beyond = f"{TARGET} WHERE branch = ? AND id > ? LIMIT ?"
        targets = [Target(*row) for row in db.execute(beyond, (branch, ends[0], CHUNK))]
        erase(db, targets)
        if len(targets) == CHUNK:
            return None
        for table in ("record", "repeat", "faded"):
            db.execute(f"DELETE FROM {table} WHERE branch = ? AND seq > ?", (branch, ends[0]))
        _thin(db, branch, ends)
    dropped = branches.unneeded(points)
    for branch in dropped:
        db.execute("DELETE FROM branch WHERE id = ?", (branch,))
    return dropped


def _thin(db: Connection, branch: int, ends: Sequence[int]) -> None:
    """Deletes the versions of records that a later one hides from each of `ends`, which fall."""
    for end, start in zip(ends, (*ends[1:], -1), strict=True):
        db.execute(
            "DELETE FROM record WHERE branch = ?1 AND seq > ?2 AND seq <= ?3 AND EXISTS (SELECT 1 FROM record AS later"
            " WHERE later.key = record.key AND later.branch = ?1 AND later.seq > record.seq AND later.seq <= ?3)",
            (branch, start, end),
        )


def erase_mentions(db: Connection, naming: Naming) -> int:
    """Deletes what has to do with an entity or names it, as `History.forget` says; how many memories."""
    found = {}
    rows = db.execute(TARGET.replace(" FROM", ", who, toward, origin, news FROM"))
    for *target, who, toward, origin, news in rows:
        memory = Target(*target)
        concerned = naming.entity in (memory.owner, who, toward, origin)
        if concerned or naming.in_text(memory.text) or naming.in_json(news):
            found[memory.id] = memory
    waiting = list(found.values())
    while waiting:
        for reflection in _reflections(db, waiting.pop()):
            if reflection.id not in found:
                found[reflection.id] = reflection
                waiting.append(reflection)
    erase(db, found.values())
    records = db.execute("SELECT key, seq, value FROM record")
    for key_and_seq in [(key, seq) for key, seq, value in records if naming.in_key(key) or naming.in_json(value or "")]:
        db.execute("DELETE FROM record WHERE key = ? AND seq = ?", key_and_seq)
    db.execute("INSERT INTO stems (stems) VALUES ('optimize')")  # the index only strikes out what is deleted
    return len(found)


def _reflections(db: Connection, memory: Target) -> Iterator[Target]:
    """Those that stand for a memory; what set it right says something else, and stays."""
    standing = "SELECT seq FROM faded WHERE owner = ? AND memory = ?"
    wanted = f"{TARGET} WHERE how = 'reflection' AND id IN ({standing})"
    return (Target(*row) for row in list(db.execute(wanted, (memory.owner, memory.id))))
