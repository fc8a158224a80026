"""The forms of `npc_runtime.engine.request` as patterns, and patterns in the two languages that servers understand.

GBNF is llama.cpp's (https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md). Regular expressions are
written without anything but groups, classes and counts, since every library that masks tokens has its own dialect.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from npc_runtime.engine.request import ChoiceFormat, Option, ReplyFormat, SheetFormat, Slot

LINE_LIMIT = 600  # characters of a spoken line: more than any reply has tokens for


@dataclass(frozen=True)
class Word:
    """These characters."""

    text: str


@dataclass(frozen=True)
class Either:
    """One of these."""

    ways: tuple[Pattern, ...]


@dataclass(frozen=True)
class Then:
    """These, one behind the other."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True)
class Times:
    """The same from `least` to `most` times."""

    part: Pattern
    least: int
    most: int


@dataclass(frozen=True)
class Free:
    """From 1 to `most` characters of a line of free text, without angle brackets; the first is no space."""

    most: int


Pattern: TypeAlias = Word | Either | Then | Times | Free
_NOTHING = Word("")


def pattern(form: ReplyFormat | ChoiceFormat | SheetFormat) -> Pattern:
    """What a text in that form looks like. The numbers of an option may come twice here, which counts once."""
    if isinstance(form, SheetFormat):
        return Then(tuple(_slot(slot) for slot in form.slots))
    if isinstance(form, ChoiceFormat):
        return Either(tuple(_option(option) for option in form.options))
    spoken = Then((Word(" "), Free(LINE_LIMIT), _action(form.actions)))
    emotion = Either(tuple(Word(f"({emotion})") for emotion in form.emotions)) if form.emotions else _NOTHING
    said = Then((emotion, spoken))
    if not form.options:
        return said
    voiced = tuple(option for option in form.options if option.voiced)
    silent = tuple(option for option in form.options if not option.voiced)
    ways = [(voiced, said), (silent, emotion)]
    return Either(tuple(Then((Either(tuple(map(_option, those))), Word("\n"), rest)) for those, rest in ways if those))


def _option(option: Option) -> Pattern:
    if option.least == len(option.numbers):  # there is nothing to choose
        return Word(" ".join([option.word, *map(str, option.numbers)]))
    number = Either(tuple(Word(f" {number}") for number in option.numbers))
    return Then((Word(option.word), Times(number, option.least, option.most)))


def _action(actions: Sequence[str]) -> Pattern:
    return Times(Either(tuple(Word(f" <{action}>") for action in actions)), 0, 1) if actions else _NOTHING


def _slot(slot: Slot) -> Pattern:
    label = f"{slot.label}: {slot.begins}".rstrip() + " "
    words = Either(tuple(map(Word, slot.choices))) if slot.choices else Free(slot.limit)
    return Then((Word(label), words, Word("\n")))


def regex(form: Pattern) -> str:
    """A regular expression for the whole text."""
    if isinstance(form, Word):
        return re.escape(form.text).replace("\\ ", " ").replace("\\\n", "\\n").replace("\\-", "-")
    if isinstance(form, Either):
        return f"({'|'.join(map(regex, form.ways))})" if len(form.ways) > 1 else regex(form.ways[0])
    if isinstance(form, Then):
        return "".join(map(regex, form.parts))
    if isinstance(form, Times):
        return f"({regex(form.part)}){{{form.least},{form.most}}}"
    return rf"[^<>\n\r ][^<>\n\r]{{0,{form.most - 1}}}"


def gbnf(form: Pattern) -> str:
    """A grammar whose root is the whole text."""
    return f"root ::= {_gbnf(form)}\n"


def _gbnf(form: Pattern) -> str:
    if isinstance(form, Word):
        return json.dumps(form.text, ensure_ascii=False)
    if isinstance(form, Either):
        return f"({' | '.join(map(_gbnf, form.ways))})"
    if isinstance(form, Then):
        return " ".join(_gbnf(part) for part in form.parts if part != _NOTHING)
    if isinstance(form, Times):
        return f"({_gbnf(form.part)}){{{form.least},{form.most}}}"
    # The end of its line or of its tokens ends free text too: to count hundreds costs llama.cpp as many rules.
    many = f"{{0,{form.most - 1}}}" if form.most < LINE_LIMIT else "*"
    return rf"[^<>\n\r ] [^<>\n\r]{many}"
