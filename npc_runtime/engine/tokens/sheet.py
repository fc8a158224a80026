"""The sheet grammar: named slots that a model fills in, one line each, so that what it writes always has its form.

The label of a line is forced, token by token, at no cost of sampling. A closed choice walks a trie; free text goes on
until the model breaks the line, or is as long as it may be. So every line but those that were never reached has its
label, and `read_sheet` finds each slot again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npc_runtime.engine.backend import Backend
from npc_runtime.engine.request import SheetFormat
from npc_runtime.engine.tokens.grammar import TokenTrie


class SheetGrammar:
    """The state of one sheet."""

    def __init__(self, sheet: SheetFormat, backend: Backend) -> None:
        """A sheet has at least one slot."""
        self._slots, self._backend = sheet.slots, backend
        vocabulary = backend.vocabulary
        pieces = {int(token): backend.piece(int(token)) for token in np.flatnonzero(vocabulary.newline)}
        plain = [token for token, piece in pieces.items() if piece == b"\n"]
        self._break = plain[:1] or backend.tokenize("\n", special=False)
        self._breaking = {token: piece for token, piece in pieces.items() if piece.find(b"\n") == len(piece) - 1}
        self._speaking = [token for token, piece in self._breaking.items() if piece.strip()]
        self._refused: NDArray[np.bool_] = vocabulary.markup | vocabulary.newline
        self._refused[list(vocabulary.end)] = True
        self._slot = -1
        self._closed: TokenTrie | None = None
        self._written = b""  # of the free text
        self._open_next()

    def _open_next(self) -> None:
        """The next line begins with its label."""
        self._slot += 1
        self._written = b""
        if not self.done:
            slot = self._slots[self._slot]
            label = self._backend.tokenize(f"{slot.label}: {slot.begins}".rstrip(), special=False)
            endings = [self._backend.tokenize(f" {choice}", special=False) + self._break for choice in slot.choices]
            self._closed = TokenTrie([label + ending for ending in endings] or [label])

    @property
    def done(self) -> bool:
        """Whether all lines are written."""
        return self._slot >= len(self._slots)

    @property
    def choices(self) -> list[int] | None:
        """The allowed tokens where the choice is closed; None in free text."""
        return list(self._closed.children) if self._closed is not None and not self.done else None

    def allows(self, token: int) -> bool:
        """Whether a token may come next in free text."""
        if token in self._breaking:
            return bool((self._written + self._breaking[token]).strip())
        return not self._refused[token]

    @property
    def forbidden(self) -> NDArray[np.bool_]:
        """The tokens that may not come next in free text; shape (n_vocab,)."""
        mask: NDArray[np.bool_] = self._refused.copy()
        mask[list(self._breaking) if self._written.strip() else self._speaking] = False
        return mask

    def ends(self, token: int) -> bool:
        """No token ends a sheet before its last line is written."""
        return self.done

    def advance(self, token: int) -> None:
        """Takes a token of the sheet."""
        piece = self._backend.piece(token)
        if self._closed is None:
            self._written += piece
            if token in self._breaking:
                self._open_next()
            elif len(self._written.decode(errors="replace")) >= self._slots[self._slot].limit:
                self._closed = TokenTrie([self._break])
            return
        self._closed = self._closed.children[token]
        if self._closed.end:
            self._closed = None
            if token == self._break[-1]:
                self._open_next()


def read_sheet(sheet: SheetFormat, text: str) -> dict[str, list[str]]:
    """What was filled in, by label, where one that comes twice has two entries; without what was not reached."""
    found: dict[str, list[str]] = {}
    for slot, line in zip(sheet.slots, text.split("\n"), strict=False):
        label, colon, words = line.strip().partition(":")
        if colon and label == slot.label and words.strip():
            found.setdefault(label, []).append(words.strip())
    return found
