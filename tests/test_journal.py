"""What gets into a player's journal, and how it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from asking import asked
from conftest import RunningDaemon
from talking import SECRET, ScriptedWriter, Talk
from test_client import client

from npc_runtime.client import Npc, Reply, World
from npc_runtime.dialogue.gossip.teaching import carries
from npc_runtime.dialogue.journal import Note, merged, notes, witnessed
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.english.person import first_person
from npc_runtime.language.wording import Wording
from npc_runtime.memory.entry import Entry, Stored
from npc_runtime.memory.relations import Numbers
from npc_runtime.wire import messages as m
from npc_runtime.wire.codec import BODY_LIMIT
from npc_runtime.wire.pages import fitting as fitting_in_a_message

Result = TypeVar("Result")
ALEX, BO = "player:alex", "player:bo"
WORDING = Wording(ENGLISH, {"npc:tom": "Tom", "npc:mira": "Mira Holt", ALEX: "Alex"})


def run(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("You sell nails for two pennies.", "I sell nails for two pennies."),
        ("Tom still owes you for a wheel.", "Tom still owes me for a wheel."),
        ("Tom took your hammer over a debt that you do not owe.", "Tom took my hammer over a debt that I do not owe."),
        ("You are deaf, so people confess to you on the left.", "I am deaf, so people confess to me on the left."),
        ("You need charcoal before you can work again.", "I need charcoal before I can work again."),
        ("You bought the ring yourself.", "I bought the ring myself."),
        ("The bridge has three arches.", "The bridge has three arches."),
    ],
)
def test_a_fact_in_the_mouth_of_its_owner(fact: str, said: str) -> None:
    assert first_person(fact) == said


@pytest.mark.parametrize(
    ("claim", "noted"),
    [
        ("The mill burned.", "Tom: The mill burned."),
        ("{npc:tom|they} saw wolves.", "Tom: I saw wolves."),
        ("{npc:mira} owes {npc:tom|them} a penny.", "Tom: Mira Holt owes me a penny."),
    ],
)
def test_hearsay_is_noted_with_whom_it_came_from_in_its_own_mouth(claim: str, noted: str) -> None:
    told = Entry(ALEX, "told", claim, 0, who="npc:tom", toward=ALEX, origin="npc:tom")
    (note,) = merged([Stored(1, told, 1, 0)], WORDING)
    assert note.text == noted


def test_a_line_carries_a_fact_when_enough_of_it_is_there() -> None:
    fact = "I sell nails for two pennies."
    assert carries("Nails? Two pennies, friend.", fact, WORDING)
    assert not carries("Hm. Let me think.", fact, WORDING)
    assert not carries("", fact, WORDING)


def village(*texts: str) -> Talk:
    talk = Talk(ScriptedWriter(*texts))
    for player, name in ((ALEX, "Alex"), (BO, "Bo")):
        talk.world.player(player, name)
        talk.world.move(player, "smithy")
    return talk


async def read(talk: Talk, player: str = ALEX, **only: str) -> list[Note]:
    return await notes(talk.mind, player, **only)


async def texts(talk: Talk, player: str = ALEX, **only: str) -> list[str]:
    return [note.text for note in await read(talk, player, **only)]


PRICE = "(neutral) Nails cost two pennies. Mind the sparks."


def test_a_price_that_was_heard_is_noted_and_a_greeting_is_not() -> None:
    talk = village("(happy) Good day, Alex.", PRICE)

    async def work() -> None:
        await talk.talk("Good day!")
        assert await texts(talk) == []
        ended = await talk.talk("How much are nails?")
        (note,) = await read(talk)
        assert note.text == "Mira: I sell nails for two pennies."
        entry = note.sources[0].entry
        assert (entry.kind, entry.who, entry.place) == ("price", "npc:mira", "place:smithy")
        assert (entry.reply, entry.origin, entry.at) == (ended.reply, "npc:mira", talk.world.clock.now)

    run(work())


def test_only_what_was_spoken_is_noted() -> None:
    talk = village("(neutral) Let me think. Nails cost two pennies.")

    async def work() -> None:
        unheard = (await talk.say("How much are nails?"))[-1]
        assert await texts(talk) == []
        await talk.heard(unheard.reply, 1)  # type: ignore[union-attr]
        assert await texts(talk) == []
        await talk.talk("How much are nails?", barks="never")
        assert len(await texts(talk)) == 1

    run(work())


def test_who_stands_by_overhears_it_and_who_does_not_knows_nothing() -> None:
    talk = village(PRICE)

    async def work() -> None:
        talk.world.move(BO, "inn")
        await talk.talk("How much are nails?", speaker="npc:tom")
        (note,) = await read(talk)
        assert (note.text, note.sources[0].entry.toward) == ("Mira: I sell nails for two pennies.", "npc:tom")
        assert await texts(talk, BO) == []

    run(work())


def test_news_told_to_a_character_is_overheard_by_the_players_near() -> None:
    talk = village("(neutral) I see.")

    async def work() -> None:
        await talk.talk("The bridge at Elmford fell last night.", speaker="npc:tom")
        assert await texts(talk) == ["Tom: The bridge at Elmford fell last night."]
        await talk.talk("A wolf ate my goat.", speaker=BO)
        assert len(await texts(talk)) == 2
        assert len(await texts(talk, BO)) == 1, "what a player says itself is no news to it"

    run(work())


def test_the_same_from_another_is_a_second_source_of_one_note() -> None:
    bridge = "The bridge at Elmford has three arches."
    talk = village(f"(neutral) {bridge}")

    async def work() -> None:
        for npc in ("npc:mira", "npc:tom", "npc:mira"):
            await talk.talk("Tell me of the bridge at Elmford.", to=npc, barks="never")
        (note,) = await read(talk)
        assert note.text == f"Mira and Tom: {bridge}"
        assert [(source.entry.who, source.count) for source in note.sources] == [("npc:mira", 2), ("npc:tom", 1)]
        assert await texts(talk, npc="npc:tom") == [note.text]
        assert await texts(talk, npc="npc:ann") == []
        assert await texts(talk, about="bridges") == [note.text]
        assert await texts(talk, about="the price of eggs") == []

    run(work())


def test_what_two_say_of_themselves_are_two_notes() -> None:
    talk = village(PRICE)

    async def work() -> None:
        await talk.talk("How much are nails?")
        (note,) = await read(talk)
        entry = note.sources[0].entry
        claim = entry.claim.replace("npc:mira", "npc:tom")
        await talk.mind.keep([replace(entry, who="npc:tom", origin="npc:tom", claim=claim)])
        assert [note.text for note in await read(talk)] == [
            "Mira: I sell nails for two pennies.",
            "Tom: I sell nails for two pennies.",
        ]

    run(work())


def test_what_a_player_told_is_not_learned_from_being_repeated() -> None:
    talk = village("(neutral) I see.", "recall 1\n(neutral) You told me that the bridge at Elmford fell last night.")

    async def work() -> None:
        await talk.talk("The bridge at Elmford fell last night.")
        ended = await talk.talk("What did I tell you about the bridge?")
        assert talk.move(ended) == "recall"
        assert await texts(talk) == []
        assert "fell last night" in (await texts(talk, BO))[0], "to whoever stood by it was news"

    run(work())


def test_a_secret_that_was_told_is_noted() -> None:
    talk = village("(afraid) I hid the stolen ledger beneath the anvil.")

    async def work() -> None:
        persona = talk.mind.persona("npc:mira")
        talk.mind.feelings.move(persona, ALEX, Numbers(2.0, 2.0, 0.0, 0.0), "Alex saved you.", 0)
        await talk.talk("Where is the stolen ledger?")
        (note,) = await read(talk)
        assert note.sources[0].entry.kind == "secret"
        assert note.text == f"Mira: {first_person(SECRET)}"

    run(work())


def test_a_noise_from_afar_is_noted_as_such_and_ones_own_deed_is_not() -> None:
    talk = village()
    talk.world.adjacent = {"place:smithy": frozenset({"place:inn"}), "place:inn": frozenset({"place:smithy"})}

    talk.world.move(BO, "inn")
    happened, _ = talk.world.event("Alex dropped a jug.", by=ALEX, noise="a crash")
    (entry,) = witnessed(happened, talk.world)
    text = entry.text(talk.mind.wording)
    assert (entry.owner, text, entry.place) == (BO, "You heard a crash from the smithy.", "place:smithy")
    assert entry.confidence < 1


def test_a_note_is_never_folded_away_and_reaches_no_character() -> None:
    talk = village(PRICE)

    async def work() -> None:
        await talk.talk("How much are nails?")
        assert ALEX not in talk.mind.memory._grown
        assert "npc:mira" in talk.mind.memory._grown
        assert [stored.entry.owner for stored in await talk.mind.memory.page("npc:tom", 0, 100)].count(ALEX) == 0

    run(work())


async def noted(village: World, npc: Npc, player: str, line: str, words: str) -> m.JournalNote:
    """What a player notes whose answer has these words."""

    async def found(_: Reply) -> m.JournalNote | None:
        return next((note for note in await village.journal(player) if words in note.text), None)

    return await asked(village, npc, player, line, found)


def test_the_journal_follows_saves_and_dies_with_the_player(default_daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(default_daemon) as runtime:
            village = await runtime.open_world(world)
            mira = await village.spawn("mira", "smithy")
            for player, name in ((ALEX, "Alex"), (BO, "Bo")):
                await village.move(player, "smithy", name=name)
            note = await noted(village, mira, ALEX, "How much are horseshoes?", "horseshoes for four pennies")
            (source,) = note.sources
            assert (source.how, source.who, source.place) == ("told", "npc:mira", "place:smithy")
            assert source.reply
            assert {source.how for other in await village.journal(BO) for source in other.sources} == {"overheard"}
            own = await noted(village, mira, BO, "Do you need charcoal?", "charcoal from the burner on the hill")
            before = {player: await village.journal(player) for player in (ALEX, BO)}
            await village.save("before")
            await village.event("Tom dropped a lantern.", at="smithy")
            await village.event("Bo whistled.", at="smithy", by=BO)
            assert [note.text for note in await village.journal(ALEX, "lantern")] == ["Tom dropped a lantern."]
            assert "Bo whistled." not in [note.text for note in await village.journal(BO)]
            await village.restore("before")
            assert len(await village.journal(ALEX)) == len(before[ALEX])
            exported = [memory async for memory in village.export()]
            assert {ALEX, BO} <= {memory.npc for memory in exported}
            await village.forget(ALEX)
            assert await village.journal(ALEX) == []
            left = await village.journal(BO)
            assert own.text in [note.text for note in left], "what was said to oneself is not gone"
            assert {source.how for note in left for source in note.sources} == {"told"}, "what was said to them is"

    run(play())


def test_a_journal_comes_in_pages(daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            await village.move(ALEX, "smithy", name="Alex")
            for number in range(5):
                await village.event(f"Goose number {number} flew over.", at="smithy")
            page: int | None = 0
            found: list[str] = []
            while page is not None:
                query = {"world": world, "player": "alex", "after": page, "limit": 2}
                listing = await runtime.call(m.JournalListing, "journal.list", **query)
                assert 1 <= len(listing.notes) <= 2
                found += [note.text for note in listing.notes]
                page = listing.next
            assert found == [f"Goose number {number} flew over." for number in range(5)]
            assert len(await village.journal(ALEX)) == 5

    run(play())


def test_a_page_fits_into_a_message() -> None:
    source = m.JournalSource(
        how="told", who="npc:" + "m" * 64, to=ALEX, origin="", place="", reply="", at=0, ago="", count=1
    )
    infos = [m.JournalNote(id=id, text="x" * 240, kind="fact", sources=[source] * 32) for id in range(1, 101)]
    fitting = fitting_in_a_message(infos)
    assert 1 < len(fitting) < 100
    assert sum(len(info.model_dump_json()) for info in fitting) < BODY_LIMIT
