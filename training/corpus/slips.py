# ruff: noqa: E501
"""How players really type: lower case, missing marks, short forms and slipped fingers.

Words between the marks `<<` and `>>` keep their letters (their case may still be lost), so that a name that the answer
must repeat is never garbled.
"""

from __future__ import annotations

import random
import re

_SHORT = {
    "you": "u", "your": "ur", "are": "r", "please": "pls", "about": "abt", "because": "cuz", "know": "kno", "I am": "im",
    "do not": "dont", "is not": "isnt", "what is": "whats", "who is": "whos", "going to": "gonna", "want to": "wanna",
    "I'm": "im", "don't": "dont", "what's": "whats", "who's": "whos", "where's": "wheres", "can't": "cant", "thanks": "thx",
}  # fmt: skip
_SHORT_FORM = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(_SHORT, key=len, reverse=True)))
_KEPT = re.compile(r"(<<.*?>>)")


def _slip(rng: random.Random, word: str) -> str:
    if len(word) < 4 or not word.isalpha():
        return word
    at, kind = rng.randrange(1, len(word) - 1), rng.random()
    if kind < 0.35:
        return word[:at] + word[at + 1 :]
    if kind < 0.75:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at] + word[at:]


def typed(rng: random.Random, line: str) -> str:
    """`line` as a player might type it; the marks are gone."""
    parts = _KEPT.split(line)
    if rng.random() < 0.1:
        parts[::2] = [_SHORT_FORM.sub(lambda found: _SHORT[found[0]], part) for part in parts[::2]]
    if rng.random() < 0.12:
        parts[::2] = [
            " ".join(_slip(rng, w) if rng.random() < 0.2 else w for w in part.split(" ")) for part in parts[::2]
        ]
    line = "".join(parts).replace("<<", "").replace(">>", "")
    style = rng.random()
    if style < 0.55:
        return line
    if style < 0.72:
        return line.lower()
    if style < 0.85:
        return line.lower().rstrip(".?!").replace(",", "").replace("'", "")
    if style < 0.92:
        return line.rstrip(".?!")
    if style < 0.985:
        return line.rstrip(".") + rng.choice(("..", "...", "!!", "??", " ?", "!", "?!"))
    return line.upper()
