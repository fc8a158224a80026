"""The protocol's messages as types of Java, found in `protocol.json` and `schema/`: `types_java` writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
INT_MAX = 2**31 - 1
RESERVED = frozenset({"private", "default", "class", "new", "this", "package", "import", "switch", "case", "return"})
"""Words of Java that a field may have for a name; they get a `_` behind them."""
Schema = Mapping[str, Any]

ENUMS: dict[tuple[str, ...], str] = {
    ("player", "normal", "background"): "Priority",
    ("auto", "never"): "Barks",
    ("concede", "compromise", "stalemate", "walk_away", "blows"): "OutcomeKind",
    ("settled", "turns", "time", "words", "stopped"): "OutcomeCause",
}
"""What lists of values are called that `definitions.json` does not name; others are named after owner and field."""


@dataclass(frozen=True)
class Kind:
    """A type in Java: `read` is a function from what came to it, `write` an expression with `{}` for the value."""

    java: str
    boxed: str
    read: str
    write: str = "{}"

    @property
    def primitive(self) -> bool:
        """Whether it cannot be null."""
        return self.java != self.boxed


TEXT = Kind("String", "String", "Wire::string")
FLAG = Kind("boolean", "Boolean", "Wire::flag")
SMALL = Kind("int", "Integer", "Wire::small")
WHOLE = Kind("long", "Long", "Wire::whole")
NUMBER = Kind("double", "Double", "Wire::number")
VALUE = Kind("Object", "Object", "Wire::value")
ANYTHING = Kind("Object", "Object", "Wire::anything")


@dataclass(frozen=True)
class Field:
    """A field of a message, as a component of a record. `default` is an expression of Java, or nothing."""

    wire: str
    name: str
    kind: Kind
    nullable: bool
    required: bool
    default: str
    doc: str

    @property
    def java(self) -> str:
        """The type of the component."""
        return self.kind.boxed if self.nullable else self.kind.java


class Types:
    """All types of the protocol, found as the messages are walked through."""

    def __init__(self) -> None:
        self.catalogue: dict[str, Any] = json.loads((HERE / "protocol.json").read_text(encoding="utf-8"))
        self.messages: dict[str, Schema] = {
            name: json.loads((HERE / "schema" / f"{name}.json").read_text(encoding="utf-8"))
            for name in self.catalogue["messages"]
        }
        shared = json.loads((HERE / "schema" / "definitions.json").read_text(encoding="utf-8"))
        self.definitions: dict[str, Schema] = shared["$defs"]
        self.parts = {name: schema for name, schema in self.definitions.items() if schema.get("type") == "object"}
        self.enums: dict[str, tuple[str, ...]] = {}
        self.asked: set[str] = set()  # parts that a game makes, which get `of` and `with`
        for name, schema in self.messages.items():
            if self.direction(name) == "request":
                self._ask_for(schema)

    def _ask_for(self, schema: Any) -> None:
        """Notes every part that a request has, and what these have."""
        for value in schema.values() if isinstance(schema, dict) else schema:
            if isinstance(value, (dict, list)):
                self._ask_for(value)
        name = _referred(schema) if isinstance(schema, dict) else ""
        if name in self.parts and name not in self.asked:
            self.asked.add(name)
            self._ask_for(self.parts[name])

    def direction(self, name: str) -> str:
        """`request`, `response` or `event`."""
        return str(self.catalogue["messages"][name]["direction"])

    def fields(self, owner: str, schema: Schema) -> list[Field]:
        """The fields of an object: the required ones first, as a reader wants them."""
        required = set(schema.get("required", ()))
        found = [
            self._field(owner, wire, field, wire in required)
            for wire, field in schema.get("properties", {}).items()
            if wire != "type"
        ]
        return sorted(
            found, key=lambda field: (field.wire not in {"id", "re"}, field.wire != "world", not field.required)
        )

    def _field(self, owner: str, wire: str, schema: Schema, required: bool) -> Field:
        kind, nullable = self._kind(owner, wire, schema)
        name = re.sub(r"_([a-z])", lambda found: found[1].upper(), wire)
        name += "_" * (name in RESERVED)
        if wire == "last":  # a message without it is not the last one, whatever the schema has as default
            return Field(wire, name, kind, False, False, "", str(schema.get("description", "")))
        default = "" if required else self._default(kind, schema.get("default"))
        return Field(wire, name, kind, nullable, required, default, str(schema.get("description", "")))

    def _kind(self, owner: str, wire: str, schema: Schema) -> tuple[Kind, bool]:
        """The kind of a value, and whether it may be nil."""
        if name := _referred(schema):
            if name in self.parts:
                return Kind(name, name, f"{name}::read", "{}.write()"), False
            return self._kind("", name, self.definitions[name])
        if "anyOf" in schema:
            options = [option for option in schema["anyOf"] if option.get("type") != "null"]
            nullable = len(options) < len(schema["anyOf"])
            return (self._kind(owner, wire, options[0])[0] if len(options) == 1 else VALUE), nullable
        if "enum" in schema:
            values = tuple(schema["enum"])
            title = wire if not owner else owner.rsplit(".", 1)[-1].removesuffix("Info") + wire.title().replace("_", "")
            name = ENUMS.get(values, title)
            if self.enums.setdefault(name, values) != values:
                raise ValueError(f"two lists of values would be called {name}: name one of them in ENUMS")
            return Kind(name, name, f"{name}::read", "{}.wire()"), False
        match schema.get("type"):
            case "string":
                return TEXT, False
            case "boolean":
                return FLAG, False
            case "number":
                return NUMBER, False
            case "integer":
                return (SMALL if abs(schema.get("maximum", 2**53)) <= INT_MAX else WHOLE), False
            case "array":
                item, _ = self._kind(owner, wire, schema["items"])
                write = "{}" if item.write == "{}" else f"Wire.each({{}}, it -> {item.write.format('it')})"
                java = f"List<{item.boxed}>"
                return Kind(java, java, f"Wire.list({item.read})", write), False
            case "object":
                of = schema.get("additionalProperties", True)
                item = self._kind(owner, wire, of)[0] if isinstance(of, dict) else ANYTHING
                write = "{}" if item.write == "{}" else f"Wire.values({{}}, it -> {item.write.format('it')})"
                java = f"Map<String, {item.boxed}>"
                return Kind(java, java, f"Wire.map({item.read})", write), False
        raise ValueError(f"{owner}.{wire}: no type in Java for {schema}")

    def _default(self, kind: Kind, value: Any) -> str:
        if value is None:
            return "null"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, (int, float)):
            return repr(float(value)) if kind is NUMBER else f"{value}{'L' * (kind is WHOLE)}"
        if isinstance(value, list) and not value:
            return "List.of()"
        if isinstance(value, str):
            return json.dumps(value) if kind is TEXT else f"{kind.java}.{constant(value)}"
        if isinstance(value, dict):
            if not value:
                return "Map.of()"
            part = self.parts[kind.java]
            if all(value[name] == field.get("default") for name, field in part["properties"].items()):
                self.asked.add(kind.java)
                return f"{kind.java}.of()"
        raise ValueError(f"no default in Java for {value}")


def _referred(schema: Schema) -> str:
    """The definition that a schema refers to; empty where it does not."""
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]


def constant(value: str) -> str:
    """What the constant of a value is called."""
    return re.sub(r"\W", "_", value).upper() or "NONE"
