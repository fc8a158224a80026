"""Retelling: what becomes of an English sentence in the mouth of somebody who likes to tell it well.

One detail changes at most, of four kinds: a number grows, what may be so is so, a place or a time grows vague, a word
grows strong. Who did what to whom never changes, and what is denied stays denied.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from npc_runtime.language.english.data import Data

_RETELLING = Data("grammar.retelling")
_TIMES, _STRONGER = _RETELLING.table("times"), _RETELLING.table("stronger")
_NUMBERS = Data("words").text("numbers").split()
_COUNT = re.compile(rf"\b(?:{'|'.join(_NUMBERS[:-1])}|[2-9]|[1-9]\d{{1,3}})\b", re.I)


def retold(text: str, plural: Callable[[str], bool]) -> list[str]:
    """The ways in which a sentence grows; none for one that denies something. `plural`: whether a word takes "have"."""
    if _RETELLING.pattern("negated").search(text):
        return []
    grown = (_grown(text), _certain(text, plural), _vague(text), _strong(text))
    return [one for one in grown if one != text]


def _grown(claim: str) -> str:
    def more(found: re.Match[str]) -> str:
        word = found[0]
        if word.isdigit():
            return str(int(word) + max(1, int(word) // 5))
        larger = _NUMBERS[_NUMBERS.index(word.lower()) + 1]
        return larger.capitalize() if word[0].isupper() else larger

    return _COUNT.sub(more, claim, count=1)


def _certain(claim: str, plural: Callable[[str], bool]) -> str:
    def so(found: re.Match[str]) -> str:
        who = found["who"]
        if who is None:
            return ""
        many = who.lower() in ("they", "we", "i", "you") or plural(who) or (who.endswith("s") and who[0].islower())
        return f"{who} {'have' if many else 'has'} "

    changed = _RETELLING.pattern("maybe").sub(so, claim, count=1)
    return changed[:1].upper() + changed[1:]


def _vague(claim: str) -> str:
    for exact, vague in _TIMES.items():
        changed = re.sub(rf"\b{exact}\b", vague, claim, count=1, flags=re.IGNORECASE)
        if changed != claim:
            return changed[:1].upper() + changed[1:]
    return _RETELLING.pattern("place").sub(
        lambda found: "Near the " if found[0][0].isupper() else "near the ", claim, count=1
    )


def _strong(claim: str) -> str:
    return re.sub(rf"\b(?:{'|'.join(_STRONGER)})\b", lambda found: _STRONGER[found[0]], claim, count=1)
