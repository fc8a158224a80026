"""Specification, schemas, vectors and code say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from conftest import RunningDaemon
from jsonschema import Draft202012Validator
from pydantic import Field
from referencing import Registry, Resource

from npc_runtime import errors
from npc_runtime.wire import codec
from npc_runtime.wire import messages as m
from npc_runtime.wire.endpoint import Endpoint
from npc_runtime.wire.keys import Key
from protocol import generate, generated
from protocol.examples import EXAMPLES
from protocol.schemas import DEFINITIONS, schemas

PROTOCOL = Path(generate.__file__).parent
SPEC = (PROTOCOL / "SPEC.md").read_text(encoding="utf-8")
JSON_BLOCKS = [
    json.loads(fenced or inline)
    for fenced, inline in re.findall(r"```json\n(.*?)```|^`(\{[^\n]*\})`$", SPEC, re.DOTALL | re.MULTILINE)
]
SCHEMAS = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in (PROTOCOL / "schema").glob("*.json")}
SHARED = SCHEMAS[DEFINITIONS]["$defs"]
REGISTRY: Registry[Any] = Registry().with_resource(DEFINITIONS, Resource.from_contents(SCHEMAS[DEFINITIONS]))


def vectors(name: str) -> list[Any]:
    found = json.loads((PROTOCOL / "vectors" / f"{name}.json").read_text(encoding="utf-8"))["vectors"]
    return [pytest.param(vector, id=vector["name"]) for vector in found]


def frames(vector: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(frame) for frame in vector["frames"]]


def validator(name: str) -> Draft202012Validator:
    """Of messages of a type, by the published files."""
    return Draft202012Validator(SCHEMAS[f"{name}.json"], registry=REGISTRY)


def references(schema: Any) -> Iterator[str]:
    """The definitions that a schema refers to, all of them in the one file."""
    if isinstance(schema, list):
        for item in schema:
            yield from references(item)
    elif isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            file, _, name = schema["$ref"].partition("#/$defs/")
            assert file in ("", DEFINITIONS)
            yield name
        for value in schema.values():
            yield from references(value)


def anchor(heading: str) -> str:
    """What a link to a heading says, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_nothing_generated_is_stale() -> None:
    assert [path.name for path in generated.stale(dict(generate.outputs()), generate.there())] == [], (
        "run: python -m protocol.generate"
    )


def test_every_message_has_an_example_and_a_section() -> None:
    assert set(EXAMPLES) == set(m.Catalogue.all)
    blocks = re.findall(r"<!-- messages ([a-z. ]+) -->", SPEC)
    assert sorted(name for block in blocks for name in block.split()) == sorted(m.Catalogue.all)


def test_every_json_block_of_the_specification_is_valid() -> None:
    messages = [block for block in JSON_BLOCKS if "type" in block]
    assert {block["type"] for block in messages} == set(m.Catalogue.all)
    for block in messages:
        assert codec.message(block) is not None
    endpoint, key = [block for block in JSON_BLOCKS if "type" not in block]
    assert Endpoint(**endpoint).endpoint.startswith("tcp://")
    assert Key(**key).name == "zone-2"


def test_every_example_is_valid_by_its_schema() -> None:
    for name, example in EXAMPLES.items():
        mistakes = [error.message for error in validator(name).iter_errors(example)]
        assert not mistakes, f"{name}: {mistakes}"


def test_schemas_refuse_what_is_wrong_in_a_shared_definition() -> None:
    for wrong in ({"npc": {"name": "Mira"}}, {"world": "a/b"}, {"npc": None}):
        assert not validator("npc.spawned").is_valid({**EXAMPLES["npc.spawned"], **wrong}), wrong


def test_every_reference_leads_somewhere_and_each_definition_is_used() -> None:
    found = {name for schema in SCHEMAS.values() for name in references(schema)}
    assert found == set(SHARED)


def test_a_name_is_one_thing() -> None:
    titles = [schema["title"] for name, schema in SCHEMAS.items() if name != DEFINITIONS]
    assert len({*titles, *SHARED}) == len(titles) + len(SHARED)
    untitled = [{key: part for key, part in schema.items() if key != "title"} for schema in SCHEMAS.values()]
    assert '"title": "' not in json.dumps(untitled), "titles of fields say nothing"


def test_two_definitions_of_one_name_are_refused() -> None:
    class Other(m.Request):
        who: Annotated[str, Field(title="EntityId", max_length=3)]

    class NpcInfo(m.Part):
        age: int

    class Another(m.Request):
        who: NpcInfo

    for wrong in (Other, Another):
        with pytest.raises(ValueError, match=r"two different definitions are called (EntityId|NpcInfo)"):
            schemas([*m.Catalogue.all.items(), ("wrong", wrong)])


def test_every_link_leads_to_a_heading_or_a_file() -> None:
    headings = [anchor(line) for line in re.findall(r"^#{1,6} (.*)$", SPEC, re.MULTILINE)]
    assert len(set(headings)) == len(headings), "two headings of one name: a link to the second goes to the first"
    for link in re.findall(r"\]\(([^)\s]+)\)", SPEC):
        path, _, heading = link.partition("#")
        if "://" not in link:
            assert heading in headings if not path else (PROTOCOL / path).exists(), link


def test_the_specification_can_be_read_in_an_hour() -> None:
    assert SPEC.count("\n") < 2600
    wide = [line for line in SPEC.splitlines() if len(line) > 132 and not line.startswith("|")]
    assert not wide, "only rows of tables cannot be broken"


def test_every_code_is_in_the_specification() -> None:
    codes = {cls.code for cls in errors.RuntimeFault.__subclasses__()}
    assert codes == set(re.findall(r"^\| `([a-z_]+)` \| [^|]+ \| [^|]+ \|$", SPEC.split("## 11.")[1], re.MULTILINE))


def test_the_versions_agree() -> None:
    assert f"Version {m.PROTOCOL_VERSION}." in SPEC
    assert f"## {m.PROTOCOL_VERSION}\n" in (PROTOCOL / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("vector", vectors("valid"))
def test_valid_frames_are_read(vector: dict[str, Any]) -> None:
    body = codec.unpack(frames(vector))
    assert body == vector["message"]
    message = codec.message(body)
    assert message is not None
    again = codec.unpack(codec.frames(message))
    assert again == message.model_dump(by_alias=True)
    assert codec.message(again) == message


@pytest.mark.parametrize("vector", vectors("refused"))
def test_refused_frames_get_their_error_and_the_session_lives(daemon: RunningDaemon, vector: dict[str, Any]) -> None:
    with daemon.peer(hello=vector["session"]) as peer:
        peer.send_frames(*frames(vector))
        answer = peer.receive()
        assert (answer["type"], answer["code"], answer["re"]) == ("error", vector["error"], vector["re"])
        assert answer["message"]
        if vector["error"] == "unsupported_version":
            assert answer["detail"] == {"supported": [m.PROTOCOL_VERSION]}
        assert peer.ask("ping")["type"] == "pong"
        if vector["session"]:
            assert peer.ask("cancel", target="nothing")["code"] == "not_found", "the session still lives"
