"""What writes the message types of the clients: the model of the protocol, and which files are stale."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from protocol import bindings, generated
from protocol.bindings import model as m

REQUIRED = ["type", "id", "field"]


def protocol_of(field: dict[str, Any], required: list[str] = REQUIRED, **definitions: Any) -> m.Protocol:
    """A protocol of one request, with one field."""
    properties = {"type": {"const": "try", "type": "string"}, "id": {"type": "string"}, "field": field}
    schema = {"title": "Try", "description": "Tries.", "properties": properties, "required": required}
    told = {"direction": "request", "before": [], "last": ["done", "error"], "capability": ""}
    catalogue = {"protocol": "1.0", "header": "NPC1", "errors": ["busy"], "messages": {"try": told}}
    return m.protocol(catalogue, {"try": schema}, {"$defs": definitions})


def test_no_file_of_a_client_is_stale() -> None:
    command = [sys.executable, "-m", "protocol.bindings", "--check"]
    ran = subprocess.run(command, cwd=bindings.ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_message_is_read_with_its_answers_and_its_fields() -> None:
    protocol = m.read()
    say, spawn = protocol.messages["say"], protocol.messages["npc.spawn"]
    assert (say.name, say.direction, say.last, say.answer) == ("Say", "request", ("reply.end", "reply.none"), "")
    assert (spawn.name, spawn.before, spawn.answer) == ("NpcSpawn", (), "npc.spawned")
    fields = {field.name: field for field in say.fields}
    assert list(fields)[:3] == ["id", "world", "from"]
    to, priority, stream, actions = (fields[name] for name in ("to", "priority", "stream", "actions"))
    assert (to.type, to.nullable, to.required, to.default) == (protocol.shared["EntityId"], True, False, None)
    assert m.plain(to.type) == m.Text()
    assert priority.type == m.Choice("SayPriority", ("player", "normal", "background"))
    assert m.plain(stream.type) == m.Choice("Stream", ("sentence", "delta", "end"))
    assert (stream.required, stream.default) == (False, "sentence")
    assert actions.type == m.ListOf(protocol.parts["ActionOffer"], high=16)


def test_parts_come_behind_those_that_they_hold() -> None:
    protocol = m.read()
    names = list(m.with_parts(protocol.parts.values()))
    assert sorted(names) == sorted(protocol.parts)
    for part in protocol.parts.values():
        inner = m.with_parts([part])
        assert all(names.index(name) <= names.index(part.name) for name in inner)


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"type": "integer", "minimum": 0, "maximum": m.LARGEST}, m.Whole(low=0)),
        ({"type": "object", "additionalProperties": True}, m.MapOf(m.Anything())),
        ({"type": "array", "items": {"enum": ["a", ""]}}, m.ListOf(m.Choice("TryField", ("a", "")))),
        ({"anyOf": [{"type": "string"}, {"type": "number"}]}, m.Union((m.Text(), m.Number()))),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, m.Flag()),
        ({"$ref": "definitions.json#/$defs/Id"}, m.Alias("Id", m.Text(high=9))),
    ],
)
def test_types(schema: dict[str, Any], type_: m.Type) -> None:
    field = protocol_of(schema, Id={"type": "string", "maxLength": 9}).messages["try"].fields[1]
    assert (field.type, field.nullable) == (type_, {"type": "null"} in schema.get("anyOf", []))


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "string"}, "Try.field may be left out, and nothing says what it is then"),
        ({"type": "array", "items": {"type": "string"}, "default": ["a"]}, "can have no other default than"),
        ({"$ref": "#/$defs/Size", "default": {"width": 2}}, "can have no other default than {'width': 1}"),
        ({"type": "date", "default": "now"}, "TryField: bindings have no type for"),
    ],
)
def test_what_no_language_could_say_is_refused(schema: dict[str, Any], why: str) -> None:
    size = {"description": "A size.", "properties": {"width": {"type": "integer", "default": 1}}}
    with pytest.raises(ValueError, match=f".*{why}"):
        protocol_of(schema, required=["type", "id"], Size=size)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a language's files go that has one for each message."""

    def files(protocol: m.Protocol) -> Iterator[tuple[str, str]]:
        for message in protocol.messages.values():
            yield f"{message.name}.gd", "extends Message\n"

    for module in (bindings, generated):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(bindings, "LANGUAGES", {"gdscript": bindings.Language("addons", "#", files)})
    return tmp_path / "addons"


def test_files_are_written_and_taken_out_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def keep(check: bool) -> int:
        wanted = bindings.outputs(protocol_of({"type": "string"}), ["gdscript"])
        return generated.keep(wanted, bindings.written(["gdscript"]), check, "python -m protocol.bindings")

    assert keep(check=True) == 1
    assert capsys.readouterr().err == "addons/Try.gd is stale; run: python -m protocol.bindings\n"
    assert not folder.exists()
    assert keep(check=False) == 0
    assert (folder / "Try.gd").read_text(encoding="utf-8") == f"# {bindings.MARK}\nextends Message\n"
    (folder / "Old.gd").write_text(f"# {bindings.MARK}\n", encoding="utf-8")
    (folder / "Own.gd").write_text("extends Node\n", encoding="utf-8")
    assert keep(check=True) == 1
    assert keep(check=False) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["Own.gd", "Try.gd"]
    assert keep(check=True) == 0


def test_two_types_of_one_name_are_refused(folder: Path) -> None:
    def files(protocol: m.Protocol) -> Iterator[tuple[str, str]]:
        yield from [("Same.gd", "a"), ("Same.gd", "b")]

    bindings.LANGUAGES["gdscript"] = bindings.Language("addons", "#", files)
    with pytest.raises(ValueError, match="gdscript: two types would be called Same"):
        bindings.outputs(protocol_of({"type": "string"}), ["gdscript"])
