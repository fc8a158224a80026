"""A line that somebody has judged: what was behind it, a rating, a better line. Feedback is a JSONL file of these.

Games send them as `feedback` (`npc_runtime.dialogue.feedback` keeps the file), writers may write them by hand, and
`training.encode --judged` makes lessons of both.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator, model_validator

from npc_runtime.dialogue.generation.prompt import Card, Quarrel, Turn
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.turn.events import Source
from npc_runtime.emotions import EMOTIONS
from npc_runtime.errors import Invalid, NotFound, StorageError, clipped, shown
from npc_runtime.persona.mistakes import suggestion
from npc_runtime.persona.model import Feeling, Mood, Strict, Trait

_OPENING = re.compile(r"\(([^()]*)\)\s*(.*)", re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'")


LINE_LIMIT = 1024 * 1024
"""Bytes of a line: some times what the longest conversation that a prompt can hold takes."""


def _possible(quarrel: Quarrel) -> Quarrel:
    if not 0 <= quarrel.heat <= 3:
        raise ValueError(f"heat is {quarrel.heat}; it goes from 0, calm, to 3, furious")
    return quarrel


class Situation(Strict):
    """The part of a `Card` that a small model reads; fields of the same name mean the same."""

    name: str
    role: str
    home: str
    traits: tuple[Trait, ...]
    mood: Mood
    listener: str
    feeling: Feeling
    move: Move
    line: Annotated[str, Field(min_length=1)]  # what was said to the character
    facts: tuple[str, ...] = ()
    uses: tuple[Annotated[int, Field(ge=0)], ...] = ()  # facts that the line draws on, from 1; 0: what is so now
    about: str = ""
    now: str = ""
    here: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    quarrel: Annotated[Quarrel, AfterValidator(_possible)] | None = None


class RatedLine(Strict):
    """One judged line. `line` and `better` begin with an emotion: `(happy) Good day!`.

    What follows `better` tells where the line comes from, and is empty in lines that were written by hand.
    """

    situation: Situation
    line: str  # what the character said
    rating: Annotated[int, Field(ge=1, le=5)] | None = None  # 5 is best
    better: str | None = None  # what it should have said; without an emotion it gets that of `line`
    world: str = ""
    npc: str = ""
    speaker: str = ""  # who was answered
    reply: str = ""
    model: str = ""
    source: Source | None = None

    @field_validator("situation")
    @classmethod
    def _uses_facts_that_there_are(cls, situation: Situation) -> Situation:
        if max(situation.uses, default=0) > len(situation.facts):
            raise ValueError(f"uses names fact {max(situation.uses)}, and there are {len(situation.facts)}")
        return situation

    @field_validator("line")
    @classmethod
    def _line_opens_with_an_emotion(cls, line: str) -> str:
        if not _OPENING.match(line.strip()):
            raise ValueError("it begins with no emotion; write one in front, as in (happy) Good day!")
        return _spoken(line)

    @field_validator("better")
    @classmethod
    def _better_opens_with_an_emotion(cls, better: str | None, info: ValidationInfo) -> str | None:
        line = info.data.get("line")
        if better is None or line is None:  # a wrong `line` is a mistake of its own
            return better
        if not better.lstrip().startswith("("):
            better = f"{line[: line.index(')') + 1]} {better}"
        return _spoken(better)

    @model_validator(mode="after")
    def _says_something(self) -> RatedLine:
        if self.rating is None and self.better is None:
            raise ValueError("there is neither a rating nor a better line; give a rating from 1 to 5, better, or both")
        return self

    @classmethod
    def of(cls, card: Card, line: str, uses: Iterable[int] = (), **judgement: Any) -> RatedLine:
        """The judgement of a line that was spoken from `card`, with the facts of these numbers.

        Raises Invalid, saying what would be right.
        """
        situation = {name: getattr(card, name) for name in Situation.model_fields if name != "uses"}
        situation["uses"] = tuple(uses)
        try:
            return cls.model_validate({"situation": situation, "line": line, **judgement})
        except ValidationError as error:
            raise Invalid(_explain(error)) from None

    def card(self) -> Card:
        """The card as it was, without what only a large model reads."""
        return Card(**{name: value for name, value in self.situation if name != "uses"})


class Judged(NamedTuple):
    """What a file holds: its judged lines, and by line number what is wrong with those that cannot be read."""

    lines: list[RatedLine]
    skipped: dict[int, str]


def read(path: Path) -> list[RatedLine]:
    """The judged lines of a JSONL file that somebody wrote, who wants to know of a mistake; empty lines are left out.

    Raises Invalid naming file and line number, NotFound, or StorageError.
    """
    lines, mistakes = readable(path)
    for number, wrong in mistakes.items():
        raise Invalid(
            f"{path}, line {number}: {wrong}", hint="`npc-runtime feedback export` leaves out lines that it cannot read"
        )
    return lines


def readable(path: Path) -> Judged:
    """The same, passing over lines that cannot be read, such as one that a full disk tore.

    Of a line longer than LINE_LIMIT nothing is kept, so that no file costs more memory than what can be read of it.
    Raises NotFound, StorageError.
    """
    found = Judged([], {})
    try:
        with path.open("rb") as file:
            for number in itertools.count(1):
                line = file.readline(LINE_LIMIT)
                if not line:
                    return found
                whole = line.endswith(b"\n") or len(line) < LINE_LIMIT
                while not whole:  # the rest of a line that is too long
                    rest = file.readline(LINE_LIMIT)
                    whole = not rest or rest.endswith(b"\n")
                    line = b""
                _sort(line, number, found)
    except FileNotFoundError:
        raise NotFound(f"no file of judged lines {path}", hint="a line of it is a JSON object") from None
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror}") from None
    return found


def _sort(line: bytes, number: int, found: Judged) -> None:
    """Puts a line with those that can be read, or what is wrong with it with those that cannot."""
    if not line:
        found.skipped[number] = f"the line has more than {LINE_LIMIT} bytes"
        return
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        if text.strip():
            found.lines.append(RatedLine.model_validate_json(text, strict=True))
    except UnicodeDecodeError:
        found.skipped[number] = "this is not UTF-8 text; save it as UTF-8"
    except ValidationError as error:
        found.skipped[number] = _explain(error)


def _spoken(text: str) -> str:
    """The text on one line, as a model is to write it. Raises ValueError where it lacks an emotion or words."""
    opening = _OPENING.match(text.strip())
    if opening is None:
        raise ValueError("a bracket is left open; an emotion stands in front, as in (happy) Good day!")
    emotion, words = opening[1].strip().lower(), " ".join(opening[2].split())
    if emotion not in EMOTIONS:
        raise ValueError(f'"{emotion}" is no emotion; {suggestion(emotion, EMOTIONS)}')
    if not words:
        raise ValueError("there are no words behind the emotion; write what the character says")
    return f"({emotion}) {words}"


def _explain(error: ValidationError) -> str:
    """The first mistake in a sentence: the field, what is wrong, what would be right."""
    problem = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {_wrong(problem)}" if where else _wrong(problem)


def _wrong(problem: Mapping[str, Any]) -> str:
    kind, value, context = problem["type"], problem["input"], problem.get("ctx", {})
    if kind == "json_invalid":
        return f"this is not JSON ({context['error']}); each line holds one whole JSON object"
    if kind == "missing":
        return "this field is missing"
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"there is no such field; {suggestion(problem['loc'][-1], _fields_beside(problem['loc']))}"
    if kind in ("literal_error", "enum"):
        return f'"{clipped(str(value))}" is not allowed; {suggestion(value, _QUOTED.findall(context["expected"]))}'
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"{value} is out of range; it goes from 1 to 5"
    if kind == "value_error":
        return str(context["error"])
    return f"{problem['msg'][0].lower()}{problem['msg'][1:]}, not {shown(value)}"


def _fields_beside(place: Sequence[str | int]) -> Iterable[str]:
    if len(place) == 1:
        return RatedLine.model_fields
    parents: dict[str | int, Iterable[str]] = {
        "situation": Situation.model_fields,
        "quarrel": Quarrel.__dataclass_fields__,
    }
    return parents.get(place[-2], Turn.__dataclass_fields__)
