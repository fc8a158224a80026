"""The parts of SPEC.md that follow from the message classes: a block between markers for each group of messages."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

from npc_runtime.wire import messages as m
from protocol.examples import EXAMPLES
from protocol.schemas import DEFINITIONS, Schema

BLOCK = re.compile(r"<!-- messages (?P<types>[a-z. ]+) -->\n.*?<!-- end -->", re.DOTALL)
COMMON = ("type", "id", "re", "world", "last", "warnings", "kept", "next")
"""Fields that the specification explains once."""
PAGED = {"after": ("", 0), "limit": (500,)}
"""Fields of requests for lists that it explains once, too, where they have these defaults."""
WIDTH = 126
HEAD = ("| Field | Type | | Meaning |", "|---|---|---|---|")
WORDS = {"EntityId": "entity id", "WorldId": "world id", "SaveName": "save name"}
"""Types that the specification calls by these words."""
IN_SCHEMA = ("Books",)
"""Parts for tools: their fields are in the schema, and nobody who writes a game has to read of them."""
UNIT = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",]|,(?! ))*(?:, |$)')


class Specification:
    """Writes the blocks, from the top of the document to its end: a part's table stands where it is first needed."""

    def __init__(self, messages: dict[str, Schema], definitions: Schema) -> None:
        self._messages = messages
        self._definitions: dict[str, Schema] = definitions["$defs"]
        self._told: set[str] = set()

    def filled(self, text: str) -> str:
        """The document with its blocks as they should be."""
        return BLOCK.sub(lambda block: self._block(block["types"]), text)

    def _block(self, types: str) -> str:
        sections = ["\n".join(self._section(name)) for name in types.split()]
        return "\n".join([f"<!-- messages {types} -->", "\n\n".join(sections), "<!-- end -->"])

    def _section(self, name: str) -> Iterator[str]:
        cls, schema = m.Catalogue.all[name], self._messages[name]
        yield f"#### `{name}` ({direction(cls)})"
        yield inspect.getdoc(cls) or ""
        example = list(wrapped(EXAMPLES[name]))
        yield from [f"`{example[0]}`"] if len(example) == 1 else ["```json", *example, "```"]
        rows = list(self._rows(schema, own(schema["properties"])))
        if rows:
            yield from ("", *HEAD, *rows)
        for part in self._parts(schema["properties"]):
            definition = self._definitions[part]
            yield from ("", f"##### {part}", *HEAD, *self._rows(definition, definition["properties"]))

    def _parts(self, schema: Any) -> Iterator[str]:
        """The parts in a schema that have no table yet, and the parts in them."""
        for name in references(schema):
            if "properties" in self._definitions[name] and name not in (*self._told, *IN_SCHEMA):
                self._told.add(name)
                yield name
                yield from self._parts(self._definitions[name])

    def _rows(self, schema: Schema, fields: dict[str, Schema]) -> Iterator[str]:
        required = schema.get("required", ())
        for name, field in fields.items():
            need = "required" if name in required else _default(field.get("default"))
            yield f"| `{name}` | {self._type(field)} | {need} | {field.get('description', '')} |"

    def _type(self, field: Schema) -> str:
        """A JSON Schema type in words."""
        if "$ref" in field:
            name = field["$ref"].rsplit("/", 1)[1]
            definition = self._definitions[name]
            if name in IN_SCHEMA:
                return f"[{name}](schema/{DEFINITIONS})"
            return (
                f"[{name}](#{name.lower()})"
                if "properties" in definition
                else WORDS.get(name) or self._type(definition)
            )
        if "anyOf" in field:
            return " or ".join(map(self._type, field["anyOf"]))
        if "enum" in field:
            return " \\| ".join(f"`{value}`" for value in field["enum"])
        kind = str(field.get("type", "any"))
        if kind == "array":
            return f"array{_range(field, 'minItems', 'maxItems')} of {self._type(field['items'])}"
        if kind == "string":
            return kind + _range(field, "minLength", "maxLength", " characters")
        if kind in ("integer", "number"):
            return kind + _range(field, "minimum", "maximum")
        return {"null": "nil", "object": "map"}.get(kind, kind)


def own(fields: dict[str, Schema]) -> dict[str, Schema]:
    """The fields of a message that the specification does not explain once for all."""
    paged = "after" in fields
    return {
        name: field
        for name, field in fields.items()
        if name not in COMMON and not (paged and field.get("default", ...) in PAGED.get(name, ()))
    }


def references(schema: Any) -> Iterator[str]:
    """The names of the definitions that a schema refers to, in their order."""
    if isinstance(schema, list):
        for item in schema:
            yield from references(item)
    elif isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].rsplit("/", 1)[1]
        for value in schema.values():
            yield from references(value)


def wrapped(message: dict[str, Any]) -> Iterator[str]:
    """A message as JSON, with as much on a line as there is room for."""
    line = ""
    for unit in UNIT.findall(json.dumps(message, ensure_ascii=False)):
        if len(line) + len(unit.rstrip()) > WIDTH:
            yield line.rstrip()
            line = " "
        line += unit
    yield line


def direction(cls: type[m.Body]) -> str:
    """Who sends it to whom."""
    if issubclass(cls, m.Request):
        return "client → daemon"
    return "daemon → client" if issubclass(cls, m.Response) else "daemon → observers"


def _default(value: Any) -> str:
    return "optional" if value in (None, "", [], {}) else f"default `{json.dumps(value)}`"


def _range(field: Schema, low: str, high: str, unit: str = "") -> str:
    if field.get(high) == m.LARGEST:
        return f" (at least {field[low]}{unit})" if field.get(low, -m.LARGEST) > -m.LARGEST else ""
    if high in field:
        return f" ({field.get(low, 0)} to {field[high]}{unit})"
    return f" (at least {field[low]}{unit})" if low in field else ""
