"""Arguments against a real daemon with a small model: they stream, they end, and nobody pays for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from conftest import RunningDaemon
from test_client import client, run
from wire_peer import Peer

from npc_runtime import errors
from npc_runtime.client import Quarrel, Turn, World
from npc_runtime.wire import messages as m

PARTIES = ("npc:mira", "npc:tom")
HAMMER = "the stolen hammer"


async def gather(village: World) -> None:
    """Mira and Tom at the smithy, with Odile looking on."""
    for npc in ("mira", "tom", "odile"):
        await village.spawn(npc, at="smithy")
    await village.move("player:alex", "smithy", name="Alex")


async def turns(quarrel: Quarrel) -> list[Turn]:
    return [turn async for turn in quarrel]


async def drained(spoken: AsyncIterator[Turn]) -> None:
    async for _ in spoken:
        pass


def test_an_argument_is_spoken_to_its_end_and_has_its_effects(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            for seed in (1, 2, 3):
                quarrel = await village.argue(PARTIES, about=HAMMER, seed=seed)
                spoken = await turns(quarrel)
                assert quarrel.ended is not None
                assert quarrel.outcome is not None
                assert [turn.number for turn in spoken] == list(range(1, len(spoken) + 1))
                assert quarrel.ended.turns == len(spoken) <= 10
                assert {turn.speaker for turn in spoken} <= set(PARTIES)
                assert all(turn.text for turn in spoken)
                assert {turn.source for turn in spoken} <= {"model", "bark"}
                assert all(turn.to in PARTIES and turn.to != turn.speaker for turn in spoken)
                changes = {(change.npc, change.toward): change.reason for change in quarrel.outcome.changes}
                assert set(changes) == {PARTIES, PARTIES[::-1]}
                for npc in PARTIES:
                    character = await village.npc(npc)
                    other = next(other for other in PARTIES if other != npc)
                    (relation,) = await character.relations(other)
                    assert changes[npc, other] in [reason.text for reason in relation.reasons]
            found = await (await village.npc("odile")).memories("quarrelled hammer", limit=20)
            assert quarrel.outcome is not None
            assert quarrel.outcome.text in [memory.text for memory in found]
            assert await village.arguments() == []

    run(play())


def test_the_same_seed_is_the_same_argument(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            scripts = []
            for name in (f"{world}-a", f"{world}-b"):
                village = await runtime.open_world(name)
                await gather(village)
                spoken = await turns(await village.argue(PARTIES, about=HAMMER, seed=11))
                scripts.append([(turn.speaker, turn.move, turn.text) for turn in spoken])
            assert scripts[0] == scripts[1]

    run(play())


def test_a_player_steps_in_and_talks_to_a_party_meanwhile(default_daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(default_daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            mira = await village.npc("mira")
            quarrel = await village.argue(PARTIES, about=HAMMER, seed=4)
            async for turn in quarrel:
                if turn.number == 1:
                    heard = await quarrel.intervene("player:alex", "Calm down, both of you.")
                    assert heard.kind == "calm"
                    assert {one.npc for one in heard.taken} == set(PARTIES)
                if turn.number == 2:
                    line = "What do you want for a horseshoe?"
                    reply = await mira.say("player:alex", line, name="Alex", seed=1, aside=True)
                    assert reply.text
                    assert reply.source == "model"
            assert quarrel.outcome is not None
            assert "player:alex" in {change.toward for change in quarrel.outcome.changes}
            with pytest.raises(errors.NotFound):
                await quarrel.intervene("player:alex", "Peace!")

    run(play())


def test_a_line_that_is_said_into_a_quarrel_steps_in(default_daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(default_daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            await village.move("player:alex", "smithy", name="Alex")
            quarrel = await village.argue(PARTIES, about=HAMMER, seed=4)
            async for turn in quarrel:
                if turn.number == 1:
                    line = await village.say("player:alex", "Calm down, both of you!", name="Alex")
                    assert line.silence is not None
                    assert line.silence.argument == quarrel.id
                if turn.number == 2:
                    aside = await (await village.npc("mira")).say("player:alex", "Calm down!", aside=True)
                    assert aside.text
            assert quarrel.outcome is not None
            assert "Alex stepped in." in quarrel.outcome.text

    run(play())


def test_what_broke_off_is_resumed_by_another_session_and_after_a_restore(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as first:
            village = await first.open_world(world)
            await gather(village)
            quarrel = await village.argue(PARTIES, about=HAMMER, seed=6)
            async for turn in quarrel:
                if turn.number == 2:
                    await village.save("half-way")
                    break
        async with client(daemon) as second:
            village = await second.open_world(world)
            found = await village.arguments()
            while found[0].going_on:  # the daemon has yet to see that the first one left
                found = await village.arguments()
            assert [(one.argument, one.between) for one in found] == [(quarrel.id, list(PARTIES))]
            resumed = await village.resume(quarrel.id)
            assert resumed.started.turns >= 2
            with pytest.raises(errors.Conflict, match="is going on"):
                await village.resume(quarrel.id)
            assert await resumed
            assert await village.arguments() == []
            await village.restore("half-way")
            (again,) = await village.arguments()
            assert again.turns == 2
            spoken = await turns(await village.resume(again.argument))
            assert [turn.number for turn in spoken[:1]] in ([3], [])

    run(play())


def test_a_restored_save_breaks_it_off(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            await village.save("before")
            quarrel = await village.argue(PARTIES, about=HAMMER, seed=6)
            spoken = aiter(quarrel)
            await anext(spoken)
            await village.restore("before")
            with pytest.raises(errors.Cancelled, match="a save was restored"):
                await drained(spoken)
            assert await village.arguments() == []
            assert await (await village.npc("mira")).memories("quarrelled", limit=5) == []

    run(play())


def test_stop_and_despawn_end_it(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            quarrel = await village.argue(PARTIES, about=HAMMER)
            async for turn in quarrel:
                if turn.number == 1:
                    await quarrel.stop()
            assert quarrel.outcome is not None
            assert (quarrel.outcome.kind, quarrel.outcome.cause) == ("stalemate", "stopped")
            another = await village.argue(PARTIES, about="the unpaid wheel", ack=False)
            spoken = aiter(another)
            await anext(spoken)
            await (await village.npc("tom")).despawn()
            with pytest.raises(errors.Cancelled):
                await drained(spoken)
            (left,) = await village.arguments()
            assert not left.going_on

    run(play())


def test_of_three_the_two_who_remain_go_on(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await gather(village)
            await village.spawn("bren", at="smithy")
            quarrel = await village.argue([*PARTIES, "bren"], about=HAMMER, seed=3)
            turns = []
            async for turn in quarrel:
                turns.append(turn)
                if turn.number == 1:
                    await (await village.npc("bren")).despawn()
            assert len(turns) > 1
            assert all("npc:bren" not in (turn.speaker, turn.to) for turn in turns[2:])
            assert quarrel.outcome is not None

    run(play())


def test_observers_hear_of_it(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime, client(daemon) as watcher:
            village = await runtime.open_world(world)
            await gather(village)
            events = (await watcher.open_world(world)).events()
            hearing = asyncio.ensure_future(anext(events))
            await asyncio.wait({hearing}, timeout=0.2)
            quarrel = await village.argue(PARTIES, about=HAMMER, limits={"turns": 3})
            spoken = await turns(quarrel)
            seen: list[m.Event] = [await hearing]
            while not isinstance(seen[-1], m.EventArgueSettled):
                seen.append(await anext(events))
            assert [event.text for event in seen if isinstance(event, m.EventSaid)] == [turn.text for turn in spoken]
            assert seen[-1].outcome == quarrel.outcome
            await events.aclose()

    run(play())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"between": ["mira", "mira"]}, "invalid"),
        ({"between": ["mira", "bren"]}, "not_found"),
        ({"between": ["mira", "odile"]}, "conflict"),
        ({"about": ""}, "invalid"),
        ({"parties": [{"npc": "odile"}]}, "invalid"),
        ({"parties": [{"npc": "tom", "grievance": "Mira shouted at you"}]}, "invalid"),
        ({"world": "never-opened"}, "not_found"),
    ],
)
def test_what_cannot_be_argued_is_refused(peer: Peer, world: str, fields: dict[str, object], code: str) -> None:
    peer.village(world, "mira", "tom")
    peer.ask("npc.spawn", world=world, npc="odile", at="inn")
    request = {"world": world, "between": ["mira", "tom"], "about": HAMMER, **fields}
    answer = peer.ask("argue.start", **request)
    assert (answer["type"], answer["code"]) == ("error", code)
    assert answer["message"]
