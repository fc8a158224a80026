"""Distortion: what becomes of news in the mouth of somebody who likes to tell it well. Pure, with seeded dice."""

from __future__ import annotations

from npc_runtime.dice import throw
from npc_runtime.language.language import Language

CHANCE = 0.05  # how often somebody ordinary changes something in what was told to it
EAGER = 0.2  # how much more often somebody who embroiders does


def distorted(claim: str, language: Language, faithful: float, depth: int, *key: object) -> str:
    """A claim as somebody passes it on; `depth` is how many mouths it went through before.

    `faithful` is a number of its temper, and `key` seeds the dice. A witness (depth 0) tells what it saw, unless it is
    one of those who embroider.
    """
    embroiders = faithful < 0
    if faithful > 0 or (depth == 0 and not embroiders):
        return claim
    if throw("distort", *key) >= CHANCE + EAGER * embroiders:
        return claim
    changed = language.retold(claim)
    return changed[int(throw("which", *key) * len(changed))] if changed else claim
