"""A fact: what stands on the card, how the character says it, and what one may ask to hear it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from training.corpus.words import article

_FIRST_PERSON = {
    "You": "I", "I": "I", "you": "me", "your": "my", "Your": "My", "yourself": "myself", "are": "am", "were": "was",
}  # fmt: skip
MARK = re.compile(r"<(\w+)>")
_IRREGULAR = {
    "fox": "foxes", "goose": "geese", "ox": "oxen", "lynx": "lynxes", "witch": "witches", "phoenix": "phoenixes",
}  # fmt: skip
_SMALL = ("My ", "A ", "An ", "The ", "Nobody ", "Every ")
_AFTER_NOUN = re.compile(r"(?: (?:in|to|of|and|at|for|is|was|are|near|on|by|who|from|with)|'s?)+$")


@dataclass(frozen=True)
class Ask:
    """A way to ask for a fact: `kind` names a bank of questions, `topic` and `verb` fill it."""

    kind: str  # about, who_is, where, who_did, what_did, happened, when, price, task, own_...
    topic: str
    verb: str = ""


@dataclass(frozen=True)
class Fact:
    """A fact as the card has it, and as the character says it."""

    card: str  # "You sell nails for 2 pennies."
    clause: str  # as said, without the full stop, ready for mid-sentence: "I sell nails for 2 pennies"
    asks: tuple[Ask, ...]
    keys: tuple[str, ...]  # what a correct answer contains
    topic: str  # what it is about: "nails"

    @property
    def sentence(self) -> str:
        """As said, on its own."""
        return capital(self.clause) + "."


def make(frame: str, asks: Sequence[Ask], keys: Sequence[str], topic: str) -> Fact:
    """A fact from a frame in which only the marks of person are left."""
    said = first_person(frame)
    if said.startswith(_SMALL):
        said = said[:1].lower() + said[1:]
    return Fact(capital(second_person(frame)) + ".", said, tuple(asks), tuple(dict.fromkeys(keys)), topic)


def second_person(frame: str) -> str:
    """As the card addresses the character."""
    return MARK.sub(lambda found: "you" if found[1] == "I" else found[1], frame)


def first_person(frame: str) -> str:
    """As the character says it."""
    return MARK.sub(lambda found: _FIRST_PERSON[found[1]], frame)


def capital(text: str) -> str:
    """`text` with a capital first letter."""
    return text[:1].upper() + text[1:]


def an(noun: str) -> str:
    """`noun` with its article by sound: "a one-eyed wolf"."""
    return f"a {noun}" if noun.startswith(("one-", "one ", "unicorn")) else article(noun)


def plural(noun: str) -> str:
    """ "grey wolf" -> "grey wolves"."""
    *before, last = noun.split(" ")
    if last.endswith("wolf"):
        last = last[:-1] + "ve"
    return " ".join([*before, _IRREGULAR.get(last, last + "s")])


def noun_phrase(found: str) -> str:
    """A phrase that was found in a sentence, without what follows its noun."""
    return _AFTER_NOUN.sub("", found)
