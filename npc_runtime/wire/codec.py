"""Frames to messages and back. The only place that knows msgpack.

A message travels as two frames: a header that names the protocol and its major version, and a body, one msgpack map.
"""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgpack
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from npc_runtime.errors import BadFrame, InternalError, Invalid, UnknownType, UnsupportedVersion, closest, shown
from npc_runtime.wire.messages import (
    ENTITY_PATTERN,
    PROTOCOL_VERSION,
    SAVE_PATTERN,
    WORLD_PATTERN,
    Body,
    Catalogue,
    Error,
    Request,
    Response,
)

Message = TypeVar("Message", bound=Body)

log = logging.getLogger(__name__)

HEADER = b"NPC" + PROTOCOL_VERSION.split(".", maxsplit=1)[0].encode()
BODY_LIMIT = 256 * 1024
"""Bytes in a body."""
SUPPORTED = (PROTOCOL_VERSION,)

_OTHER_MAJOR = re.compile(rb"NPC[0-9]{1,3}")
_PROBLEMS_SHOWN = 3


def _plain(message: BaseModel) -> dict[str, Any]:
    return vars(message)


def _refuse_extension(code: int, data: bytes) -> None:
    raise ValueError(f"extension type {code} is not used in this protocol")


_quick = msgpack.Packer(default=_plain)
_careful = msgpack.Packer(default=_plain, unicode_errors="replace")
_ALIASES = {
    cls: {name: field.alias for name, field in cls.model_fields.items() if field.alias}
    for cls in Catalogue.all.values()
    if any(field.alias for field in cls.model_fields.values())
}


def encode(message: Body) -> bytes:
    """The body of a message. Equal to packing `message.model_dump(by_alias=True)`, at a third of its cost.

    Raises only for what is no message: half of a surrogate pair, which no encoding has, becomes a question mark.
    """
    fields = vars(message)
    aliases = _ALIASES.get(type(message))
    if aliases is not None:
        fields = {aliases.get(name, name): value for name, value in fields.items()}
    try:
        return _quick.pack(fields)  # type: ignore[no-any-return]
    except UnicodeEncodeError:
        return _careful.pack(fields)  # type: ignore[no-any-return]


def answer(message: Response) -> bytes:
    """The body of a response; of one that is longer than a message may be, an error in its place."""
    body = encode(message)
    if len(body) <= BODY_LIMIT:
        return body
    log.error("%s for request %s has %d bytes", message.type, message.re, len(body))
    return encode(
        Error(
            re=message.re,
            code=InternalError.code,
            message=f"the answer, {message.type}, would have {len(body)} bytes, and a message has {BODY_LIMIT} at most",
            hint="ask for less at once; where that cannot be asked for, please report it",
        )
    )


def size(part: object) -> int:
    """The bytes that a value takes inside a message."""
    return len(_careful.pack(part))


def frames(message: Body) -> list[bytes]:
    """Header and body."""
    return [HEADER, encode(message)]


def unpack(parts: Sequence[bytes]) -> dict[str, Any]:
    """The map in the body of a message; its fields are not checked yet.

    Raises BadFrame, or UnsupportedVersion for the header of another major version.
    """
    if not parts or parts[0] != HEADER:
        if parts and _OTHER_MAJOR.fullmatch(parts[0]):
            raise UnsupportedVersion(
                f"this daemon does not speak {parts[0].decode()}",
                hint=f"it speaks {', '.join(SUPPORTED)}",
                detail={"supported": list(SUPPORTED)},
            )
        raise BadFrame("the first frame is not the protocol's header", hint=f"send {HEADER.decode()}, then the body")
    if len(parts) != 2:
        found = "1" if len(parts) == 1 else "more"
        raise BadFrame(f"a message has 2 frames, this one has {found}", hint="send the header, then one body")
    if len(parts[1]) > BODY_LIMIT:
        raise BadFrame(f"the body has {len(parts[1])} bytes", hint=f"at most {BODY_LIMIT} are read")
    try:
        body = msgpack.unpackb(parts[1], strict_map_key=True, ext_hook=_refuse_extension)
    except Exception as error:  # msgpack raises many kinds, and all of them mean the same here
        raise BadFrame(f"the body is not valid msgpack: {str(error) or type(error).__name__}") from None
    if not isinstance(body, dict):
        raise BadFrame(f"the body is a msgpack {type(body).__name__}", hint="a message is a map with a type")
    return body


def message_id(body: dict[str, Any]) -> str:
    """The request's id where it can be read, else the empty string."""
    found = body.get("id")
    return found if isinstance(found, str) and 1 <= len(found) <= 64 else ""


def request(body: dict[str, Any]) -> Request:
    """The request in an unpacked body. Raises UnknownType or Invalid, naming what would be right."""
    found = _validated(Catalogue.requests, body)
    if found is None:
        raise _unknown(body.get("type"))
    return found


def message(body: dict[str, Any]) -> Body | None:
    """Any message, as a client reads it; None for a type that is newer than this client. Raises Invalid."""
    return _validated(Catalogue.all, body)


def _validated(catalogue: Mapping[str, type[Message]], body: dict[str, Any]) -> Message | None:
    """The message in an unpacked body; None for a type that is not in the catalogue. Raises Invalid."""
    kind = body.get("type")
    found = catalogue.get(kind) if isinstance(kind, str) else None
    if found is None:
        return None
    try:
        return found.model_validate(body)
    except ValidationError as error:
        raise explain(str(kind), error, body) from None


def explain(kind: str, error: ValidationError, body: Mapping[str, Any]) -> Invalid:
    """What is wrong with a message: for a modder the fields, what each wants and what it got; for a program the first.

    `detail` has `field`, `wanted` and `got`, and `allowed` where the values are few.
    """
    problems = error.errors(include_url=False)
    found: dict[str, list[ErrorDetails]] = {}
    for problem in problems:  # of a field that may be of several kinds, there is one for each
        found.setdefault(_field(problem, body), []).append(problem)
    lines = [_problem(field, which) for field, which in list(found.items())[:_PROBLEMS_SHOWN]]
    if len(found) > _PROBLEMS_SHOWN:
        lines.append(f"and {len(found) - _PROBLEMS_SHOWN} more")
    field, which = next(iter(found.items()))
    first = which[0]
    detail: dict[str, Any] = {"field": field, "wanted": _any_of(which)}
    if first["type"] != "missing":
        detail["got"] = shown(first["input"])
    if first["type"] == "literal_error":
        detail["allowed"] = re.findall("'([^']*)'", first["ctx"]["expected"])
    return Invalid(f"{kind}: {'; '.join(lines)}", hint=f'the fields of "{kind}" are in protocol/SPEC.md', detail=detail)


def _problem(field: str, which: Sequence[ErrorDetails]) -> str:
    if which[0]["type"] == "missing":
        return f"{field} is missing"
    return f"{field} wants {_any_of(which)}, not {shown(which[0]['input'])}"


def _any_of(problems: Sequence[ErrorDetails]) -> str:
    return " or ".join(dict.fromkeys(map(_wanted, problems)))


def _field(problem: ErrorDetails, body: Any) -> str:
    """Where it is. pydantic also names the kind, of what may be one of several; no part of a message is called so."""
    parts, inside = [], body
    for place, part in enumerate(problem["loc"]):
        last = place == len(problem["loc"]) - 1
        if isinstance(inside, Mapping) and (part in inside or (last and problem["type"] == "missing")):
            inside = inside.get(part)
        elif isinstance(inside, list) and isinstance(part, int):
            inside = inside[part]
        else:
            continue
        parts.append(str(part))
    return ".".join(parts) or "the body"


def _wanted(problem: ErrorDetails) -> str:
    """What would be right, in words."""
    said = problem.get("ctx", {})
    match problem["type"]:
        case "string_pattern_mismatch":
            return _PATTERNS.get(said["pattern"], f"text like {said['pattern']}")
        case "literal_error":
            return f"one of {said['expected']}" if " or " in said["expected"] else str(said["expected"])
        case "string_too_short" | "string_too_long" | "too_short" | "too_long" as which:
            bound = f"at least {said['min_length']}" if which.endswith("short") else f"at most {said['max_length']}"
            return f"{bound} {'characters' if which.startswith('string') else 'entries'}"
        case "greater_than_equal" | "less_than_equal" as which:
            return f"at least {said['ge']}" if which.startswith("greater") else f"at most {said['le']}"
        case kind:
            return _KINDS.get(kind) or problem["msg"].removeprefix("Value error, ")


_KINDS = {
    "missing": "a value",
    "string_type": "a string",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "finite_number": "a number that is neither NaN nor infinite",
    "bool_type": "true or false",
    "list_type": "an array",
    "dict_type": "a map",
    "model_type": "a map",
}
_PATTERNS = {
    ENTITY_PATTERN: "an id such as npc:mira or player:alex",
    WORLD_PATTERN: "a world's id: 1 to 64 characters, and no control characters, / or \\",
    SAVE_PATTERN: "a save's name: 1 to 128 characters, and no control characters",
}


def strangers(body: Mapping[str, Any], request: BaseModel, within: str = "") -> list[str]:
    """A sentence for each field of a request that it has not; what is newer than this daemon looks the same."""
    fields = _names(type(request))
    found: list[str] = []
    for name, value in body.items():
        if name not in fields:
            guess = closest(name, [known for known in fields if known not in body])
            found.append(
                f"{within or body.get('type')} has no field {shown(name)}"
                + (f" (did you mean {guess}?)" if guess else "")
            )
            continue
        if not isinstance(value, (dict, list)):
            continue
        held = getattr(request, fields[name])
        if isinstance(held, BaseModel) and isinstance(value, dict):
            found += strangers(value, held, name)
        elif isinstance(held, list) and isinstance(value, list):
            for one, part in zip(value, held, strict=False):
                if isinstance(part, BaseModel) and isinstance(one, dict):
                    found += strangers(one, part, name)
    return found


@functools.cache
def _names(kind: type[BaseModel]) -> dict[str, str]:
    """The fields of a message by their names in it."""
    return {field.alias or name: name for name, field in kind.model_fields.items()}


def _unknown(kind: object) -> UnknownType:
    names = sorted(Catalogue.requests)
    if not isinstance(kind, str):
        return UnknownType("the message has no type", hint=f"requests are {', '.join(names)}")
    guess = closest(kind, names)
    hint = f"requests are {', '.join(names)}" + (f" (did you mean {guess}?)" if guess else "")
    return UnknownType(f"there is no request of type {shown(kind)}", hint=hint)
