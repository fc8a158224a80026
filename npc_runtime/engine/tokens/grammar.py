"""The reply grammar, `move numbers`, below it `(emotion) line <action>`, enforced token by token at next to no cost.

A general grammar sampler tries the whole vocabulary on every token (20 ms on 152k entries). Here the closed choices,
the move with its numbers, the emotion and the action, walk a trie of tokens and look only at its branches; in the free
line a drawn token is checked against precomputed masks, and only a miss is drawn again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from npc_runtime.engine.backend import Backend
from npc_runtime.engine.request import Option, ReplyFormat


class Grammar(Protocol):
    """What the engine asks of a grammar."""

    @property
    def done(self) -> bool:
        """Whether nothing may follow."""

    @property
    def choices(self) -> list[int] | None:
        """The allowed tokens where the choice is closed; None where text is free."""

    @property
    def forbidden(self) -> NDArray[np.bool_]:
        """The tokens that may not come next in free text, whatever its words; shape (n_vocab,)."""

    def allows(self, token: int) -> bool:
        """Whether a token may come next in free text."""

    def ends(self, token: int) -> bool:
        """Whether this token ends the text; it is not part of it."""

    def advance(self, token: int) -> None:
        """Takes a token of the text."""


class TokenTrie:
    """Token sequences by their common beginnings."""

    def __init__(self, sequences: Iterable[list[int]] = ()) -> None:
        self.children: dict[int, TokenTrie] = {}
        self.place = -1  # of the sequence that ends here, in their order
        for place, sequence in enumerate(sequences):
            node = self
            for token in sequence:
                node = node.children.setdefault(token, TokenTrie())
            node.place = place

    @property
    def end(self) -> bool:
        """Whether a sequence ends here: the closing bracket is in every sequence, so none begins another."""
        return not self.children


class ChoiceGrammar:
    """A closed choice: one of the words, some of its numbers, and the end of the line.

    Numbers may begin alike (1 and 12), so a number ends where another begins or the line ends.
    """

    def __init__(self, options: Sequence[Option], backend: Backend) -> None:
        self._options, self._backend = options, backend
        self._node = TokenTrie(backend.tokenize(option.word, special=False) for option in options)
        self._newline = backend.tokenize("\n", special=False)[-1]
        self._left: list[int] = []  # numbers that may still be named
        self._named = 0
        self.option: Option | None = None
        self.done = False

    @property
    def choices(self) -> list[int] | None:
        """The allowed tokens; none when it is done."""
        if self.done:
            return []
        found = dict.fromkeys(self._node.children)
        if self._node.place >= 0:
            option, left, named = self._after()
            if named >= option.least:
                found[self._newline] = None
            if named < option.most:
                found |= dict.fromkeys(self._numbers(left).children)
        return list(found)

    def _after(self) -> tuple[Option, list[int], int]:
        """What was chosen with the word or number that ends here: the option, the numbers left, how many were named."""
        place = self._node.place
        if self.option is None:
            option = self._options[place]
            return option, list(option.numbers), 0
        return self.option, [number for at, number in enumerate(self._left) if at != place], self._named + 1

    def _numbers(self, left: Sequence[int]) -> TokenTrie:
        return TokenTrie(self._backend.tokenize(f" {number}", special=False) for number in left)

    @property
    def forbidden(self) -> NDArray[np.bool_]:
        """Nothing is free here; shape (n_vocab,)."""
        return np.ones_like(self._backend.vocabulary.markup)

    def allows(self, token: int) -> bool:
        """Whether a token may come next."""
        return token in (self.choices or ())

    def ends(self, token: int) -> bool:
        """Whether nothing follows any more."""
        return self.done

    def advance(self, token: int) -> None:
        """Takes a token of the choice."""
        if token in self._node.children:
            self._node = self._node.children[token]
            return
        self.option, self._left, self._named = self._after()
        if token == self._newline:
            self.done = True
        else:
            self._node = self._numbers(self._left).children[token]


class Phase(Enum):
    """Where in the reply the next token belongs."""

    CHOICE = auto()
    EMOTION = auto()
    LINE = auto()
    ACTION = auto()
    DONE = auto()


class ReplyGrammar:
    """The state of one reply."""

    def __init__(self, reply: ReplyFormat, backend: Backend) -> None:
        self._backend = backend
        self._vocabulary = backend.vocabulary
        self._choice = ChoiceGrammar(reply.options, backend)
        self._node = TokenTrie(self._tokens(f"({emotion})") for emotion in reply.emotions)
        self._actions = TokenTrie(self._spell(action) for action in reply.actions)
        self._spoken = False
        self.phase = Phase.CHOICE if reply.options else Phase.LINE if self._node.end else Phase.EMOTION

    def _tokens(self, text: str) -> list[int]:
        return self._backend.tokenize(text, special=False)

    def _spell(self, action: str) -> list[int]:
        """The tokens of an action; the first one must hold the bracket, or a mere space would begin an action."""
        spaced = self._tokens(f" <{action}>")
        return spaced if self._vocabulary.markup[spaced[0]] else self._tokens(f"<{action}>")

    @property
    def done(self) -> bool:
        """Whether nothing may follow."""
        return self.phase is Phase.DONE

    @property
    def choices(self) -> list[int] | None:
        """The allowed tokens where the choice is closed; None in the free line."""
        if self.phase is Phase.CHOICE:
            return self._choice.choices
        return list(self._node.children) if self.phase in (Phase.EMOTION, Phase.ACTION) else None

    def allows(self, token: int) -> bool:
        """Whether a token may come next in the free line (also as its end)."""
        if self.ends(token):
            return self._spoken
        return not self._vocabulary.markup[token] or (self._spoken and token in self._actions.children)

    @property
    def forbidden(self) -> NDArray[np.bool_]:
        """The tokens that may not come next in the free line; shape (n_vocab,)."""
        vocabulary = self._vocabulary
        mask = vocabulary.markup.copy() if self._spoken else vocabulary.markup | vocabulary.newline
        mask[list(vocabulary.end)] = not self._spoken
        if self._spoken:
            mask[list(self._actions.children)] = False
        return mask

    def ends(self, token: int) -> bool:
        """Whether this token ends the reply; it is not part of the text."""
        if self.done:
            return True
        return self.phase is Phase.LINE and (token in self._vocabulary.end or bool(self._vocabulary.newline[token]))

    def advance(self, token: int) -> None:
        """Takes a token of the reply."""
        if self.phase is Phase.CHOICE:
            self._choice.advance(token)
            if self._choice.done:
                self.phase = Phase.LINE if self._node.end else Phase.EMOTION
            return
        if self.phase is Phase.LINE:
            if token not in self._actions.children:
                self._spoken = True
                return
            self.phase, self._node = Phase.ACTION, self._actions
        self._node = self._node.children[token]
        if self._node.end:
            self.phase = Phase.LINE if self.phase is Phase.EMOTION and self._voiced else Phase.DONE

    @property
    def _voiced(self) -> bool:
        return self._choice.option is None or self._choice.option.voiced
