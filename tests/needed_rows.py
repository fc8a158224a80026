"""What a history's file must hold and nothing else, worked out from all of its rows: the slow way, to compare with."""

from __future__ import annotations

from collections import defaultdict

from npc_runtime.memory.history import History
from npc_runtime.memory.store import Connection
from npc_runtime.memory.timeline import ALL


def check_nothing_unneeded(history: History) -> None:
    """Every branch and row is seen from a save or from here; every version of a record is the last for one of them."""
    history.store.run(_check)


def _check(db: Connection) -> None:
    forks = {id: (parent, fork) for id, parent, fork in db.execute("SELECT id, parent, fork FROM branch")}
    ends: defaultdict[int, set[int]] = defaultdict(set)
    for branch, end in [(max(forks), ALL), *db.execute("SELECT branch, seq FROM save")]:
        while branch is not None:
            ends[branch].add(end)
            branch, end = forks[branch]
    assert list(db.execute("SELECT * FROM given_up")) == []
    assert set(ends) == set(forks), "a branch that nothing needs"
    for table, number in (("memory", "id"), ("repeat", "seq"), ("faded", "seq"), ("record", "seq")):
        for branch, seq in db.execute(f"SELECT branch, {number} FROM {table}"):
            assert seq <= max(ends[branch]), f"a row of {table} that nothing sees"
    versions: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for branch, key, seq in db.execute("SELECT branch, key, seq FROM record"):
        versions[branch, key].add(seq)
    for (branch, _), there in versions.items():
        needed = {max((seq for seq in there if seq <= end), default=-1) for end in ends[branch]}
        assert there == needed - {-1}, "a version of a record that is hidden from everywhere"
