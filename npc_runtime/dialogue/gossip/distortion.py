"""Distortion: what becomes of news in the mouth of somebody who likes to tell it well. Pure, with seeded dice.

One detail changes at most, of four kinds: a number grows, what may be so is so, a place or a time grows vague, a word
grows strong. Who did what to whom never changes, and what is denied stays denied.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from npc_runtime.dice import throw

CHANCE = 0.05  # how often somebody ordinary changes something in what was told to it
EAGER = 0.2  # how much more often those do who embroider

_Change: TypeAlias = Callable[[str], str]
_NUMBERS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_COUNT = re.compile(rf"\b(?:{'|'.join(_NUMBERS[:-1])}|[2-9]|[1-9]\d{{1,3}})\b", re.I)
_MAYBE = re.compile(
    r"\b(?P<who>\w+) (?:may|might|could) have (?=\w+(?:ed|en|n|t|ne)\b)|\b(?:perhaps|maybe|probably) ", re.I
)
_TIMES = {
    "last night": "the other night", "this morning": "the other day", "yesterday": "the other day",
    "at noon": "one day", "at dawn": "early one day", "at midnight": "in the night", "today": "lately",
}  # fmt: skip
_PLACE = re.compile(r"\b(?:at|behind|beside|outside|in front of) the (?=\w+\b)", re.I)
_STRONGER = {
    "big": "huge", "large": "huge", "small": "tiny", "bad": "terrible", "loud": "deafening", "angry": "furious",
    "cold": "freezing", "some": "many", "quarrelled": "quarrelled bitterly", "hurt": "badly hurt", "old": "very old",
    "strange": "very strange", "ill": "very ill",
}  # fmt: skip
_NEGATED = re.compile(r"\b(?:not|never|no|nobody|none|nothing|without)\b|n['’]t\b", re.I)


def distorted(claim: str, faithful: float, depth: int, *key: object) -> str:
    """A claim as somebody passes it on; `depth` is how many mouths it went through before.

    `faithful` is a number of its temper, and `key` seeds the dice. A witness (depth 0) tells what it saw, unless it is
    one of those who embroider.
    """
    if _NEGATED.search(claim) or faithful > 0:
        return claim
    embroiders = faithful < 0
    if depth == 0 and not embroiders:
        return claim
    if throw("distort", *key) >= CHANCE + EAGER * embroiders:
        return claim
    changed = [text for text in (change(claim) for change in CHANGES) if text != claim]
    return changed[int(throw("which", *key) * len(changed))] if changed else claim


def _grown(claim: str) -> str:
    def more(found: re.Match[str]) -> str:
        word = found[0]
        if word.isdigit():
            return str(int(word) + max(1, int(word) // 5))
        larger = _NUMBERS[_NUMBERS.index(word.lower()) + 1]
        return larger.capitalize() if word[0].isupper() else larger

    return _COUNT.sub(more, claim, count=1)


def _certain(claim: str) -> str:
    def so(found: re.Match[str]) -> str:
        who = found["who"]
        if who is None:
            return ""
        many = who.lower() in ("they", "we", "i", "you") or (who.endswith("s") and who[0].islower())
        return f"{who} {'have' if many else 'has'} "

    changed = _MAYBE.sub(so, claim, count=1)
    return changed[:1].upper() + changed[1:]


def _vague(claim: str) -> str:
    for exact, vague in _TIMES.items():
        changed = re.sub(rf"\b{exact}\b", vague, claim, count=1, flags=re.IGNORECASE)
        if changed != claim:
            return changed[:1].upper() + changed[1:]
    return _PLACE.sub(lambda found: "Near the " if found[0][0].isupper() else "near the ", claim, count=1)


def _strong(claim: str) -> str:
    return re.sub(rf"\b(?:{'|'.join(_STRONGER)})\b", lambda found: _STRONGER[found[0]], claim, count=1)


CHANGES: tuple[_Change, ...] = (_grown, _certain, _vague, _strong)
