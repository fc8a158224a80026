"""Choosing a bark: a line in the author's words, by what the character does and its mood."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator, Mapping
from typing import cast

from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.persona.model import BarkMood, BarkMove, Barks, Persona

PLACEHOLDERS = ("listener", "name", "role", "home", "place")
"""What is filled in: who is spoken to; who speaks, its trade and where it lives; where it is now."""
OWN = 3
"""How much likelier a line of the character's own is than one of its pack."""

_PLACEHOLDER = re.compile(rf"\{{({'|'.join(PLACEHOLDERS)})\}}")


def bark(
    barks: Barks,
    persona: Persona,
    move: str,
    *,
    seed: int,
    mood: str = "",
    listener: str = "",
    home: str = "",
    place: str = "",
    recent: Collection[str] = (),
    language: Language = ENGLISH,
) -> str:
    """A line for `move` in `mood` (default: the persona's): none of `recent`, latest last, wherever there is a choice.

    The character's own lines and those of the mood come first, then those of `any` mood, and for a move without lines
    those of the move `any`. What stands in braces is filled in: names as they are, braces in a name stay braces. A line
    for which there is nothing to fill in is left out. `home` is where those live who say nothing of it. The same
    arguments give the same line. A pack that has no barks at all has those of its language: a character still answers.
    """
    slots = {
        "listener": listener or language.phrases.text("barks.stranger"),
        "name": persona.name,
        "role": persona.role,
        "home": persona.home or home,
        "place": place,
    }
    said: list[str] = []
    for wanted in (move, "any"):
        for pool in _pools(barks, persona, wanted, mood or persona.mood):
            lines = list(_filled(pool, slots))
            fresh = [line for line in lines if line not in recent]
            if fresh:
                return random.Random(seed).choice(fresh)
            said += lines
        if len(set(said)) > 1:
            break
    latest = {line: at for at, line in enumerate(recent)}
    lines = said or list(language.phrases.lines("barks.last_resort"))
    longest_ago = min(latest.get(line, -1) for line in lines)
    return random.Random(seed).choice([line for line in lines if latest.get(line, -1) == longest_ago])


def _pools(barks: Barks, persona: Persona, move: str, mood: str) -> Iterator[list[str]]:
    """The lines of a move, as they are drawn from: all of one pool before those of the next."""
    moods = barks.lines.get(cast(BarkMove, move), {})
    yield [*persona.barks.get(cast(BarkMove, move), []) * OWN, *moods.get(cast(BarkMood, mood), [])]
    yield moods.get("any", [])


def _filled(lines: list[str], slots: Mapping[str, str]) -> Iterator[str]:
    """Those lines for which there is all that stands in braces, with it."""
    for line in lines:
        if all(slots[name] for name in _PLACEHOLDER.findall(line)):
            yield _PLACEHOLDER.sub(lambda found: slots[found[1]], line)
