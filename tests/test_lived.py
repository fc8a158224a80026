"""Secrets, relations, reflections and replies that nobody hears, as characters live them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from memory_kit import by_ids
from talking import ScriptedWriter, Talk, persona, tiny_pack, tiny_world

from npc_runtime.dialogue import memories as remembering
from npc_runtime.dialogue.cast import Cast
from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.generation.reflection import Reflecting
from npc_runtime.dialogue.memories import Remembering
from npc_runtime.dialogue.policy.relations import Feelings
from npc_runtime.dialogue.turn.events import Ended
from npc_runtime.engine.profile import LARGE, RULES
from npc_runtime.engine.request import Priority
from npc_runtime.errors import NotFound
from npc_runtime.memory import consolidate
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.relations import Numbers
from npc_runtime.persona.model import Reveal, Secret

T = TypeVar("T")

HIDDEN = "You buried the silver crown beneath the anvil."
DAY = 86_400


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def village(writer: ScriptedWriter | None = None, **mira: Any) -> Talk:
    """The tiny village; with `mira`, she is another person."""
    talk = Talk(writer or ScriptedWriter("(neutral) Hm."))
    if mira:
        pack = tiny_pack()
        other = persona("mira", "Mira", "smith", place="smithy", **mira)
        talk.pack = pack.model_copy(update={"personas": {**pack.personas, "mira": other}})
        talk.mind.cast = Cast(talk.pack)
        talk.mind.feelings = Feelings(talk.mind.cast)
    return talk


# ------------------------------------------------------------------------------------------- secrets


async def found_the_bell(talk: Talk) -> None:
    talk.world.set_fact("world", "bell.found", True)


async def trusted(talk: Talk) -> None:
    await talk.mind.keep(
        records=talk.mind.feelings.move(
            talk.mind.persona("npc:mira"), "player:alex", Numbers(trust=0.6), "Alex kept a promise.", 0
        )
    )


async def carries_rope(talk: Talk) -> None:
    talk.world.set_fact("player:alex", "item.rope", 1)


async def was_told(talk: Talk) -> None:
    await talk.talk("The goblet fell into the river.", speaker="player:bo")


@pytest.mark.parametrize(
    ("reveal", "happens"),
    [
        (Reveal(flag="bell.found"), found_the_bell),
        (Reveal(trust=0.5), trusted),
        (Reveal(item="rope"), carries_rope),
        (Reveal(told="goblet river"), was_told),
    ],
)
@pytest.mark.parametrize("profile", [RULES, LARGE])
def test_a_secret_enters_the_prompt_when_its_condition_holds(reveal: Reveal, happens: Any, profile: Any) -> None:
    writer = ScriptedWriter("(neutral) Well now.")
    talk = village(writer, secrets=[Secret(fact=HIDDEN, reveal=reveal)], traits=["blunt"])
    talk.director._profile = profile

    async def play() -> None:
        for line in ("What do you know about the crown?", "Where is the silver crown buried?", "Any news?"):
            await talk.talk(line)
            assert "crown beneath" not in writer.prompt()
            found = await talk.mind.knows("npc:mira", "crown", 9)
            assert all("crown beneath" not in stored.entry.claim for stored, _ in found)
        await happens(talk)
        await talk.talk("What do you know about the crown?")
        assert HIDDEN in writer.prompt()
        await talk.talk("What do you know about the crown?", to="npc:tom")
        assert "crown beneath" not in writer.prompt()

    run(play())


def test_what_one_player_has_shows_a_secret_to_no_other() -> None:
    writer = ScriptedWriter("(neutral) Well now.")
    talk = village(writer, secrets=[Secret(fact=HIDDEN, reveal=Reveal(item="rope"))], traits=["blunt"])

    async def play() -> None:
        await carries_rope(talk)
        await talk.talk("What do you know about the crown?", speaker="player:bo")
        assert HIDDEN not in writer.prompt()

    run(play())


# ------------------------------------------------------------------------------------------- relations


def numbers(talk: Talk, other: str = "player:alex") -> Numbers:
    return talk.mind.feelings.relation(talk.mind.persona("npc:mira"), other).now(talk.world.clock.now)


def test_words_move_relations_which_heal_in_game_time() -> None:
    writer = ScriptedWriter("(neutral) Hm.")
    talk = village(writer)

    async def play() -> None:
        await talk.talk("hello")
        assert "Feelings toward Alex: neutral." in writer.prompt()
        calm = numbers(talk)
        await talk.talk("You are a filthy liar.")
        insulted = numbers(talk)
        assert (insulted.affinity < calm.affinity, insulted.trust < calm.trust) == (True, True)
        await talk.talk("hello")
        assert "Feelings toward Alex: cold." in writer.prompt()
        await talk.talk("I will kill you.")
        threatened = numbers(talk)
        assert threatened.fear > insulted.fear
        assert numbers(talk, "player:bo") == calm
        await talk.talk("hello")
        assert "Feelings toward Alex: hostile." in writer.prompt()
        talk.world.advance(by="5d")
        assert numbers(talk).fear == pytest.approx(threatened.fear / 2)
        talk.world.advance(by="90d")
        await talk.talk("hello")
        assert "Feelings toward Alex: neutral." in writer.prompt()
        relation = talk.mind.feelings.relation(talk.mind.persona("npc:mira"), "player:alex")
        text = talk.mind.wording.text
        reasons = [text(reason.text, "npc:mira") for reason in relation.reasons]
        assert reasons == ["Alex insulted you.", "Alex threatened you."]
        await talk.talk("Here is a gift for you, take this silver ring.")
        assert numbers(talk).affinity > calm.affinity

    run(play())


def test_the_brave_give_in_to_great_fear_and_the_deceived_believe_nothing() -> None:
    talk = Talk(None)
    mira = talk.mind.persona("npc:mira")

    async def play() -> None:
        assert talk.move(await talk.talk("I will kill you.", speaker="player:bo")) == "stand"
        talk.mind.feelings.move(mira, "player:alex", Numbers(fear=0.9), "Alex burned the inn.", talk.world.clock.now)
        assert talk.move(await talk.talk("I will kill you.")) == "cower"
        news = "The goblet fell into the river."
        assert talk.move(await talk.talk(news, speaker="player:cy")) == "acknowledge"
        talk.mind.feelings.move(mira, "player:dee", Numbers(trust=-0.9), "Dee lied.", talk.world.clock.now)
        assert talk.move(await talk.talk(news, speaker="player:dee")) == "doubt"
        found = [stored.entry for stored, _ in await talk.mind.knows("npc:mira", "goblet", 9)]
        sure = {entry.who: entry.confidence for entry in found if entry.how == "told"}
        assert sure["player:dee"] < sure["player:cy"]

    run(play())


# ------------------------------------------------------------------------------------------- reflections


def test_reflections_of_a_character_are_written_at_once_for_nobody_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (consolidate, remembering):
        monkeypatch.setattr(module, "LIMIT", 60)
    writer = ScriptedWriter("Tom sold herring.")
    memory = village().mind.memory
    memory._reflecting = Reflecting(writer)
    sold = [
        Entry("npc:mira", "witnessed", f"Tom sold {n} barrels of herring.", n * DAY, importance=0.2) for n in range(90)
    ]

    async def play() -> None:
        await memory.keep(sold)
        assert await memory.consolidate("npc:mira") == len(writer.requests) == writer.most_running > 1

    run(play())
    assert {request.priority for request in writer.requests} == {Priority.BACKGROUND}


def test_too_many_memories_become_reflections_and_saves_still_see_them(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = 20
    for module in (consolidate, remembering):
        monkeypatch.setattr(module, "LIMIT", limit)
    monkeypatch.setattr(remembering, "COUNTED_EVERY", 8)
    talk = village()
    memory = talk.mind.memory

    def entries(count: int, start: int = 0) -> list[Entry]:
        texts = (f"Tom sold {n} barrels of herring." for n in range(start, start + count))
        return [Entry("npc:mira", "witnessed", text, n * DAY, importance=0.2) for n, text in enumerate(texts)]

    async def play() -> None:
        await memory.keep(entries(limit))
        await talk.mind.keep(records=talk.mind.state())
        talk.mind.memory.history.save("before", 0).result()
        await memory.keep(entries(limit, start=limit))
        assert memory._consolidating is not None
        await memory._consolidating
        assert memory.history.count("npc:mira").result() <= limit
        found = [stored for stored, _ in await talk.mind.knows("npc:mira", "herring", 100)]
        reflections = [stored for stored in found if stored.entry.how == "reflection"]
        assert reflections
        for one in reflections:
            sources = by_ids(memory.history, one.entry.sources)
            assert len(sources) == len(one.entry.sources) >= consolidate.LEAST
            assert all("herring" in source.entry.claim for source in sources)
            assert not {source.id for source in sources} & {stored.id for stored in found}
        ended = await talk.talk("What do you know about herring?")
        knew = [fact["source"] for fact in talk.director.why("save", ended.reply).knew]
        assert "reflection" in knew
        memory.history.restore("before").result()
        talk.mind.load(memory.history.records().result())
        again = [stored.entry.how for stored, _ in await talk.mind.knows("npc:mira", "herring", 100)]
        assert set(again) == {"witnessed"}
        assert memory.history.count("npc:mira").result() == limit

    run(play())


# ------------------------------------------------------------------------------------------- nobody heard it


def test_what_nobody_said_was_heard_in_time_never_was() -> None:
    writer = ScriptedWriter("(neutral) The ferry sank.", "(neutral) Well now.")
    talk = village(writer)

    async def play() -> None:
        ended = (await talk.say("hello"))[-1]
        assert isinstance(ended, Ended)
        talk.mind.speaking.pending.ended(ended.reply, time.monotonic() - 121)
        with pytest.raises(NotFound, match="at most 120 seconds after its end"):
            talk.director.heard("save", ended.reply, None)
        talk.mind.speaking.pending.ended(ended.reply, time.monotonic())  # too late is too late
        with pytest.raises(NotFound):
            talk.director.heard("save", ended.reply, None)
        await talk.talk("hello")
        assert "ferry" not in writer.prompt()

    run(play())


def test_the_time_runs_from_the_end_of_a_reply() -> None:
    pack = tiny_pack()
    writer = ScriptedWriter("(neutral) The ferry sank. And then nobody came back |wait|")
    talk = village(writer)
    director = Director(
        writer=writer, profile=replace(RULES, reply=64), temperature=0, deadline=60, seed=1, heard_timeout=1e-9
    )
    world = tiny_world(pack)
    mind = director.open(world, Cast(pack), Remembering(talk.mind.memory.history))

    async def play() -> None:
        line = talk.line("hello")

        async def listen() -> None:
            assert [event async for event in director.say(world, line)]

        listening = asyncio.create_task(listen())
        await writer.stuck.wait()
        (reply,) = mind.speaking.pending._waiting
        heard, writing = director.heard("save", reply, None)  # it is being spoken still
        await writing
        assert heard.text == "The ferry sank."
        line.cancelled.set()
        await listening

    run(play())
