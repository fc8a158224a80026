"""Names and nouns that respect the split: one in ten is kept back for the evaluation."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Literal

from training.corpus import words
from training.corpus.expand import held_out
from training.corpus.vocabulary import name_words

KNOWN = 0.15  # of the names: those that are words of the vocabulary
Split = Literal["train", "eval"]


class Names:
    """Draws from `words`; training never meets a held-out word, and the evaluation uses nothing else for names."""

    def __init__(self, rng: random.Random, split: Split) -> None:
        self.rng, self.split = rng, split

    def _draw(self, make: Callable[[random.Random], str], *, strict: bool = True) -> str:
        """`strict` draws are held out in the evaluation; the others are merely kept out of training."""
        while True:
            word = make(self.rng)
            if held_out(word) == (self.split == "eval") or (self.split == "eval" and not strict):
                return word

    def person(self) -> str:
        """ "Mira", "Mira Holt", "Old Bren"."""
        # Not in the evaluation: a held-out word of one token is one that nothing could have taught.
        if self.split == "train" and self.rng.random() < KNOWN:
            return self._draw(lambda rng: rng.choice(name_words()))
        return self._draw(words.person_name)

    def place(self) -> str:
        """ "Elmford"."""
        return self._draw(words.place_name)

    def building(self) -> str:
        """ "the old mill"."""
        return self._draw(words.building, strict=False)

    def item(self) -> str:
        """ "rusty lantern"."""
        return self._draw(words.item)

    def goods(self) -> str:
        """ "smoked eel"."""
        return self._draw(words.goods, strict=False)

    def creature(self) -> str:
        """ "one-eyed wolf"."""
        return self._draw(words.creature, strict=False)

    def role(self) -> str:
        """ "smith"."""
        return words.role(self.rng)

    def currency(self) -> str:
        """ "pennies"."""
        return words.currency(self.rng)
