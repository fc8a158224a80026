"""Points of a history that were given up, and taking out what only they needed, a little at a time.

A point is given up when its save is deleted or replaced, when the timeline leaves it for a save, and when the last
branch that forked there is gone. Until its rows are out it waits in the file, so that the next daemon goes on with it.

A branch is needed up to its ends: its saves, the forks of its children, and without end where it is lived on. Rows
beyond the last end go. Between two ends a version of a record goes when a later one hides it from the upper end; such a
pair has a point that was given up between them, so only the rows on one side of that have to be looked at, and the
shorter one will do. So the work follows what was given up, and not what the world holds.
"""

from __future__ import annotations

from npc_runtime.memory.erase import TARGET, Target, erase
from npc_runtime.memory.store import Connection
from npc_runtime.memory.timeline import ALL, Point

CHUNK = 400  # rows that one job looks at: about ten milliseconds where they are memories

_KEYS = {"record": "key, seq", "repeat": "memory, seq", "faded": "owner, memory, seq"}
# Every branch is written once and then never again, so that no row of another lies between two of its own: a key's next
# version is found in one step. The pluses keep SQLite from going through the whole branch for it instead.
_HIDDEN = """
    DELETE FROM record WHERE key = ?1 AND seq = ?2 AND EXISTS (
        SELECT 1 FROM record AS later WHERE later.key = ?1 AND later.seq > ?2 AND later.seq <= ?3 AND +later.branch = ?4
    )
"""
_HIDES = "DELETE FROM record WHERE key = ? AND seq > ? AND seq <= ? AND +branch = ?"
_BEFORE = """
    SELECT max(last) FROM (
        SELECT max(seq) AS last FROM save WHERE branch = ?1 AND seq < ?2
        UNION ALL SELECT max(fork) FROM branch WHERE parent = ?1 AND fork < ?2
    )
"""
_FROM = """
    SELECT min(first) FROM (
        SELECT min(seq) AS first FROM save WHERE branch = ?1 AND seq >= ?2
        UNION ALL SELECT min(fork) FROM branch WHERE parent = ?1 AND fork >= ?2
    )
"""


def give_up(db: Connection, point: Point) -> None:
    """Notes that a point is not needed any more for itself."""
    db.execute("INSERT OR REPLACE INTO given_up VALUES (?, ?, NULL)", (point.branch, point.seq))


def take_out(db: Connection, here: int) -> tuple[list[int], bool]:
    """Deletes some rows that only points needed that were given up; `here` is the branch that is lived on.

    Gives the branches that are gone with them, children before their parents, and whether there may be more to do.
    """
    gone: list[int] = []
    left = CHUNK
    while left > 0:
        points = list(db.execute("SELECT branch, seq, thinned FROM given_up ORDER BY branch DESC, seq DESC LIMIT 1"))
        if not points:
            return gone, False
        ((branch, seq, thinned),) = points
        point = Point(branch, seq)
        below, above = _neighbours(db, point, here)
        if above is not None:
            spent, done = _thin(db, point, -1 if below is None else below, above, thinned, left)
        else:
            spent = _cut(db, branch, -1 if below is None else below, left)
            done = spent < left
            if done and below is None:
                _drop(db, branch)
                gone.append(branch)
        if done:
            db.execute("DELETE FROM given_up WHERE branch = ? AND seq = ?", (branch, seq))
        left -= spent + 1
    ((more,),) = db.execute("SELECT EXISTS (SELECT 1 FROM given_up)")
    return gone, bool(more)


def _neighbours(db: Connection, point: Point, here: int) -> tuple[int | None, int | None]:
    """The ends of its branch next to a point: the last one before it, and the first one that is not."""
    ((below,),) = db.execute(_BEFORE, (point.branch, point.seq))
    ((above,),) = db.execute(_FROM, (point.branch, point.seq))
    return below, ALL if above is None and point.branch == here else above


def _cut(db: Connection, branch: int, after: int, limit: int) -> int:
    """Deletes rows of a branch beyond one of them, `limit` at most; how many."""
    beyond = f"{TARGET} WHERE branch = ? AND id > ? LIMIT ?"
    targets = [Target(*row) for row in db.execute(beyond, (branch, after, limit))]
    erase(db, targets)
    count = len(targets)
    for table, columns in _KEYS.items():
        rows = f"SELECT {columns} FROM {table} WHERE branch = ? AND seq > ? LIMIT ?"
        keys = list(db.execute(rows, (branch, after, limit - count)))
        places = ", ".join("?" * len(columns.split()))
        db.executemany(f"DELETE FROM {table} WHERE ({columns}) = ({places})", keys)
        count += len(keys)
    return count


def _drop(db: Connection, branch: int) -> None:
    """Takes out a branch that has no rows, and gives up the point that it forked from."""
    for parent, fork in list(db.execute("SELECT parent, fork FROM branch WHERE id = ? AND parent NOTNULL", (branch,))):
        give_up(db, Point(parent, fork))
    db.execute("DELETE FROM branch WHERE id = ?", (branch,))
    db.execute("DELETE FROM given_up WHERE branch = ?", (branch,))


def _thin(db: Connection, point: Point, below: int, above: int, thinned: int | None, limit: int) -> tuple[int, bool]:
    """Deletes versions of records up to a point that later ones hide from the end above it.

    Looks at `limit` rows behind `thinned` at most; gives how many, and whether those were the last.
    """
    branch, seq = point.branch, point.seq
    if thinned is None:
        ((last,),) = db.execute("SELECT max(seq) FROM record WHERE branch = ? AND seq <= ?", (branch, above))
        thinned = below if seq - below < (last or 0) - seq else seq
    stop = seq if thinned < seq else above
    rows = "SELECT key, seq FROM record WHERE branch = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
    found = list(db.execute(rows, (branch, thinned, stop, limit)))
    if stop == seq:
        db.executemany(_HIDDEN, [(key, version, above, branch) for key, version in found])
    else:
        db.executemany(_HIDES, [(key, below, seq, branch) for key, _ in found])
    done = len(found) < limit or found[-1][1] == stop
    if not done:
        progress = "UPDATE given_up SET thinned = ? WHERE branch = ? AND seq = ?"
        db.execute(progress, (found[-1][1], branch, seq))
    return len(found), done
