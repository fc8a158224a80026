"""Frames and messages, without sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npc_runtime.errors import BadFrame, Invalid, UnknownType
from npc_runtime.wire import codec
from npc_runtime.wire import messages as m
from protocol.examples import EXAMPLES


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_fast_encoder_equals_pydantic(name: str) -> None:
    message = codec.message(EXAMPLES[name])
    assert message is not None
    assert codec.unpack(codec.frames(message)) == message.model_dump(by_alias=True)


def test_an_invalid_field_is_explained() -> None:
    with pytest.raises(Invalid) as caught:
        codec.request({"type": "say", "id": "1", "world": "w", "from": "player:a", "to": "npc:b", "text": 5})
    assert str(caught.value) == ('say: text wants a string, not 5; the fields of "say" are in protocol/SPEC.md')


def test_a_missing_field_is_named() -> None:
    with pytest.raises(Invalid, match=r"^npc\.list: world is missing;"):
        codec.request({"type": "npc.list", "id": "1"})


def test_many_problems_are_cut_short() -> None:
    with pytest.raises(Invalid, match="and 1 more"):
        codec.request({"type": "say"})


def test_long_values_are_not_sent_back() -> None:
    with pytest.raises(Invalid) as caught:
        codec.request({"type": "ping", "id": "x" * 100_000})
    assert len(str(caught.value)) < 300


def test_an_unknown_type_lists_the_requests_and_guesses() -> None:
    with pytest.raises(UnknownType, match=r"no request of type .npc\.spwan.; requests are .*did you mean npc\.spawn\?"):
        codec.request({"type": "npc.spwan", "id": "1"})


def test_a_body_that_is_too_long_is_refused() -> None:
    body = codec.encode(m.Ping(id="1")) + b"\0" * codec.BODY_LIMIT
    with pytest.raises(BadFrame, match=f"at most {codec.BODY_LIMIT} are read"):
        codec.unpack([codec.HEADER, body])


def test_messages_from_a_newer_daemon_are_no_error() -> None:
    assert codec.message({"type": "reply.gesture", "re": "1"}) is None


@pytest.mark.parametrize(("id", "readable"), [("7", "7"), (7, ""), (None, ""), ("", ""), ("x" * 65, "")])
def test_the_id_is_read_where_it_can_be(id: object, readable: str) -> None:
    assert codec.message_id({"id": id}) == readable


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_whatever_an_answer_holds_can_be_sent(text: str) -> None:
    message = m.Error(re="1", code="invalid", message=text, detail={"half": ["\ud800", text]})
    found = msgpack.unpackb(codec.encode(message))
    assert found["message"] == text.encode("utf-8", "replace").decode("utf-8")
    assert found["detail"]["half"][0] == "?"


def test_an_answer_that_is_too_long_is_an_error_that_says_so() -> None:
    found = msgpack.unpackb(codec.answer(m.Error(re="7", code="invalid", message="x" * codec.BODY_LIMIT)))
    assert (found["re"], found["code"]) == ("7", "internal")
    assert "262144 at most" in found["message"]


def test_every_integer_of_a_request_has_bounds_that_the_store_can_hold() -> None:
    def unbounded(schema: dict[str, Any], where: str) -> Iterator[str]:
        if schema.get("type") == "integer" and not ("maximum" in schema or "const" in schema):
            yield where
        for key, inner in schema.items():
            for part in inner if isinstance(inner, list) else [inner]:
                if isinstance(part, dict):
                    yield from unbounded(part, f"{where}.{key}")

    found = [place for name, cls in m.Catalogue.requests.items() for place in unbounded(cls.model_json_schema(), name)]
    assert found == ["world.set.properties.value.anyOf"], "the value of a fact says itself what is too large"
