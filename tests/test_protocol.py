"""Specification, schemas, vectors and code say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import RunningDaemon

from npc_runtime import errors
from npc_runtime.wire import codec
from npc_runtime.wire import messages as m
from npc_runtime.wire.endpoint import Endpoint
from npc_runtime.wire.keys import Key
from protocol import generate
from protocol.examples import EXAMPLES

PROTOCOL = Path(generate.__file__).parent
SPEC = (PROTOCOL / "SPEC.md").read_text(encoding="utf-8")
JSON_BLOCKS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", SPEC, re.DOTALL)]


def vectors(name: str) -> list[Any]:
    found = json.loads((PROTOCOL / "vectors" / f"{name}.json").read_text(encoding="utf-8"))["vectors"]
    return [pytest.param(vector, id=vector["name"]) for vector in found]


def frames(vector: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(frame) for frame in vector["frames"]]


def test_nothing_generated_is_stale() -> None:
    assert [path.name for path in generate.stale()] == [], "run: python -m protocol.generate"


def test_every_message_has_an_example_and_a_section() -> None:
    assert set(EXAMPLES) == set(m.Catalogue.all)
    sections = re.findall(r"<!-- message ([a-z.]+) -->", SPEC)
    assert sorted(sections) == sorted(m.Catalogue.all)


def test_every_json_block_of_the_specification_is_valid() -> None:
    messages = [block for block in JSON_BLOCKS if "type" in block]
    assert {block["type"] for block in messages} == set(m.Catalogue.all)
    for block in messages:
        assert codec.message(block) is not None
    endpoint, key = [block for block in JSON_BLOCKS if "type" not in block]
    assert Endpoint(**endpoint).endpoint.startswith("tcp://")
    assert Key(**key).name == "zone-2"


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
