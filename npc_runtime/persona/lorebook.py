"""Lorebooks as files of lore: an entry is a heading with its keys, and paragraphs under it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from npc_runtime.errors import clipped
from npc_runtime.persona.card import Book
from npc_runtime.persona.limits import FILE_BYTES
from npc_runtime.persona.macros import filled
from npc_runtime.persona.prose import clean, flat, pieces, unmarked

_PARAGRAPH = 240  # characters
_BYTES = FILE_BYTES - 8 * 1024
_NO_PROSE = re.compile(r"^\s*(?:[-*+]\s+|#+\s*)+|<!--|-->")
_RULES = frozenset("-*_= ")


@dataclass
class Chapters:
    """A lorebook by scopes: more than one where it is too long for a file."""

    texts: dict[str, list[str]] = field(default_factory=dict)  # headings and paragraphs
    notes: list[str] = field(default_factory=list)

    def files(self) -> Mapping[str, str]:
        """What goes into the file of each scope."""
        return {scope: "\n\n".join(texts) + "\n" for scope, texts in self.texts.items()}

    def count(self, scope: str) -> int:
        """The paragraphs of a scope."""
        return sum(not text.startswith("#") for text in self.texts[scope])


def chapters(book: Book, char: str, user: str, scope: Callable[[], str]) -> Chapters:
    """The entries of a book, in which `{{char}}` and `{{user}}` are filled in; `scope` makes up a new one."""
    made = Chapters()
    size = _BYTES + 1  # the first paragraph begins a file
    here: list[str] = []
    others = disabled = 0
    for entry in book.entries:
        if not entry.enabled:
            disabled += 1
            continue
        content, has_others = clean(entry.content)
        others += has_others
        heading = _heading(entry.name, entry.keys)
        for number, text in enumerate(_paragraphs(filled(content, char, user))):
            lines = [text] if number else [heading, text]
            size += sum(len(line.encode()) + 2 for line in lines)
            if size > _BYTES:
                here = made.texts[scope()] = []
                lines = [heading, text]
                size = sum(len(line.encode()) + 2 for line in lines)
            here += lines
    if disabled:
        made.notes.append(f"lorebook: entries that are switched off, left out: {disabled}")
    if others:
        made.notes.append(f"lorebook: entries with macros that are not filled in here, which were taken out: {others}")
    return made


def _heading(name: str, keys: Sequence[str]) -> str:
    """What an entry is called, and the words that call it up."""
    words = ", ".join(dict.fromkeys(filter(None, (flat(clean(word)[0]) for word in (name, *keys)))))
    return f"# {clipped(words.strip('# '), 230)}".strip()


def _paragraphs(content: str) -> Iterator[str]:
    """Lines that Markdown takes for paragraphs; lines that give orders, as V3 has them, are left out."""
    for line in unmarked(content).split("\n"):
        for piece in () if line.startswith("@@") else pieces(line, _PARAGRAPH):
            text = _NO_PROSE.sub("", piece).strip()
            if len(text) > 1 and not set(text) <= _RULES:
                yield text
