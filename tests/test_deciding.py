"""A model decides what a character does: what its grammar lets it choose, and what becomes of the choice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from talking import ScriptedWriter, Talk
from test_encounters import Company
from test_stage import Village

from npc_runtime.dialogue.generation.choices import NOBODY
from npc_runtime.dialogue.generation.choosing import Choosing
from npc_runtime.dialogue.generation.parser import Decided, Felt, ReplyParser, Spoken, decided
from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.dialogue.policy.addressed import Call, Called, called
from npc_runtime.dialogue.policy.audience import answering
from npc_runtime.dialogue.policy.options import NOW, Bounds, options, without_first
from npc_runtime.dialogue.quarrel.intervention import Intervention
from npc_runtime.dialogue.turn.events import Ended, Started
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.fake import FakeModel
from npc_runtime.engine.profile import LARGE, SMALL
from npc_runtime.engine.request import ChoiceFormat, EngineEvent, Option, ReplyFormat, Request, Text
from npc_runtime.engine.request import Ended as Over
from npc_runtime.engine.tokens.grammar import ChoiceGrammar, ReplyGrammar
from npc_runtime.errors import ModelUnavailable, RuntimeFault
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.recall import Memory
from npc_runtime.memory.relations import Numbers
from npc_runtime.persona.temper import temper

OPTIONS = (
    Option("answer", (0, 1, 2, 11, 12), 1, 2),
    Option("ask back"),
    Option("admit"),
    Option("greet", voiced=False),
)
BACKEND = FakeModel(lambda slot, tokens: 0)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def taken(grammar: ChoiceGrammar | ReplyGrammar, text: str) -> bool:
    """Whether a grammar lets a text be written, byte for byte, up to its end."""
    for token in text.encode():
        choices = grammar.choices
        if grammar.done or (token not in choices if choices is not None else not grammar.allows(token)):
            return False
        grammar.advance(token)
    return True


@pytest.mark.parametrize(
    ("text", "open_to_it"),
    [
        ("answer 1\n", True),
        ("answer 12\n", True),
        ("answer 1 12\n", True),
        ("answer 11 1\n", True),
        ("answer 0\n", True),
        ("ask back\n", True),
        ("answer\n", False),  # of what?
        ("answer 3\n", False),
        ("answer 1 1\n", False),
        ("answer 1 2 11\n", False),
        ("admit 1\n", False),
        ("ask\n", False),
        ("sell 1\n", False),
    ],
)
def test_the_choice_is_one_of_the_options(text: str, open_to_it: bool) -> None:
    grammar = ChoiceGrammar(OPTIONS, BACKEND)
    assert (taken(grammar, text) and grammar.done) is open_to_it


@given(st.data())
def test_whatever_is_drawn_is_an_option_and_ends(data: st.DataObject) -> None:
    numbers = st.lists(st.integers(0, 30), max_size=8, unique=True)
    some = st.lists(
        st.sampled_from(["answer", "ask back", "admit", "answer it", "a"]), min_size=1, max_size=4, unique=True
    )
    chosen = []
    for word in data.draw(some):
        known = tuple(data.draw(numbers))
        least = data.draw(st.integers(0, min(1, len(known))))
        chosen.append(Option(word, known, least, data.draw(st.integers(least, len(known)))))
    grammar, written = ChoiceGrammar(chosen, BACKEND), b""
    while not grammar.done:
        token = data.draw(st.sampled_from(grammar.choices or []))
        grammar.advance(token)
        written += bytes([token])
    what = decided(written.decode())
    option = next(one for one in chosen if one.word == what.word)
    assert option.least <= len(what.numbers) <= option.most
    assert set(what.numbers) <= set(option.numbers)
    assert len(set(what.numbers)) == len(what.numbers)


def test_a_choice_is_over_when_its_line_is() -> None:
    text = "admit\n"
    model = FakeModel(lambda slot, tokens: ord(text[min(sum(token < 256 for token in tokens), len(text)) - 1]))
    engine = Engine(model)
    engine.start()
    events: list[EngineEvent] = []
    over = threading.Event()

    def take(new: list[EngineEvent]) -> None:
        events.extend(new)
        if isinstance(new[-1], Over):
            over.set()

    only = ChoiceFormat((Option("admit"),))
    engine.submit(Request((Message("user", (Piece("?"),)),), format=only), take)
    assert over.wait(10), "what is forced comes to an end"
    engine.close()
    assert "".join(event.text for event in events if isinstance(event, Text)) == "admit\n"


def test_a_sheet_has_its_choice_first_and_no_words_where_the_author_has_them() -> None:
    form = ReplyFormat(("happy", "sad"), ("wave",), OPTIONS)
    spoken = ReplyGrammar(form, BACKEND)
    assert taken(spoken, "answer 1\n(happy) Good day. <wave>")
    assert spoken.done
    silent = ReplyGrammar(form, BACKEND)
    assert taken(silent, "greet\n(sad)")
    assert silent.done
    assert not taken(ReplyGrammar(form, BACKEND), "(happy) Good day.")


@given(st.integers(1, 7))
def test_a_sheet_is_read_in_pieces_of_any_size(size: int) -> None:
    parser, text = ReplyParser("neutral", decides=True), "offer work 2 11\n(happy) Bring me charcoal."
    parts = [part for start in range(0, len(text), size) for part in parser.feed(text[start : start + size])]
    parts += parser.end()
    assert parts[:2] == [Decided("offer work", (2, 11)), Felt("happy")]
    assert "".join(part.text for part in parts if isinstance(part, Spoken)) == "Bring me charcoal."


CLAIMS = (
    Memory("You sell nails for two pennies.", "persona", "price"),
    Memory("Alex told you that the bridge fell.", "said:player:alex", "told"),
    Memory("Tom told you that the miller waters his flour.", "said:npc:tom", "told"),
    Memory("You need charcoal.", "persona", "need"),
)


def by_word(**bounds: Any) -> dict[str, Option]:
    toward = {"feeling": "neutral", "temper": temper(["honest"], "calm"), **bounds}
    return {option.word: option for option in options(CLAIMS, Bounds("player:alex", **toward), most=2)}


def test_a_move_draws_on_what_it_can_draw_on() -> None:
    found = by_word(spoke=True, overheard=False)
    assert found["sell"].numbers == (1,)
    assert found["offer work"].numbers == (4,)
    assert found["gossip"].numbers == (3,), "what the listener said is no gossip to it"
    assert found["recall"].numbers == (NOW, 2)
    assert found["answer"].numbers == (NOW, 1, 2, 3, 4)
    assert found["admit"].numbers == ()
    assert "accuse" not in found


def test_moves_that_cannot_be_are_closed() -> None:
    assert "sell" not in {option.word for option in options((), Bounds("player:alex", "neutral"), most=2)}
    hostile = by_word(feeling="hostile")
    assert not {"sell", "offer work", "agree", "thank", "welcome"} & hostile.keys()
    assert "forgive" not in hostile
    assert "acknowledge" not in by_word(numbers=Numbers(trust=-0.5)), "nothing is believed of whom nobody trusts"
    assert "stand" not in by_word(temper=temper(["timid"], "calm"))
    assert "cower" not in by_word(temper=temper(["brave"], "calm"))
    afraid = by_word(temper=temper(["brave"], "calm"), numbers=Numbers(fear=0.9))
    assert "cower" in afraid
    assert not {"stand", "retort"} & afraid.keys()


def test_what_the_model_chose_is_the_reason_and_what_hearers_learn() -> None:
    writer = ScriptedWriter("answer 1\n(happy) I sell nails for two pennies.")
    village = Talk(writer, profile=SMALL)
    told = run(village.talk("what would a bag of nails cost me?"))
    why = village.director.why("save", told.reply)
    assert (told.source, told.emotion, told.text) == ("model", "happy", "I sell nails for two pennies.")
    assert why.move == "answer"
    assert why.facts == [village.director.why("save", told.reply).card.facts[0]]  # type: ignore[union-attr]
    given = village.mind.conversation("npc:mira").given_to("player:alex")
    assert [fact.text for fact in given] == why.facts


WRONG = "answer 1\n(wary) Ann told me that you took the lamp."


async def asked_of_a_theft(village: Talk, thief: str) -> Ended:
    """Ann told Mira who took the lamp; Alex asks her."""
    claim = f"{{{thief}}} took the brass lamp from the bridge."
    await village.mind.keep([Entry("npc:mira", "told", claim, 0, who="npc:ann", toward="npc:mira", origin="npc:ann")])
    return await village.talk("what became of the brass lamp?")


@pytest.mark.parametrize(
    ("tries", "source", "spoken"),
    [
        ([WRONG, WRONG], "bark", "Ann told me that Tom took the brass lamp from the bridge."),
        (
            [WRONG, "answer 1\n(wary) It was Tom, Ann says."],
            "model",
            "It was Tom, Ann says.",
        ),
        (["answer 1\n(wary) It was Tom, if you ask me."], "model", "It was Tom, if you ask me."),
        (["answer 1\n(wary) The lamp was taken from the bridge"], "model", "The lamp was taken from the bridge"),
    ],
)
def test_what_another_did_is_not_told_as_what_the_listener_did(tries: list[str], source: str, spoken: str) -> None:
    village = Talk(ScriptedWriter(*tries), profile=SMALL)
    told = run(asked_of_a_theft(village, "npc:tom"))
    assert village.facts(told) == ["Ann told you that Tom took the brass lamp from the bridge."]
    assert (told.source, told.text) == (source, spoken)


def test_what_the_listener_did_may_be_told_it() -> None:
    village = Talk(ScriptedWriter("answer 1\n(angry) Ann told me that you took the lamp."), profile=SMALL)
    told = run(asked_of_a_theft(village, "player:alex"))
    assert (told.source, told.text) == ("model", "Ann told me that you took the lamp.")


KNIVES = "{npc:mira|they} sell knives for nine pennies, and sharpen them free for a year."
BOTH = "I sell knives for nine pennies, and sharpen them free for a year."


@pytest.mark.parametrize(
    ("line", "written", "spoken"),
    [
        ("how much are knives?", "I sharpen them free for a year.", BOTH),
        ("how much are knives?", "I ask nine pennies.", "I ask nine pennies."),
        ("do you sharpen knives?", "I sell knives for nine pennies.", BOTH),
        ("do you sharpen anything?", "I do, free for a year.", "I do, free for a year."),
        ("what is free?", "I sharpen knives.", "I sharpen knives."),
    ],
)
def test_of_a_fact_of_several_clauses_a_small_model_tells_what_was_asked_for(
    line: str, written: str, spoken: str
) -> None:
    async def work(village: Talk) -> Ended:
        await village.mind.keep([Entry("npc:mira", "reflection", KNIVES, 0)])
        return await village.talk(line)

    village = Talk(ScriptedWriter(f"answer 1\n(neutral) {written}"), profile=SMALL)
    told = run(work(village))
    assert village.facts(told) == ["You sell knives for nine pennies, and sharpen them free for a year."]
    assert (told.source, told.text) == ("bark" if spoken == BOTH else "model", spoken)
    large = Talk(ScriptedWriter(f"answer 1\n(neutral) {written}"), profile=LARGE)
    assert run(work(large)).text == written, "a large one has words of its own"


def test_nobody_greets_whoever_asks_it_something_in_a_talk() -> None:
    def greets(*, asks: bool, spoke: bool) -> bool:
        bounds = Bounds("player:alex", "neutral", asks=asks, spoke=spoke)
        return "greet" in {option.word for option in options((), bounds, most=2)}

    assert not greets(asks=True, spoke=True)
    assert greets(asks=True, spoke=False)
    assert greets(asks=False, spoke=True)


def test_the_author_has_the_words_for_what_a_small_model_only_decides() -> None:
    village = Talk(ScriptedWriter("greet\n(sad)"), profile=SMALL)
    events = run(village.say("hail and well met, good woman"))
    told = events[-1]
    assert isinstance(events[0], Started)
    assert isinstance(told, Ended)
    assert (events[0].emotion, told.source) == ("sad", "bark")
    assert told.text in ("Good day.", "Morning, Alex.")
    assert village.move(told) == "greet"


def test_a_large_model_says_everything_itself() -> None:
    village = Talk(ScriptedWriter("greet\n(sad) You again."), profile=LARGE)
    told = run(village.talk("hail and well met"))
    assert (told.source, told.text) == ("model", "You again.")


def test_the_card_of_a_decision_has_what_is_so_now_and_no_secret() -> None:
    writer = ScriptedWriter("admit\n(neutral) I don't know.")
    village = Talk(writer, profile=SMALL)
    run(village.talk("who is here, and what are you hiding?"))
    prompt = writer.prompt()
    there = prompt.partition("Here: ")[2].partition(".")[0]
    assert "Tom (carter)" in there
    assert "You know:\n1. " in prompt
    assert "Decide, then speak." in prompt
    for secret in village.pack.personas["mira"].secrets:
        assert secret.fact not in prompt


PEOPLE = (
    Called("npc:tom", ("Tom Hale", "the old hammer"), "smith"),
    Called("npc:elise", ("Élise",), "innkeeper"),
    Called("npc:jzargo", ("J’zargo",), "mage"),
    Called("npc:art", ("Art",), "painter"),
)


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("thank you tom", "npc:tom"),
        ("Innkeeper, a room please.", "npc:elise"),
        ("elise you look tired", "npc:elise"),
        ("jzargo!", "npc:jzargo"),
        ("J'zargo, teach me", "npc:jzargo"),
        ("hey old hammer", "npc:tom"),
        ("good day, the old hammer", "npc:tom"),
        ("let us start then", None),
        ("good evening everyone", None),
        ("Tom, tell Élise she owes me", "npc:tom"),
        ("what does tom think of that", None),
        ("morning, elisse", "npc:elise"),
    ],
)
def test_whom_a_line_calls(line: str, who: str | None) -> None:
    assert called(line, PEOPLE).who == who


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("Tom, where is the painter", Call("npc:tom", sure=True, about=frozenset({"npc:art"}))),
        ("sir smith! your fire is out", Call("npc:tom", sure=True)),
        ("My good innkeeper, a bed.", Call("npc:elise", sure=True)),
        ("tom a nail please", Call("npc:tom")),
        ("Tom is getting old", Call("npc:tom")),
        ("I would not trust that Tom", Call("npc:tom")),
        ("tom said Art snores. art do you?", Call("npc:art", about=frozenset({"npc:tom"}))),
        ("I would not trust that tom, not one bit", Call(about=frozenset({"npc:tom"}))),
        ("we learned the art of it from elise last year", Call(about=frozenset({"npc:art", "npc:elise"}))),
    ],
)
def test_who_is_only_talked_about_is_not_called(line: str, call: Call) -> None:
    assert called(line, PEOPLE) == call


def test_a_model_finds_whom_a_line_means_where_it_calls_nobody() -> None:
    async def asked() -> tuple[str | None, ScriptedWriter]:
        talk = Talk(None)
        writer = ScriptedWriter("answer 2\n")
        here = ["npc:mira", "npc:tom"]
        talk.world.player("player:alex")
        return await answering(talk.mind, "player:alex", "can you carry this", here, 1, Choosing(writer)), writer

    who, writer = run(asked())
    assert who == "npc:tom"
    assert "1. Mira (smith)\n2. Tom (carter)" in writer.prompt()


@pytest.mark.parametrize(
    ("line", "written", "who"),
    [
        ("tom a nail please", "answer 2\n", "npc:tom"),
        ("tom a nail please", "answer 1\n", "npc:tom"),  # to somebody it is
        ("Tom, a nail please", f"{NOBODY}\n", "npc:tom"),  # what is plain is not asked
    ],
)
def test_a_name_that_may_or_may_not_call_is_for_the_model_to_tell(line: str, written: str, who: str) -> None:
    async def asked() -> str | None:
        talk = Talk(None)
        talk.world.player("player:alex")
        choosing = Choosing(ScriptedWriter(written))
        return await answering(talk.mind, "player:alex", line, ["npc:mira", "npc:tom"], 1, choosing)

    assert run(asked()) == who


def test_who_is_only_talked_about_is_not_meant_whatever_the_model_finds() -> None:
    async def asked(seed: int) -> str | None:
        talk = Talk(None)
        talk.world.player("player:alex")
        choosing, line = Choosing(ScriptedWriter("answer 2\n")), "did you see what tom did to it"
        return await answering(talk.mind, "player:alex", line, ["npc:mira", "npc:tom"], seed, choosing)

    assert len({run(asked(seed)) for seed in range(8)}) > 1, "it stays open who answers, if anybody"


def test_a_name_that_the_model_finds_to_call_nobody_leaves_it_open_who_answers() -> None:
    async def asked(seed: int) -> str | None:
        talk = Talk(None)
        talk.world.player("player:alex")
        choosing, line = Choosing(ScriptedWriter(f"{NOBODY}\n")), "tom is growing old, they say"
        return await answering(talk.mind, "player:alex", line, ["npc:mira", "npc:tom"], seed, choosing)

    assert len({run(asked(seed)) for seed in range(8)}) > 1


def test_where_the_model_means_nobody_somebody_may_answer_all_the_same() -> None:
    async def asked() -> str | None:
        talk = Talk(None)
        talk.world.player("player:alex")
        choosing = Choosing(ScriptedWriter(f"{NOBODY}\n"))
        return await answering(talk.mind, "player:alex", "good morning to all", ["npc:mira", "npc:tom"], 1, choosing)

    assert run(asked()) in ("npc:mira", "npc:tom")


def test_a_model_finds_what_a_mediator_means_and_the_words_decide_where_it_cannot() -> None:
    async def taken(written: str | RuntimeFault, line: str) -> tuple[Intervention, str]:
        writer = ScriptedWriter(written)
        playing = await Village(writer, profile=LARGE).begin()
        return await playing.understood("player:alex", "Alex", line), writer.prompt()

    said, prompt = run(taken("side 2\n", "well the cart man has a point"))
    assert (said.kind, said.side, said.against) == ("side", "npc:tom", "npc:mira")
    assert "1. Mira: Tom stole their hammer; wants the other to give the hammer back." in prompt
    assert "Alex: well the cart man has a point" in prompt
    said, _ = run(taken("evidence 1\n", "who was it that had it last"))
    assert (said.kind, said.side, said.against) == ("evidence", "", "npc:mira")
    said, _ = run(taken(ModelUnavailable("the card fell out"), "Calm down, both of you."))
    assert (said.kind, said.side, said.against) == ("calm", "", "")


def test_a_small_model_says_in_a_scene_only_what_it_says_well() -> None:
    async def spoken() -> tuple[list[Ended], Company]:
        village = Company(ScriptedWriter("(happy) Tom took the brass lamp."), profile=SMALL)
        happenings = await village.play(await village.begin())
        return [one for one in happenings if isinstance(one, Ended)], village

    lines, village = run(spoken())
    moves = {line.reply: village.director.why("save", line.reply).move for line in lines}
    assert {"greet", "part"} <= set(moves.values())
    for line in lines:
        voiced = SMALL.voices is not None and moves[line.reply] in SMALL.voices
        assert line.source == ("model" if voiced else "bark"), moves[line.reply]
        assert voiced is (line.text == "Tom took the brass lamp.")


def test_claims_that_are_on_the_card_no_more_cannot_be_drawn_on() -> None:
    before = (Option("answer", (0, 1, 2, 3), 1, 2), Option("sell", (1,), 1, 1), Option("admit"))
    assert without_first(before, 2) == (Option("answer", (0, 1), 1, 2), Option("admit"))
