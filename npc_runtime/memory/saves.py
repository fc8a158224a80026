"""Saves: named points of a history, as a world's file keeps them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from npc_runtime.errors import not_found
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.store import Connection
from npc_runtime.memory.timeline import Point

NAME_LIMIT = 128  # characters, as the protocol has it


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


def rename(db: Connection, naming: Naming) -> tuple[tuple[str, str], ...]:
    """Takes somebody out of the names of saves; gives each old name with the new one, which no other save has."""
    names = [save.name for save in every(db)]
    renamed = [(name, naming.out_of(name)) for name in names if naming.out_of(name) != name]
    taken = set(names)
    found = []
    for was, wanted in renamed:
        numbered = (f"{wanted[: NAME_LIMIT - len(end)]}{end}" for end in map("-{}".format, itertools.count(2)))
        now = next(name for name in itertools.chain([wanted[:NAME_LIMIT]], numbered) if name not in taken)
        taken.add(now)
        db.execute("UPDATE save SET name = ? WHERE name = ?", (now, was))
        found.append((was, now))
    return tuple(found)


def every(db: Connection) -> list[Save]:
    """All saves, in order of making."""
    return [Save(*row) for row in db.execute("SELECT name, number, at FROM save ORDER BY number")]


def points(db: Connection) -> list[Point]:
    """Where all saves are."""
    return [Point(*row) for row in db.execute("SELECT branch, seq FROM save")]
