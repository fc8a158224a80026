"""Writes the messages in C++: structs and enumerations, and how each is visited to be read and written."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator

from protocol.bindings import model as m

WIDTH = 116
KEYWORDS = {"auto", "private", "default", "delete", "new", "class", "public", "register", "this", "operator", "union"}


def files(protocol: m.Protocol) -> Iterator[tuple[str, str]]:
    """The header, and the sources that follow from it."""
    yield "messages.hpp", "\n".join([*_header(protocol), "}  // namespace npc", ""])
    yield "messages.cpp", _source(_words_and_parts(protocol))
    for direction in ("response", "event", "request"):
        # Apart, because a compiler takes its time for each.
        yield f"messages_{direction}s.cpp", _source(line for one in protocol.going(direction) for line in _visit(one))


def _source(lines: Iterable[str]) -> str:
    return "\n".join(['#include "fields.hpp"', "", "namespace npc {", "", *lines, "}  // namespace npc", ""])


def _header(protocol: m.Protocol) -> Iterator[str]:
    """What a game sees."""
    yield from ("#pragma once", "", '#include "msgpack.hpp"', "")
    yield from (f"#include <{name}>" for name in ("cstdint", "map", "optional", "string", "variant", "vector"))
    yield from ("", "namespace npc {", "", "/// The protocol version of these types.")
    yield from (_constant("protocol_version", protocol.version), "/// The first frame of every message.")
    yield from (_constant("header", protocol.header), "")
    yield "/// Codes of errors that the daemon answers. One that is not here is to be treated like `internal`."
    yield from ("namespace code {", *(_constant(code, code) for code in protocol.errors), "}  // namespace code", "")
    for choice in protocol.choices():
        yield from (f"enum class {choice.name} {{ unknown, {', '.join(map(_identifier, choice.words))} }};", "")
    yield "/// The word of the protocol, and back; empty for `unknown`: a word of a later version."
    yield from ("template <class Enum>", "const char* to_string(Enum value);")
    yield from ("template <class Enum>", "Enum from_string(const std::string& word);", "")
    for choice in protocol.choices():
        yield f"extern template const char* to_string({choice.name});"
        yield f"extern template {choice.name} from_string(const std::string&);"
    yield from ("", "/// The message, or part of one, as it is sent: without what is as it is by default.")
    yield from ("template <class Type>", "Value to_value(const Type& from);", "")
    yield "/// Reads it. False where a field is missing or of another type; `why` says which, in a sentence."
    yield from ("template <class Type>", "bool from_value(const Value& from, Type& to, std::string& why);", "")
    yield "/// Reads any message by its `type` and writes it again. False, and why, where it is none of these."
    yield from ("bool reread(const Value& message, Value& again, std::string& why);", "")
    for struct in m.with_parts([*protocol.parts.values(), *_messages(protocol)]).values():
        yield from _struct(protocol, struct)
    events = (message.name for message in protocol.going("event"))
    yield from (*_wrapped("using Event = std::variant<", events, ">;"), "")


def _words_and_parts(protocol: m.Protocol) -> Iterator[str]:
    """What the words of closed lists are, how parts are read and written, and which message is which."""
    yield from ("namespace fields {", "")
    for choice in protocol.choices():
        words = (json.dumps(word) for word in ("", *choice.words))
        yield from ("template <>", f"struct Words<{choice.name}> {{")
        yield from _wrapped("  static constexpr const char* all[] = {", words, "};")
        yield from ("};", "")
    yield from ("}  // namespace fields", "")
    for choice in protocol.choices():
        yield f"template const char* to_string({choice.name});"
        yield f"template {choice.name} from_string(const std::string&);"
    yield ""
    for part in m.with_parts(protocol.parts.values()).values():
        yield from _visit(part)
    yield "bool reread(const Value& message, Value& again, std::string& why) {"
    yield '  const std::string type = message.text_of("type");'
    for message in _messages(protocol):
        yield f'  if (type == "{message.type}") return fields::again<{message.name}>(message, again, why);'
    yield from ('  why = "there is no message of the type \\"" + type + "\\"";', "  return false;", "}", "")


def _messages(protocol: m.Protocol) -> list[m.Message]:
    """Answers first: requests name them."""
    return [message for direction in ("response", "event", "request") for message in protocol.going(direction)]


def _struct(protocol: m.Protocol, struct: m.Struct) -> Iterator[str]:
    yield from (*_comment(struct.doc), f"struct {struct.name} {{")
    if isinstance(struct, m.Message):
        yield f'  static constexpr const char* type = "{struct.type}";'
        names = [protocol.messages[answer].name for answer in dict.fromkeys([*struct.before, *struct.last])]
        if struct.answer:
            yield f"  using Answer = {names[0]};"
        elif names:
            yield from _wrapped("  using Message = std::variant<", names, ">;")
    for field in struct.fields:
        yield from _comment(field.doc, "  ")
        yield f"  {_type_of(field)} {_identifier(field.name)}{_default(field)};"
    yield from ("};", f"extern template Value to_value(const {struct.name}&);")
    yield from (f"extern template bool from_value(const Value&, {struct.name}&, std::string&);", "")


def _visit(struct: m.Struct) -> Iterator[str]:
    yield from ("template <class Visitor>", f"void visit(Visitor& v, {struct.name}& m) {{")
    if isinstance(struct, m.Message):
        yield f'  v.type("{struct.type}");'
    for field in struct.fields:
        arguments = f'"{field.name}", m.{_identifier(field.name)}'
        if field.nullable or _type(field.type) == "Value":
            yield f"  v.{'nullable' if field.required else 'optional'}({arguments});"
        elif field.required:
            yield f"  v.required({arguments});"
        else:
            yield f"  v.defaulted({arguments}, {_type(field.type)}{_default(field)});"
    yield from ("  (void)v;", "  (void)m;", "}", f"template Value to_value(const {struct.name}&);")
    yield from (f"template bool from_value(const Value&, {struct.name}&, std::string&);", "")


def _type_of(field: m.Field) -> str:
    type_ = _type(field.type)
    return f"std::optional<{type_}>" if field.nullable and type_ != "Value" else type_  # a `Value` may be nil itself


def _type(type_: m.Type) -> str:
    match m.plain(type_):
        case m.Text():
            return "std::string"
        case m.Whole():
            return "std::int64_t"
        case m.Number():
            return "double"
        case m.Flag():
            return "bool"
        case m.ListOf(of):
            return f"std::vector<{_type(of)}>"
        case m.MapOf(of):
            return f"std::map<std::string, {_type(of)}>"
        case m.Choice(name) | m.Part(name):
            return name
        case m.Anything() | m.Union():
            return "Value"


def _default(field: m.Field) -> str:
    """What a field is when nobody sets it, in braces; they are empty where that is what C++ makes of them."""
    type_, value = m.plain(field.type), field.default
    if isinstance(type_, m.Choice) and value is not None:
        return f"{{{type_.name}::{_identifier(value)}}}"
    return f"{{{json.dumps(value)}}}" if isinstance(value, (bool, int, float, str)) and value != "" else "{}"


def _identifier(word: str) -> str:
    """A word of the protocol as a name in C++; the empty one is `none`."""
    name = word.replace("-", "_") or "none"
    return f"{name}_" if name in KEYWORDS else name


def _constant(name: str, text: str) -> str:
    return f'constexpr const char* {name} = "{text}";'


def _comment(text: str, indent: str = "") -> list[str]:
    lead = f"{indent}/// "
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=lead)


def _wrapped(before: str, words: Iterable[str], after: str) -> list[str]:
    """A list of words between brackets, over as many lines as it needs."""
    indent = " " * (len(before) - len(before.lstrip()) + 4)
    text = before + ", ".join(words) + after
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
