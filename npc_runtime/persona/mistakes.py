"""What is wrong in a pack, gathered so that an author sees all of it at once: file, key, and what is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from npc_runtime.errors import PackError
from npc_runtime.persona.model import ID_PATTERN

SHOWN = 20  # mistakes listed in one error

_QUOTED = re.compile(r"'([^']*)'")

AnyModel = TypeVar("AnyModel", bound=BaseModel)


@dataclass(frozen=True)
class Origin:
    """Where something was written: a file, relative to its pack, and the path of keys in it."""

    file: str
    key: tuple[str | int, ...] = ()

    def at(self, *parts: str | int) -> Origin:
        """A place further inside."""
        return Origin(self.file, (*self.key, *parts))

    def __str__(self) -> str:
        """`personas/mira.yaml: relations.tom.feeling`; entries of lists count from 1."""
        key = ""
        for part in self.key:
            key += f" entry {part + 1}" if isinstance(part, int) else f".{part}" if key else part
        return f"{self.file}: {key.strip()}" if key else self.file


class Mistakes:
    """The mistakes found so far in one pack."""

    def __init__(self, pack: str) -> None:
        self._pack = pack
        self._found: list[str] = []

    def add(self, origin: Origin, text: str) -> None:
        """Notes a mistake; `text` says what is wrong and what would be right."""
        self._found.append(f"{origin}: {text}")

    def unknown(self, origin: Origin, kind: str, name: str, allowed: Iterable[str]) -> None:
        """Notes a name that nothing bears."""
        self.add(origin, f'no {kind} "{name}"; {suggestion(name, allowed)}')

    def check(self, origin: Origin, model: type[AnyModel], data: object, *, unwrap: int = 0) -> AnyModel | None:
        """The validated model, or None and its mistakes noted. `unwrap` keys of each path are not the author's."""
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for problem in error.errors():
                path = tuple(part for part in problem["loc"][unwrap:] if part != "[key]")
                self.add(origin.at(*path), _explain(model, problem))
            return None

    def raise_if_any(self) -> None:
        """Raises PackError with everything found."""
        if not self._found:
            return
        if len(self._found) == 1:
            raise PackError(f"pack {self._pack}: {self._found[0]}")
        shown = [f"\n  {mistake}" for mistake in self._found[:SHOWN]]
        if len(self._found) > SHOWN:
            shown.append(f"\n  and {len(self._found) - SHOWN} more")
        raise PackError(f"pack {self._pack} has {len(self._found)} mistakes:{''.join(shown)}")


def suggestion(name: object, allowed: Iterable[str]) -> str:
    """`did you mean traits? (allowed: ...)`."""
    names = list(allowed)
    if not names:
        return "there are none in this pack"
    guess = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    listed = f"allowed: {', '.join(names)}"
    return f"did you mean {guess[0]}? ({listed})" if guess else listed


def _explain(model: type[BaseModel], problem: Mapping[str, Any]) -> str:
    kind, value, context = problem["type"], problem["input"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        *path, key = problem["loc"]
        return f"unknown key; {suggestion(key, _fields_at(model, path))}"
    if kind == "missing":
        return "this key is missing"
    if kind == "literal_error":
        return f'"{value}" is not allowed; {suggestion(value, _QUOTED.findall(context["expected"]))}'
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
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch" and context["pattern"] != ID_PATTERN:
        return (
            f'"{value}" names no fact; write bridge.closed, place:mill/closed or season=winter (a flag: the name alone)'
        )
    if kind == "string_pattern_mismatch":
        return f'"{value}" is not an id; an id has up to 64 small letters, digits, "-" and "_", as in old-tales'
    if kind == "string_too_long":
        return f"{len(value)} characters are too many; allowed: up to {context['max_length']}; split it in two"
    if kind == "string_too_short":
        return f'"{value}" is too short; allowed: {context["min_length"]} characters or more'
    if kind == "too_short":
        return f"{context['actual_length']} entries are too few; allowed: {context['min_length']} or more"
    if kind == "too_long":
        return f"there are too many entries; allowed: up to {context['max_length']}"
    return f"{_describe(value)} is wrong here: {problem['msg']}"


def _describe(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    return f'"{value}"' if isinstance(value, str) else f"the value {value}"


def _fields_at(model: type[BaseModel], path: Iterable[str | int]) -> list[str]:
    for part in path:
        field = model.model_fields.get(str(part))
        model = (_nested(field.annotation) if field else None) or model
    return list(model.model_fields)


def _nested(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _nested(argument))), None)
