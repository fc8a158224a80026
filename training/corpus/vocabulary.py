"""Every word of the shipped vocabulary, and made-up words of its pieces: for facts that can only be copied."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path

_PATH = Path(__file__).parents[1] / "tokenizer.json"
_SPACE = "\u0120"  # how byte-level vocabularies write the space in front of a word


@cache
def name_words() -> tuple[str, ...]:
    """Capitalized words that are nothing else in small letters: names. One that is never met cannot be copied."""
    words, _ = _tokens()
    small = {word for word in words if word.islower()}
    return tuple(word for word in words if word.istitle() and len(word) > 2 and word.lower() not in small)


@cache
def _tokens() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whole words (tokens that begin with a space), and pieces of words."""
    tokens = json.loads(_PATH.read_text(encoding="utf-8"))["model"]["vocab"]
    words = sorted(token[1:] for token in tokens if token[0] == _SPACE and len(token) > 2 and token[1:].isalpha())
    pieces = sorted(token for token in tokens if len(token) > 2 and token.isascii() and token.isalpha())
    return tuple(words), tuple(pieces)


def any_word(rng: random.Random) -> str:
    """A word of the vocabulary, or two of its pieces glued together."""
    words, pieces = _tokens()
    if rng.random() < 0.65:
        return rng.choice(words)
    return rng.choice(words) + rng.choice(pieces) if rng.random() < 0.6 else rng.choice(pieces) + rng.choice(pieces)
