"""Taking memories out of a world's file for good, with all that hangs on them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from npc_runtime.memory.entry import LINES
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.reading import LINE
from npc_runtime.memory.store import Connection, readable
from npc_runtime.memory.timeline import Branches, Point
from npc_runtime.memory.vectors import erase_vectors


class Target(NamedTuple):
    """A memory that has to go; TARGET selects these columns."""

    id: int
    branch: int
    owner: str
    how: str


TARGET = "SELECT id, branch, owner, how FROM memory"


def erase(db: Connection, targets: Iterable[Target]) -> None:
    """Deletes memories, their terms, vectors and repeats. What a reflection among them stood for is no longer faded."""
    searched: defaultdict[str, list[int]] = defaultdict(list)
    for number, branch, owner, how in targets:
        if how not in LINES:
            searched[owner].append(number)
            db.execute("DELETE FROM terms WHERE rowid = ?", (number,))
        db.execute("DELETE FROM unembedded WHERE memory = ?", (number,))
        db.execute("DELETE FROM faded WHERE owner = ? AND memory = ?", (owner, number))
        db.execute("DELETE FROM faded WHERE branch = ? AND seq = ?", (branch, number))
        db.execute("DELETE FROM repeat WHERE memory = ?", (number,))
        db.execute("DELETE FROM memory WHERE id = ?", (number,))
    for owner, numbers in searched.items():
        erase_vectors(db, owner, numbers)


def prune_lines(db: Connection, owner: str, branches: Branches, points: Iterable[Point], keep: int) -> int:
    """Deletes a character's lines but the last `keep` that each point sees. Gives how many."""
    lines = [Target(*row) for row in db.execute(f"{TARGET} WHERE owner = ? AND {LINE} ORDER BY id", (owner,))]
    written: defaultdict[int, list[int]] = defaultdict(list)
    for line in lines:
        written[line.branch].append(line.id)
    before: dict[int, tuple[int, ...]] = {}  # the last lines that a branch sees of its ancestors

    def seen(point: Point) -> tuple[int, ...]:
        mine = written.get(point.branch, [])
        end = bisect_right(mine, point.seq)
        return (*before[point.branch], *mine[max(0, end - keep) : end])[-keep:]

    for branch, fork in branches.forks():
        before[branch] = seen(fork) if fork else ()
    needed = {number for point in points for number in seen(point)}
    gone = [line for line in lines if line.id not in needed]
    erase(db, gone)
    return len(gone)


def erase_mentions(db: Connection, naming: Naming) -> int:
    """Deletes what has to do with an entity or names it, as `History.forget` says; how many memories."""
    found = {}
    rows = db.execute(TARGET.replace(" FROM", ", who, toward, origin, claim, news FROM"))
    for *target, who, toward, origin, claim, news in rows:
        memory = Target(*target)
        with readable("a memory"):
            concerned = naming.entity in (memory.owner, who, toward, origin)
            if concerned or naming.in_text(claim) or naming.in_json(news):
                found[memory.id] = memory
    waiting = list(found.values())
    while waiting:
        for reflection in _reflections(db, waiting.pop()):
            if reflection.id not in found:
                found[reflection.id] = reflection
                waiting.append(reflection)
    erase(db, found.values())
    records = db.execute("SELECT key, seq, value FROM record")
    with readable("a record"):
        naming_it = [(key, seq) for key, seq, value in records if naming.in_key(key) or naming.in_json(value or "")]
    for key_and_seq in naming_it:
        db.execute("DELETE FROM record WHERE key = ? AND seq = ?", key_and_seq)
    db.execute("INSERT INTO terms (terms) VALUES ('optimize')")  # the index only strikes out what is deleted
    return len(found)


def _reflections(db: Connection, memory: Target) -> Iterator[Target]:
    """Those that stand for a memory; what set it right says something else, and stays."""
    standing = "SELECT seq FROM faded WHERE owner = ? AND memory = ?"
    wanted = f"{TARGET} WHERE how = 'reflection' AND id IN ({standing})"
    return (Target(*row) for row in list(db.execute(wanted, (memory.owner, memory.id))))
