"""What comes to mind for a line: memories and written texts on one scale, what was said around them, who one is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from memory_kit import direction, entry, write
from numpy.typing import NDArray
from talking import ScriptedWriter, Talk

from benchmarks.recall.__main__ import K, load, places
from npc_runtime.dialogue.memories import Remembering
from npc_runtime.dialogue.policy.knowledge import known
from npc_runtime.dialogue.policy.recalling import LEAST, come_to_mind
from npc_runtime.memory.authored import KEPT, Meanings
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.history import History
from npc_runtime.memory.likeness import covered, likeness, spread
from npc_runtime.memory.recall import Hit, Memory
from npc_runtime.memory.recollect import Known, Question, Recollection, Written
from npc_runtime.memory.shelf import LINES_HELD, TALK

MIRA, ALEX = "npc:mira", "player:alex"


@pytest.fixture
def history() -> Iterator[History]:
    opened = History(None)
    yield opened
    opened.close()


def found(history: History, query: str, **more: object) -> list[str]:
    hits = Recollection(history).find(MIRA, query, now=0, limit=9, **more).result()  # type: ignore[arg-type]
    return [hit.stored.entry.claim for hit in hits]


def told(claim: str, at: int, who: str = ALEX) -> Entry:
    return entry(claim, at=at, how="told", who=who, toward=MIRA, origin=who)


def said(text: str, at: int, who: str = MIRA) -> Entry:
    return entry(text, at=at, how="said" if who == MIRA else "heard", who=who, toward=ALEX if who == MIRA else MIRA)


# ------------------------------------------------------------------------------------------- one number


def test_a_rare_word_says_more_than_a_common_one() -> None:
    held = np.array([[1, 1, 1, 0], [0, 0, 0, 1]], bool)
    shares = covered(held, np.ones(4, bool))
    assert shares[3] > 0.5 > shares[0]
    assert shares[0] == shares[1]
    assert covered(np.zeros((0, 3), bool), np.ones(3, bool)).tolist() == [0, 0, 0]


def test_a_meaning_counts_as_far_as_it_stands_out() -> None:
    none = np.zeros(100)
    cosines = np.full(100, 0.2)
    cosines[7] = 0.6
    scores = likeness(none, cosines)
    assert scores.argmax() == 7
    assert scores[7] > 0.5
    assert scores[0] < 0.01
    assert likeness(none, np.full(100, 0.6))[7] < 0.1, "like everything else it says nothing"


def test_what_has_no_meaning_yet_goes_by_its_words() -> None:
    scores = likeness(np.array([0.0, 1.0, 1.0]), np.array([0.9, np.nan, 0.0]))
    assert scores[1] == 1
    assert scores[2] == 1
    assert scores[0] > 0
    assert likeness(np.array([0.25, 1.0]), np.full(2, np.nan)).tolist() == [0.125, 1.0]


def test_neighbours_have_a_share_and_strangers_none() -> None:
    scores = np.array([1.0, 0.0, 0.0, 0.0])
    before, after = np.array([-1, 0, 1, -1]), np.array([1, 2, -1, -1])
    assert spread(scores, before, after).tolist() == [1.0, 0.5, 0.25, 0.0]
    assert spread(scores[::-1].copy(), np.array([-1, 0, 1, 2]), np.array([1, 2, 3, -1])).tolist() == [0, 0, 0.25, 1]


# ------------------------------------------------------------------------------------------- talk


def test_an_answer_is_found_by_the_line_that_asked_for_it(history: History) -> None:
    write(history, *(told(f"{name} came by.", at) for at, name in enumerate(["Ivo", "Uta", "Ben"])))
    write(history, said("What is your dog called?", 9000), said("Rufus.", 9005, ALEX), told("Rufus.", 9005))
    assert found(history, "the dog") == ["Rufus."], "its own line stands between, and is not what it answers"


def test_lines_of_another_talk_are_no_neighbours(history: History) -> None:
    write(history, said("What is your dog called?", 0), told("Rufus.", TALK + 1))
    assert found(history, "the dog") == []
    write(history, told("The dog barked.", TALK + 2), entry("A bell rang.", at=TALK + 3))
    assert found(history, "the dog") == ["The dog barked.", "Rufus."], "what is only seen is not part of a talk"


def test_what_is_taught_at_once_is_a_list(history: History) -> None:
    write(history, *(entry(claim, how="taught", at=5) for claim in ("The dog is lame.", "The ale is sour.")))
    assert found(history, "the dog") == ["The dog is lame."]


def test_lines_are_not_found_themselves_and_only_the_last_are_held(history: History) -> None:
    write(history, said("The dog is lame.", 0), told("Yes, since Sunday.", 1))
    assert found(history, "the dog") == ["Yes, since Sunday."]
    recollection = Recollection(history)
    for _ in range(2):
        write(history, *(said(f"Line {n}.", 5000) for n in range(LINES_HELD)))
        assert recollection.find(MIRA, "the dog", now=0, limit=9).result() == []


def test_what_is_written_meanwhile_or_gone_is_noticed(history: History) -> None:
    recollection = Recollection(history)

    def texts() -> list[str]:
        return [hit.stored.entry.claim for hit in recollection.find(MIRA, "bell", now=0, limit=9).result()]

    (first,) = write(history, entry("The bell rang."))
    assert texts() == ["The bell rang."]
    write(history, entry("The bell fell into the mere.", at=3))
    assert len(texts()) == 2
    write(history, entry("So much for the bell.", how="reflection", sources=(first,)))
    assert sorted(texts()) == ["So much for the bell.", "The bell fell into the mere."]


# ------------------------------------------------------------------------------------------- one scale


def test_memories_and_written_texts_are_ranked_together(history: History) -> None:
    recollection = Recollection(history)
    write(history, entry("The bell fell down."), entry("The mill burned."))
    written = [Written(frozenset({"bell", "ring", "dawn"})), Written(frozenset({"goos"}))]

    def order(query: str) -> list[str]:
        hits = recollection.search(MIRA, [Question(query)], written, now=0, limit=5).result()
        return [f"written {hit.place}" if isinstance(hit, Known) else hit.stored.entry.claim for hit in hits]

    assert order("Who rings the bell?") == ["written 0", "The bell fell down."]
    assert order("Who burned the mill?") == ["The mill burned."]
    assert order("a goose") == ["written 1"]


def test_what_says_the_same_is_there_once_and_the_latest_of_equals_is_first(history: History) -> None:
    recollection = Recollection(history)
    write(history, *(entry(f"The bell rang for {name}.", at=at) for at, name in ((5, "Ivo"), (9, "Uta"), (7, "Ben"))))
    written = [Written(frozenset(history.language.terms("The bell rang for Uta.")))]
    hits = recollection.search(MIRA, [Question("the bell")], written, now=10**9, limit=9).result()
    assert [hit.stored.last for hit in hits if not isinstance(hit, Known)] == [9, 7, 5]
    assert len(hits) == 3, "the written one says what a memory says"


def test_the_line_before_counts_less(history: History) -> None:
    recollection = Recollection(history)
    write(history, entry("The mill burned."), entry("The bell fell down."))
    asked = [Question("And the bell?"), Question("Tell me of the mill.", weight=0.3)]
    hits = recollection.search(MIRA, asked, (), now=0, limit=5).result()
    assert [hit.stored.entry.claim for hit in hits if not isinstance(hit, Known)] == [
        "The bell fell down.",
        "The mill burned.",
    ]
    asked[0] = Question("And why?", unasked=frozenset({"bell"}))
    hits = recollection.search(MIRA, asked, (), now=0, limit=5).result()
    assert [hit.stored.entry.claim for hit in hits if not isinstance(hit, Known)] == ["The mill burned."]


# ------------------------------------------------------------------------------------------- a character


def mind_of(talk: Talk, line: str, *, before: str = "", limit: int = 4) -> list[Hit]:
    written = known(talk.mind.pack, talk.mind.persona(MIRA), ())
    return asyncio.run(come_to_mind(talk.mind, MIRA, line, before, written, limit))


def test_what_is_asked_comes_first_and_who_one_is_after_it() -> None:
    hits = mind_of(Talk(ScriptedWriter("")), "How many arches has the bridge, Mira?")
    assert hits[0].memory == Memory("The bridge at Elmford has three arches.", "lore:village")
    assert [hit.memory.text for hit in hits[1:]] == [
        "You sell nails for two pennies.",
        "You need charcoal before the frost.",
        "You mended the mill wheel last week.",
    ]
    assert hits[0].score >= LEAST > hits[1].score


def test_nothing_in_particular_brings_who_one_is() -> None:
    texts = [hit.memory.text for hit in mind_of(Talk(ScriptedWriter("")), "How are you, Mira?", limit=9)]
    assert texts[:3] == [
        "You sell nails for two pennies.",
        "You need charcoal before the frost.",
        "You mended the mill wheel last week.",
    ]
    assert all("marsh" not in text and "ledger" not in text for text in texts), "only what it was given"


def test_a_short_line_is_about_the_line_before() -> None:
    talk = Talk(ScriptedWriter(""))
    assert mind_of(talk, "Why?", before="The bridge has arches.", limit=1)[0].memory.source == "lore:village"


def test_what_was_learned_is_among_it() -> None:
    talk = Talk(ScriptedWriter(""))

    async def work() -> list[Hit]:
        claim = talk.mind.wording.stated("I lost my nails.", ALEX, MIRA)
        await talk.mind.keep([told(claim, 5)])
        written = known(talk.mind.pack, talk.mind.persona(MIRA), ())
        return await come_to_mind(talk.mind, MIRA, "Where are the lost nails?", "", written, 2)

    first, second = asyncio.run(work())
    assert (first.memory.kind, first.memory.source) == ("told", f"said:{ALEX}")
    assert second.memory.text == "You sell nails for two pennies."


class Model:
    """An embedding model that knows two things: sweets and the rest."""

    name = "two"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.eye(2, dtype=np.float32)[[int("sugar" in text or "nails" in text) for text in texts]]


def test_written_texts_are_embedded_once_and_until_then_go_by_words() -> None:
    talk, model = Talk(ScriptedWriter("")), Model()
    talk.mind.memory._embedder = lambda: model
    written = known(talk.mind.pack, talk.mind.persona(MIRA), ())

    async def work() -> None:
        hits = await come_to_mind(talk.mind, MIRA, "Any sugar?", "", written[::-1], 1)
        assert "nails" not in hits[0].memory.text, "nobody waits for what a text means"
        await talk.mind.memory.meanings.ready()
        for _ in range(2):
            hits = await come_to_mind(talk.mind, MIRA, "Any sugar?", "", written[::-1], 1)
            assert "nails" in hits[0].memory.text
        assert len([text for text in model.asked if text == written[0].text]) == 1

    asyncio.run(work())


def test_meanings_are_bounded_and_those_in_use_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npc_runtime.memory.authored.KEPT", 3)
    assert KEPT > 3
    meanings, model = Meanings(), Model()

    async def work() -> None:
        for texts in (["a", "b", "c"], ["a"], ["d"]):
            meanings.of(texts, model, {})
            await meanings.ready()
        known = meanings.of(["a", "b", "d"], model, {})
        assert [vector is not None for vector in known] == [True, False, True]
        meanings.close()

    asyncio.run(work())


def test_a_model_that_fails_leaves_recall_to_words() -> None:
    class Broken(Model):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            raise RuntimeError("no more memory")

    async def work() -> None:
        meanings = Meanings()
        assert meanings.of(["a"], Broken(), {}) == [None]
        await meanings.ready()
        assert meanings.of([], Broken(), {}) == []

    asyncio.run(work())


def test_a_world_that_is_closed_leaves_undone_what_nobody_waits_for(caplog: pytest.LogCaptureFixture) -> None:
    history = History(None)

    async def work() -> None:
        memory = Remembering(history, Model)
        writing = memory.keep([told("The mill burned.", 5)])
        await asyncio.to_thread(history.close)
        assert await writing
        await memory.close()

    asyncio.run(work())
    assert not caplog.records


def test_every_question_to_the_village_names_facts_that_its_villager_knows() -> None:
    asked = load()
    assert len(asked) >= 60
    assert len(set(asked)) == len(asked)
    ranks = asyncio.run(places(None))
    assert sum(place < K for place in ranks.values()) / len(asked) > 0.5, "words alone"


def test_a_vector_finds_what_no_word_does(history: History) -> None:
    recollection = Recollection(history)
    (number,) = write(history, entry("The mill burned."))
    recollection.add_vectors(MIRA, {number: direction(1)}).result()
    near, far = Written(frozenset(), direction(2)), Written(frozenset())
    hits = recollection.search(MIRA, [Question("?", direction(2))], [far, near], now=0, limit=2).result()
    assert hits[0] == Known(1, hits[0].score)
    assert len(hits) == 2
