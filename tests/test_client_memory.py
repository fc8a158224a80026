"""What the Python client can do with memory, relations, facts, time and saves, against a real daemon."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import RunningDaemon
from test_client import client, run

from npc_runtime import errors
from npc_runtime.client import World
from npc_runtime.wire import messages as m

ROOT = Path(__file__).parent.parent
NEWS = "The bridge at Elmford fell last night."


async def tell(world: World) -> None:
    """Mira is told something by a player, and it is heard."""
    mira = await world.npc("mira")
    await mira.say("player:alex", NEWS, name="Alex", seed=1)


def test_facts_are_set_read_and_taken_out(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await village.set("closed", True, scope="place:bridge", text="The bridge is closed.")
            await village.set("robberies", 3)
            (fact,) = await village.get("closed", scope="place:bridge")
            assert (fact.value, fact.text) == (True, "The bridge is closed.")
            assert [found.name for found in await village.get()] == ["robberies"]
            await village.set("robberies", None)
            assert await village.get() == []
            with pytest.raises(errors.NotFound):
                await village.get("robberies")

    run(play())


def test_what_reached_whom_can_be_asked(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            mira, tom = await village.spawn("mira", "smithy"), await village.spawn("tom", "inn")
            perceived = await village.event("Odile dropped a goblet.", at="smithy", importance=0.8)
            assert [(one.npc, one.how) for one in perceived] == [("npc:mira", "witnessed")]
            await tell(village)
            assert (await village.advance("2d")).moment.startswith("day 3")
            await mira.teach("You once walked to the sea.", at=-1000)
            news = await mira.memories("bridge fell", limit=5)
            assert ("told", "player:alex", "two days ago") in [(one.how, one.who, one.ago) for one in news]
            assert "sea" in (await mira.memories("sea"))[0].text
            assert all("goblet" not in one.text for one in await tom.memories("goblet"))
            everything = [memory async for memory in village.export()]
            assert [memory.id for memory in everything] == sorted({memory.id for memory in everything})
            assert {memory.npc for memory in everything} == {"npc:mira"}
            assert [memory async for memory in village.export("tom")] == []

    run(play())


def test_relations_move_for_a_reason(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            mira = await village.spawn("mira", "smithy")
            (before,) = await mira.relations("player:alex")
            after = await mira.adjust("player:alex", "Alex brought your hammer back.", trust=0.5, affinity=0.9)
            assert after.trust > before.trust
            assert (after.feeling, after.reasons[-1].text) == ("devoted", "Alex brought your hammer back.")
            assert {"npc:tom", "player:alex"} <= {relation.toward for relation in await mira.relations()}

    run(play())


def test_saves_are_made_restored_branched_and_given_up(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            mira = await village.spawn("mira", "smithy")
            saved = await village.save("slot 1")
            await tell(village)
            await village.advance(3600)
            assert (await village.branch("slot 1", "copy")).save == "copy"
            assert [save.save for save in await village.saves()] == ["slot 1", "copy"]
            restored = await village.restore("slot 1")
            assert restored.at == saved.at == (await village.advance(0)).at
            assert all(NEWS[4:10] not in memory.text for memory in await mira.memories())
            with pytest.raises(errors.NotFound, match="copy, slot 1"):
                await village.restore("slot 2")
            with pytest.raises(errors.Conflict):
                await village.branch("slot 1", "copy")
            await village.delete_save("slot 1")
            assert [save.save for save in await village.saves()] == ["copy"]

    run(play())


def test_a_player_is_forgotten(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            mira = await village.spawn("mira", "smithy")
            await tell(village)
            assert (await village.forget("player:alex")).memories > 0
            assert all("Alex" not in memory.text for memory in await mira.memories())
            assert (await village.forget("player:nobody")).memories == 0

    run(play())


def test_the_command_line_exports_and_forgets(daemon: RunningDaemon, world: str, tmp_path: Path) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await village.spawn("mira", "smithy")
            await tell(village)

    def command(*arguments: str | Path) -> str:
        words = [sys.executable, "-m", "npc_runtime", "memory", *map(str, arguments), "--world", world]
        words += ["--data-dir", str(daemon.data_dir)]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=110)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(play())
    lines = command("export", "--npc", "mira").splitlines()
    assert all(m.MemoryInfo.model_validate(json.loads(line)).npc == "npc:mira" for line in lines)
    assert any("bridge" in line for line in lines)
    file = tmp_path / "memories.jsonl"
    assert command("export", "--out", file) == f"{len(lines)} memories written to {file}\n"
    assert file.read_text(encoding="utf-8").splitlines() == lines
    assert command("forget", "--player", "player:alex").startswith("player:alex is forgotten: ")
    assert "Alex" not in command("export")
