"""What one character can recall, in the order in which it came: kept in RAM, so that a search reads only what it finds.

Everything here runs on the store's thread.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from npc_runtime.language.claim import content
from npc_runtime.language.language import Language
from npc_runtime.memory.entry import LINES
from npc_runtime.memory.likeness import Places
from npc_runtime.memory.reading import LINE, MEMORY_SEEN, NOT_FADED
from npc_runtime.memory.store import Connection, Row, readable

SHELVES = 48  # characters of whom it is kept
LINES_HELD = 64  # of those said in a character's hearing, the latest
TALK = 900  # game seconds between two neighbours at most
TAUGHT = "taught"
SPOKEN = (*sorted(LINES), "told", TAUGHT)  # what comes in words, one after another; an author may teach a talk

# What was said is read for lines only, of which there are few.
_ROWS = (
    f"SELECT id, at, how, who, CASE WHEN {LINE} THEN claim ELSE '' END FROM memory"
    f" WHERE owner = ?1 AND id > ?2 AND {MEMORY_SEEN} AND id {NOT_FADED} ORDER BY id"
)


@dataclass(frozen=True)
class Line:
    """Something that was said in a character's hearing: by whom, and its terms."""

    who: str
    terms: frozenset[str]


@dataclass(frozen=True)
class Shelf:
    """Memories and, among them, the last lines: those are not found, but they tell what was being talked about."""

    epoch: int
    ids: Places  # [things]
    times: Places  # [things]
    whos: NDArray[np.object_]  # [things]
    hows: NDArray[np.object_]  # [things]
    lines: dict[int, Line] = field(default_factory=dict)  # by id

    @property
    def last(self) -> int:
        """The latest id."""
        return int(self.ids[-1]) if len(self.ids) else 0

    @cached_property
    def spoken(self) -> Places:
        """Where the lines stand, in order."""
        return self.places(np.array(list(self.lines), np.int64))

    @cached_property
    def memories(self) -> NDArray[np.bool_]:
        """Which of the things are no lines: [things]."""
        found = np.ones(len(self.ids), bool)
        found[self.spoken] = False
        return found

    @cached_property
    def neighbours(self) -> tuple[Places, Places]:
        """The places of what came before each thing and after it, in one talk; -1 where nothing did: [things] each."""
        places = np.arange(len(self.ids))
        before, after = places - 1, np.append(places[1:], -1)[: len(places)]
        # What somebody told came with a line of the same: before it was the line that it answers.
        for place in self.spoken[self.spoken < len(places) - 1] + 1:
            near = place - 1
            while near >= 0 and not self.memories[near] and self.whos[near] == self.whos[place]:
                near -= 1
            if self.memories[place]:
                before[place] = near
        before[~self._in_one_talk(before, places)] = -1
        after[~self._in_one_talk(places, after)] = -1
        return before, after

    def _in_one_talk(self, one: Places, next: Places) -> NDArray[np.bool_]:
        """Whether things were said soon after one another. What was taught in one moment is a list."""
        gaps = self.times[next] - self.times[one]
        listed = (gaps == 0) & ((self.hows[one] == TAUGHT) | (self.hows[next] == TAUGHT))
        talked = np.isin(self.hows, SPOKEN)
        found: NDArray[np.bool_] = (one >= 0) & (next >= 0) & (np.abs(gaps) <= TALK)
        found &= talked[one] & talked[next] & ~listed
        return found

    def places(self, numbers: Places) -> Places:
        """Where these ids stand, [ids]; -1 for those that are not here."""
        if not len(self.ids):
            return np.full(len(numbers), -1, np.int64)
        at = np.minimum(np.searchsorted(self.ids, numbers), len(self.ids) - 1)
        return np.where(self.ids[at] == numbers, at, -1)

    def with_rows(self, rows: Sequence[Row], language: Language) -> Shelf:
        """The same with what was written since. Of the lines on it the last are kept."""
        lines = self.lines | {
            number: Line(who, frozenset(language.terms(content(claim))))
            for number, _, how, who, claim in rows
            if how in LINES
        }
        kept = dict(list(lines.items())[-LINES_HELD:])
        ids = np.append(self.ids, np.array([row[0] for row in rows], np.int64))
        stay = ~np.isin(ids, [number for number in lines if number not in kept])
        return Shelf(
            self.epoch,
            ids[stay],
            np.append(self.times, np.array([row[1] for row in rows], np.int64))[stay],
            np.append(self.whos, np.array([row[3] for row in rows], object))[stay],
            np.append(self.hows, np.array([row[2] for row in rows], object))[stay],
            kept,
        )


class Shelves:
    """The shelves of the characters that were asked last."""

    def __init__(self) -> None:
        self._shelves: OrderedDict[str, Shelf] = OrderedDict()

    def of(self, db: Connection, owner: str, epoch: int, language: Language) -> Shelf:
        """What a character can recall, with all that was written by now. What is gone may still be on it."""
        shelf = self._shelves.get(owner)
        if shelf is None or shelf.epoch != epoch:
            none = np.empty(0, np.int64)
            shelf = Shelf(epoch, none, none, np.empty(0, object), np.empty(0, object))
        new = list(db.execute(_ROWS, (owner, shelf.last)))
        if new:
            with readable("a memory"):
                shelf = shelf.with_rows(new, language)
        self._shelves[owner] = shelf
        self._shelves.move_to_end(owner)
        while len(self._shelves) > SHELVES:
            self._shelves.popitem(last=False)
        return shelf

    def drop(self, owner: str) -> None:
        """Takes that of one character out: something of it is gone."""
        self._shelves.pop(owner, None)

    def close(self) -> None:
        """Takes them all out."""
        self._shelves.clear()
