"""Writes the messages in C#: classes that read and write themselves, and constants for the words of closed lists.

What a request leaves out is null there, and not sent; what an answer or an event leaves out has its default.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from protocol.bindings import model as m

BASE = {"request": {"id", "world"}, "response": {"re", "last", "warnings", "kept"}, "event": {"world"}}
"""Fields that the classes have from their base."""
WORDS = {
    "ArgueIntervenedKind": "Interventions",
    "ScenePriority": "ScenePriorities",
    "Stream": "Streams",
    "OutcomeInfoKind": "Outcomes",
    "OutcomeInfoCause": "Causes",
    "ArguePartyPosition": "Positions",
    "CreatureGenerateSource": "CreatureSources",
    "CreatureGeneratedSource": "CreatureOrigins",
    "EncounterReason": "EncounterEnds",
    "Emotion": "Emotions",
    "AgreementInfoKind": "Agreements",
    "ReplySource": "Sources",
    "MemoryHow": "MemoryOrigins",
    "HealthReportStatus": "HealthStates",
    "HelloHeard": "HeardModes",
    "JournalSourceHow": "JournalOrigins",
    "FinishReason": "Finishes",
    "SayPriority": "Priorities",
    "SayBarks": "BarkModes",
    "WorldEventKind": "Fates",
    "PerceivedInfoHow": "Perceptions",
}
"""What closed lists are called: their words stand in a class of constants, which wants a plural."""


@dataclass(frozen=True)
class Kind:
    """How a value is held in C#: `read` gives it from an expression that is an object."""

    name: str
    read: str
    scalar: str = ""
    """What `Map` calls it where it is no object, but a text, a flag or a number."""


def files(protocol: m.Protocol) -> Iterator[tuple[str, str]]:
    """Classes of messages and of their parts, and what a game and the client look up."""
    told = m.with_parts(protocol.going("response") + protocol.going("event"))
    for direction, file in (("request", "Requests"), ("response", "Answers"), ("event", "Events")):
        messages = sorted(protocol.going(direction), key=lambda message: message.type)
        yield f"{file}.cs", _file(_message(protocol, message) for message in messages)
    yield "Parts.cs", _file(_class(part, " : IPart", asked=part.name not in told) for part in protocol.parts.values())
    yield "Words.cs", _file(_words(protocol))
    yield "Catalogue.cs", _file([_catalogue(protocol)])


def _file(classes: Iterable[str]) -> str:
    body = "\n\n".join(classes)
    return f"using System.Collections.Generic;\n\nnamespace NpcRuntime.Messages\n{{\n{body}\n}}\n"


def pascal(name: str) -> str:
    """`heard_by` is called `HeardBy`."""
    return "".join(part[:1].upper() + part[1:] for part in name.replace("-", "_").split("_"))


def kind(type_: m.Type) -> Kind:
    """How a value of a type is held."""
    match m.plain(type_):
        case m.Text() | m.Choice():
            return Kind("string", "Map.AsText({0})", "Text")
        case m.Whole():
            return Kind("long", "Map.AsInteger({0})", "Integer")
        case m.Number():
            return Kind("double", "Map.AsNumber({0})", "Number")
        case m.Flag():
            return Kind("bool", "Map.AsFlag({0})", "Flag")
        case m.Part(name):
            return Kind(name, f"{name}.Read({{0}} as Map)")
        case m.ListOf(of):
            item = kind(of)
            each = "list" if "=>" in item.read else "x"
            return Kind(f"List<{item.name}>", f"Map.AsList({{0}}, {each} => {item.read.format(each)})")
        case m.MapOf(m.Part() | m.ListOf() | m.MapOf() as of):
            item = kind(of)
            each = "table" if "=>" in item.read else "x"
            return Kind(f"Dictionary<string, {item.name}>", f"Map.AsTable({{0}}, {each} => {item.read.format(each)})")
        case m.MapOf():
            return Kind("Map", "{0} as Map")
        case m.Anything() | m.Union():
            return Kind("object", "{0}")


def _message(protocol: m.Protocol, message: m.Message) -> str:
    base, about = message.direction.title(), message.doc
    if message.answer:
        base += f"<{protocol.messages[message.answer].name}>"
    if message.last:
        about += f" Answered by `{'` or `'.join(message.last)}`, or by an `error`."
    fields = tuple(field for field in message.fields if field.name not in BASE[message.direction])
    return _class(replace(message, doc=about, fields=fields), f" : {base}", asked=base.startswith("Request"))


def _class(struct: m.Struct, base: str, asked: bool) -> str:
    """A class; `asked`: a game sends it, and leaves out what is null there."""
    declared, written, read = [], [], []
    for field in struct.fields:
        held, member = kind(field.type), pascal(field.name)
        if member in (struct.name, "Read", "Write", "ToMap", "Type"):
            raise ValueError(f"{struct.name} cannot have a field called {member}")
        omitted = not field.required and (asked or field.nullable)
        unset = held.scalar not in ("", "Text") and (omitted or field.nullable)
        start = "" if asked or field.nullable else _start(field)
        declared += [_comment(_told(field), 8), f"        public {held.name}{'?' * unset} {member}{start};"]
        put = f'map["{field.name}"] = {member};'
        written.append(f"            if ({member} != null) {put}" if omitted else f"            {put}")
        taken = f"Map.As{held.scalar}OrNull(value)" if unset else held.read.format("value")
        read.append(f'            if (map.Has("{field.name}", out value)) it.{member} = {taken};')
    lines = [_comment(struct.doc, 4), f"    public sealed class {struct.name}{base}", "    {"]
    if isinstance(struct, m.Message):
        lines += [f'        public override string Type {{ get {{ return "{struct.type}"; }} }}', ""]
    lines += [*declared, ""] if declared else []
    if isinstance(struct, m.Part):
        lines += ["        /// <summary>As it is sent.</summary>", "        public Map ToMap()", "        {"]
        lines += ["            var map = new Map();", *written, "            return map;", "        }", ""]
        lines += ["        /// <summary>Reads what was received; null where there is nothing.</summary>"]
    else:
        if written:
            lines += ["        protected override void Write(Map map)", "        {", *written, "        }", ""]
        lines += ["        /// <summary>Reads what was received.</summary>"]
    lines += [f"        public static {struct.name} Read(Map map)", "        {"]
    lines += ["            if (map == null) return null;"] if isinstance(struct, m.Part) else []
    lines += ["            object value;"] if read else []
    lines += [f"            var it = new {struct.name}();"]
    lines += ["            it.ReadBase(map);"] if isinstance(struct, m.Message) else []
    return "\n".join([*lines, *read, "            return it;", "        }", "    }"])


def _start(field: m.Field) -> str:
    """The value that a field of an answer has where it was left out."""
    match m.plain(field.type):
        case m.Text() | m.Choice():
            return f" = {json.dumps(field.default or '')}"
        case m.Whole() | m.Number() | m.Flag():
            return f" = {json.dumps(field.default)}" if field.default else ""
        case m.Part(name) if field.default:
            values = ", ".join(f"{pascal(key)} = {json.dumps(value)}" for key, value in field.default.items())
            return f" = new {name} {{ {values} }}"
        case m.ListOf() | m.MapOf():
            return f" = new {kind(field.type).name}()"
    return ""


def _told(field: m.Field) -> str:
    told = field.doc or ("Required." if field.required else "Optional.")
    told = told[:1].upper() + told[1:] + ("" if told.endswith(".") else ".")
    if isinstance(choice := m.plain(field.type), m.Choice):
        told += f" One of {_plural(choice)}."
    if not field.required and field.default not in (None, "", [], {}):
        told += f" Default: {json.dumps(field.default)}."
    return told


def _comment(text: str, indent: int) -> str:
    return " " * indent + f"/// <summary>{escape(' '.join(text.split()))}</summary>"


def _plural(choice: m.Choice) -> str:
    return WORDS.get(choice.name, f"{choice.name}s")


def _words(protocol: m.Protocol) -> Iterator[str]:
    order = [*WORDS, *(choice.name for choice in protocol.choices())]
    for choice in sorted(protocol.choices(), key=lambda choice: order.index(choice.name)):
        yield _constants(_plural(choice), f"A closed list: {', '.join(filter(None, choice.words))}.", choice.words)
    about = "The codes of errors. One that is not among them means the same as `internal`."
    yield _constants("ErrorCodes", about, protocol.errors)


def _constants(name: str, about: str, words: Iterable[str]) -> str:
    lines = [_comment(about, 4), f"    public static class {name}", "    {"]
    for word in words:
        lines += [_comment(f"`{word}`" if word else "None.", 8)]
        lines += [f'        public const string {pascal(word) or "None"} = "{word}";']
    return "\n".join([*lines, "    }"])


def _catalogue(protocol: m.Protocol) -> str:
    messages = sorted(protocol.messages.values(), key=lambda message: message.type)
    cases = "\n".join(f'{" " * 16}case "{message.type}": return {message.name}.Read(map);' for message in messages)
    deeds = "\n".join(f'{" " * 16}case "{message.type}":' for message in messages if message.deed)
    return f"""{_comment("All messages of the protocol, by what they are called on the wire.", 4)}
    public static class Catalogue
    {{
        /// <summary>The version of the protocol that these classes were made from.</summary>
        public const string Version = "{protocol.version}";
        /// <summary>The first frame of every message.</summary>
        public const string Header = "{protocol.header}";

        /// <summary>Whether a request would happen twice if it were sent again.</summary>
        public static bool Deed(string type)
        {{
            switch (type)
            {{
{deeds}
                    return true;
                default:
                    return false;
            }}
        }}

        /// <summary>Reads a message; null where its type is unknown, which is to be ignored.</summary>
        public static Message Read(Map map)
        {{
            switch (map.Text("type"))
            {{
{cases}
                default: return null;
            }}
        }}
    }}"""
