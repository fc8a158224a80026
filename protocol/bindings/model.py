"""The messages of the protocol as every language has them: what `protocol.json` and `schema/` say, without JSON Schema.

A field has a type, which is one of `Type`; a writer goes through them with `match`, and mypy says which it forgets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

HERE = Path(__file__).parent.parent
LARGEST = 2**53 - 1
"""The largest whole number of the wire: a bound that is as large says nothing."""

Schema = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Bounded:
    """What has bounds: of the number itself, or of the count of characters or entries."""

    low: float | None = None
    high: float | None = None


class Text(Bounded):
    """A string."""


class Whole(Bounded):
    """A whole number; of 64 bits, where no bounds say that it is smaller."""


class Number(Bounded):
    """A number with a fraction."""


@dataclass(frozen=True)
class Flag:
    """True or false."""


@dataclass(frozen=True)
class Anything:
    """Whatever msgpack can hold."""


@dataclass(frozen=True)
class Choice:
    """One word of a closed list. The list is called as it is in the definitions, or after its only field."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class ListOf(Bounded):
    """A list of values of one type."""

    of: Type


@dataclass(frozen=True)
class MapOf:
    """Values of one type by their names, which are strings."""

    of: Type


@dataclass(frozen=True)
class Union:
    """A value of one of some types; that none of them is nil is said by the field."""

    of: tuple[Type, ...]


@dataclass(frozen=True)
class Alias:
    """A type with a name of its own, such as `EntityId`; where a language cannot have that, `plain` is the type."""

    name: str
    of: Type


@dataclass(frozen=True)
class Struct:
    """Something with fields."""

    name: str
    doc: str
    fields: tuple[Field, ...]


class Part(Struct):
    """Something with fields that stands in messages, or in other parts."""


@dataclass(frozen=True)
class Message(Struct):
    """A message. `fields` has not the `type`, which is always there; an answer has `last`, which ends a request."""

    type: str
    """What the wire calls it: `npc.spawn`; its `name` is `NpcSpawn`."""
    direction: str
    """`request`, `response` or `event`."""
    before: tuple[str, ...] = ()
    """The types of what may come for a request before its last answer."""
    last: tuple[str, ...] = ()
    """The types of its last answer; an `error` may always be that too."""
    capability: str = ""
    """What a session must have asked for in `hello` to send it; mostly nothing."""
    deed: bool = False
    """Whether it would happen twice if it were sent again after a session was lost."""

    @property
    def answer(self) -> str:
        """The type of the one answer to a request, where that is all that comes for it; else nothing."""
        return self.last[0] if len(self.last) == 1 and not self.before else ""


Plain: TypeAlias = "Text | Whole | Number | Flag | Anything | Choice | ListOf | MapOf | Union | Part"
Type: TypeAlias = "Plain | Alias"


@dataclass(frozen=True)
class Field:
    """A field of a message or of a part."""

    name: str
    type: Type
    nullable: bool
    """Whether it may be nil too."""
    required: bool
    """Whether it is always there; else it is as `default` says where it was left out: nil, if it is nullable."""
    default: Any
    """As JSON has it. Of a list or a map that is always an empty one; of a part, what its fields have by default."""
    doc: str


@dataclass(frozen=True)
class Protocol:
    """All of it."""

    version: str
    header: str
    errors: tuple[str, ...]
    shared: dict[str, Alias | Part]
    """What several messages use, by name."""
    messages: dict[str, Message]
    """By type."""

    @property
    def parts(self) -> dict[str, Part]:
        """What of the shared has fields."""
        return {name: one for name, one in self.shared.items() if isinstance(one, Part)}

    def going(self, direction: str) -> list[Message]:
        """The messages of one direction."""
        return [message for message in self.messages.values() if message.direction == direction]

    def choices(self) -> list[Choice]:
        """All closed lists: those of the definitions, and those of single fields."""
        structs = (*self.parts.values(), *self.messages.values())
        types = [*self.shared.values(), *(field.type for struct in structs for field in struct.fields)]
        found = [inner for type_ in types for inner in spread(type_) if isinstance(inner, Choice)]
        return list(dict.fromkeys(found))


def plain(type_: Type) -> Plain:
    """A type without its name, where it is an alias."""
    return plain(type_.of) if isinstance(type_, Alias) else type_


def spread(type_: Type) -> Iterator[Type]:
    """A type, and the types that it is made of; the fields of a part are not among them."""
    yield type_
    if isinstance(type_, (Alias, ListOf, MapOf)):
        yield from spread(type_.of)
    elif isinstance(type_, Union):
        for one in type_.of:
            yield from spread(one)


def with_parts(structs: Iterable[Struct]) -> dict[str, Struct]:
    """These, and the parts in them, by name: each behind those that it holds."""
    found: dict[str, Struct] = {}
    for struct in structs:
        for field in struct.fields:
            found |= with_parts(type_ for type_ in spread(field.type) if isinstance(type_, Part))
        found[struct.name] = struct
    return found


def read() -> Protocol:
    """The protocol as its files say."""
    catalogue = _json("protocol.json")
    schemas = {name: _json(f"schema/{name}.json") for name in catalogue["messages"]}
    return protocol(catalogue, schemas, _json("schema/definitions.json"))


def protocol(catalogue: Schema, schemas: dict[str, Schema], definitions: Schema) -> Protocol:
    """The protocol of a catalogue, the schema of each message by its type, and what these share."""
    shared = _Shared(definitions["$defs"])
    messages = {}
    for type_, told in catalogue["messages"].items():
        schema, answers = schemas[type_], tuple(answer for answer in told.get("last", ()) if answer != "error")
        fields = tuple(field for field in shared.fields(schema["title"], schema) if field.name != "type")
        terms = (told.get("capability", ""), told.get("deed", False))
        exchange = (told["direction"], tuple(told.get("before", ())), answers, *terms)
        messages[type_] = Message(schema["title"], schema["description"], fields, type_, *exchange)
    named = {name: shared.named(name) for name in sorted(definitions["$defs"])}
    return Protocol(catalogue["protocol"], catalogue["header"], tuple(catalogue["errors"]), named, messages)


class _Shared:
    """Reads schemas that refer to definitions, and these when they are first needed."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self._definitions = definitions
        self._named: dict[str, Alias | Part] = {}

    def named(self, name: str) -> Alias | Part:
        """What a definition is."""
        if name not in self._named:
            schema = self._definitions[name]
            if "properties" in schema:
                self._named[name] = Part(name, schema["description"], tuple(self.fields(name, schema)))
            else:
                self._named[name] = Alias(name, self._type(name, schema))
        return self._named[name]

    def fields(self, owner: str, schema: Schema) -> Iterator[Field]:
        """The fields of a message or a part."""
        required = schema.get("required", ())
        for name, told in schema["properties"].items():
            choices = told.get("anyOf", [told])
            types = [choice for choice in choices if choice.get("type") != "null"]
            title = owner + name.title().replace("_", "")
            type_ = self._type(title, types[0] if len(types) == 1 else {"anyOf": types})
            nullable, default = len(types) < len(choices), told.get("default")
            if default is None and not nullable and name not in required:
                raise ValueError(f"{owner}.{name} may be left out, and nothing says what it is then")
            usual = {one.name: one.default for one in type_.fields} if isinstance(type_, Part) else type(default)()
            if isinstance(default, (list, dict)) and default != usual:
                raise ValueError(f"{owner}.{name} can have no other default than {usual}, and has {default}")
            yield Field(name, type_, nullable, name in required, default, told.get("description", ""))

    def _type(self, name: str, schema: Schema) -> Type:
        """The type that a schema describes; `name`: what it is called where it is a closed list."""
        if "$ref" in schema:
            return self.named(schema["$ref"].rsplit("/", 1)[1])
        if "anyOf" in schema:
            return Union(tuple(self._type(name, choice) for choice in schema["anyOf"]))
        if "enum" in schema:
            return Choice(name, tuple(schema["enum"]))
        match schema.get("type"):
            case "string":
                return Text(**_bounds(schema, "minLength", "maxLength"))
            case "integer":
                return Whole(**_bounds(schema, "minimum", "maximum"))
            case "number":
                return Number(**_bounds(schema, "minimum", "maximum"))
            case "boolean":
                return Flag()
            case "array":
                return ListOf(self._type(name, schema["items"]), **_bounds(schema, "minItems", "maxItems"))
            case "object":
                of = schema.get("additionalProperties")
                return MapOf(self._type(name, of) if isinstance(of, dict) else Anything())
        raise ValueError(f"{name}: bindings have no type for {schema}")


def _bounds(schema: Schema, low: str, high: str) -> dict[str, float | None]:
    bounds = {"low": schema.get(low), "high": schema.get(high)}
    return {name: None if bound in (LARGEST, -LARGEST) else bound for name, bound in bounds.items()}


def _json(path: str) -> Any:
    return json.loads((HERE / path).read_text(encoding="utf-8"))
