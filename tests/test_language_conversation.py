"""Talking in German, Japanese and Chinese, which nothing reads but the model: what is told is kept and comes back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from conftest import RunningDaemon
from talking import ScriptedWriter
from test_client import client
from test_language import EELS as LORE
from test_language import opened

from npc_runtime.dialogue.policy.audience import answering
from npc_runtime.dialogue.turn.events import Ended, ReplyEvent, Sentence, Started
from npc_runtime.dialogue.turn.utterance import Utterance
from npc_runtime.language.claim import ids
from npc_runtime.persona.pack import load_pack

Result = TypeVar("Result")
ALEX, BO = "player:alex", "player:bo"


@dataclass(frozen=True)
class Talk:
    """What is said in a language, between the smith and the innkeeper of its pack."""

    code: str
    smith: str
    innkeeper: str
    names: tuple[str, str]  # theirs, as lines have them
    news: str  # a thing that nobody knows, with the innkeeper's name in it
    told: str  # how the smith has it from Alex
    asked: str  # in some of its words
    called: str  # the smith is called by name, with no space behind it
    answer: tuple[str, ...]


TALKS = (
    Talk(
        *("de", "npc:greta", "npc:anton", ("Greta", "Anton Wirth")),
        news="Anton Wirth hat gestern im Moor einen goldenen Kelch gefunden.",
        told="Alex sagte: „Anton Wirth hat gestern im Moor einen goldenen Kelch gefunden.“",
        asked="Was weißt du über den goldenen Kelch?",
        called="Greta, hast du kurz Zeit?",
        answer=("Einen Kelch, ja.", "Er lag im Moor.", "Mehr weiß ich nicht."),
    ),
    Talk(
        *("ja", "npc:misaki", "npc:kenta", ("美咲", "健太")),
        news="健太が昨日、沼で金の杯を見つけた。",
        told="Alexが言った：「健太が昨日、沼で金の杯を見つけた。」",
        asked="金の杯について何か知っていますか？",
        called="美咲、少し時間はある？",
        answer=("杯のことなら聞いた。", "沼にあったそうだ。", "それ以上は知らない。"),
    ),
    Talk(
        *("zh", "npc:xiaomei", "npc:laowang", ("林小梅", "王掌柜")),
        news="王掌柜昨天在沼泽里找到了一只金杯。",
        told="Alex说：“王掌柜昨天在沼泽里找到了一只金杯。”",
        asked="你知道那只金杯的事吗？",
        called="林小梅，有空吗？",
        answer=("金杯的事我听说了。", "是在沼泽里找到的。", "别的我不知道。"),
    ),
)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


@pytest.fixture(params=TALKS, ids=lambda talk: talk.code)
def talk(request: pytest.FixtureRequest) -> Talk:
    found: Talk = request.param
    return found


def test_news_is_remembered_and_recalled_by_its_own_words(talk: Talk) -> None:
    gap = " " if talk.code == "de" else ""
    writer = ScriptedWriter(f"(surprised) {gap.join(talk.answer)}", size=1)
    director, mind, history = opened(talk.code, writer)

    async def say(text: str, speaker: str, name: str) -> list[ReplyEvent]:
        mind.world.player(speaker, name)
        line = Utterance(speaker, name, talk.smith, text, hearers=(talk.innkeeper,))
        return [event async for event in director.say(mind.world, line)]

    async def work() -> list[ReplyEvent]:
        await say(talk.news, ALEX, "Alex")
        (kept,) = await mind.memory.latest(talk.smith)
        assert (kept.entry.how, kept.entry.who, kept.entry.origin) == ("told", ALEX, ALEX)
        assert ids(kept.entry.claim) == (talk.innkeeper,), "whom it names is an id"
        assert kept.entry.text(mind.wording) == talk.told
        (overheard,) = await mind.memory.latest(talk.innkeeper)
        assert overheard.entry.claim == kept.entry.claim
        events = await say(talk.asked, BO, "Bo")
        assert talk.told in writer.prompt(), "what answers the question is on the card"
        return events

    events = run(work())
    history.close()
    kinds = [type(event) for event in events if isinstance(event, Started | Sentence | Ended)]
    assert kinds == [Started, Sentence, Sentence, Sentence, Ended]
    assert [event.text for event in events if isinstance(event, Sentence)] == list(talk.answer)
    first = next(place for place, event in enumerate(events) if isinstance(event, Sentence))
    assert first < len(events) - 4, "a sentence is there before the next one is spoken"


def test_a_reply_is_heard_up_to_a_sentence(talk: Talk) -> None:
    gap = " " if talk.code == "de" else ""
    director, mind, history = opened(talk.code, ScriptedWriter(f"(neutral) {gap.join(talk.answer)}", size=1))

    async def work() -> None:
        mind.world.player(ALEX, "Alex")
        line = Utterance(ALEX, "Alex", talk.smith, talk.asked, hearers=(talk.innkeeper,))
        *_, ended = [event async for event in director.say(mind.world, line)]
        assert isinstance(ended, Ended)
        _, writing = director.heard(mind.world.id, ended.reply, 2)
        await writing
        for npc in (talk.smith, talk.innkeeper):
            assert (await mind.memory.lines(npc))[-1].text == gap.join(talk.answer[:2])

    run(work())
    history.close()


def test_whoever_is_called_at_the_start_of_a_line_answers(talk: Talk) -> None:
    _, mind, history = opened(talk.code, None)
    mind.world.player(ALEX, "Alex")
    here = [talk.innkeeper, talk.smith]

    async def work() -> None:
        for seed in range(5):
            assert await answering(mind, ALEX, talk.called, here, seed) == talk.smith

    run(work())
    history.close()


def test_a_person_that_is_renamed_is_named_anew_in_what_is_remembered(talk: Talk) -> None:
    director, mind, history = opened(talk.code, None)

    async def work() -> None:
        mind.world.player(ALEX, "Alex")
        line = Utterance(ALEX, "Alex", talk.smith, talk.news)
        _ = [event async for event in director.say(mind.world, line)]
        mind.world.entities[talk.innkeeper].name = "Zorro"
        (kept,) = await mind.memory.latest(talk.smith)
        assert kept.entry.text(mind.wording) == talk.told.replace(talk.names[1], "Zorro")
        assert [hit.stored.id for hit in await mind.memory.about(talk.smith, "Zorro", 0)] == [kept.id]

    run(work())
    history.close()


def test_a_daemon_whose_model_does_not_speak_the_language_still_answers_in_it(
    talk: Talk, daemon: RunningDaemon, world: str
) -> None:
    pack = Path(__file__).parent / "packs" / talk.code
    lines = {line for moods in load_pack(str(pack)).barks.lines.values() for some in moods.values() for line in some}

    async def play() -> None:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world, pack=str(pack))
            smith = await village.spawn(talk.smith, "smithy")
            await village.spawn(talk.innkeeper, "smithy")
            await smith.say(ALEX, talk.news)
            reply = await smith.say(BO, talk.asked)
            assert reply.source == "fallback"
            assert {form.format(listener="Bo", name="") for form in lines} >= {reply.text}
            (known,) = [one for one in await smith.memories(talk.asked) if one.how == "told"]
            assert known.text == talk.told
            heard = await village.lore(LORE[talk.code], player=ALEX)
            assert heard.npc in (talk.smith, talk.innkeeper)
            time = await village.advance(by="2h")
            assert time.moment != ""
            assert not re.search(r"\b(?:day|morning|evening|noon|night)\b", time.moment)

    run(play())
