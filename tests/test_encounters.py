"""Encounters performed in a tiny village: without a model too, with every floor free afterwards."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest
from talking import SECRET, ScriptedWriter, Talk

from npc_runtime.dialogue.encounter.encounter import Limits
from npc_runtime.dialogue.gossip.exchange import Passed
from npc_runtime.dialogue.stage.beat import Happening, TurnTaken
from npc_runtime.dialogue.stage.meeting import Meeting, Parted
from npc_runtime.dialogue.stage.stage import Stage
from npc_runtime.dialogue.turn.events import Ended, Started
from npc_runtime.engine.profile import LARGE
from npc_runtime.engine.request import Priority
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.relations import Numbers

T = TypeVar("T")
MIRA, TOM = "npc:mira", "npc:tom"
SEEN = "Ann sold the miller a lame horse."


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def nothing(ended: Ended) -> None:
    """Does nothing between the lines."""


class Company(Talk):
    """The tiny village, whose characters talk."""

    def __init__(self, writer: ScriptedWriter | None, **more: Any) -> None:
        super().__init__(writer, **more)
        self.stage = Stage(self.director)

    async def begin(self, seed: int | None = 3, **more: Any) -> Meeting:
        await self.mind.keep([Entry(MIRA, "witnessed", SEEN, 0, importance=0.9)])
        return await self.stage.meet("save", [MIRA, TOM], seed=seed, **more)

    async def play(self, meeting: Meeting, between: Callable[[Ended], None] = nothing) -> list[Happening]:
        """Performs it, and has every line heard that was spoken to its end; `between` is called before it is."""
        happenings: list[Happening] = []
        async for happening in meeting.perform():
            happenings.append(happening)
            if isinstance(happening, Ended):
                between(happening)
                if happening.finish == "stop":
                    asyncio.get_running_loop().call_soon(self.director.heard, "save", happening.reply, None)
        return happenings

    async def memories(self, npc: str) -> list[str]:
        return [stored.entry.text(self.mind.wording) for stored in await self.mind.memory.latest(npc)]

    def free(self) -> bool:
        speaking = self.mind.speaking
        return not speaking.scenes and not any(floor.locked() for floor in speaking.floors.values())


def parted(happenings: list[Happening]) -> Parted:
    assert isinstance(happenings[-1], Parted)
    return happenings[-1]


def test_without_a_model_they_still_talk_and_the_news_arrives() -> None:
    village = Company(None)

    async def work() -> None:
        told: list[Passed] = []
        for seed in range(8):
            happenings = await village.play(await village.begin(seed, about="horse"))
            assert all(event.source == "fallback" for event in happenings if isinstance(event, Started))
            told += parted(happenings).news
            village.mind.world.advance(by="1d")
        assert [(news.teller, news.listener) for news in told][:1] == [(MIRA, TOM)]
        assert "lame horse" in told[0].text
        assert told[0].text in await village.memories(TOM)
        assert village.free()

    run(work())


@pytest.mark.parametrize(
    ("texts", "source"),
    [
        (["(happy) What a day it is.", "(happy) The larks are up."], "fallback"),
        (["(happy) Have you heard? Ann sold the miller a lame horse."], "model"),
    ],
)
def test_news_is_told_in_the_stock_words_where_the_model_leaves_it_out(texts: list[str], source: str) -> None:
    async def work() -> tuple[Company, Ended]:
        village = Company(ScriptedWriter(*texts * 20))
        for seed in range(8):
            happenings = await village.play(await village.begin(seed, about="horse"))
            if parted(happenings).news:
                assert any("lame horse" in memory for memory in await village.memories(TOM))
                lines = [one for one in happenings if isinstance(one, Ended)]
                return village, next(one for one in lines if "lame horse" in one.text)
            village.mind.world.advance(by="1d")
        raise AssertionError("nobody told the news")

    village, told = run(work())
    assert told.source == source
    left_out = "guard: left out what there was to tell"
    assert (left_out in village.director.why("save", told.reply).notes) is (source == "fallback")


def test_lines_are_spoken_as_ambient_ones_and_no_secret_is_on_a_card() -> None:
    writer = ScriptedWriter("(neutral) Ann sold the miller a lame horse.", "(happy) Good day to you.")
    village = Company(writer)

    async def work() -> None:
        happenings = await village.play(await village.begin(limits=Limits(turns=6)))
        begun = [happening for happening in happenings if isinstance(happening, TurnTaken)]
        assert begun
        assert [line.number for line in begun] == list(range(1, len(begun) + 1))
        assert {request.priority for request in writer.requests} == {Priority.AMBIENT}
        for number in range(len(writer.requests)):
            assert SECRET not in writer.prompt(number)

    run(work())


def test_who_does_not_hear_a_private_talk_learns_nothing() -> None:
    for private in (True, False):
        village = Company(None)
        village.world.move("npc:ann", "place:smithy")

        async def work(village: Company = village, private: bool = private) -> list[str]:
            for seed in range(8):
                await village.play(await village.begin(seed, private=private))
                village.mind.world.advance(by="1d")
            return [line.text for line in village.mind.conversation("npc:ann").lines]

        assert bool(run(work())) is not private


def test_a_player_who_speaks_in_the_middle_of_a_line_is_answered_and_the_talk_is_over() -> None:
    # What a larger model says is spoken as it is written.
    village = Company(ScriptedWriter("(happy) Good day, my dear |wait|", "(neutral) Two pennies."), profile=LARGE)

    async def work() -> None:
        meeting = await village.begin()
        playing = asyncio.ensure_future(village.play(meeting))
        assert village.writer is not None
        await village.writer.stuck.wait()
        other = next(npc for npc in (MIRA, TOM) if meeting.beat and npc != meeting.beat.spoken.speaker)
        answer = await village.talk("What do you sell?", to=other)
        assert answer.text == "Two pennies."
        happenings = await playing
        assert parted(happenings).reason == "yielded"
        assert [event.finish for event in happenings if isinstance(event, Ended)] == ["cancelled"]
        assert village.free()

    run(work())


def test_what_nobody_hears_ends_with_the_time() -> None:
    village = Company(ScriptedWriter("(happy) Good day."))

    async def work() -> None:
        meeting = await village.begin(limits=Limits(seconds=0.3))
        happenings = [happening async for happening in meeting.perform()]
        assert parted(happenings).reason == "limit"
        assert meeting.scene.turn == 0
        assert village.free()

    run(work())


def test_somebody_who_walks_off_leaves_and_is_free() -> None:
    village = Company(None)
    village.world.move("npc:ann", "place:smithy")

    async def work() -> None:
        def walk_off(ended: Ended) -> None:
            village.world.move("npc:ann", "place:inn")

        meeting = await village.stage.meet("save", [MIRA, TOM, "npc:ann"], seed=1)
        happenings = await village.play(meeting, walk_off)
        begun = [happening for happening in happenings if isinstance(happening, TurnTaken)]
        assert not any("npc:ann" in (line.speaker, line.to) for line in begun[1:])
        assert parted(happenings).reason in ("done", "silent", "limit")
        assert village.free()

    run(work())


def test_a_closed_performance_leaves_everybody_free() -> None:
    village = Company(ScriptedWriter("(happy) Good day."))

    async def work() -> None:
        performance = (await village.begin()).perform()
        assert isinstance(await anext(performance), TurnTaken)
        await performance.aclose()
        assert village.free()
        assert parted(await village.play(await village.begin())).reason

    run(work())


ANN = "npc:ann"


async def three(village: Company, seed: int) -> Meeting:
    """A meeting of three who like each other, with something to tell each."""
    village.world.move(ANN, "smithy")
    for npc, other in itertools.permutations((MIRA, TOM, ANN), 2):
        village.mind.feelings.move(village.mind.persona(npc), other, Numbers(1.2, 0.6), "so it is", 0)
    for npc in (TOM, ANN):
        await village.mind.keep([Entry(npc, "witnessed", f"The reeve gave {npc[4:]} a goose.", 0, importance=0.9)])
    await village.mind.keep([Entry(MIRA, "witnessed", SEEN, 0, importance=0.9)])
    return await village.stage.meet("save", [MIRA, TOM, ANN], seed=seed, limits=Limits(turns=8))


def test_when_a_third_goes_away_the_others_talk_on() -> None:
    went_on = 0
    for seed in range(40):
        village = Company(None)
        leaver = (MIRA, TOM, ANN)[seed % 3]

        async def work(village: Company = village, leaver: str = leaver, seed: int = seed) -> bool:
            meeting = await three(village, seed)
            spoken = 0

            def go(ended: Ended) -> None:
                nonlocal spoken
                spoken += 1
                if spoken == 2:  # before it is heard, so also in the middle of its own line
                    if seed % 2:
                        meeting.leave(leaver)
                        village.world.leave(leaver)
                    else:
                        village.world.move(leaver, "inn")

            happenings = await village.play(meeting, go)
            lines = [line for line in happenings if isinstance(line, TurnTaken)]
            assert all(leaver not in (line.speaker, line.to) for line in lines[2:])
            assert parted(happenings).reason in ("done", "silent", "limit")
            assert village.free()
            return len(lines) > 3

        went_on += run(work())
    assert went_on > 20, "the two who remain have something to say"


def test_one_who_goes_away_in_its_line_is_silent_and_the_others_talk_on() -> None:
    village = Company(ScriptedWriter("(happy) Good day, my dear |wait|", "(happy) Good day."), profile=LARGE)

    async def work() -> None:
        meeting = await three(village, 3)
        happenings = await interrupted(village, meeting)
        assert len([line for line in happenings if isinstance(line, TurnTaken)]) > 1
        assert parted(happenings).reason in ("done", "silent", "limit")

    run(work())


def test_one_alone_parts_at_once() -> None:
    village = Company(ScriptedWriter("(happy) Good day, my dear |wait|"), profile=LARGE)

    async def work() -> None:
        happenings = await interrupted(village, await village.begin())
        assert parted(happenings).reason == "parted"

    run(work())


async def interrupted(village: Company, meeting: Meeting) -> list[Happening]:
    """What happens when whoever speaks first is despawned in the middle of its line."""
    playing = asyncio.ensure_future(village.play(meeting))
    assert village.writer is not None
    await asyncio.wait_for(village.writer.stuck.wait(), 10)
    assert meeting.beat is not None
    speaker = meeting.beat.spoken.speaker
    meeting.leave(speaker)
    assert not any(village.mind.speaking.scenes_of(speaker))
    village.world.leave(speaker)
    happenings = await asyncio.wait_for(playing, 10)
    assert next(event.finish for event in happenings if isinstance(event, Ended)) == "cancelled"
    assert all(line.speaker != speaker for line in happenings[1:] if isinstance(line, TurnTaken))
    assert village.free()
    return happenings
