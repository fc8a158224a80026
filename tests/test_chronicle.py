"""The set that recall is measured on keeps its own promises, and the measuring counts rightly."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from benchmarks.chronicle import DAY, ChronicleMemory, Question, check, load, people, stems_in_common
from benchmarks.chronicle.__main__ import by_words, fused, hit_at
from npc_runtime.memory.meaning import views

ANVIL = ChronicleMemory("anvil", 600, "witnessed", None, 0.7, "Tom dropped the anvil on Bren's foot.")
BELL = ChronicleMemory("bell", 900, "witnessed", None, 0.5, "The bell rope tore.")


Loaded = tuple[list[ChronicleMemory], list[Question]]


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load()


def question(text: str, *ids: str, kind: str = "paraphrase") -> Question:
    return Question("plain" if kind == "plain" else "paraphrase", frozenset(ids), text)


def test_the_set_is_as_large_as_promised_and_keeps_its_checks(loaded: Loaded) -> None:
    memories, questions = loaded
    paraphrases = [question for question in questions if question.kind == "paraphrase"]
    assert len(memories) >= 450
    assert {memory.day for memory in memories} == set(range(1, 31))
    assert len(questions) >= 320
    assert len(paraphrases) * 2 >= len(questions)


def test_every_memory_is_told_by_who_its_text_says(loaded: Loaded) -> None:
    memories, _ = loaded
    for memory in memories:
        assert (memory.how in ("told", "heard")) == (memory.who is not None), memory.id
        assert 0 <= memory.importance <= 1, memory.id
        if memory.how == "told":
            assert re.match(rf"{memory.who} (?:\w+ )*?told ", memory.text) or f"{memory.who} " in memory.text, memory.id
        if memory.how == "self":
            assert memory.text.startswith("You "), memory.id


def test_memories_are_distinct_so_that_a_text_names_one(loaded: Loaded) -> None:
    memories, _ = loaded
    assert len({memory.text for memory in memories}) == len(memories)


def test_a_day_holds_its_hours() -> None:
    assert [replace(ANVIL, at=at).day for at in (0, DAY - 1, DAY)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (question("Who got hurt by something heavy?", "hammer"), "hammer"),
        (question("Who got hurt by something heavy?"), "names nothing"),
        (question("What was dropping on somebody?", "anvil"), "drop"),
        (question("Did Tom hurt anybody?", "anvil"), "tom"),
    ],
)
def test_a_question_that_breaks_a_rule_is_named(asked: Question, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check([ANVIL, BELL], [asked])


def test_a_memory_out_of_order_or_there_twice_is_named() -> None:
    with pytest.raises(ValueError, match='two memories have the id "anvil"'):
        check([ANVIL, ANVIL], [])
    with pytest.raises(ValueError, match='"anvil" is older'):
        check([BELL, ANVIL], [])


def test_a_plain_question_may_use_the_words_of_its_memory() -> None:
    check([ANVIL], [question("What did Tom drop?", "anvil", kind="plain")])


def test_synonyms_that_words_alone_would_find_are_no_paraphrase() -> None:
    assert stems_in_common("Who stole it?", "A thief took it.") == ["=steal"]


def test_hit_at_counts_each_kind() -> None:
    asked = [question("a", "anvil", kind="plain"), question("b", "bell"), question("c", "anvil", "bell")]
    rankings = [["anvil"], ["anvil", "bell"], ["bell"]]
    assert hit_at(1, asked, rankings) == {"plain": 1.0, "paraphrase": 0.5, "all": pytest.approx(2 / 3)}
    assert hit_at(2, asked, rankings) == {"plain": 1.0, "paraphrase": 1.0, "all": 1.0}


def test_fusion_prefers_what_both_rank_well() -> None:
    assert fused([["a", "b", "c"]], [["b", "d", "a"]])[0][:2] == ["b", "a"]


def test_words_find_what_shares_a_word() -> None:
    asked = [question("What happened to the rope?", "bell", kind="plain"), question("Who got hurt?", "anvil")]
    assert by_words([ANVIL, BELL], asked) == [["bell"], []]


def test_names_become_roles() -> None:
    assert views(ANVIL.text, {"Tom": "carter", "Bren": "miller"}) == (
        ANVIL.text,
        "the carter dropped the anvil on the miller's foot.",
        "someone dropped the anvil on someone's foot.",
    )


def test_everybody_who_is_named_has_a_role(loaded: Loaded) -> None:
    memories, _ = loaded
    assert {memory.who for memory in memories if memory.who} <= people().keys()
