"""Characters whose words are written elsewhere: the promises hold, whatever a server does."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import RunningDaemon, StartDaemon
from remote_kit import KEY, Box, Part, remote, says
from talking import NEVER, SECRET, Talk

from npc_runtime.cli import doctor
from npc_runtime.config import LOCAL, Config, load
from npc_runtime.dialogue.generation.choosing import Choosing
from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.engine import serving
from npc_runtime.engine.profile import LARGE
from npc_runtime.engine.request import Option, Priority
from npc_runtime.errors import ConfigError


def talking(writer: Any) -> Talk:
    """A tiny village whose words are written elsewhere, by a model that is trusted with all."""
    return Talk(writer, profile=LARGE)


def answering(body: dict[str, Any]) -> Sequence[Part]:
    """What a model would write that is held to the form."""
    asked = body["structured_outputs"]["regex"]
    opening = re.search(r"answer( 1)?|work|place|sell", asked)
    text = (opening[0] if opening else "answer") + "\n(happy) The bridge has three arches."
    for tried in (text, text.replace("\n", " 1\n"), text.partition(") ")[0] + ")"):
        if re.fullmatch(asked, tried):
            return [tried]
    return [text]


def test_an_answer_is_spoken_in_the_words_of_a_server() -> None:
    async def run() -> None:
        box = Box(answering, keeps="structured_outputs", owner="vllm")
        writer = remote(box)
        await writer.open(20.0)
        talk = talking(writer)
        ended = await talk.talk("How many arches has the bridge?")
        assert (ended.source, ended.text) == ("model", "The bridge has three arches."), ended
        assert box.asked[0]["priority"] == Priority.PLAYER
        await writer.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "fault",
    [
        ["Certainly! As a language model"],
        [httpx.ReadError("gone")],
        httpx.Response(500, text=f"bad {KEY}"),
        [b"data: 1\n\n"],
    ],
)
def test_there_is_always_an_answer_and_no_key_in_it(fault: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def run() -> None:
        writer = remote(Box(lambda _: fault, keeps="none"))
        await writer.open(20.0)
        talk = talking(writer)
        ended = await talk.talk("How many arches has the bridge?")
        assert (ended.source, ended.finish) == ("fallback", "stop")
        assert ended.text
        assert KEY not in f"{ended} {talk.director.why(talk.world.id, ended.reply)}"
        await writer.close()

    asyncio.run(run())
    assert KEY not in caplog.text


def test_a_secret_that_is_not_on_the_card_is_sent_to_nobody() -> None:
    async def run() -> None:
        box = Box(answering, keeps="structured_outputs", owner="vllm")
        writer = remote(box)
        await writer.open(20.0)
        talk = talking(writer)
        for line in ("Where is the stolen ledger?", "Did you poison the old reeve?", "What is beneath the anvil?"):
            await talk.talk(line)
        sent = json.dumps(box.asked)
        assert len(box.asked) >= 3
        assert "You sell nails for two pennies." in sent
        assert SECRET not in sent
        assert NEVER not in sent
        assert "hemlock" not in sent
        await writer.close()

    asyncio.run(run())


@pytest.mark.parametrize(("text", "chosen"), [("answer 2", ("answer", (2,))), ("answer 9", None), ("Hm.", None)])
def test_a_choice_is_one_of_those_that_are_open_or_left_to_the_rules(text: str, chosen: Any) -> None:
    async def run() -> None:
        writer = remote(Box(says(text), keeps="none"))
        await writer.open(20.0)
        options = (Option("answer", (1, 2), 1, 1), Option("nobody"))
        messages = [Message("user", (Piece("Who is meant?"),))]
        found = await Choosing(writer).choose(messages, options, priority=Priority.PLAYER, seed=1)
        assert (found and (found.word, found.numbers)) == chosen
        await writer.close()

    asyncio.run(run())


# ------------------------------------------------------------------------------------------------- the daemon


def test_a_daemon_starts_without_its_servers_and_says_what_is_wrong(start_daemon: StartDaemon) -> None:
    daemon: RunningDaemon = start_daemon(
        "--model", "default", "--engine", "http://127.0.0.1:9/v1,http://127.0.0.1:9/v2"
    )
    peer = daemon.peer()
    health = peer.ask("health")
    assert health["status"] == "degraded"
    assert "nobody answers at http://127.0.0.1:9/v1: nothing listens there" in health["reason"]
    assert "http://127.0.0.1:9/v2 (left alone for" in health["gpu"]
    assert (health["model"], health["balanced"]) == ("", True)
    peer.close()


@pytest.mark.parametrize("engine", ["127.0.0.1:9", "http://me:sk-secret@box/v1"])
def test_a_wrong_address_is_told_at_once(engine: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        asyncio.run(serving.start(Config(data_dir=tmp_path, engine=(engine,))))
    assert "sk-secret" not in str(caught.value)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in sys.modules if name.startswith("npc_runtime.engine.remote")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "httpx", None)
    found = asyncio.run(serving.start(Config(data_dir=tmp_path, engine=("http://box/v1",))))
    assert found.writer is None
    assert found.trouble.startswith("--engine needs the package httpx, which is not installed; run pip install")


def test_addresses_are_named_in_any_way() -> None:
    several = ("http://a/v1", "http://b/v1")
    assert load({"engine": ["http://a/v1/", "http://b/v1"]}, environ={}).engine == several
    assert load({}, environ={"NPC_RUNTIME_ENGINE": "http://a/v1, http://b/v1"}).engine == several
    assert load({"engine": LOCAL}, environ={"NPC_RUNTIME_ENGINE": "http://a/v1"}).engine == ()
    with pytest.raises(ConfigError, match="engine = 7"):
        load({"engine": 7}, environ={})


def test_the_doctor_says_what_is_wrong_with_a_server(tmp_path: Path) -> None:
    config = load({"engine": "http://127.0.0.1:9/v1", "data_dir": tmp_path}, environ={})
    engine, profile = doctor._model(config)
    assert (engine.check, engine.status) == ("engine", "fail")
    assert "nothing listens there" in engine.todo
    assert profile.found.startswith("large: ")
    (finding,) = doctor._model(load({"engine": "box", "data_dir": tmp_path}, environ={}))
    assert "is no address" in finding.found
