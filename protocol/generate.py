"""Writes what follows from the code: `protocol.json`, `schema/`, `vectors/`, the message sections of `SPEC.md`, and the
message types of the clients in `bindings/`.

python -m protocol.generate            write
python -m protocol.generate --check    write nothing; name what is stale, and exit 1 if anything is
python -m protocol.generate --record   record the transcripts anew, with daemons that it starts (a minute)
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from npc_runtime import errors
from npc_runtime.wire import messages as m
from protocol import bindings, generated
from protocol.bindings import model
from protocol.examples import REFUSED, VALID
from protocol.schemas import DEFINITIONS, schemas
from protocol.specification import Specification

HERE = Path(__file__).parent
SPEC = HERE / "SPEC.md"


def outputs() -> Iterator[tuple[Path, str]]:
    """Every generated file, and what should be in it."""
    messages, definitions = schemas(m.Catalogue.all.items())
    for name, schema in messages.items():
        yield HERE / "schema" / f"{name}.json", _json(schema)
    yield HERE / "schema" / DEFINITIONS, _json(definitions)
    yield HERE / "protocol.json", _json(catalogue())
    yield from bindings.outputs(model.protocol(catalogue(), messages, definitions)).items()
    yield HERE / "vectors" / "valid.json", _json({"protocol": m.PROTOCOL_VERSION, "vectors": list(_valid())})
    yield HERE / "vectors" / "refused.json", _json({"protocol": m.PROTOCOL_VERSION, "vectors": list(_refused())})
    yield SPEC, Specification(messages, definitions).filled(SPEC.read_text(encoding="utf-8"))


def catalogue() -> dict[str, Any]:
    """What a program must know of the messages beside their fields: which of them belong together."""
    messages: dict[str, Any] = {}
    for name, cls in m.Catalogue.all.items():
        if issubclass(cls, m.Request):
            told = {"before": list(cls.before), "last": [*cls.last, "error"], "capability": cls.capability}
            messages[name] = {"direction": "request", **told, "deed": cls.deed}
        else:
            messages[name] = {"direction": "response" if issubclass(cls, m.Response) else "event"}
    codes = sorted({cls.code for _, cls in inspect.getmembers(errors, inspect.isclass) if hasattr(cls, "code")})
    return {"protocol": m.PROTOCOL_VERSION, "header": "NPC1", "messages": messages, "errors": codes}


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


def there() -> Iterator[Path]:
    """The files that nothing but this may have made."""
    yield from HERE.glob("schema/*")
    yield from bindings.written()


def record() -> int:
    """Records the transcripts; returns the exit status."""
    from protocol import conversations, transcripts

    recorded = transcripts.record(conversations.CONVERSATIONS)
    (HERE / "vectors" / "transcripts.json").write_text(transcripts.text(recorded), encoding="utf-8", newline="\n")
    return 0


def main() -> int:
    """Writes or checks; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is stale")
    parser.add_argument("--record", action="store_true", help="record the transcripts anew, with daemons")
    asked = parser.parse_args()
    if asked.record:
        return record()
    return generated.keep(dict(outputs()), there(), asked.check, "python -m protocol.generate")


if __name__ == "__main__":
    sys.exit(main())
