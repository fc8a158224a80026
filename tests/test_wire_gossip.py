"""Gossip through a real daemon, with a small model: who knows a matter, from whom, and what sets it right."""

from __future__ import annotations

import pytest
from asking import asked
from conftest import RunningDaemon
from test_client import client, run

from npc_runtime import errors
from npc_runtime.client import Reply, World
from npc_runtime.wire import messages as m

BELL = "The great bell of Carrow cracked last night."
ASKED = "What happened to the bell of Carrow?"


def row(info: m.GossipInfo) -> tuple[str, str, str | None, str, int]:
    return (info.npc, info.how, info.who, info.origin, info.depth)


async def ask(village: World, npc: str, player: str, text: str, seed: int = 5) -> str:
    """A player asks, and the answer is heard."""
    return (await (await village.npc(npc)).say(player, text, seed=seed)).text


async def learn(village: World, npc: str, player: str) -> None:
    """A player asks until the answer is what happened."""

    async def found(reply: Reply) -> bool | None:
        return "cracked" in reply.text or None

    await asked(village, await village.npc(npc), player, ASKED, found)


def test_who_knows_a_matter_and_from_whom_can_be_asked(default_daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(default_daemon) as runtime:
            village = await runtime.open_world(world)
            for npc, place in (("mira", "smithy"), ("bren", "smithy"), ("odile", "inn"), ("pim", "mill")):
                await village.spawn(npc, place)
            await village.event(BELL, at="smithy", witnesses=["mira"], importance=0.9)
            assert [row(info) for info in await village.gossip("bell of Carrow")] == [
                ("npc:mira", "witnessed", None, "npc:mira", 0)
            ]
            await learn(village, "mira", "player:alex")
            await village.move("npc:bren", "inn")
            await learn(village, "bren", "player:bo")
            known = await village.gossip("bell of Carrow")
            assert [row(info) for info in known] == [
                ("npc:mira", "witnessed", None, "npc:mira", 0),
                ("npc:bren", "told", "npc:mira", "npc:mira", 1),
                ("npc:odile", "told", "npc:bren", "npc:mira", 2),
            ]
            assert [info.confidence for info in known] == sorted((info.confidence for info in known), reverse=True)
            assert {info.first for info in known} == {BELL}
            assert known[2].text == "Bren told Bo that Mira said that the great bell of Carrow cracked last night."
            assert [info.npc for info in await village.gossip("bell of Carrow", npc="odile")] == ["npc:odile"]
            assert await village.gossip("a dragon under the bridge") == []
            with pytest.raises(errors.NotFound):
                await village.gossip("bell", npc="nobody")

    run(play())


def test_a_rumour_is_set_right_by_a_player_or_an_author_until_a_save_is_restored(
    daemon: RunningDaemon, world: str
) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            for npc, place in (("odile", "inn"), ("bren", "mill")):
                await village.spawn(npc, place)
                await ask(village, npc, f"player:{npc}", "Pim stole the silver goblet.")
            await village.save("rumour")
            assert [info.denies for info in await village.gossip("silver goblet")] == [False, False]
            await ask(
                village, "odile", "player:bo", "Pim did not steal the silver goblet. It was found under the altar."
            )
            await (await village.npc("bren")).teach(
                "Pim did not steal the silver goblet; it was found under the altar."
            )
            known = await village.gossip("silver goblet")
            assert [(info.npc, info.how, info.denies) for info in known] == [
                ("npc:odile", "told", True),
                ("npc:bren", "taught", True),
            ]
            assert all("under the altar" in info.text for info in known)
            await village.restore("rumour")
            assert [info.denies for info in await village.gossip("silver goblet")] == [False, False]

    run(play())
