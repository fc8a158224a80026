"""Choosing a bark: a line that needs no model, by intent and mood."""

from __future__ import annotations

import random
import re
from typing import cast

from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.persona.model import BarkIntent, BarkMood, Barks, Persona

_PLACEHOLDER = re.compile(r"\{(listener|name)\}")


def bark(
    barks: Barks,
    persona: Persona,
    intent: str,
    *,
    seed: int,
    mood: str = "",
    listener: str = "",
    last: str = "",
    language: Language = ENGLISH,
) -> str:
    """A line for `intent` in `mood` (default: the persona's), other than `last` wherever there is a choice.

    The character's own lines and those of the mood come first, then those of `any` mood, then those of the intent
    `any`. Names are filled in as they are: braces in a name stay braces. The same arguments give the same line. A pack
    that has no barks at all has those of its language: a character still answers.
    """
    names = {"listener": listener or language.phrases.text("barks.stranger"), "name": persona.name}
    lines = [
        _PLACEHOLDER.sub(lambda found: names[found[1]], line)
        for line in _candidates(barks, persona, intent, mood or persona.mood)
        or language.phrases.lines("barks.last_resort")
    ]
    fresh = [line for line in lines if line != last] or lines
    return random.Random(seed).choice(fresh)


def _candidates(barks: Barks, persona: Persona, intent: str, mood: str) -> list[str]:
    """The lines to draw from: at least two wherever the pack has two that fit."""
    lines: list[str] = []
    wanted: BarkIntent
    key: BarkMood
    for wanted in (cast(BarkIntent, intent), "any"):
        moods = barks.lines.get(wanted, {})
        lines += persona.barks.get(wanted, [])
        for key in (cast(BarkMood, mood), "any"):
            lines += moods.get(key, [])
            if len(set(lines)) > 1:
                return lines
    return lines
