"""The transcripts tell what really happens: with a real daemon, and with our own client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest
from fake_daemon import TOKEN, FakeDaemon
from test_client import run
from test_protocol import PROTOCOL, validator

from npc_runtime.client import connect
from npc_runtime.wire import codec
from npc_runtime.wire import messages as m
from protocol.conversations import CONVERSATIONS
from protocol.hosts import WITH_MODEL, Body, Host, frames, started
from protocol.mask import Mask

FILE = json.loads((PROTOCOL / "vectors" / "transcripts.json").read_text(encoding="utf-8"))
TRANSCRIPTS: dict[str, Body] = {transcript["name"]: transcript for transcript in FILE["transcripts"]}
CHANCE = ("reply.delta", "reply.sentence")
"""How many of these a model's line has before it is taken back is chance."""
WORDS = ("text", "emotion", "prompt_tokens", "cached_tokens", "completion_tokens")


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with started() as found:
        yield found


@pytest.fixture(scope="module")
def host_with_model() -> Iterator[Host]:
    with started(WITH_MODEL) as found:
        yield found


class Replay:
    """The client's side of a transcript. What belongs to several requests may come in another order."""

    def __init__(self, transcript: Body, host: Host) -> None:
        self.steps = transcript["steps"]
        self.model: bool = transcript["model"]
        self.host = host
        self.line = host.line()
        self.mask = Mask()
        self.later: list[Body] = []

    def play(self) -> None:
        if any(step["from"] == "events" for step in self.steps):
            self.line.observe(next(step["message"]["world"] for step in self.steps if "world" in step["message"]))
        for step in self.steps:
            if step["from"] == "outside":
                self.host.again()
                self.line.__exit__(None, None, None)
                self.line = self.host.line()
            elif step["from"] == "client":
                self.line.send(self.mask.show(step["message"]))
            elif step["from"] == "events":
                self.check(self.line.event(), step["message"])
            elif not self.by_chance(step["message"]):
                self.check(self.next(step["message"].get("re")), step["message"])
        self.line.__exit__(None, None, None)

    def by_chance(self, message: Body) -> bool:
        return self.model and message["type"] in CHANCE

    def next(self, request: str | None) -> Body:
        """The next message for a request, or the next event."""
        for number, found in enumerate(self.later):
            if found.get("re") == request and not self.by_chance(found):
                return self.later.pop(number)
        while (found := self.line.receive()).get("re") != request or self.by_chance(found):
            self.later.append(found)
        return found

    def check(self, found: Body, wanted: Body) -> None:
        assert list(found) == list(wanted), (found, wanted)
        found = self.mask.hide(found)
        left_out = WORDS if self.model else ()
        assert rounded(found, left_out) == rounded(wanted, left_out)


def rounded(message: Body, left_out: tuple[str, ...]) -> Any:
    """Machines differ in the last digits of a number."""
    kept = {name: value for name, value in message.items() if name not in left_out}
    return json.loads(json.dumps(kept), parse_float=lambda number: round(float(number), 3))


def test_every_conversation_is_recorded() -> None:
    assert FILE["protocol"] == m.PROTOCOL_VERSION
    told = {talk.name: (talk.note, talk.model) for talk in CONVERSATIONS}
    recorded = {name: (transcript["note"], transcript["model"]) for name, transcript in TRANSCRIPTS.items()}
    assert recorded == told, "run: python -m protocol.generate --record"


@pytest.mark.parametrize("transcript", TRANSCRIPTS.values(), ids=TRANSCRIPTS)
def test_every_message_is_valid_and_is_what_its_frames_hold(transcript: Body) -> None:
    for step in transcript["steps"]:
        if step["from"] == "outside":
            assert step["note"]
            continue
        message, packed = step["message"], [bytes.fromhex(frame) for frame in step["frames"]]
        mistakes = [error.message for error in validator(message["type"]).iter_errors(message)]
        assert not mistakes, (message, mistakes)
        assert packed == frames(message, step["from"])
        assert codec.message(codec.unpack(packed[-2:])) is not None
        assert msgpack.unpackb(packed[-1]) == message


@pytest.mark.parametrize(
    "transcript", [one for one in TRANSCRIPTS.values() if not one["model"]], ids=lambda one: one["name"]
)
def test_a_daemon_answers_as_it_was_recorded(host: Host, transcript: Body) -> None:
    Replay(transcript, host).play()


@pytest.mark.parametrize(
    "transcript", [one for one in TRANSCRIPTS.values() if one["model"]], ids=lambda one: one["name"]
)
def test_a_daemon_with_a_model_answers_as_it_was_recorded(host_with_model: Host, transcript: Body) -> None:
    Replay(transcript, host_with_model).play()


def test_our_client_talks_as_in_the_first_talk(tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            FakeDaemon(TRANSCRIPTS["first-talk"]) as fake,
            connect(fake.endpoint, data_dir=tmp_path, token=TOKEN) as runtime,
        ):
            mira = await (await runtime.open_world("first-talk", pack="hollowmere")).spawn("mira", at="smithy")
            reply = mira.say("player:alex", "Good day! What do you sell?", name="Alex", seed=7)
            pieces = [piece.text async for piece in reply]
            assert "".join(pieces) == reply.text == fake.said["reply.end"]["text"]
            assert reply.sentences[-1] == fake.said["reply.sentence"]["text"]
            await fake.finished()

    run(play())


def test_our_client_does_again_what_a_lost_session_takes_away(tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            FakeDaemon(TRANSCRIPTS["lost-session"]) as fake,
            connect(fake.endpoint, data_dir=tmp_path, token=TOKEN) as runtime,
        ):
            village = await runtime.open_world("lost-session", pack="hollowmere")
            await village.spawn("mira", at="smithy")
            with runtime.listen("lost-session") as events:
                await runtime.call(m.Done, "subscribe", world="lost-session")
                assert [npc.id for npc in await village.npcs()] == ["npc:mira"]
                assert runtime.welcome.daemon == fake.said["welcome"]["daemon"] == "daemon-2"
                await village.spawn("tom", at="smithy")
                spawned = await events.get()
                assert isinstance(spawned, m.EventNpcSpawned)
                assert spawned.npc.npc == "npc:tom"
            await fake.finished()

    run(play())
