"""Authored exchanges: each a situation, a person, what it knows, a line as players type it, the decision, the reply.

`exchanges/*.jsonl` has one JSON object a line. Those without a `kind` are answered with a sheet; the others are closed
choices: `audience` (who of those present is meant) and `mediator` (what somebody means who speaks into a quarrel).
Where many lines are typed to one person who knows the same, they stand under `lines`: what is right is told by the line
alone, and what they have in common is read once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from npc_runtime.dialogue.feedback.line import RatedLine
from npc_runtime.dialogue.generation.choices import ANSWERS, NOBODY, Line, Present, Side, audience, mediator
from npc_runtime.dialogue.generation.parser import decided
from npc_runtime.dialogue.generation.prompt import Card, Message, Quarrel, Turn, sheet
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.language.english.english import ENGLISH

FOLDER = Path(__file__).with_name("exchanges")
LIKED = 4  # of 5


@dataclass(frozen=True)
class Lesson:
    """A prompt, and the parts of what the model is to write, as its grammar spells them."""

    messages: tuple[Message, ...]
    reply: tuple[str, ...]
    ends: bool = True


def read(files: Iterable[Path]) -> list[dict[str, Any]]:
    """All exchanges of some files, in order."""
    found = []
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                try:
                    found.append(json.loads(line))
                except ValueError as error:
                    raise SystemExit(f"{file.name}, line {number}: {error}") from None
    return found


def parted(exchange: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An exchange for each of its lines."""
    if "lines" not in exchange:
        return [dict(exchange)]
    head = {key: value for key, value in exchange.items() if key != "lines"}
    return [{**head, "heard": [], **_decided(one)} for one in exchange["lines"]]


def _decided(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line with its decision, `answer 2 4`, as move and numbers."""
    if "does" not in line:
        return dict(line)
    choice = decided(line["does"])
    return {**line, "move": choice.word, "uses": list(choice.numbers)}


def lesson(exchange: Mapping[str, Any]) -> Lesson:
    """What is learned from an exchange."""
    kind = exchange.get("kind", "sheet")
    return {"sheet": _sheet, "audience": _audience, "mediator": _mediator}[kind](exchange)


def judged(line: RatedLine) -> Lesson | None:
    """What is learned from a line that somebody judged: the better one, or the line itself where it was liked."""
    said = line.better if line.better is not None else line.line if (line.rating or 0) >= LIKED else None
    if said is None:
        return None
    emotion, _, words = said.partition(") ")
    parts = (*head(line.situation.move.value, line.situation.uses), "\n", f"{emotion})", f" {words}")
    return Lesson(tuple(sheet(line.card())), parts)


def card(exchange: Mapping[str, Any]) -> Card:
    """The card of an exchange that is answered with a sheet."""
    own, listener = exchange["name"], exchange["listener"]
    names = {"you": own}
    turns = []
    for speaker, to, text in exchange["heard"]:
        spoke_to = "" if to.lower() == "you" else names.get(to, to)
        if speaker.lower() == "you":
            turns.append(Turn(own=True, text=text))
        else:
            turns.append(Turn(own=False, text=text, speaker="" if speaker == listener else speaker, to=spoke_to))
    quarrel = exchange.get("quarrel")
    here = exchange["here"]
    return Card(
        name=own,
        role=exchange["role"],
        home=exchange["home"],
        about=exchange["about"],
        traits=tuple(exchange["traits"]),
        mood=exchange["mood"],
        listener=listener,
        feeling=exchange["feeling"],
        move=Move(exchange["move"]),
        line=exchange["line"] or ENGLISH.phrases.text("quarrel.opening", name=own),
        facts=tuple(exchange["facts"]),
        now=exchange["now"],
        here=tuple(one.strip() for one in _people(here)) if isinstance(here, str) else tuple(here),
        history=tuple(turns),
        quarrel=Quarrel(**quarrel) if quarrel else None,
    )


def _people(here: str) -> Iterator[str]:
    """The names in `Ana (smith, mother of Jo), Jo`, with what is in brackets."""
    depth, name = 0, ""
    for letter in here:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            yield name
            name = ""
        else:
            name += letter
    if name.strip():
        yield name


def head(move: str, numbers: Iterable[int]) -> tuple[str, ...]:
    """The first line of a sheet, in the parts of its grammar."""
    return (move, *(f" {number}" for number in numbers))


def _sheet(exchange: Mapping[str, Any]) -> Lesson:
    emotion, _, words = exchange["reply"].partition(") ")
    decision = (*head(exchange["move"], exchange["uses"]), "\n")
    # A line that is spoken by its author has no words to learn, and no end of them.
    said = (f"{emotion})", f" {words}") if words else (emotion,)
    return Lesson(tuple(sheet(card(exchange))), (*decision, *said), ends=bool(words))


def _audience(exchange: Mapping[str, Any]) -> Lesson:
    people = [Present(one["name"], one.get("role", ""), tuple(one.get("aliases", ()))) for one in exchange["here"]]
    names = [one.name for one in people]
    who = exchange["who"]
    parts = head(ANSWERS, [names.index(who) + 1]) if who else (NOBODY,)
    line = Line(exchange["speaker"], exchange["line"])
    return Lesson(tuple(audience(people, _heard(exchange), line, ENGLISH)), parts)


def _mediator(exchange: Mapping[str, Any]) -> Lesson:
    sides = [Side(one["name"], one["grievance"], one["demand"]) for one in exchange["parties"]]
    names = [one.name for one in sides]
    whom = exchange.get("side") or exchange.get("against")
    line = Line(exchange["by"], exchange["line"])
    numbers = [names.index(whom) + 1] if whom in names else []
    return Lesson(tuple(mediator(sides, _heard(exchange), line, ENGLISH)), head(exchange["means"], numbers))


def _heard(exchange: Mapping[str, Any]) -> list[Line]:
    return [Line(speaker, text, to) for speaker, to, text in exchange.get("heard", ())]
