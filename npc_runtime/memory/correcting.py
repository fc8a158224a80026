"""Corrections: news that sets other news right takes its place in whoever believes it, whichever of the two came first.

What was seen with one's own eyes is never set right by hearsay. The memory that gave way stays in the history.
"""

from __future__ import annotations

from npc_runtime.language.language import Language
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import BELIEVED, News, denies
from npc_runtime.memory.reading import MEMORY_SEEN, NOT_FADED
from npc_runtime.memory.store import Connection

_HEARSAY = "memory.how IN ('told', 'taught') AND NOT memory.corrects"
_CORRECTIONS = f"SELECT id, news FROM memory WHERE owner = ?1 AND corrects AND {MEMORY_SEEN} AND id {NOT_FADED}"


def set_right_by(db: Connection, entry: Entry, language: Language) -> int | None:
    """The correction that its owner has of what an entry says, or None."""
    if entry.news.denies or entry.how not in ("told", "taught"):
        return None
    for number, text in db.execute(_CORRECTIONS, (entry.owner,)):
        if denies(News.from_text(text).denies, entry.passed_on.root, language):
            return int(number)
    return None


def believed(entry: Entry) -> bool:
    """Whether an entry is a correction that its owner goes by."""
    return entry.news.corrects and entry.confidence >= BELIEVED


def set_right(db: Connection, entry: Entry, number: int, branch: int, language: Language) -> None:
    """Takes out of recall what a correction denies: hearsay of the same owner."""
    held = f"SELECT id, claim, news FROM memory WHERE owner = ?1 AND {_HEARSAY} AND {MEMORY_SEEN} AND id {NOT_FADED}"
    for other, claim, text in list(db.execute(held, (entry.owner,))):
        known = News.from_text(text)
        if not known.denies and denies(entry.news.denies, known.root or claim, language):
            fade(db, entry.owner, other, number, branch)


def fade(db: Connection, owner: str, memory: int, by: int, branch: int) -> None:
    """A memory gives way to another one from now on."""
    db.execute("INSERT OR IGNORE INTO faded VALUES (?, ?, ?, ?)", (owner, memory, by, branch))
