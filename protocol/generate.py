"""Writes what follows from the code: `protocol.json`, `schema/`, `vectors/`, and the message sections of `SPEC.md`.

python -m protocol.generate            write
python -m protocol.generate --check    write nothing; name what is stale, and exit 1 if anything is
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from npc_runtime import errors
from npc_runtime.wire import messages as m
from protocol.examples import EXAMPLES, REFUSED, VALID

HERE = Path(__file__).parent
SPEC = HERE / "SPEC.md"
BLOCK = re.compile(r"<!-- message (?P<type>[a-z.]+) -->\n.*?<!-- end -->", re.DOTALL)
COMMON = ("type", "id", "re", "world", "last", "warnings", "kept")
"""Fields that the specification explains once."""
WIDTH = 112
_ANCHOR = str.maketrans({" ": "-", "→": None, "(": None, ")": None})
ID_PATTERNS: dict[str, str] = {
    m.ENTITY_PATTERN: "entity id",
    m.WORLD_PATTERN: "world id",
    m.SAVE_PATTERN: "save name",
}


def outputs() -> Iterator[tuple[Path, str]]:
    """Every generated file, and what should be in it."""
    for name, cls in m.Catalogue.all.items():
        yield HERE / "schema" / f"{name}.json", _json(schema(cls))
    yield HERE / "protocol.json", _json(catalogue())
    yield HERE / "vectors" / "valid.json", _json({"protocol": m.PROTOCOL_VERSION, "vectors": list(_valid())})
    yield HERE / "vectors" / "refused.json", _json({"protocol": m.PROTOCOL_VERSION, "vectors": list(_refused())})
    told: dict[str, str] = {}
    yield SPEC, BLOCK.sub(lambda block: section(block["type"], told), SPEC.read_text(encoding="utf-8"))


def schema(cls: type[m.Body]) -> dict[str, Any]:
    """The JSON Schema of a message."""
    found = cls.model_json_schema(by_alias=True)
    own = [name for name in ("type", "last") if name in found["properties"]]  # they have defaults in Python only
    found["properties"].get("last", {}).pop("default", None)
    found["required"] = [*own, *found.get("required", ())]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def catalogue() -> dict[str, Any]:
    """What a program must know of the messages beside their fields: which of them belong together."""
    messages: dict[str, Any] = {}
    for name, cls in m.Catalogue.all.items():
        if issubclass(cls, m.Request):
            told = {"before": list(cls.before), "last": [*cls.last, "error"], "capability": cls.capability}
            messages[name] = {"direction": "request", **told}
        else:
            messages[name] = {"direction": "response" if issubclass(cls, m.Response) else "event"}
    codes = sorted({cls.code for _, cls in inspect.getmembers(errors, inspect.isclass) if hasattr(cls, "code")})
    return {"protocol": m.PROTOCOL_VERSION, "header": "NPC1", "messages": messages, "errors": codes}


def section(name: str, told: dict[str, str]) -> str:
    """The part of SPEC.md about one message, with its markers; `told`: which has the table of each part already."""
    cls = m.Catalogue.all[name]
    described = cls.model_json_schema(by_alias=True)
    lines = [f"<!-- message {name} -->", f"#### `{name}` ({_direction(cls)})", "", inspect.getdoc(cls) or ""]
    lines += _table(described, described)
    for part in described.get("$defs", {}).values():
        first = told.setdefault(part["title"], name)
        if first == name:
            lines += ["", f"**{part['title']}**", *_table(part, described)]
        else:
            anchor = f"{first.replace('.', '')}-{_direction(m.Catalogue.all[first])}".translate(_ANCHOR)
            lines += ["", f"**{part['title']}** is that of [`{first}`](#{anchor})."]
    lines += ["", "```json", _example(EXAMPLES[name]), "```", "<!-- end -->"]
    return "\n".join(lines)


def _table(part: dict[str, Any], whole: dict[str, Any]) -> list[str]:
    rows = list(_rows(part, whole))
    return ["", "| Field | Type | | Meaning |", "|---|---|---|---|", *rows] if rows else []


def _example(message: dict[str, Any]) -> str:
    """As many fields a line as there is room for."""
    fields = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in message.items()]
    lines = [fields[0]]
    for field in fields[1:]:
        if len(lines[-1]) + len(field) < WIDTH:
            lines[-1] += f", {field}"
        else:
            lines.append(field)
    return "{" + ",\n ".join(lines) + "}"


def _direction(cls: type[m.Body]) -> str:
    if issubclass(cls, m.Request):
        return "client → daemon"
    return "daemon → client" if issubclass(cls, m.Response) else "daemon → observers"


def _rows(part: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    required = part.get("required", ())
    for name, field in part["properties"].items():
        if name in COMMON and part is whole:
            continue
        need = "required" if name in required else _default(field.get("default"))
        yield f"| `{name}` | {_type(field, whole)} | {need} | {field.get('description', '')} |"


def _default(value: Any) -> str:
    return "optional" if value in (None, "", [], {}) else f"default `{json.dumps(value)}`"


def _type(field: dict[str, Any], whole: dict[str, Any]) -> str:
    """A JSON Schema type in words."""
    if "$ref" in field:
        return str(whole["$defs"][field["$ref"].rsplit("/", 1)[1]]["title"])
    if "anyOf" in field:
        return " or ".join(_type(choice, whole) for choice in field["anyOf"])
    if "enum" in field:
        return " \\| ".join(f"`{value}`" for value in field["enum"])
    kind = str(field.get("type", "any"))
    if kind == "null":
        return "nil"
    if kind == "array":
        return f"array{_range(field, 'minItems', 'maxItems')} of {_type(field['items'], whole)}"
    if kind == "object":
        return "map"
    if kind == "string":
        length = _range(field, "minLength", "maxLength", " characters")
        return ID_PATTERNS.get(str(field.get("pattern")), "string" + length)
    if kind in ("integer", "number"):
        return kind + _range(field, "minimum", "maximum")
    return kind


def _range(field: dict[str, Any], low: str, high: str, unit: str = "") -> str:
    if field.get(high) == m.LARGEST:
        return f" (at least {field[low]}{unit})" if field.get(low, -m.LARGEST) > -m.LARGEST else ""
    if high in field:
        return f" ({field.get(low, 0)} to {field[high]}{unit})"
    return f" (at least {field[low]}{unit})" if low in field else ""


def _valid() -> Iterator[dict[str, Any]]:
    for vector in VALID:
        frames = [frame.hex() for frame in vector.frames]
        yield {"name": vector.name, "note": vector.note, "frames": frames, "message": vector.message}


def _refused() -> Iterator[dict[str, Any]]:
    for vector in REFUSED:
        yield {
            "name": vector.name,
            "note": vector.note,
            "session": vector.session,
            "frames": [frame.hex() for frame in vector.frames],
            "error": vector.error,
            "re": vector.re,
        }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def stale() -> list[Path]:
    """The files that differ from what the code says, and those that nothing generates any more."""
    wanted = dict(outputs())
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    orphans = [path for path in HERE.glob("schema/*") if path not in wanted]
    return sorted(changed + orphans)


def main() -> int:
    """Writes or checks; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is stale")
    found = stale()
    if parser.parse_args().check:
        for path in found:
            print(f"{path.relative_to(HERE.parent)} is stale; run: python -m protocol.generate", file=sys.stderr)
        return 1 if found else 0
    wanted = dict(outputs())
    for path in found:
        if path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
