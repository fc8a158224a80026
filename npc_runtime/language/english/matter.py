"""The matter of an English claim: the words by which it is known again in others."""

from __future__ import annotations

import re

from npc_runtime.language.english.terms import STOP_WORDS, notion, stem, terms, word_set

_NAME = re.compile(r"\b[^\W\d_a-z][\w'’-]*")
_POSSESSIVE = re.compile(r"['’]s?$")
# "Did not throw" and "threw" are the same deed.
_BASE = {
    "threw": "throw", "thrown": "throw", "hid": "hide", "hidden": "hide", "drew": "draw", "drawn": "draw",
    "spoke": "speak", "spoken": "speak", "bit": "bite", "bitten": "bite", "drove": "drive", "driven": "drive",
    "ate": "eat", "eaten": "eat", "fought": "fight", "struck": "strike", "caught": "catch", "brought": "bring",
    "slew": "slay", "slain": "slay", "shot": "shoot", "dug": "dig", "burnt": "burn", "lent": "lend", "wed": "wed",
    "rode": "ride", "ridden": "ride", "tore": "tear", "torn": "tear", "swore": "swear", "sworn": "swear",
    "poured": "pour", "fled": "flee", "left": "leave", "met": "meet", "drank": "drink", "drunk": "drink",
    "sank": "sink", "sunk": "sink", "sang": "sing", "sung": "sing", "rang": "ring", "rung": "ring",
}  # fmt: skip
_NUMBERS = word_set("two three four five six seven eight nine ten eleven twelve")
_COUNTS = frozenset(map(stem, _NUMBERS))
_NO_NAMES = STOP_WORDS | _NUMBERS | word_set("everybody everyone yesterday today tonight last")


def matter(text: str) -> frozenset[str]:
    """The notions of a text, whatever the forms of its verbs; how many they were, nobody remembers for sure."""
    meant = (term for term in terms(text) if term not in _COUNTS and not term.isdigit())
    return frozenset(notion(stem(_BASE.get(term, term))) for term in meant)


def first_name(text: str) -> str:
    """The notion of the name that comes first, as far as capitals tell one; or nothing."""
    names = (_POSSESSIVE.sub("", name).lower() for name in _NAME.findall(text))
    return next((notion(stem(name)) for name in names if name not in _NO_NAMES), "")
