"""Writes what GDScript can have of types: constants, and tables of fields.

GDScript has neither keyword arguments nor structures, so messages are dictionaries. What a language with types finds
when it compiles, the tables find when a request is made: a mistyped field, a missing one, a value of the wrong kind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from protocol.bindings import model as m

LISTS = {"EMOTIONS": "Emotion", "SOURCES": "ReplySource", "FINISHES": "FinishReason", "STREAMS": "Stream"}
"""Closed lists that a game looks things up by, such as a face for each emotion."""
DIRECTIONS = {
    "request": "Requests: what a game asks and tells.",
    "response": "Answers, and what comes before the last one.",
    "event": "Events of a world that is subscribed to.",
}


def files(protocol: m.Protocol) -> Iterator[tuple[str, str]]:
    """What messages are called, and which fields requests have."""
    yield "messages.gd", "\n".join(_messages(protocol)) + "\n"
    yield "fields.gd", "\n".join(_fields(protocol)) + "\n"


def _messages(protocol: m.Protocol) -> Iterator[str]:
    """Which messages there are, which errors, and the words of closed lists."""
    yield "# A constant that is mistyped is found when the script is read, a string never.\n"
    yield f"const PROTOCOL = {json.dumps(protocol.version)}"
    yield f"const HEADER = {json.dumps(protocol.header)}\n"
    for direction, meaning in DIRECTIONS.items():
        yield f"# {meaning}"
        for message in protocol.going(direction):
            yield f"const {message.type.replace('.', '_').upper()} = {json.dumps(message.type)}"
        yield ""
    yield "# What this version knows of: a client drops what it does not know."
    yield "const RESPONSES = {"
    for message in protocol.going("response"):
        yield f"\t{json.dumps(message.type)}: true,"
    yield "}\n"
    yield "# Which messages end a request, besides an error."
    yield "const ENDS = {"
    for message in protocol.going("request"):
        yield f"\t{json.dumps(message.type)}: {json.dumps(message.last)},"
    yield "}\n"
    yield "# What would happen twice if it were sent again; `world.advance` to a time would not."
    yield "const DEEDS = {"
    for message in protocol.going("request"):
        if message.deed:
            yield f"\t{json.dumps(message.type)}: true,"
    yield "}\n"
    yield "# What an error can be; treat one that is not among these like `internal`."
    yield f"const ERROR_CODES = {_list(protocol.errors)}\n"
    for constant, name in LISTS.items():
        choice = m.plain(protocol.shared[name])
        assert isinstance(choice, m.Choice)
        yield f"const {constant} = {_list(choice.words)}"


def _fields(protocol: m.Protocol) -> Iterator[str]:
    """Which fields each request has, and each part of one, and what they hold."""
    requests = protocol.going("request")
    yield "# What a request may hold, by its type. A `?` behind the kind: it may be left out, or be null."
    yield "# `a|b` is one of these words, `string/integer` a value of either kind, `string[]` an array of them; what"
    yield "# begins with a capital is a dictionary with the fields that PARTS lists.\n"
    yield "const REQUESTS = {"
    for message in requests:
        yield from _table(message.type, message)
    yield "}\n\nconst PARTS = {"
    for part in m.with_parts(requests).values():
        if isinstance(part, m.Part):
            yield from _table(part.name, part)
    yield "}"


def _table(name: str, struct: m.Struct) -> Iterator[str]:
    for line in struct.doc.splitlines():
        yield f"\t# {line}".rstrip()
    yield f"\t{json.dumps(name)}: {{"
    for field in struct.fields:
        if field.name == "id" and isinstance(struct, m.Message):
            continue  # the client gives it
        left_out = "" if field.required else "?"
        null = "/null" if field.required and field.nullable else ""
        meaning = f"  # {field.doc}" if field.doc else ""
        yield f"\t\t{json.dumps(field.name)}: {json.dumps(_kind(field.type) + null + left_out)},{meaning}"
    yield "\t},"


def _kind(type_: m.Type) -> str:
    """What a field holds, in a word."""
    match type_:
        case m.Text():
            return "string"
        case m.Whole():
            return "integer"
        case m.Number():
            return "number"
        case m.Flag():
            return "boolean"
        case m.Choice():
            return "|".join(type_.words)
        case m.ListOf():
            return f"{_kind(type_.of)}[]"
        case m.Union():
            return "/".join(dict.fromkeys(map(_kind, type_.of)))
        case m.Alias():
            return _kind(type_.of)
        case m.Part():
            return type_.name
        case m.MapOf():
            return "map"
        case m.Anything():
            return "any"


def _list(words: tuple[str, ...]) -> str:
    return "[\n" + "".join(f"\t{json.dumps(word)},\n" for word in words) + "]"
