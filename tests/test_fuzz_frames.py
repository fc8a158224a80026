"""Ten thousand frames that no client should send: each is answered as it deserves, and others notice nothing."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator

import pytest
from frame_corpus import (
    CLOSED,
    INTERRUPTED,
    LATEST,
    PEOPLE,
    WORLD,
    Frames,
    extreme_messages,
    extreme_numbers,
    pack,
    steps,
    wrong_frames,
)
from fuzz_oracle import ANSWER_SECONDS, EXAMPLES, Oracle, Siege
from hypothesis import HealthCheck, Phase, Verbosity, example, given, settings
from hypothesis import strategies as st
from wire_peer import HEADER, Body

from npc_runtime.errors import BadFrame, UnsupportedVersion
from npc_runtime.wire import codec

A_BURST = 50
"""Frames that are sent at once."""
FUZZING = settings(
    database=None,
    phases=[Phase.explicit, Phase.generate],  # a daemon that was broken stays so, and nothing can be made smaller on it
    verbosity=Verbosity.quiet,  # the failure's own message names the frames
    suppress_health_check=list(HealthCheck),
)

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
"""Hypothesis would show all inputs of a failure; ours shows the last ones."""


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    found = Siege(tmp_path_factory.mktemp)
    yield found
    found.end()


@pytest.fixture
def oracle(siege: Siege) -> Oracle:
    return siege.oracle()


class Attacker:
    """A client that keeps account of what is to be answered. It vanishes at the end, and tells the daemon nothing."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self._peer = oracle.daemon.peer(hello=False)
        self._numbers = itertools.count(1)
        self._sent: list[str] = []
        self._used: set[str] = set()
        self._due: set[str] = set()  # ids of requests
        self._nameless = 0  # frames without an id that can be read
        self._latest = dict.fromkeys(LATEST, "none")

    def __enter__(self) -> Attacker:
        return self

    def __exit__(self, *_: object) -> None:
        self._peer.close()

    def settle_in(self) -> None:
        """Opens a session and the world, with people in it."""
        self.ask({"type": "hello", "versions": ["1.0"], "client": {"name": "fuzz"}, "capabilities": ["why"]})
        self.ask({"type": "world.open", "world": WORLD})
        for npc in PEOPLE:
            self.ask({"type": "npc.spawn", "world": WORLD, "npc": npc, "at": "smithy"})

    def send(self, frames: Frames) -> None:
        """Sends frames as they are."""
        request, kind = readable(frames)
        if kind == "hello":
            self._due.clear()  # it may end the session, and what that still had to answer with it
            self._nameless = 0
        if not request:
            self._nameless += 1
        elif request not in self._used:  # a repeated one may be ignored
            self._due.add(request)
        self._used.add(request)
        self._sent.append(" | ".join(f"{frame!r:.300}" for frame in frames))
        self._peer.send_frames(*frames)

    def ask(self, message: Body) -> str:
        """Sends a message, with an id of its own where it names none; the id."""
        named = {"id": f"fuzz-{next(self._numbers)}", **message}
        named = {name: self._latest.get(name, value) if value == name else value for name, value in named.items()}
        self.send([HEADER, pack(named)])
        return str(named["id"])

    def wait(self, request: str = "") -> None:
        """Until a request is answered, or all that was sent. Raises AssertionError where that takes too long."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while request in self._due if request else self._due or self._nameless > 0:
            if self._peer.socket.poll(20):
                self._take(self._peer.receive())
            self._oracle.held(self._doing)
            assert time.monotonic() < deadline, (
                f"not answered in {ANSWER_SECONDS:g} s: {sorted(self._due)}, "
                f"and {self._nameless} frames without an id\n{self._doing}"
            )

    def finish(self) -> None:
        """Everything is answered by now, and nothing went wrong on the way."""
        self.wait(self.ask({"type": "ping"}))
        self.wait()
        self._oracle.check(self._doing)

    @property
    def _doing(self) -> str:
        return "the last frames were:\n" + "\n".join(self._sent[-A_BURST:])

    def _take(self, body: Body) -> None:
        self._oracle.fit(body, self._doing)
        if body.get("re") == "":
            assert body["code"] in ("bad_frame", "unsupported_version", "unknown_type", "invalid"), body
            self._nameless = max(0, self._nameless - 1)
        self._due.discard(body.get("re", ""))
        self._latest.update({name: body[name] for name in LATEST if name in body})


def readable(frames: Frames) -> tuple[str, object]:
    """The id that the answer to these frames will name, and the type of the message."""
    try:
        body = codec.unpack(frames)
    except (BadFrame, UnsupportedVersion):
        return "", ""
    return codec.message_id(body), body.get("type")


def bursts(share: float) -> int:
    """How many make up a share of all frames."""
    return math.ceil(share * EXAMPLES / A_BURST)


@settings(FUZZING, max_examples=bursts(2 / 5))
@given(sent=st.lists(wrong_frames, min_size=A_BURST, max_size=A_BURST), in_session=st.booleans())
def test_wrong_frames_are_answered_one_by_one(oracle: Oracle, sent: list[Frames], in_session: bool) -> None:
    with Attacker(oracle) as attacker:
        if in_session:
            attacker.settle_in()
        for frames in sent:
            attacker.send(frames)
        attacker.finish()


@pytest.mark.parametrize("kind", sorted({message["type"] for message in extreme_numbers()}))
def test_every_number_is_taken_or_refused_at_its_edges(oracle: Oracle, kind: str) -> None:
    with Attacker(oracle) as attacker:
        attacker.settle_in()
        for number, message in enumerate(extreme_numbers()):
            if message["type"] == kind:
                attacker.send([HEADER, pack({**message, "id": f"n-{number}"})])
        attacker.finish()


@settings(FUZZING, max_examples=bursts(2 / 5))
@given(st.lists(extreme_messages(), min_size=A_BURST, max_size=A_BURST))
def test_extreme_values_are_taken_or_refused(oracle: Oracle, messages: list[Body]) -> None:
    with Attacker(oracle) as attacker:
        attacker.settle_in()
        for number, message in enumerate(messages):
            own = isinstance(message.get("id"), str) and len(message["id"]) <= 2  # the vector's, not an extreme one
            attacker.send([HEADER, pack({**message, "id": f"m-{number}"} if own else message)])
        attacker.finish()


@settings(FUZZING, max_examples=bursts(1 / 5))
@given(st.lists(steps(), min_size=A_BURST, max_size=A_BURST), st.sampled_from((True, True, False)))
@example(INTERRUPTED, True)
@example(CLOSED, True)
def test_every_order_of_requests_is_answered(oracle: Oracle, taken: list[tuple[Body, bool]], in_session: bool) -> None:
    with Attacker(oracle) as attacker:
        if in_session:
            attacker.settle_in()
        for message, patient in taken:
            request = attacker.ask(message)
            if patient:
                attacker.wait(request)
        attacker.finish()
