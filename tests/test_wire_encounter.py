"""Encounters against a real daemon with a small model: they stream, give way to players, and always end."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from conftest import RunningDaemon, StartDaemon
from test_client import client, run
from wire_peer import Peer

from npc_runtime import errors
from npc_runtime.client import Encounter, Turn, World
from npc_runtime.wire import messages as m

MIRA, BREN, ODILE = "npc:mira", "npc:bren", "npc:odile"
LANTERN = "Pim dropped a lantern into the mere."


async def gather(village: World) -> None:
    """Mira, Bren and Odile at the smithy, with Alex; Mira saw something that the others did not."""
    for npc in ("mira", "bren", "odile"):
        await village.spawn(npc, at="smithy")
    await village.move("player:alex", "smithy", name="Alex")
    await village.event(LANTERN, at="smithy", witnesses=["mira"], importance=0.9)


async def lines(encounter: Encounter) -> list[Turn]:
    return [line async for line in encounter]


async def free(village: World, between: list[str]) -> Encounter:
    """An encounter of characters who have just been left alone: the daemon has yet to see that."""
    while True:
        with contextlib.suppress(errors.Conflict):
            return await village.encounter(between, seed=3, ack=False)


async def knows(village: World, npc: str, about: str) -> list[str]:
    return [memory.text for memory in await (await village.npc(npc)).memories(about, limit=30)]


def test_an_encounter_streams_and_its_news_is_known_from_then_on(default_daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(default_daemon) as runtime, client(default_daemon) as watcher:
            village = await runtime.open_world(world)
            await gather(village)
            events = (await watcher.open_world(world)).events()
            hearing = asyncio.ensure_future(anext(events))
            await asyncio.wait({hearing}, timeout=0.2)
            await village.save("before")
            for seed in range(6):  # a small model does not get every fact across
                await village.restore("before")
                encounter = await village.encounter(["mira", "odile"], about="the lantern", seed=seed)
                spoken = await lines(encounter)
                if encounter.news:
                    break
            assert encounter.reason in ("done", "silent", "limit")
            assert [line.number for line in spoken] == list(range(1, len(spoken) + 1))
            assert encounter.ended is not None
            assert encounter.ended.turns == len(spoken) <= 8
            assert {line.speaker for line in spoken} == {MIRA, ODILE}
            assert all(line.text and line.to != line.speaker for line in spoken)
            assert any(line.source == "model" for line in spoken)
            told = [news for news in encounter.news if (news.teller, news.listener) == (MIRA, ODILE)]
            assert any("lantern" in news.text for news in told)
            for news in told:
                assert news.text in await knows(village, "odile", "lantern")
                assert news.depth >= 1
                assert 0 < news.confidence < 1
            seen: list[m.Event] = [await hearing]
            while not isinstance(seen[-1], m.EventEncounterEnded) or seen[-1].encounter != encounter.id:
                seen.append(await anext(events))
            said = [event.text for event in seen if isinstance(event, m.EventSaid)]
            assert said[-len(spoken) :] == [line.text for line in spoken]
            assert seen[-1].news == encounter.news
            assert await village.arguments() == []
            await events.aclose()

    run(play())


def test_the_same_seed_is_the_same_talk(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            scripts = []
            for name in (f"{world}-a", f"{world}-b"):
                village = await runtime.open_world(name)
                await gather(village)
                spoken = await lines(await village.encounter([MIRA, ODILE, BREN], seed=11))
                scripts.append([(line.speaker, line.move, line.text) for line in spoken])
            assert scripts[0] == scripts[1]
            assert scripts[0]

    run(play())


@pytest.mark.parametrize("to_all", [False, True])
def test_a_line_of_a_player_ends_it_at_once(default_daemon: RunningDaemon, world: str, to_all: bool) -> None:
    async def play() -> None:
        async with client(default_daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            odile = await village.npc("odile")
            encounter = await village.encounter(["mira", "odile"], seed=3, ack=False)
            answer = ""
            async for message in encounter.messages():
                if isinstance(message, m.ReplyDelta) and not answer:  # somebody is speaking just now
                    line = "Odile, how much is a bowl of stew?"
                    reply = village.say("player:alex", line) if to_all else odile.say("player:alex", line)
                    answer = (await reply).text
                    assert reply.npc == ODILE
                    assert reply.source == "model"
            assert answer
            assert encounter.reason == "yielded"
            assert encounter.ended is not None
            assert encounter.ended.turns == 0, "what nobody heard was not said"
            again = await lines(await village.encounter(["mira", "odile"], seed=3))
            assert again, "nobody is locked out"

    run(play())


def test_a_line_that_waits_to_be_heard_gives_way_too(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            mira = await village.npc("mira")
            encounter = await village.encounter(["mira", "odile"], seed=3, ack=False)
            spoken = aiter(encounter)
            first = await anext(spoken)
            assert (await mira.say("player:alex", "Good day, Mira.")).text
            assert [line async for line in spoken] == []
            assert encounter.reason == "yielded"
            await encounter.heard(first.reply)  # it was played to its end all the same

    run(play())


def test_a_hushed_place_keeps_silent_and_answers_players(default_daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(default_daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            encounter = await village.encounter(["mira", "odile"], seed=3, ack=False)
            spoken = aiter(encounter)
            await anext(spoken)
            await village.hush(place="smithy")
            assert [line async for line in spoken] == []
            assert encounter.reason == "hushed"
            another = await village.encounter(["mira", "odile"])
            assert await lines(another) == []
            assert another.reason == "hushed"
            with pytest.raises(errors.Conflict, match="fewer than two at smithy are free to talk"):
                await village.encounter(at="smithy")
            mira = await village.npc("mira")
            assert (await mira.say("player:alex", "How much for a horseshoe?")).source == "model"
            await village.hush(place="smithy", seconds=0)
            assert await lines(await village.encounter(["mira", "odile"], seed=3))
            await village.hush(["mira"], seconds=600)
            assert (await (await village.encounter(["mira", "bren"]))).reason == "hushed"
            assert (await (await village.encounter(["odile", "bren"]))).reason != "hushed"

    run(play())


def test_budget_and_cooldown_are_the_games_and_follow_the_save(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            await village.save("morning")
            await village.talk_budget(turns_per_minute=2)
            await village.save("frugal")
            encounter = await village.encounter(["mira", "odile"], about="the lantern", seed=3)
            assert len(await lines(encounter)) == 2
            assert encounter.reason == "budget"
            second = await village.encounter(["mira", "odile"], about="the lantern", seed=3)
            assert await lines(second) == []
            assert second.reason == "budget"
            assert any("lantern" in news.text for news in second.news), "news goes on without a line"
            await village.restore("morning")
            assert await knows(village, "odile", "lantern") == []
            full = await village.encounter(["mira", "odile"], seed=3)
            assert len(await lines(full)) > 2
            assert full.reason != "budget"
            await village.restore("frugal")
            assert (await (await village.encounter(["mira", "odile"], seed=3))).reason == "budget"

    run(play())


def test_who_talked_lately_has_nothing_new_to_say_until_time_passes(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            for npc in ("mira", "garrick"):
                await village.spawn(npc, at="smithy")
            await village.save("before")
            assert await lines(await village.encounter(["mira", "garrick"], seed=1))
            again = await village.encounter(["mira", "garrick"], seed=1)
            assert (await again).reason == "cooling"
            await village.advance("5h")
            assert await lines(await village.encounter(["mira", "garrick"], seed=1))
            await village.restore("before")
            assert await lines(await village.encounter(["mira", "garrick"], seed=1)), "they never met"

    run(play())


def test_out_of_hearing_there_are_no_lines_and_news_travels(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            await village.move("player:alex", "inn")
            encounter = await village.encounter(["mira", "odile"], seed=2)
            assert encounter.started.quiet
            assert await lines(encounter) == []
            assert encounter.reason == "done"
            assert any("lantern" in news.text for news in encounter.news)
            assert await knows(village, "odile", "lantern")
            assert not await knows(village, "bren", "lantern"), "nobody else hears of it"
            loud = await village.encounter(["odile", "bren"], quiet=False, seed=2)
            assert await lines(loud)

    run(play())


def test_private_talk_is_heard_by_nobody_else(default_daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(default_daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            encounter = await village.encounter(["mira", "odile"], about="the lantern", private=True, seed=3)
            spoken = await lines(encounter)
            assert any(line.move in ("answer", "gossip") for line in spoken)
            assert await knows(village, "odile", "lantern")
            assert not await knows(village, "bren", "lantern")
            mira = await village.npc("mira")
            await mira.say("player:alex", "The reeve has drowned in the mere.", private=True)
            assert any("drowned" in text for text in await knows(village, "mira", "reeve drowned"))
            for npc in ("bren", "odile"):
                everything = [memory.text async for memory in village.export(npc)]
                assert not any("drowned" in text for text in everything), npc
            await mira.say("player:alex", "The reeve has drowned in the mere.")
            assert any("drowned" in text for text in await knows(village, "bren", "reeve drowned"))

    run(play())


def test_of_a_group_the_one_called_by_name_answers(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            for line, npc in (
                ("Bren, good day to you!", BREN),
                ("Good day to you, Mira.", MIRA),
                ("What do you say, Odile?", ODILE),
            ):
                assert (await village.say("player:alex", line, seed=5)).npc == npc
            await village.move("player:alex", "mill")
            nobody = await village.say("player:alex", "Is anybody here?")
            assert nobody.silence is not None
            assert nobody.silence.heard_by == []
            with pytest.raises(errors.Conflict, match="nobody knows where player:bo is"):
                await village.say("player:bo", "Good day!")

    run(play())


@pytest.fixture(scope="module")
def speechless(start_daemon: StartDaemon) -> RunningDaemon:
    """One without a model: words alone tell who is meant."""
    return start_daemon("--model", "none.gguf", "--embedding", "off")


def test_of_a_group_whoever_knows_answers_or_nobody(
    default_daemon: RunningDaemon, speechless: RunningDaemon, world: str
) -> None:
    async def play(daemon: RunningDaemon) -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            answered = [
                (await village.say("player:alex", "How much is a horseshoe?", seed=seed)).npc for seed in range(8)
            ]
            assert answered.count(MIRA) == max(map(answered.count, answered))
            if daemon is speechless:
                silent = [await village.say("player:alex", "Hm, so it goes.", seed=seed) for seed in range(12)]
                assert any(reply.silence for reply in silent)
                assert any(reply.text for reply in silent)
                assert all(bool(reply.silence) != bool(reply.text) for reply in silent)

    for daemon in (default_daemon, speechless):
        run(play(daemon))


def test_it_is_stopped_cancelled_and_left(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            stopped = await village.encounter(["mira", "odile"], seed=3, ack=False)
            spoken = aiter(stopped)
            await anext(spoken)
            with pytest.raises(errors.Conflict, match="npc:mira is in an encounter already"):
                await village.encounter(["mira", "bren"])
            await stopped.stop()
            assert [line async for line in spoken] == []
            assert stopped.reason == "stopped"
            with pytest.raises(errors.NotFound):
                await stopped.stop()
            async with contextlib.aclosing(aiter(await village.encounter(["mira", "odile"], seed=3))) as spoken:
                await anext(spoken)  # leaving the iteration takes it back
            parted = await free(village, ["odile", "bren"])
            spoken = aiter(parted)
            first = await anext(spoken)
            await village.move("npc:bren", "mill")
            await parted.heard(first.reply)
            assert [line async for line in spoken] == []
            assert parted.reason == "parted"

    run(play())


def test_a_restored_save_and_a_forgotten_player_take_it_back(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            bren = await village.npc("bren")
            await bren.say("player:alex", "Alex Thornbury found gold under the chapel.")
            await lines(await village.encounter(["bren", "odile"], about="gold", seed=3))
            await village.save("before")
            for undo in (lambda: village.restore("before"), lambda: village.forget("player:alex")):
                encounter = await village.encounter(["mira", "odile"], about="the lantern", seed=3, ack=False)
                spoken = aiter(encounter)
                await anext(spoken)
                await undo()
                with pytest.raises(errors.Cancelled, match="broke off"):
                    await anext(spoken)
            for npc in ("bren", "odile"):
                assert not [memory.text async for memory in village.export(npc) if "gold" in memory.text]

    run(play())


def test_somebody_at_a_place_begins_to_talk(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            encounter = await village.encounter(at="smithy", seed=5)
            assert len(set(encounter.started.between)) == len(encounter.started.between) >= 2
            assert {line.speaker for line in await lines(encounter)} <= set(encounter.started.between)

    run(play())


def test_an_argument_takes_a_talker_away_and_keeps_one_from_talking(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            encounter = await village.encounter(["mira", "odile"], seed=3, ack=False)
            spoken = aiter(encounter)
            first = await anext(spoken)
            quarrel = await village.argue(["mira", "bren"], about="the unpaid pin", limits={"turns": 2}, ack=False)
            await encounter.heard(first.reply)
            assert [line async for line in spoken] == []
            assert encounter.reason == "yielded"
            with pytest.raises(errors.Conflict, match="npc:mira is in an argument"):
                await village.encounter(["mira", "odile"])
            await quarrel.stop()
            assert await quarrel

    run(play())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"between": ["mira"]}, "invalid"),
        ({"between": ["mira", "mira"]}, "invalid"),
        ({"between": []}, "invalid"),
        ({"between": ["mira", "bren"]}, "not_found"),
        ({"between": ["mira", "odile"]}, "conflict"),
        ({"between": [], "at": "inn"}, "conflict"),
        ({"between": [], "at": "moon"}, "not_found"),
        ({"world": "never-opened"}, "not_found"),
    ],
)
def test_what_cannot_meet_is_refused(peer: Peer, world: str, fields: dict[str, object], code: str) -> None:
    peer.village(world, "mira", "tom")
    peer.ask("npc.spawn", world=world, npc="odile", at="inn")
    answer = peer.ask("encounter.start", **{"world": world, "between": ["mira", "tom"], **fields})
    assert (answer["type"], answer["code"]) == ("error", code)
    assert answer["message"]
