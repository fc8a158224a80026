"""Closed choices beside the sheet: who of those present is meant, and what a mediator means.

Like a sheet's first line, the answer is a word and numbers, and the grammar lets nothing else be written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from npc_runtime.dialogue.generation.prompt import FACT_LIMIT, LINE_LIMIT, Message, Piece, flatten
from npc_runtime.language.language import Language

ANSWERS, NOBODY = "answer", "nobody"
"""Somebody present is meant, by number; or everybody is, and nobody more than the others."""


@dataclass(frozen=True)
class Line:
    """Something said: display names of who said it and to whom, which may be nobody."""

    speaker: str
    text: str
    to: str = ""


@dataclass(frozen=True)
class Present:
    """Somebody who may be meant: as display names go, with its trade and what else it is called."""

    name: str
    role: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """A party of a quarrel, as a mediator sees it: a clause, and what it wants of the other."""

    name: str
    grievance: str
    demand: str


def audience(people: Sequence[Present], heard: Sequence[Line], line: Line, language: Language) -> list[Message]:
    """Asks which of `people` a line is for."""
    text = language.phrases.text
    listed = [
        text("prompt.audience.one", name=one.name, known=text("list.more").join((one.role, *one.aliases)))
        if one.role or one.aliases
        else one.name
        for one in people
    ]
    return _asked(text("prompt.audience.here"), listed, text("prompt.audience.choose"), [*heard, line], language)


def mediator(sides: Sequence[Side], heard: Sequence[Line], line: Line, language: Language) -> list[Message]:
    """Asks what somebody means who speaks into a quarrel."""
    text = language.phrases.text
    listed = [
        text("prompt.mediator.one", name=side.name, grievance=side.grievance, demand=side.demand) for side in sides
    ]
    choose = text("prompt.mediator.choose", name=flatten(line.speaker, 64))
    return _asked(text("prompt.mediator.sides"), listed, choose, [*heard, line], language)


def _asked(title: str, listed: Sequence[str], choose: str, lines: Sequence[Line], language: Language) -> list[Message]:
    system = [Piece(title, trusted=True)]
    for number, one in enumerate(listed, 1):
        system += [Piece(f"\n{number}. ", trusted=True), Piece(flatten(one, FACT_LIMIT))]
    system.append(Piece(f"\n{choose}"))
    said = "\n".join(_said(line, language) for line in lines)
    return [Message("system", tuple(system)), Message("user", (Piece(said),))]


def _said(line: Line, language: Language) -> str:
    fields = {"speaker": flatten(line.speaker, 64), "text": flatten(line.text, LINE_LIMIT)}
    if line.to:
        return language.phrases.text("prompt.sheet.said_to", to=flatten(line.to, 64), **fields)
    return language.phrases.text("prompt.sheet.said", **fields)
