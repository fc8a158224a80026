"""What is wrong in a pack, gathered so that an author sees all of it at once: file, key, and what is allowed."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NoReturn, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from npc_runtime.errors import PackError, clipped, closest, shown
from npc_runtime.persona.limits import DESCRIPTION_CHARACTERS, SECONDS
from npc_runtime.persona.model import ADAPTER_PATTERN, FACT_KINDS, ID_PATTERN, LANGUAGE_PATTERN, TRAIT_PATTERN

ID_RULE = 'an id has up to 64 small letters, digits, "-" and "_", as in old-tales'
SHOWN = 20  # mistakes listed in one error, and explained at all

_ALLOWED = 40  # names listed in one suggestion
_CHARACTERS = 800  # of one mistake
_QUOTED = re.compile(r"'([^']*)'")
# Lines of a character were once filed under what was said to it; they are under what it does.
_FILED_NOW = {
    "farewell": "part", "thanks": "welcome", "compliment": "thank", "gift": "thank", "apology": "forgive",
    "insult": "retort", "threat": "stand", "how_are_you": "feel", "ask_name": "introduce", "ask_work": "work",
    "ask_place": "place", "ask_opinion": "opinion", "small_talk": "chat", "request": "refuse",
    "disagree": "acknowledge", "tell": "acknowledge", "provoke": "puzzle", "nonsense": "puzzle", "foreign": "puzzle",
    "ask_topic": "admit", "ask_told": "admit", "ask_recall": "admit", "ask_news": "admit", "ask_quest": "admit",
    "ask_wares": "deflect", "buy": "deflect",
}  # fmt: skip

AnyModel = TypeVar("AnyModel", bound=BaseModel)


@dataclass(frozen=True)
class Origin:
    """Where something was written: a file, relative to its pack, and the path of keys in it.

    `lines` has the line of each value in the file, by its path, where that is known.
    """

    file: str
    key: tuple[str | int, ...] = ()
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, repr=False, compare=False)

    def at(self, *parts: str | int) -> Origin:
        """A place further inside."""
        return Origin(self.file, (*self.key, *parts), self.lines)

    @property
    def line(self) -> int:
        """Where in the file it stands, or what it would stand in; 0 where that is not known."""
        inward = (self.key[:length] for length in range(len(self.key), 0, -1))
        return next((self.lines[key] for key in inward if key in self.lines), 0)

    def __str__(self) -> str:
        """`personas/mira.yaml: relations.tom.feeling`; entries of lists count from 1."""
        key = ""
        for part in self.key:
            key += f" entry {part + 1}" if isinstance(part, int) else f".{clipped(part)}" if key else clipped(part)
        return f"{clipped(self.file, 120)}: {key.strip()}" if key else clipped(self.file, 120)


class Mistakes:
    """The mistakes found so far in one pack, whose loading has begun. However many there are, a few are explained."""

    def __init__(self, pack: str) -> None:
        self._pack = clipped(pack, 200)
        self._explained: list[str] = []
        self._count = 0
        self._until = time.thread_time() + SECONDS

    def add(self, origin: Origin, text: str, name: object = None, allowed: Iterable[str] = ()) -> None:
        """Notes a mistake; `text` says what is wrong and what would be right.

        With a `name`, what of `allowed` was probably meant is said behind it.
        """
        self._count += 1
        if len(self._explained) < SHOWN:
            whole = text if name is None else f"{text}; {suggestion(name, allowed)}"
            line = f" (line {origin.line})" if origin.line else ""
            self._explained.append(clipped(f"{origin}: {whole}", _CHARACTERS) + line)

    def unknown(self, origin: Origin, kind: str, names: Iterable[str], known: Collection[str]) -> None:
        """Notes those of `names` that nothing bears; `known` is a set or a mapping where it may be long."""
        for name in names:
            if name not in known:
                self.add(origin, f'no {kind} "{clipped(name)}"', name, known)

    def hurry(self, origin: Origin) -> None:
        """Ends the loading when it has computed too long, however slow a busy machine is. Raises PackError."""
        if time.thread_time() > self._until:
            self.end(origin, f"loading has computed for {SECONDS:g} seconds up to here, which is what is allowed")

    def end(self, origin: Origin, text: str) -> NoReturn:
        """Notes a mistake after which no more is read, before all others. Raises PackError."""
        self._count += 1
        self._explained.insert(0, f"{origin}: {text}")
        self.raise_if_any()
        raise AssertionError("there is a mistake")

    def check(self, origin: Origin, model: type[AnyModel], data: object, *, unwrap: int = 0) -> AnyModel | None:
        """The validated model, or None and its mistakes noted. `unwrap` keys of each path are not the author's."""
        try:
            return model.model_validate(data)
        except ValidationError as error:
            count = error.error_count()
            problems = error.errors(include_url=False) if len(self._explained) < SHOWN else []
            for problem in islice(problems, SHOWN):
                path = tuple(part for part in problem["loc"][unwrap:] if part != "[key]")
                self.add(origin.at(*path), _explain(model, problem))
                count -= 1
            self._count += count
            return None

    def raise_if_any(self) -> None:
        """Raises PackError with everything found."""
        if not self._count:
            return
        if self._count == 1:
            raise PackError(f"pack {self._pack}: {self._explained[0]}")
        listed = [f"\n  {mistake}" for mistake in self._explained[:SHOWN]]
        if self._count > len(listed):
            listed.append(f"\n  and {self._count - len(listed)} more")
        raise PackError(f"pack {self._pack} has {self._count} mistakes:{''.join(listed)}")


def suggestion(name: object, allowed: Iterable[str]) -> str:
    """`did you mean traits? (allowed: ...)`."""
    names = list(allowed)
    if not names:
        return "there are none in this pack"
    filed = _FILED_NOW.get(str(name))
    guess = filed if filed in names else closest(str(name), names)
    listed = f"allowed: {', '.join(clipped(known) for known in names[:_ALLOWED])}"
    if len(names) > _ALLOWED:
        listed += f" and {len(names) - _ALLOWED} more"
    return f"did you mean {clipped(guess)}? ({listed})" if guess else listed


def _explain(model: type[BaseModel], problem: Mapping[str, Any]) -> str:
    kind, value, context = problem["type"], problem["input"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        *path, key = problem["loc"]
        return f"unknown key; {suggestion(key, _fields_at(model, path))}"
    if kind == "missing":
        return "this key is missing"
    if kind == "literal_error":
        return f"{quoted(value)} is not allowed; {suggestion(value, _QUOTED.findall(context['expected']))}"
    if kind == "string_type":
        sentence = "a sentence with a colon or braces in it must stand in quotes"
        return (
            f"this must be text, not {_describe(value)}; {sentence if isinstance(value, dict) else 'put it in quotes'}"
        )
    if kind == "list_type":
        return f'this must be a list, not {_describe(value)}; put each entry on its own line, after "- "'
    if kind in ("dict_type", "model_type"):
        fields = _fields_at(model, problem["loc"]) if kind == "model_type" else []
        return f"this must hold keys, not {_describe(value)}" + (f"; allowed: {', '.join(fields)}" if fields else "")
    if kind == "fact_keys":
        return "a fact is a sentence, or one kind with a sentence behind it, as in - price: You sell rope for a penny."
    if kind == "fact_kind":
        return _wrong_kind(next(iter(value)))
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch" and context["pattern"] == LANGUAGE_PATTERN:
        return f"{quoted(value)} is no code of a language; write it as in en, de, ja or pt-BR"
    if kind == "string_pattern_mismatch" and context["pattern"] == TRAIT_PATTERN:
        return f"{quoted(value)} is no trait; write a word or a few, in one line, without < > [ ] {{ }} |"
    if kind == "string_pattern_mismatch" and context["pattern"] == ADAPTER_PATTERN:
        return f"{quoted(value)} is no file of an adapter; write its path in the pack, as in adapters/gruff.gguf"
    if kind == "string_pattern_mismatch" and context["pattern"] != ID_PATTERN:
        right = "write bridge.closed, place:mill/closed or season=winter (a flag: the name alone)"
        return f"{quoted(value)} names no fact; {right}"
    if kind == "string_pattern_mismatch":
        return f"{quoted(value)} is not an id; {ID_RULE}"
    if kind == "string_too_long":
        most = context["max_length"]
        what_to_do = "split it in two" if most < DESCRIPTION_CHARACTERS else "shorten it"
        return f"{len(value)} characters are too many; allowed: up to {most}; {what_to_do}"
    if kind == "string_too_short":
        return f"{quoted(value)} is too short; allowed: {context['min_length']} characters or more"
    if kind == "too_short":
        return f"{context['actual_length']} entries are too few; allowed: {context['min_length']} or more"
    if kind == "too_long":
        return f"{len(value):,} entries are too many; allowed: up to {context['max_length']:,}"
    return f"{_describe(value)} is wrong here: {problem['msg']}"


def _wrong_kind(kind: object) -> str:
    plain = "a sentence with a colon in it must stand in quotes as a whole"
    return f"{quoted(kind)} is no kind of fact; {suggestion(kind, FACT_KINDS)}; {plain}"


def _describe(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    return quoted(value) if isinstance(value, str) else f"the value {shown(value)}"


def quoted(value: object) -> str:
    """A value as a mistake names it, clipped: a text in quotes."""
    return f'"{clipped(value)}"' if isinstance(value, str) else shown(value)


def _fields_at(model: type[BaseModel], path: Iterable[str | int]) -> list[str]:
    for part in path:
        field = model.model_fields.get(str(part))
        model = (_nested(field.annotation) if field else None) or model
    return list(model.model_fields)


def _nested(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _nested(argument))), None)
