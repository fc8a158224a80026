"""How players type: what a hasty line would look like in plain, lower-case English."""

from __future__ import annotations

import re
from functools import lru_cache

from npc_runtime.language.english.data import Data

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

_TYPING = Data("lines.typing")
TEXT_SPEAK, _MEANT = _TYPING.table("text_speak"), _TYPING.table("meant")
_CUES, _NOT_SLIPS = _TYPING.words("cues"), _TYPING.words("not_slips")


def plain(line: str) -> str:
    """The words of a line in lower case, text speak written out, slips mended, punctuation gone."""
    lowered = _STRETCHED.sub(r"\1\1", line.translate(_APOSTROPHES).lower())
    text = " ".join(_written_out(token) for token in _TOKEN.findall(lowered))
    for pattern, meant in _MEANT.items():
        text = re.sub(pattern, meant, text)
    return text


def _written_out(token: str) -> str:
    if token in TEXT_SPEAK:
        return TEXT_SPEAK[token]
    if token.endswith("'s"):
        return token
    return _mended(token)


@lru_cache(maxsize=4096)
def _mended(token: str) -> str:
    if len(token) < 3 or token in _CUES or token in _NOT_SLIPS or not token.isascii():
        return token
    return next((cue for cue in sorted(_CUES) if _is_slip(token, cue)), token)


def _is_slip(token: str, cue: str) -> bool:
    """One letter dropped, doubled or swapped with its neighbour, behind the same first letter."""
    if len(cue) < 4 or token[0] != cue[0]:
        return False
    if len(token) == len(cue):
        return any(
            token[:i] + token[i + 1] + token[i] + token[i + 2 :] == cue
            for i in range(len(token) - 1)
            if token[i] != token[i + 1]
        )
    if len(token) == len(cue) - 1:
        droppable = "aeiou" if len(cue) == 4 else cue
        return any(cue[i] in droppable and cue[:i] + cue[i + 1 :] == token for i in range(1, len(cue) - 1))
    if len(token) == len(cue) + 1:
        return any(token[i] == token[i - 1] and token[:i] + token[i + 1 :] == cue for i in range(1, len(token)))
    return False
