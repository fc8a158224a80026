"""Writes the messages in Java.

Requests, responses and events are records in a sealed interface each; what they hold are records and enums of their
own. Each reads and writes itself: nothing in Java looks at classes at run time.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from protocol.bindings import model as m

WIDTH = 112
INT_MAX = 2**31 - 1
UNIVERSAL = frozenset({"id", "re", "last", "warnings"})
RESERVED = frozenset({"private", "default", "class", "new", "this", "package", "import", "switch", "case", "return"})
"""Words of Java that a field may have for a name; they get a `_` behind them."""
ENUMS = {"SayPriority": "Priority", "SayBarks": "Barks"}
"""What closed lists are called where it is not as the model has it."""
GROUPS = {
    "request": """\
/** What a game asks of the daemon. {@code of} makes one with what it must have, {@code with...} adds what it may. */
public sealed interface Request extends Message {
    /** Chosen by the client, unique in a session; empty until it is sent. */
    String id();

    /** The same with another id. */
    Request withId(String id);

    /** A request that gets one message, of the type {@code A}, or an error. */
    sealed interface Single<A extends Response> extends Request {
        /** The type of the answer, as the protocol names it. */
        String answer();
    }
""",
    "response": """\
/** What the daemon sends because of a request. */
public sealed interface Response extends Message {
    /** The id of the request that it belongs to. */
    String re();

    /** Whether nothing more comes for that request. */
    default boolean last() {
        return false;
    }

    /** Fields of the request that it has not: mistyped, or too new. */
    default List<String> warnings() {
        return List.of();
    }
""",
    "event": """\
/** What happened in a world. */
public sealed interface Event extends Message {
    /** The world in which it happened. */
    String world();
""",
}
"""By direction: what the interface of its messages begins with; their records follow."""


@dataclass(frozen=True)
class Kind:
    """A type in Java: `read` is a function from what came to it, `write` an expression with `{}` for the value."""

    java: str
    read: str
    write: str = "{}"
    boxed: str = ""
    """The class that stands for a primitive type where that cannot stand."""

    @property
    def object(self) -> str:
        """The type of what can be null."""
        return self.boxed or self.java


@dataclass(frozen=True)
class Component:
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
        return self.kind.object if self.nullable else self.kind.java


def files(protocol: m.Protocol) -> Iterator[tuple[str, str]]:
    """A file for each public type."""
    for direction in GROUPS:
        yield _file(direction.title(), _group(protocol, direction))
    yield _file("Catalogue", _catalogue(protocol))
    yield _file("ErrorCode", _enum("ErrorCode", "What went wrong, for programs.", protocol.errors))
    asked = m.with_parts(protocol.going("request"))
    for part in protocol.parts.values():
        made = part.name in asked or not any(field.required for field in part.fields)  # else it may be a default
        yield _file(part.name, f"{_doc(part)}public {_record(part, part.name, made)}")
    for choice in protocol.choices():
        doc = f"A closed list of the protocol: {', '.join(filter(None, choice.words))}."
        yield _file(_enum_name(choice), _enum(_enum_name(choice), doc, choice.words))


def _file(name: str, body: str) -> tuple[str, str]:
    used = [name for name in ("LinkedHashMap", "List", "Map", "Objects") if re.search(rf"\b{name}\b", body)]
    imports = "".join(f"import java.util.{name};\n" for name in used)
    return f"{name}.java", "\n".join(["package dev.npcruntime.protocol;\n", *([imports] if imports else []), body])


def components(struct: m.Struct) -> list[Component]:
    """The components of a record: the required ones first, as a reader wants them."""
    found = map(_component, struct.fields)
    return sorted(found, key=lambda one: (one.wire not in {"id", "re"}, one.wire != "world", not one.required))


def _component(field: m.Field) -> Component:
    name = re.sub(r"_([a-z])", lambda found: found[1].upper(), field.name)
    name += "_" * (name in RESERVED)
    required = field.required and field.name != "last"  # a message without it is not the last one
    default = "" if field.required else _default(field)
    return Component(field.name, name, _kind(field.type), field.nullable, required, default, field.doc)


def _kind(type_: m.Type) -> Kind:
    match m.plain(type_):
        case m.Text():
            return Kind("String", "Wire::string")
        case m.Flag():
            return Kind("boolean", "Wire::flag", boxed="Boolean")
        case m.Whole(high=high):
            small = high is not None and high <= INT_MAX
            return Kind("int", "Wire::small", boxed="Integer") if small else Kind("long", "Wire::whole", boxed="Long")
        case m.Number():
            return Kind("double", "Wire::number", boxed="Double")
        case m.Choice() as choice:
            name = _enum_name(choice)
            return Kind(name, f"{name}::read", "{}.wire()")
        case m.Part(name):
            return Kind(name, f"{name}::read", "{}.write()")
        case m.ListOf(of):
            return _collection(_kind(of), "List<{}>", "Wire.list({})", "Wire.each")
        case m.MapOf(of):
            return _collection(_kind(of), "Map<String, {}>", "Wire.map({})", "Wire.values")
        case m.Union():
            return Kind("Object", "Wire::value")
        case m.Anything():
            return Kind("Object", "Wire::anything")


def _collection(of: Kind, java: str, read: str, write: str) -> Kind:
    java = java.format(of.object)
    as_is = of.write == "{}"
    return Kind(java, read.format(of.read), "{}" if as_is else f"{write}({{}}, it -> {of.write.format('it')})")


def _default(field: m.Field) -> str:
    value = field.default
    if value is None:
        return "null"
    match m.plain(field.type):
        case m.Flag() | m.Text():
            return json.dumps(value)
        case m.Number():
            return repr(float(value))
        case m.Whole():
            return f"{value}{'L' * (_kind(field.type).java == 'long')}"
        case m.Choice() as choice:
            return f"{_enum_name(choice)}.{_constant(value)}"
        case m.Part() | m.ListOf() | m.MapOf():
            return f"{_kind(field.type).java.partition('<')[0]}.of()"
    raise ValueError(f"{field.name}: Java has no default for {field.type}")


def _enum_name(choice: m.Choice) -> str:
    return ENUMS.get(choice.name, choice.name.replace("Info", ""))


def _constant(word: str) -> str:
    return re.sub(r"\W", "_", word).upper() or "NONE"


def _class(message: m.Message) -> str:
    return message.name.removeprefix("Event") if message.direction == "event" else message.name


def _group(protocol: m.Protocol, direction: str) -> str:
    """A sealed interface, and in it a record of each message."""
    records = (_doc(message) + _message(protocol, message) for message in protocol.going(direction))
    return (
        GROUPS[direction]
        + _deeds(protocol, direction)
        + "".join("\n" + textwrap.indent(record, "    ") for record in records)
        + "}\n"
    )


def _deeds(protocol: m.Protocol, direction: str) -> str:
    """Which requests are not sent again, as a method of their interface."""
    named = [f"this instanceof {_class(message)}" for message in protocol.going(direction) if message.deed]
    if not named:
        return ""
    told = "\n                || ".join(named)
    about = "Whether it would happen twice if it were sent again; {@code world.advance} to a time would not."
    return f"\n    /** {about} */\n    default boolean deed() {{\n        return {told};\n    }}\n"


def _message(protocol: m.Protocol, message: m.Message) -> str:
    implements, answer = message.direction.title(), []
    if message.answer:
        implements = f"Single<Response.{_class(protocol.messages[message.answer])}>"
        answer = ["", "    @Override", "    public String answer() {", f'        return "{message.answer}";', "    }"]
    return _record(message, _class(message), message.direction == "request", f" implements {implements}", answer)


def _record(struct: m.Struct, name: str, made: bool, implements: str = "", more: Sequence[str] = ()) -> str:
    """A record that reads and writes itself; where a game makes it, with `of` and `with...`."""
    fields = components(struct)
    head = f"record {name}({', '.join(f'{field.java} {field.name}' for field in fields)})"
    if len(head) > WIDTH:
        parts = ",\n".join(f"        {field.java} {field.name}" for field in fields)
        head = f"record {name}(\n{parts})"
    lines = [f"{head}{implements} {{", *_checks(name, fields, made)]
    lines += _makers(name, fields) if made else []
    lines += [*_reader(name, fields), *_writer(struct, fields)]
    if isinstance(struct, m.Message):
        lines += ["", "    @Override", "    public String type() {", f'        return "{struct.type}";', "    }"]
    return "\n".join([*lines, *more, "}", ""])


def _checks(name: str, fields: list[Component], made: bool) -> list[str]:
    """The constructor, where there is something to check or to copy."""
    checks, needed = [], []
    for field in fields:
        if field.java.startswith("List<"):
            unless_null = f"{field.name} == null ? null : " * field.nullable
            checks.append(f"        {field.name} = {unless_null}List.copyOf({field.name});")
        elif made and not (field.nullable or field.kind.boxed):
            needed.append(f'        Objects.requireNonNull({field.name}, "{field.wire}");')
    checks += needed
    return [f"    public {name} {{", *checks, "    }"] if checks else []


def _makers(name: str, fields: list[Component]) -> list[str]:
    given = [field for field in fields if field.required and field.wire != "id"]
    lines = []
    if len(given) < len(fields):
        values = (field.name if field in given else '""' if field.wire == "id" else field.default for field in fields)
        parameters = ", ".join(f"{field.java} {field.name}" for field in given)
        lines += ["", "    /** One with what it must have. */", f"    public static {name} of({parameters}) {{"]
        lines += [f"        return new {name}({', '.join(values)});", "    }"]
    for field in fields:
        if field in given:
            continue
        title = field.name.rstrip("_")
        lines += [
            "",
            "    @Override" if field.wire == "id" else f"    /** The same, but for {{@code {field.wire}}}. */",
            f"    public {name} with{title[0].upper()}{title[1:]}({field.kind.java} {field.name}) {{",
            f"        return new {name}({', '.join(other.name for other in fields)});",
            "    }",
        ]
    return lines


def _reader(name: str, fields: list[Component]) -> list[str]:
    lines = ["", f"    static {name} read(Object came) {{"]
    lines += [f"        Fields {'f' if fields else 'ignored'} = Fields.of(came);"]
    reads = []
    for field in fields:
        arguments = f'"{field.wire}", {field.kind.read}'
        if field.nullable:
            reads.append(f"f.orNull({arguments})")
        elif field.required:
            reads.append(f"f.need({arguments})")
        else:
            reads.append(f"f.or({arguments}, {field.default or 'false'})")
    inside = ",".join(f"\n                {read}" for read in reads)
    return [*lines, f"        return new {name}({inside});", "    }"]


def _writer(struct: m.Struct, fields: list[Component]) -> list[str]:
    """`write`: what has its default value is left out, but never `last`."""
    message = isinstance(struct, m.Message)
    lines = ["", "    @Override" if message else "    /** As a map of the wire. */"]
    lines += ["    public Map<String, Object> write() {", "        Map<String, Object> out = new LinkedHashMap<>();"]
    lines += [f'        out.put("type", "{struct.type}");'] if isinstance(struct, m.Message) else []
    for field in fields:
        value = field.kind.write.format(field.name)
        if field.nullable and field.required and value != field.name:
            value = f"{field.name} == null ? null : {value}"
        lines.append(f'        {_unless(field)}out.put("{field.wire}", {value});')
    return [*lines, "        return out;", "    }"]


def _unless(field: Component) -> str:
    """What stands before that which writes a field, so that it is left out where it is as by default."""
    if field.required or not field.default:
        return ""
    if field.nullable:
        return f"if ({field.name} != null) "
    if field.default in {'""', "List.of()", "Map.of()"}:
        return f"if (!{field.name}.isEmpty()) "
    if field.kind.java == "boolean":
        return f"if ({'!' * (field.default == 'true')}{field.name}) "
    if field.kind.boxed:
        return f"if ({field.name} != {field.default}) "
    return f"if (!{field.name}.equals({field.default})) "


def _enum(name: str, doc: str, words: Iterable[str]) -> str:
    constants = ",\n".join(f"    {_constant(word)}({json.dumps(word)})" for word in words)
    return (
        f"/** {_html(doc)} */\npublic enum {name} {{\n{constants};\n\n    private final String wire;\n\n"
        f"    {name}(String wire) {{\n        this.wire = wire;\n    }}\n\n"
        "    /** As the protocol writes it. */\n    public String wire() {\n        return wire;\n    }\n\n"
        f"    static {name} read(Object came) {{\n        return Wire.among(values(), {name}::wire, came);\n"
        "    }\n}\n"
    )


def _catalogue(protocol: m.Protocol) -> str:
    cases = "\n".join(
        f'            case "{message.type}" -> {message.direction.title()}.{_class(message)}.read(body);'
        for message in protocol.messages.values()
    )
    return (
        "/** Which type of the protocol is which record. */\nfinal class Catalogue {\n"
        f'    static final String PROTOCOL = "{protocol.version}";\n'
        f'    static final String HEADER = "{protocol.header}";\n\n    private Catalogue() {{}}\n\n'
        "    /** The message in a body, or null for a type that this version does not know. */\n"
        "    static Message read(String type, Map<String, Object> body) {\n        return switch (type) {\n"
        f"{cases}\n            default -> null;\n        }};\n    }}\n}}\n"
    )


def _doc(struct: m.Struct) -> str:
    """The comment of a record: what it is, and what its fields mean."""
    width = WIDTH - 3 - 4 * isinstance(struct, m.Message)
    lines = textwrap.wrap(_html(struct.doc), width)
    told = [field for field in components(struct) if field.doc and field.wire not in UNIVERSAL]
    params = [f"@param {field.name} {_html(field.doc)}" for field in told]
    if not params and len(lines) == 1:
        return f"/** {lines[0]} */\n"
    body = [*lines, *([""] if params else []), *params]
    return "".join(["/**\n", *(f" * {line}".rstrip() + "\n" for line in body), " */\n"])


def _html(text: str) -> str:
    parts = re.split(r"`([^`]*)`", text.replace("*/", "*&#47;"))
    plain = [escape(part).replace("@", "&#64;") for part in parts]
    return "".join(f"{{@code {parts[i]}}}" if i % 2 else plain[i] for i in range(len(parts)))
