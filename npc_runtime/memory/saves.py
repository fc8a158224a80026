"""Saves: named points of a history, as a world's file keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from npc_runtime.errors import GUESSED_FROM, not_found
from npc_runtime.memory.given_up import give_up
from npc_runtime.memory.store import Connection
from npc_runtime.memory.timeline import Point


@dataclass(frozen=True)
class Save:
    """A named point of the history."""

    name: str
    number: int  # in order of making
    at: int  # the game time that it holds


def put(db: Connection, save: Save, point: Point) -> None:
    """Keeps a save, in place of the one of that name, whose point is given up."""
    _give_up(db, save.name)
    values = (save.name, save.number, point.branch, point.seq, save.at)
    db.execute("INSERT OR REPLACE INTO save VALUES (?, ?, ?, ?, ?)", values)


def find(db: Connection, name: str) -> tuple[Point, int]:
    """The point that a save names, and its game time. Raises NotFound, listing some saves."""
    for branch, seq, at in db.execute("SELECT branch, seq, at FROM save WHERE name = ?", (name,)):
        return Point(branch, seq), at
    ((count,),) = db.execute("SELECT count(*) FROM save")
    some = [known for (known,) in db.execute("SELECT name FROM save ORDER BY name LIMIT ?", (GUESSED_FROM,))]
    raise not_found("save", name, some, count=count)


def delete(db: Connection, name: str) -> None:
    """Takes a save away and gives its point up. Raises NotFound."""
    find(db, name)
    _give_up(db, name)
    db.execute("DELETE FROM save WHERE name = ?", (name,))


def page(db: Connection, after: int, limit: int) -> list[Save]:
    """Saves in order of making, from the one behind number `after` on."""
    sql = "SELECT name, number, at FROM save WHERE number > ? ORDER BY number LIMIT ?"
    return [Save(*row) for row in db.execute(sql, (after, limit))]


def points(db: Connection) -> list[Point]:
    """Where all saves are; those at one point count once."""
    return [Point(*row) for row in db.execute("SELECT DISTINCT branch, seq FROM save")]


def last(db: Connection, branch: int) -> int:
    """The last row of a branch that a save on it may need as it is."""
    ((seq,),) = db.execute("SELECT coalesce(max(seq), 0) FROM save WHERE branch = ?", (branch,))
    return int(seq)


def _give_up(db: Connection, name: str) -> None:
    for branch, seq in list(db.execute("SELECT branch, seq FROM save WHERE name = ?", (name,))):
        give_up(db, Point(branch, seq))
