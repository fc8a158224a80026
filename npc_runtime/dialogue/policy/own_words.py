"""A fact about a character, as the character says it: "You owe Tom a wheel." -> "I owe Tom a wheel."

What stands in a persona or a memory says "you" of its owner. English has one "you" for two cases, so the word before it
settles which it is, or else the word behind it.
"""

from __future__ import annotations

import re

from npc_runtime.memory.terms import word_set

_PLAIN = (
    (r"\byou(?:'re| are)\b", "I am"),
    (r"\byou(?:'ve)\b", "I have"),
    (r"\byou were\b", "I was"),
    (r"\byourself\b", "myself"),
    (r"\byours\b", "mine"),
    (r"\byour\b", "my"),
)
_YOU = re.compile(r"(?P<before>[\w'’]+)?(?P<gap>[^\w'’]*)\byou\b(?=(?: (?P<after>[\w'’]+))?)", re.IGNORECASE)
# Behind these begins a clause, and "you" is who does something in it.
_OPENING = word_set(
    "that and but because when where while so if what as although though since until unless which who whom whose how "
    "why or than then whether whatever wherever whoever once"
)
_AUXILIARY = word_set(
    "have had do did will would can could must may might shall should never always still often once know think say"
)
_PREPOSITIONS = word_set("to of for from with by at about on against behind beside near over under")


def first_person(fact: str) -> str:
    """The fact with its owner as "I"."""
    text = fact
    for pattern, own in _PLAIN:
        text = re.sub(pattern, lambda found, own=own: _as(found[0], own), text, flags=re.IGNORECASE)  # type: ignore[misc]
    return _YOU.sub(_case, text)


def _case(found: re.Match[str]) -> str:
    before, gap, after = (found["before"] or "").lower(), found["gap"], (found["after"] or "").lower()
    opens = not before or before in _OPENING or any(stop in gap for stop in ",.;:!?")
    subject = opens or (after in _AUXILIARY and before not in _PREPOSITIONS)
    return f"{found['before'] or ''}{gap}{'I' if subject else 'me'}"


def _as(found: str, own: str) -> str:
    return own[0].upper() + own[1:] if found[0].isupper() else own
