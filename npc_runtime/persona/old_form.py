"""The form that packs had before format 2, in which the kinds of facts were guessed; and files of it in the new form.

Only what changes is written anew: comments, quotes and line breaks of the author's stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from npc_runtime.language.english.data import Data
from npc_runtime.persona.files import Refused
from npc_runtime.persona.model import FORMAT, Fact, FactKind
from npc_runtime.persona.parsing import Parsed, Path, parse

OldFile = Literal["village", "persona", "scene"]

_pattern = Data("lines.old_form").pattern
_DEEPER = "  "  # how much further in the next lines of a fact stand, once it has its kind before it


@dataclass(frozen=True)
class Change:
    """A fact that has a kind now."""

    line: int  # in the new text
    fact: Fact

    def as_record(self) -> dict[str, str | int]:
        """For JSON."""
        return {"line": self.line, "kind": self.fact.kind, "text": self.fact.text}


@dataclass(frozen=True)
class Migrated:
    """A file in the new form."""

    text: str
    changes: tuple[Change, ...] = ()
    format: bool = False  # it names the format now


def kind(text: str) -> FactKind:
    """What a fact was taken for, by how its sentence begins."""
    if _pattern("price").search(text):
        return "price"
    if _pattern("need").search(text):
        return "need"
    if _pattern("hearsay").search(text):
        return "told"
    return "view" if text.startswith("You think ") else "fact"


def is_old(village: object) -> bool:
    """Whether what stands in a pack.yaml, or under `world` in a scene, is of the old form."""
    return isinstance(village, Mapping) and village.get("format", 1) == 1


def migrated(text: str, file: OldFile) -> Migrated:
    """A file in the new form. Raises Refused for what is no YAML, or is written as nothing here could change it."""
    data = parse(text).value
    root = _composed(text)
    wanted = json.loads(json.dumps(data))  # what aliases share is several values then
    edits: list[tuple[int, int, str]] = []  # start, end, what stands there instead
    kinds: dict[Path, Fact] = {}
    for path in _facts_in(data, file):
        node = _found(root, path)
        facts = _value(wanted, path)
        for index, one in enumerate(facts):
            if isinstance(one, str) and (guessed := kind(one.strip())) != "fact":
                edits += _with_kind(text, _found(node, (index,)), guessed)
                facts[index] = {guessed: one}
                here = (*path, index)
                kinds[here] = Fact(guessed, one)
    formats = file != "persona"
    if formats:
        at: Path = ("world",) if file == "scene" else ()
        edits.append(_with_format(text, _found(root, at)))
        _value(wanted, at)["format"] = FORMAT
    for start, end, instead in sorted(edits, reverse=True):
        text = text[:start] + instead + text[end:]
    new = _parsed(text)
    if new.value != wanted:
        raise _too_odd()
    return Migrated(text, tuple(Change(new.lines[path], fact) for path, fact in kinds.items()), formats)


def _parsed(text: str) -> Parsed:
    try:
        return parse(text)
    except Refused:
        raise _too_odd() from None


def _composed(text: str) -> yaml.Node:
    """The nodes of a text that was parsed before: it is small, and not deep."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:  # PyYAML's own parser is the stricter one
        root = None
    if root is None:
        raise _too_odd()
    return root


def _facts_in(data: Any, file: OldFile) -> Iterator[Path]:
    """Where lists of facts stand."""
    if file == "scene":
        people = data.get("personas")
        keys: Any = people if isinstance(people, dict) else range(len(people)) if isinstance(people, list) else ()
        paths: list[Path] = [("personas", key) for key in keys]
    else:
        paths = [()] if file == "persona" else []
    for path in paths:
        persona = _value(data, path)
        if isinstance(persona, dict) and isinstance(persona.get("facts"), list):
            yield (*path, "facts")


def _value(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _found(node: yaml.Node, path: Path) -> yaml.Node:
    """The node at a path. Raises Refused where something merged in stands there."""
    for part in path:
        pairs = node.value if isinstance(node, yaml.MappingNode) else enumerate(node.value)
        inner = (value for key, value in pairs if part == (key.value if isinstance(key, yaml.Node) else key))
        found = next(inner, None)
        if found is None:
            raise _too_odd()
        node = found
    return node


def _with_kind(text: str, scalar: yaml.Node, kind: str) -> Iterator[tuple[int, int, str]]:
    start, end = scalar.start_mark.index, scalar.end_mark.index
    yield start, start, f"{kind}: "
    for found in re.finditer(r"\n(?=[^\r\n])", text[start:end]):
        at = start + found.end()
        if at < end:
            yield at, at, _DEEPER


def _with_format(text: str, village: yaml.Node) -> tuple[int, int, str]:
    if not isinstance(village, yaml.MappingNode) or not village.value:
        raise _too_odd()
    for key, value in village.value:
        if key.value == "format":
            return value.start_mark.index, value.end_mark.index, str(FORMAT)
    first = village.value[0][0].start_mark
    newline = "\r\n" if "\r\n" in text else "\n"
    behind = ", " if village.flow_style else newline + " " * first.column
    return first.index, first.index, f"format: {FORMAT}{behind}"


def _too_odd() -> Refused:
    by_hand = f"write format: {FORMAT} into pack.yaml, and facts such as - price: You sell rope for five pennies."
    return Refused(f"this file is written in a way that only its author can change; {by_hand}")
