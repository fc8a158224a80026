"""Writes the messages in TypeScript: an interface for each, and which of them answer which."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from protocol.bindings import model as m

RENAMED = {"Error": "ErrorAnswer"}
"""Messages whose name means something else in TypeScript."""
MEANINGS = {
    "EntityId": "`npc:mira`, `player:alex`, `place:smithy`; the kind may be left out where only one fits",
    "WorldId": "1 to 64 characters, no control characters, `/` or `\\`: the game's save slot, for example",
    "SaveName": "1 to 128 characters, no control characters: what the game calls its slot",
}
"""What the schemas say in patterns only."""


def files(protocol: m.Protocol) -> Iterator[tuple[str, str]]:
    """The module with all message types."""
    blocks = [
        f"\nexport const PROTOCOL = {json.dumps(protocol.version)};",
        f"export const HEADER = {json.dumps(protocol.header)};\n",
        "/** What an error can be; treat one that is not among these like `internal`. */",
        "export const ERROR_CODES = [",
        *(f"  {json.dumps(code)}," for code in protocol.errors),
        "] as const;\nexport type ErrorCode = (typeof ERROR_CODES)[number];\n",
        *map(_shared, protocol.shared.values()),
        *(_interface(message) for message in protocol.messages.values()),
        *_unions(protocol),
        *_exchanges(protocol),
    ]
    yield "messages.ts", "\n".join(blocks) + "\n"


def _unions(protocol: m.Protocol) -> Iterator[str]:
    """The messages that go the same way; and which answers there are, to tell the unknown ones."""
    for union in ("Request", "Response", "Event"):
        members = map(_name, protocol.going(union.lower()))
        yield f"export type {union} =\n  | " + "\n  | ".join(members) + ";\n"
    yield "export type Message = Request | Response | Event;\n"
    answers = [message.type for message in protocol.going("response")]
    yield "/** What this version knows of: a client drops what it does not know. */"
    yield f"export const RESPONSE_TYPES: ReadonlySet<string> = new Set({json.dumps(answers, indent=2)});\n"


def _exchanges(protocol: m.Protocol) -> Iterator[str]:
    """Which messages answer which."""

    def named(types: Iterable[str]) -> str:
        return " | ".join(_name(protocol.messages[type_]) for type_ in types) or "never"

    yield "/** By the type of a request: the request, what comes before its last answer, and that. */"
    yield "export interface Exchanges {"
    for request in protocol.going("request"):
        parts = f"request: {_name(request)}; before: {named(request.before)}; last: {named(request.last)}"
        yield f'  "{request.type}": {{ {parts} }};'
    yield "}\n\nexport type RequestType = keyof Exchanges;\n"
    deeds = [request.type for request in protocol.going("request") if request.deed]
    yield "/** What would happen twice if it were sent again; `world.advance` to a time would not. */"
    yield f"export const DEEDS: ReadonlySet<RequestType> = new Set<RequestType>({json.dumps(deeds, indent=2)});"


def _name(struct: m.Struct) -> str:
    return RENAMED.get(struct.name, struct.name)


def _shared(one: m.Alias | m.Part) -> str:
    """What several messages share: a part with fields, or a name for a string or a number."""
    if isinstance(one, m.Part):
        return _interface(one)
    meaning = "; ".join(note for note in (MEANINGS.get(one.name, ""), *_bounds(one.of)) if note)
    return "\n".join([*_comment(meaning, ""), f"export type {one.name} = {_type(one.of)};", ""])


def _interface(struct: m.Struct) -> str:
    lines = [*_comment(struct.doc, ""), f"export interface {_name(struct)} {{"]
    lines += [f"  type: {json.dumps(struct.type)};"] if isinstance(struct, m.Message) else []
    for field in struct.fields:
        lines += _comment(_meaning(field), "  ")
        optional, nil = "" if field.required else "?", " | null" if field.nullable else ""
        lines.append(f"  {field.name}{optional}: {_type(field.type)}{nil};")
    return "\n".join([*lines, "}", ""])


def _comment(said: str, indent: str) -> list[str]:
    said = said.replace("*/", "* /")
    if "\n" in said:
        lines = [f"{indent} * {line}".rstrip() for line in said.splitlines()]
        return [f"{indent}/**", *lines, f"{indent} */"]
    return [f"{indent}/** {said} */"] if said else []


def _meaning(field: m.Field) -> str:
    """What a field means, and what the type does not say of it: its bounds and its default."""
    notes = [field.doc, *_bounds(field.type)]
    if field.default not in (None, "", [], {}):
        notes.append(f"default `{json.dumps(field.default)}`")
    return "; ".join(note for note in notes if note)


def _bounds(type_: m.Type) -> Iterator[str]:
    for one in type_.of if isinstance(type_, m.Union) else [type_]:
        if isinstance(one, m.Bounded):
            unit = " characters" if isinstance(one, m.Text) else " entries" if isinstance(one, m.ListOf) else ""
            if one.high is not None:
                yield f"{one.low or 0} to {one.high}{unit}"
            elif one.low is not None:
                yield f"at least {one.low}{unit}"


def _type(type_: m.Type) -> str:
    match type_:
        case m.Text():
            return "string"
        case m.Whole() | m.Number():
            return "number"
        case m.Flag():
            return "boolean"
        case m.Anything():
            return "unknown"
        case m.Choice():
            return " | ".join(json.dumps(word) for word in type_.words)
        case m.ListOf():
            items = _type(type_.of)
            return f"({items})[]" if " | " in items else f"{items}[]"
        case m.MapOf():
            return f"Record<string, {_type(type_.of)}>"
        case m.Union():
            return " | ".join(dict.fromkeys(map(_type, type_.of)))
        case m.Alias():
            return type_.name
        case m.Part():
            return _name(type_)
