"""Saves: named points of a history, as a world's file keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from npc_runtime.errors import not_found
from npc_runtime.memory.store import Connection
from npc_runtime.memory.timeline import Point


@dataclass(frozen=True)
class Save:
    """A named point of the history."""

    name: str
    number: int  # in order of making
    at: int  # the game time that it holds


def put(db: Connection, save: Save, point: Point) -> None:
    """Keeps a save, in place of the one of that name."""
    values = (save.name, save.number, point.branch, point.seq, save.at)
    db.execute("INSERT OR REPLACE INTO save VALUES (?, ?, ?, ?, ?)", values)


def find(db: Connection, name: str) -> tuple[Point, int]:
    """The point that a save names, and its game time. Raises NotFound, listing the saves."""
    for branch, seq, at in db.execute("SELECT branch, seq, at FROM save WHERE name = ?", (name,)):
        return Point(branch, seq), at
    raise not_found("save", name, [save.name for save in every(db)])


def delete(db: Connection, name: str) -> None:
    """Takes a save away. Raises NotFound."""
    find(db, name)
    db.execute("DELETE FROM save WHERE name = ?", (name,))


def every(db: Connection, after: int = 0, limit: int = -1) -> list[Save]:
    """Saves in order of making, from the one behind number `after` on; all without a `limit`."""
    wanted = "SELECT name, number, at FROM save WHERE number > ? ORDER BY number LIMIT ?"
    return [Save(*row) for row in db.execute(wanted, (after, limit))]


def points(db: Connection) -> list[Point]:
    """Where all saves are."""
    return [Point(*row) for row in db.execute("SELECT branch, seq FROM save")]
