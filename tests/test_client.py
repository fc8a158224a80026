"""The Python client against a real daemon."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from conftest import RunningDaemon, StartDaemon

from npc_runtime import errors
from npc_runtime.client import Runtime, connect
from npc_runtime.client.launch import launch
from npc_runtime.wire import messages as m

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Like asyncio.run, on the kind of loop that sockets want on every system."""
    loop = asyncio.SelectorEventLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def client(daemon: RunningDaemon) -> Runtime:
    return connect(data_dir=daemon.data_dir, start=False)


def test_the_first_ten_lines_of_the_readme(tmp_path: Path) -> None:
    async def play() -> tuple[str, str, int]:
        text = ""
        async with connect(data_dir=tmp_path) as runtime:
            village = await runtime.open_world("save-1", pack="hollowmere")
            mira = await village.spawn("mira", at="smithy")
            reply = mira.say("player:alex", "Any news of the bridge?")
            async for piece in reply:
                text += piece.text
            assert runtime.launched is not None
            return text.strip(), reply.text, runtime.launched.process.pid

    shown, whole, pid = run(play())
    assert shown == whole
    assert shown
    assert not (tmp_path / "daemon.json").exists(), f"the daemon {pid} ends with its client"


def test_a_running_daemon_is_found(daemon: RunningDaemon) -> None:
    async def play() -> None:
        async with connect(data_dir=daemon.data_dir) as runtime:
            assert runtime.launched is None
            await runtime.ping()
            assert (await runtime.health()).status == "ok"
            assert runtime.welcome.version == m.PROTOCOL_VERSION

    run(play())


def test_it_can_be_awaited_too(daemon: RunningDaemon) -> None:
    async def play() -> None:
        runtime = await client(daemon)
        await runtime.ping()
        await runtime.close()

    run(play())


def test_nothing_is_started_when_that_is_not_wanted(tmp_path: Path) -> None:
    with pytest.raises(errors.NotFound, match=f"no daemon is running for {tmp_path}"):
        run(connect(data_dir=tmp_path, start=False)._open())


def test_a_daemon_that_cannot_start_says_why(tmp_path: Path) -> None:
    async def play() -> None:
        async with connect(data_dir=tmp_path, arguments=["--slots", "many"]):
            pass

    with pytest.raises(errors.ConfigError, match=r"before it was ready:(.|\n)*slots"):
        run(play())


def test_an_endpoint_where_nobody_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("npc_runtime.client.runtime.REQUEST_SECONDS", 0.1)
    with pytest.raises(errors.DeadlineExceeded, match="has not answered hello"):
        run(connect("tcp://127.0.0.1:9", data_dir=tmp_path).__aenter__())


def test_a_wrong_token_is_refused(daemon: RunningDaemon) -> None:
    with pytest.raises(errors.Unauthorized, match="the token is wrong"):
        run(connect(daemon.endpoint, data_dir=daemon.data_dir, token="guess").__aenter__())


def test_pieces_come_in_their_order(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            mira = await (await runtime.open_world(world)).spawn("mira", "smithy")
            offer = {"name": "give", "args": [["item:bread"], ["player:alex"]], "when": "asks for bread"}
            reply = mira.say("player:alex", "May I have some bread?", name="Alex", actions=[offer], seed=3)
            assert (reply.id, reply.emotion, reply.source, reply.text) == ("", None, None, "")
            pieces = [piece async for piece in reply]
            assert pieces[0].emotion == reply.emotion
            assert all(piece.emotion is None for piece in pieces[1:])
            assert "".join(piece.text for piece in pieces).strip() == reply.text
            assert [piece.sentence for piece in pieces if piece.sentence] == reply.sentences
            assert reply.source in ("model", "bark")
            assert reply.end is not None
            assert reply.end.first_word is not None
            assert (await reply.why()).reply == reply.id

    run(play())


def test_the_whole_reply_can_be_awaited(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            mira = await (await runtime.open_world(world)).spawn("mira")
            reply = await mira.say("player:alex", "Good day!")
            assert reply.text
            await reply.heard()  # which it has sent already; it takes nothing back

    run(play())


def test_what_is_not_acknowledged_can_be_heard_in_part(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            mira = await village.spawn("mira")
            events = village.events()
            first = asyncio.ensure_future(anext(events))
            await runtime.ping()
            reply = await mira.say("player:alex", "Good day!", ack=False)
            said = await first
            assert isinstance(said, m.EventSaid)
            assert said.text == "Good day!"
            await reply.heard(upto=1)
            heard = await anext(events)
            assert isinstance(heard, m.EventSaid)
            assert heard.text == reply.sentences[0]
            await events.aclose()

    run(play())


def test_a_cancelled_reply_ends(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            mira = await (await runtime.open_world(world)).spawn("mira")
            reply = mira.say("player:alex", "Tell me a long story.")
            pieces = reply.__aiter__()
            talking = asyncio.ensure_future(anext(pieces, None))
            await asyncio.sleep(0)
            await reply.cancel()
            await talking
            async for _ in pieces:
                pass
            assert reply.end is not None

    run(play())


def test_leaving_a_reply_early_cancels_it(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            mira = await (await runtime.open_world(world)).spawn("mira")
            first = mira.say("player:alex", "Tell me a long story.")
            pieces = first.__aiter__()
            await anext(pieces)
            await pieces.aclose()
            assert (await mira.say("player:alex", "Good day!")).text

    run(play())


def test_errors_of_the_daemon_are_raised(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            with pytest.raises(errors.NotFound, match=r"no persona .mria.*did you mean mira\?"):
                await village.spawn("mria")
            mira = await village.spawn("mira", "smithy")
            assert [npc.id for npc in await village.npcs()] == ["npc:mira"]
            assert (await village.npc("mira")).name == "Mira"
            with pytest.raises(errors.NotFound, match="there are mira"):
                await village.npc("tom")
            await village.move("player:alex", "inn", name="Alex")
            with pytest.raises(errors.Conflict, match="is at inn and npc:mira is at smithy"):
                await mira.say("player:alex", "Hello?")
            with pytest.raises(errors.Invalid, match=r"^say: text wants"):
                mira.say("player:alex", "")
            await mira.despawn()
            assert await village.npcs() == []

    run(play())


def test_a_lost_session_is_opened_again(start_daemon: StartDaemon, world: str) -> None:
    # Without a model, so that she has answered before the session, whose heart stands still, expires again.
    daemon = start_daemon("--session-expiry", "2", "--heartbeat", "0.5", "--model", "none.gguf")

    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            mira = await village.spawn("mira")
            lost = runtime.welcome.session
            next(task for task in asyncio.all_tasks() if task.get_name() == "npc-runtime heartbeat").cancel()
            async with connect(data_dir=daemon.data_dir, start=False) as other:
                while (await other.health()).sessions > 1:
                    await other.ping()
            replies = await asyncio.gather(mira.say("player:alex", "Hello?"), village.npcs())
            assert replies[0].text
            assert runtime.welcome.session != lost

    run(play())


def test_a_daemon_that_was_killed_and_started_again_is_taken_up_in_mid_conversation(tmp_path: Path) -> None:
    quick = ("--model", "none.gguf", "--embedding", "off", "--heartbeat", "0.4", "--session-expiry", "5")

    async def play() -> None:
        daemon = await launch(tmp_path, arguments=quick)
        try:
            async with connect(data_dir=tmp_path, start=False) as runtime:
                village = await runtime.open_world("save-1", pack="hollowmere")
                mira = await village.spawn("mira", "inn")
                for number in range(3):
                    assert (await mira.say("player:alex", f"Hello, for the {number}th time!")).text
                    before, quarter = runtime.welcome.daemon, mira.say("player:alex", "And now?")
                    daemon.process.kill()
                    daemon.process.wait()
                    asking = asyncio.ensure_future(quarter._whole())
                    daemon = await launch(tmp_path, arguments=quick)
                    with contextlib.suppress(
                        errors.NoSession
                    ):  # where it left before it was known that nobody is there
                        assert (await asking).text
                    assert (await mira.say("player:alex", "What did I ask?")).text
                    assert runtime.welcome.daemon != before
                    assert [(npc.id, npc.info.at) for npc in await village.npcs()] == [("npc:mira", "place:inn")]
        finally:
            await daemon.stop()

    run(play())


def test_the_heartbeat_keeps_the_session(start_daemon: StartDaemon) -> None:
    daemon = start_daemon("--session-expiry", "0.5", "--heartbeat", "0.2")

    async def play() -> None:
        async with client(daemon) as lively, client(daemon) as other:
            before = (await other.health()).uptime
            while (await other.health()).uptime < before + 1.0:
                await asyncio.sleep(0.05)
            session = lively.welcome.session
            await lively.call(m.Done, "unsubscribe", world="any")
            assert lively.welcome.session == session

    run(play())
