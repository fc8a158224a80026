"""Ten thousand random and mutated frames leave the daemon answering."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgpack
import pytest
from conftest import RunningDaemon
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_peer import HEADER, Peer

from npc_runtime.wire import messages as m
from protocol import generate

EXAMPLES = 200
FRAMES_AN_EXAMPLE = 50

VECTORS = json.loads((Path(generate.__file__).parent / "vectors" / "valid.json").read_text(encoding="utf-8"))["vectors"]
REQUESTS = [vector["message"] for vector in VECTORS if vector["message"]["type"] in m.Catalogue.requests]
BODIES = [msgpack.packb(message) for message in REQUESTS]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(max_size=20),
    st.binary(max_size=20),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


@st.composite
def mutated_bytes(draw: st.DrawFn) -> list[bytes]:
    """A valid message with a run of bytes replaced by others."""
    body = draw(st.sampled_from(BODIES))
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 8)))
    return [HEADER, body[:start] + draw(st.binary(max_size=8)) + body[end:]]


@st.composite
def mutated_values(draw: st.DrawFn) -> list[bytes]:
    """A valid message with a field replaced by any value."""
    message = dict(draw(st.sampled_from(REQUESTS)))
    message[draw(st.sampled_from(sorted(message)))] = draw(values)
    return [HEADER, msgpack.packb(message)]


frames = st.one_of(
    mutated_bytes(),
    mutated_values(),
    st.lists(st.binary(max_size=40), min_size=1, max_size=4),
    st.builds(lambda body: [HEADER, body], st.binary(max_size=200)),
    st.builds(lambda value: [HEADER, msgpack.packb(value)], values),
)


@pytest.fixture(scope="module")
def victim(daemon: RunningDaemon) -> Iterator[Peer]:
    with daemon.peer() as peer:
        yield peer


@settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(frames, min_size=FRAMES_AN_EXAMPLE, max_size=FRAMES_AN_EXAMPLE))
def test_ten_thousand_wrong_frames_leave_the_daemon_answering(victim: Peer, sent: list[list[bytes]]) -> None:
    for parts in sent:
        victim.send_frames(*parts)
    assert victim.ask("ping")["type"] == "pong"
    assert victim.ask("npc.list", world="never-opened")["code"] == "not_found", "the session still lives"
