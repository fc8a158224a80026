"""Questions over the lore: who may know answers, and no passage reaches anybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import numpy as np
import pytest
from conftest import RunningDaemon
from numpy.typing import NDArray
from talking import ScriptedWriter, Talk
from test_client import client

from npc_runtime import errors
from npc_runtime.dialogue.policy.lore import Library
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.persona.pack import load_pack, pack_from_mapping
from npc_runtime.scenes.pack import write_pack

Result = TypeVar("Result")
EELS, WILLOW = "Where do the best eels bite?", "by the old willow"


def run(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


def test_paragraphs_keep_their_document_and_heading() -> None:
    lore = {paragraph.text: paragraph for paragraph in load_pack("hollowmere").lore}
    bell = lore["The chapel book says that the lost bell was cast in silver and tin."]
    assert (bell.document, bell.heading) == ("lore/chapel.md", "What stands in the books of the chapel")


def test_a_scenes_own_lore_keeps_its_headings(tmp_path: Any) -> None:
    text = "The mill is old.\n\n# Of the well\n\nThe well is deep.\n\n## Its bucket\n\nThe bucket leaks."
    place = {"id": "green", "name": "the green"}
    world = {
        "format": 2,
        "name": "Dell",
        "summary": "A village.",
        "places": [place],
        "scopes": {"village": "everybody"},
    }
    ann = {"name": "Ann", "role": "baker", "traits": ["kind"]}
    pack = pack_from_mapping({"world": world, "personas": {"ann": ann}, "lore": {"village": text}}, source="a.yaml")
    assert [lore.heading for lore in pack.lore] == ["", "Of the well", "Its bucket"]
    assert load_pack(str(write_pack(pack, tmp_path / "dell"))).lore == pack.lore


def test_who_shares_the_scope_answers_and_the_nearest_first() -> None:
    talk = Talk(ScriptedWriter("(neutral) The bridge has three arches."))

    async def work() -> None:
        library, question = Library(), "How many arches has the bridge?"
        talk.world.player("player:alex")
        found = await library.answering(talk.mind, question, player="player:alex")
        assert (found.npc, found.may_know) == ("npc:mira", ("npc:mira", "npc:tom", "npc:ann"))
        talk.world.move("player:alex", "inn")
        found = await library.answering(talk.mind, question, player="player:alex")
        assert (found.npc, found.may_know[0]) == ("npc:ann", "npc:ann")
        assert [passage.lore.text for passage in found.passages] == ["The bridge at Elmford has three arches."]
        assert found.choice is not None
        assert found.choice.move is Move.ANSWER

    run(work())


def test_where_nobody_may_know_nobody_answers() -> None:
    talk = Talk(ScriptedWriter("(neutral) Hm."))

    async def work() -> None:
        riders = await Library().answering(talk.mind, "Where do the riders camp?")
        assert (riders.npc, riders.passages, riders.may_know) == ("", (), ())
        assert riders.reason == "nobody who is here may know it"
        dragons = await Library().answering(talk.mind, "What do dragons eat?")
        assert dragons.reason == "the lore says nothing of it"
        asked = await Library().answering(talk.mind, "Where do the riders camp?", npc="npc:mira")
        assert (asked.npc, asked.passages) == ("npc:mira", ())
        assert asked.choice is not None
        assert asked.choice.move is Move.ADMIT

    run(work())


def test_who_was_told_needs_no_scope() -> None:
    talk = Talk(ScriptedWriter("(neutral) I see."))

    async def work() -> None:
        await talk.talk("The riders camp in the marsh.")
        asked = await Library().answering(talk.mind, "Where do the riders camp?", npc="npc:mira")
        assert (asked.passages, asked.choice) == ((), None), "it answers from what it was told"

    run(work())


class Meanings:
    """Knows that a flock grazes: nothing else means anything to it."""

    name = "meanings"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        about = [int("arches" in text or "spans" in text) for text in texts]
        return np.eye(2, dtype=np.float32)[about]


def test_what_no_word_finds_is_found_by_its_meaning() -> None:
    talk = Talk(ScriptedWriter("(neutral) Hm."))

    async def work() -> None:
        assert not await Library().passages(talk.mind, "Count me the spans!")
        talk.mind.memory._embedder = Meanings
        (found,) = await Library().passages(talk.mind, "Count me the spans!")
        assert "three arches" in found.lore.text

    run(work())


def test_lore_through_the_daemon(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            mira = await village.spawn("mira", "smithy")
            await village.move("player:alex", "smithy", name="Alex")
            nobody = await village.lore(EELS, player="player:alex")
            assert (nobody.npc, nobody.passages, nobody.may_know) == ("", [], [])
            assert (await nobody).text == ""
            await village.spawn("pim", "landing")
            answer = await village.lore(EELS, player="player:alex", seed=3)
            (passage,) = answer.passages
            assert (answer.npc, answer.may_know) == ("npc:pim", ["npc:pim"])
            assert (passage.document, passage.heading) == (
                "lore/mere.md",
                "What people know who work along the shore",
            )
            assert WILLOW in passage.text
            assert [piece.text async for piece in answer if piece.text]
            assert (answer.source, (await answer.why()).move) == ("model", "answer")
            asked = await village.lore(EELS, npc="mira", player="player:bo", seed=3)
            assert (asked.npc, asked.passages, asked.may_know) == ("npc:mira", [], ["npc:pim"])
            why = await (await asked).why()
            assert why.move == "admit"
            assert not any("willow" in message["text"] for message in why.prompt)
            assert await mira.memories("willow") == []
            with pytest.raises(errors.NotFound):
                await village.lore(EELS, npc="garrick")

    run(play())


def test_a_question_of_nobodys_is_a_strangers(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            pim = await village.spawn("pim", "landing")
            await (await village.lore(EELS, seed=3))
            lines = [memory async for memory in village.export("pim") if memory.how == "heard"]
            assert [(line.text, line.who) for line in lines] == [(EELS, "player:stranger")]
            assert await pim.memories("eels")

    run(play())
