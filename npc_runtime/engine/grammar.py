"""The reply grammar, `(emotion) line <action>`, enforced token by token at next to no cost.

A general grammar sampler tries the whole vocabulary on every token (20 ms on 152k entries). Here the closed choices,
the emotion and the action, walk a trie of tokens and look only at its branches; in the free line a drawn token is
checked against precomputed masks, and only a miss is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from npc_runtime.engine.backend import Vocabulary
from npc_runtime.engine.request import ReplyFormat


class TokenTrie:
    """Token sequences by their common beginnings."""

    def __init__(self, sequences: Iterable[list[int]] = ()) -> None:
        self.children: dict[int, TokenTrie] = {}
        for sequence in sequences:
            node = self
            for token in sequence:
                node = node.children.setdefault(token, TokenTrie())

    @property
    def end(self) -> bool:
        """Whether a sequence ends here: the closing bracket is in every sequence, so none begins another."""
        return not self.children


class Phase(Enum):
    """Where in the reply the next token belongs."""

    EMOTION = auto()
    LINE = auto()
    ACTION = auto()
    DONE = auto()


class ReplyGrammar:
    """The state of one reply."""

    def __init__(self, reply: ReplyFormat, vocabulary: Vocabulary, tokenize: Callable[[str], list[int]]) -> None:
        """`tokenize` must not recognize special tokens."""
        self._vocabulary = vocabulary
        self._node = TokenTrie(tokenize(f"({emotion})") for emotion in reply.emotions)
        self._actions = TokenTrie(self._spell(action, tokenize) for action in reply.actions)
        self._spoken = False
        self.phase = Phase.LINE if self._node.end else Phase.EMOTION

    def _spell(self, action: str, tokenize: Callable[[str], list[int]]) -> list[int]:
        """The tokens of an action; the first one must hold the bracket, or a mere space would begin an action."""
        spaced = tokenize(f" <{action}>")
        return spaced if self._vocabulary.markup[spaced[0]] else tokenize(f"<{action}>")

    @property
    def choices(self) -> list[int] | None:
        """The allowed tokens where the choice is closed; None in the free line."""
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
        if self.phase is Phase.DONE:
            return True
        return self.phase is Phase.LINE and (token in self._vocabulary.end or bool(self._vocabulary.newline[token]))

    def advance(self, token: int) -> None:
        """Takes a token of the reply."""
        if self.phase is Phase.LINE:
            if token not in self._actions.children:
                self._spoken = True
                return
            self.phase, self._node = Phase.ACTION, self._actions
        self._node = self._node.children[token]
        if self._node.end:
            self.phase = Phase.LINE if self.phase is Phase.EMOTION else Phase.DONE
