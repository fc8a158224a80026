"""Who is forgotten is an id: no name takes anything from others, an unmistakable one is gone; refused is not done."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from memory_kit import entry, texts, write
from talking import Talk, persona, tiny_pack

from npc_runtime.dialogue.director import Utterance
from npc_runtime.dialogue.forgetting import forget, naming, unmistakable
from npc_runtime.dialogue.quarrel.argument import Argument, begin
from npc_runtime.dialogue.quarrel.party import Party
from npc_runtime.dialogue.understanding.lexicon import LISTED
from npc_runtime.errors import StorageError
from npc_runtime.memory import history as history_module
from npc_runtime.memory.entry import Entry, Stored
from npc_runtime.memory.history import History
from npc_runtime.memory.naming import Naming, strings
from npc_runtime.memory.news import News
from npc_runtime.memory.relations import Numbers
from npc_runtime.persona.born import Born

MIRA, TOM, BO, GRIEFER = "npc:mira", "npc:tom", "player:bo", "player:x"
PACK = list(strings(tiny_pack().model_dump(mode="json")))
OTHERS = ("Bo", "Bogdan Barrow", "Sallow Sedge", "bogling", "Innkeeper Odile")
# As names they would take every record that has such a field.
FIELDS = (
    "claim first doer denies corrects affinity trust reasons witnesses earshot noise topics parties stances given asked"
)

PLAIN = st.sampled_from(
    [*PACK, *(word for text in PACK for word in text.split()), *OTHERS, *sorted(LISTED), *FIELDS.split()]
)
CASES = st.sampled_from([str, str.upper, str.title, str.lower])
# What a search in any case takes for the letter that it looks like.
LOOKS = st.sampled_from([("", ""), ("s", "ſ"), ("i", "ı"), ("k", "\u212a")])
NAMES = st.builds(lambda name, case, look: case(name).replace(*look)[:64], PLAIN, CASES, LOOKS).filter(str.strip)


class Village(Talk):
    """The tiny village, where others have said, done and felt something of everything that it is about."""

    def __init__(self) -> None:
        super().__init__(None)
        self.world.player(BO, OTHERS[0])
        self.world.player(BO, OTHERS[1])
        creature = persona("sallow", "Sallow Sedge", "bogling")
        self.lived = self.mind.bear(Born(persona=creature, biome="marsh", species="goblin", seed=1))
        for text in PACK[:30]:
            self.world.set_fact("world", f"n{len(list(self.world.facts))}", text[:200], "It is so: " + text[:200])
        for place in ("smithy", "inn"):
            self.world.event("The wheel of the mill fell on Tom's foot.", at=place, by=BO)
        quarrel = begin("a1", "the stolen hammer", [Party(MIRA, "Mira"), Party(TOM, "Tom")])
        self.mind.arguments["a1"] = quarrel

    async def live(self, name: str) -> None:
        mind, now = self.mind, self.world.clock.now
        told = News("Bo told Mira that the miller sold a lame horse.", doer=BO)
        others = [Entry(MIRA, "witnessed", text, now, who=BO, news=told) for text in PACK if text.strip()]
        others += [
            Entry(TOM, "told", f"{other} praised {word}.", now, who=MIRA) for other in OTHERS for word in PACK[:9]
        ]
        mind.feelings.move(mind.persona(MIRA), BO, Numbers(affinity=-0.2), "Bo insulted you at the mill.", now)
        mind.talks.meetings.meet(MIRA, TOM, now, "The miller sold a lame horse.")
        await self.talk("What do you know about nails?", speaker=BO)
        await mind.keep([*others, Entry(MIRA, "told", "The well is dry.", now, who=GRIEFER)], self.lived | mind.state())
        self.world.player(GRIEFER, name)
        self.world.move(GRIEFER, "smithy")
        self.lines = await asyncio.wrap_future(mind.memory.history.page("", 0, 10_000))
        self.before = mind.state()

    async def rows(self) -> list[Stored]:
        return await asyncio.wrap_future(self.mind.memory.history.page("", 0, 10_000))


@settings(max_examples=60, deadline=None)
@given(name=NAMES)
@example("Mill")
@example("Tom")
@example("The stolen hammer")
@example("Corrects")
@example("walked away")
@example("mıll")
def test_a_name_that_means_something_here_takes_nothing_from_others(name: str) -> None:
    async def work() -> None:
        village = Village()
        await village.live(name)
        forgotten = await forget(village.mind, GRIEFER)
        assert (forgotten.memories, forgotten.renamed) == (1, ()), "what it told itself"
        assert await village.rows() == [one for one in village.lines if one.entry.who != GRIEFER]
        kept = {key: record for key, record in village.before.items() if GRIEFER not in key}
        assert village.mind.state() == kept
        assert await asyncio.wrap_future(village.mind.memory.history.records()) == kept

    asyncio.run(work())


@pytest.mark.parametrize("name", ["Zyxomir", "Sir Zyxomir", "ZYXOMIR", "Zyxomir of the Mill", "Jörmunrek", "Zyx-9"])
def test_a_name_that_can_mean_nobody_else_counts(name: str) -> None:
    assert unmistakable([name], [*PACK, *OTHERS]) == [name]


@pytest.mark.parametrize(
    "name",
    [
        "Mill",
        "mills",
        "The Mill",
        "Tom",
        "Tom Mira",
        "Bo",
        "Barrow",
        "You",
        "Smith",
        "ſmith",
        "Jo",
        "7",
        "...",
        " ",
        "wheel!",
    ],
)
def test_a_name_that_may_mean_something_else_does_not(name: str) -> None:
    assert unmistakable([name], [*PACK, *OTHERS]) == []


@given(st.lists(NAMES, max_size=4))
def test_no_name_of_somebody_else_or_of_the_pack_counts(names: list[str]) -> None:
    assert unmistakable([*names, "Zyxomir"], [*PACK, *OTHERS, *FIELDS.split()]) == ["Zyxomir"]
    assert unmistakable(names, names) == []


def test_a_name_that_somebody_had_in_a_future_that_was_given_up_is_theirs_too() -> None:
    async def work() -> None:
        village = Talk(None)
        mind, history = village.mind, village.mind.memory.history
        await mind.keep(records=mind.state())
        history.save("before", 0).result()
        village.world.player(BO, "Zyxomir")
        await mind.keep(records=mind.state())
        history.restore("before").result()
        mind.load(history.records().result())
        village.world.player(GRIEFER, "Zyxomir")
        assert (await naming(mind, GRIEFER)).names == ()
        assert (await naming(mind, BO)).names == ()

    asyncio.run(work())


def test_an_id_is_found_as_a_whole(history: History) -> None:
    others = ["player:alexander", "player:alex-2", "player:alex.b", "player:alex@home", "player:ALEX", "npc:alex"]
    kept = [entry(f"Somebody wrote {other} on the wall.") for other in others]
    kept += [
        entry("He left.", who=other, toward=other, origin=other, news=News("He left.", doer=other)) for other in others
    ]
    keys = ("entity/{}", "relation/npc:mira/{}", "fact/{}/rank")
    records = {key.format(other): {"by": other, "to": [other]} for key in keys for other in others}
    gone = [entry(f"{text} It rained.") for text in ("I saw player:alex.", "By player:alex's hand.", '("player:alex")')]
    gone += [entry("She left.", news=News("She left.", doer="player:alex"))]
    write(history, *kept, *gone, **records, **{key.format("player:alex"): 1 for key in keys})
    write(history, given={"player:alex": 1}, said={"source": "said:player:alex"}, both=["player:bo", "player:alex"])
    assert history.forget(Naming("player:alex")).result().memories == len(gone)
    assert texts(history) == [one.claim for one in kept]
    assert history.records().result() == records


@pytest.fixture
def history() -> Any:
    history = History(None)
    yield history
    history.close()


def test_saves_called_after_somebody_get_another_name_that_is_free(history: History) -> None:
    write(history, clock=1)
    for name in (
        "alex-1",
        "Alexandria",
        "forgotten-1",
        "Zyxomir's save",
        "player:alex",
        "player:alex2",
        "zyxomir3",
        "ALEX-1",
    ):
        history.save(name, 5).result()
    long = "z" * 120 + " zyxomir"
    history.save(long, 5).result()
    renamed = dict(history.forget(Naming("player:alex", ("Zyxomir",), "alex")).result().renamed)
    assert renamed == {
        "alex-1": "forgotten-1-2",
        "Zyxomir's save": "forgotten's save",
        "player:alex": "forgotten",
        "zyxomir3": "forgotten3",
        "ALEX-1": "forgotten-1-3",
        long: "z" * 120 + " forgott",
    }
    kept = {save.name: save.at for save in history.saves().result()}
    assert kept == dict.fromkeys(["Alexandria", "forgotten-1", "player:alex2", *renamed.values()], 5)
    assert history.restore("forgotten-1-2").result() == 5


# ------------------------------------------------------------------------------------------------ refused


class Full(Talk):
    """The tiny village with a player in it, whose disk takes no erasing."""

    async def fill(self) -> dict[str, Any]:
        self.world.player("player:alex", "Zyxomir")
        utterance = Utterance("player:alex", "Zyxomir", MIRA, "Tom stole the goblet.", hearers=(TOM,))
        self.ended = [event async for event in self.director.say(self.world, utterance)][-1]
        await self.mind.keep(records=self.mind.state())
        return self.mind.state()


def test_what_is_refused_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    async def work() -> None:
        village = Full(None)
        state = await village.fill()
        rows = await asyncio.wrap_future(village.mind.memory.history.page("", 0, 99))
        with monkeypatch.context() as failing:
            failing.setattr(history_module, "erase_mentions", full)
            with pytest.raises(StorageError, match="disk is full"):
                await forget(village.mind, "player:alex")
        assert village.mind.state() == state
        assert await asyncio.wrap_future(village.mind.memory.history.page("", 0, 99)) == rows
        assert village.mind.speaking.whys
        assert not village.mind.speaking.breaks
        await village.heard(next(iter(village.mind.speaking.whys)))
        assert (await forget(village.mind, "player:alex")).memories > 1
        assert "Zyxomir" not in str(village.mind.state())

    asyncio.run(work())


def test_what_is_written_while_somebody_is_forgotten_goes_too_and_bytes_that_stay_are_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work() -> None:
        village = Full(None)
        await village.fill()
        memory = village.mind.memory
        erase = memory.erase

        async def slowly(naming: Naming) -> history_module.Forgotten:
            found = await erase(naming)
            await memory.keep([Entry(TOM, "told", "The goblet is in the barn.", 0, who=MIRA, origin="player:alex")])
            return found

        def full() -> None:
            raise StorageError("the disk is full")

        monkeypatch.setattr(memory, "erase", slowly)
        monkeypatch.setattr(memory.history.store, "_squeeze", full)
        assert not (await forget(village.mind, "player:alex")).whole
        assert await asyncio.wrap_future(memory.history.page("", 0, 99)) == []

    asyncio.run(work())


def test_an_argument_of_others_is_not_forgotten_for_the_words_that_it_is_kept_in() -> None:
    quarrel = begin("a1", "the stolen hammer", [Party(MIRA, "Mira"), Party(TOM, "Tom")]).as_record()
    assert Argument.from_record(quarrel).as_record() == quarrel
    for key in quarrel:
        assert not Naming(GRIEFER, (key.title(),)).in_value(
            {key: value for key, value in quarrel.items() if key != "topic"}
        )
    assert Naming(GRIEFER, ("stolen hammer",)).in_value(quarrel)
