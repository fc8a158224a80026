"""Barks: when the model is not needed, what is said then, and that nothing is lost by it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from conftest import RunningDaemon, StartDaemon
from talking import ScriptedWriter, Talk
from test_client import client

from npc_runtime.client import World
from npc_runtime.dialogue.forgetting import forget
from npc_runtime.dialogue.policy.barks import GREETED, REPEATED, gist
from npc_runtime.dialogue.state import TALK
from npc_runtime.dialogue.turn.events import Ended
from npc_runtime.engine.request import Priority

Result = TypeVar("Result")
GOOD_DAY = "(happy) Good day to you."
GREETINGS = (GOOD_DAY, "(happy) Be welcome.", "(happy) Come in.", "(happy) A fine day.", "(happy) Look who is there.")
PRICE = "(neutral) Nails cost two pennies."


def run(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


def notes(talk: Talk, ended: Ended) -> list[str]:
    return talk.director.why("save", ended.reply).notes


def test_the_first_greeting_is_the_models_and_the_next_is_not() -> None:
    talk = Talk(ScriptedWriter(*(f"greet\n{greeting}" for greeting in GREETINGS)))

    async def work() -> None:
        assert (await talk.talk("Good day!")).source == "model"
        again = await talk.talk("Hello, Mira!")
        assert (again.source, talk.move(again)) == ("bark", "greet")
        assert again.reason == "the speaker was greeted a moment ago"
        assert f"bark: {again.reason}" in notes(talk, again)
        assert not talk.director.why("save", again.reply).prompt
        assert (await talk.talk("Hello!", speaker="player:bo")).source == "model", "somebody else was not greeted"
        assert (await talk.talk("Hello!", to="npc:tom")).source == "model", "nor by somebody else"
        talk.world.advance(by=GREETED + 1)
        assert (await talk.talk("Hello!")).source == "model"

    run(work())


def test_a_greeting_that_was_not_heard_was_none() -> None:
    talk = Talk(ScriptedWriter(*GREETINGS))

    async def work() -> None:
        assert (await talk.say("Good day!"))[-1].source == "model"  # type: ignore[union-attr]
        assert (await talk.talk("Good day!", barks="auto")).source == "model"

    run(work())


@pytest.mark.parametrize(
    ("line", "source"),
    [("Good day!", "bark"), ("Hello! How much are nails?", "model"), ("Any news?", "model")],
)
def test_in_passing_only_a_greeting_needs_no_model(line: str, source: str) -> None:
    talk = Talk(ScriptedWriter(PRICE))
    assert run(talk.talk(line, passing=True)).source == source


def test_the_same_question_gets_the_same_answer_in_the_same_words() -> None:
    talk = Talk(ScriptedWriter(PRICE))

    async def work() -> None:
        await talk.talk("How much are nails?")
        for line in ("How much are nails?", "how much are nails", "Mira, how much are nails?"):
            again = await talk.talk(line)
            assert (again.source, again.text) == ("bark", "As I said: Nails cost two pennies.")
            assert talk.director.why("save", again.reply).facts == ["You sell nails for two pennies."]
        assert (await talk.talk("How much are nails?", speaker="player:bo")).source == "model"
        talk.world.advance(by=REPEATED + 1)
        assert (await talk.talk("How much are nails?")).source == "model"

    run(work())


def test_an_answer_that_would_be_another_is_the_models() -> None:
    talk = Talk(
        ScriptedWriter(
            "admit\n(neutral) I know nothing of it.",
            "acknowledge\n(neutral) I see.",
            "gossip 1\n(sad) A wolf ate a goat.",
        )
    )

    async def work() -> None:
        assert talk.move(await talk.talk("What happened to the goat?")) == "admit"
        await talk.talk("A wolf ate the goat.", speaker="player:bo")
        now = await talk.talk("What happened to the goat?")
        assert (now.source, talk.move(now)) == ("model", "gossip")

    run(work())


def test_what_was_cut_off_is_not_repeated_by_heart() -> None:
    talk = Talk(ScriptedWriter("(neutral) Hm, let me think. Nails cost two pennies."))

    async def work() -> None:
        cut = (await talk.say("How much are nails?"))[-1]
        await talk.heard(cut.reply, 1)  # type: ignore[union-attr]
        assert (await talk.talk("How much are nails?")).source == "model"

    run(work())


def test_far_away_nobody_needs_the_model_and_the_facts_are_not_lost() -> None:
    talk = Talk(ScriptedWriter(*(f"chat\n{greeting}" for greeting in GREETINGS)))

    async def work() -> None:
        chatter: dict[str, Any] = {"speaker": "npc:tom", "priority": Priority.AMBIENT}
        assert (await talk.talk("How much are nails?", **chatter)).text == "I sell nails for two pennies."
        far = await talk.talk("Lovely weather today.", **chatter)
        assert (far.source, far.reason) == ("bark", "no player is near")
        assert (await talk.talk("Lovely weather today.", speaker="npc:tom")).source == "model", "nor is it background"
        talk.world.player("player:alex")
        talk.world.move("player:alex", "smithy")
        assert (await talk.talk("Lovely weather today.", **chatter)).source == "model", "a player listens"

    run(work())


def test_a_game_may_want_the_model_always() -> None:
    talk = Talk(ScriptedWriter(GOOD_DAY, "(happy) Hello again.", "(happy) You once more?"))

    async def work() -> None:
        for _ in range(2):
            assert (await talk.talk("Good day!", barks="never")).source == "model"
        assert (await talk.talk("Good day!", passing=True, barks="never")).source == "model"

    run(work())


def test_replies_are_counted_by_who_wrote_them() -> None:
    talk = Talk(ScriptedWriter(GOOD_DAY))

    async def work() -> None:
        for _ in range(3):
            await talk.talk("Good day!")
        assert talk.director.replies == {"model": 1, "bark": 2}

    run(work())


def test_the_gist_of_a_line_leaves_the_name_out() -> None:
    assert gist("Mira, where's the bell?", "Mira Holt") == gist("where is the bell", "Mira Holt")
    assert gist("where is the mill?", "Mira") != gist("where is the bell?", "Mira")


def test_what_was_answered_is_kept_and_forgotten_with_the_player() -> None:
    talk = Talk(ScriptedWriter(PRICE))

    async def work() -> None:
        await talk.talk("How much are nails?")
        await asyncio.wrap_future(talk.mind.memory.history.save("here", 0))
        talk.mind.load(talk.mind.memory.history.records().result())
        assert (await talk.talk("How much are nails?")).source == "bark"
        await forget(talk.mind, "player:alex")
        assert "player:alex" not in str(talk.mind.state()[TALK + "npc:mira"])
        assert (await talk.talk("How much are nails?")).source == "model"

    run(work())


async def asked(village: World, **how: Any) -> list[str | None]:
    mira = await village.spawn("mira", "smithy")
    return [
        (await mira.say("player:alex", "What do you want for a horseshoe?", seed=1, **how)).source for _ in range(2)
    ]


def test_barks_through_the_daemon_and_their_share(default_daemon: RunningDaemon, world: str) -> None:
    async def play() -> None:
        async with client(default_daemon) as runtime:
            before = (await runtime.health()).replies
            village = await runtime.open_world(world)
            assert await asked(village) == ["model", "bark"]
            await village.save("greeted")
            tom = await village.spawn("tom", "smithy")
            assert (await tom.say("player:alex", "Hello!", passing=True)).source == "bark"
            assert (await tom.say("player:alex", "Where is the mill?", barks="never", seed=1)).source == "model"
            health = await runtime.health()
            assert health.replies.model - before.model == 2
            assert health.replies.bark - before.bark == 2
            assert 0 < health.without_model < 1

    run(play())


def test_a_daemon_may_be_set_to_the_model_always(start_daemon: StartDaemon, world: str) -> None:
    daemon = start_daemon("--barks", "never", "--model", "default")

    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            assert await asked(village) == ["model", "model"]
            mira = await village.npc("mira")
            assert (await mira.say("player:alex", "What do you want for a horseshoe?", barks="auto")).source == "bark"

    run(play())
