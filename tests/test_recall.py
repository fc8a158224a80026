"""Recall: the right memory of similar ones, and none where nothing is known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from npc_runtime.language.english.terms import terms
from npc_runtime.memory.recall import Memory, rank

PERSONA = (
    "You sell horseshoes for four pennies each.",
    "You sell nails for two pennies a dozen.",
    "You bought this smithy from an old smith for sixty silver.",
    "You need charcoal from the burner on the hill before you can work again.",
    "Your daughter Elsie left for Carrow two years ago.",
    "You burned your left hand when you were nine.",
    "Garrick sits by your forge on cold nights.",
    "Tom has your father's hammer, because he was the last to leave that night.",
    "Odile told you that the miller waters his flour.",
)
LORE = (
    "The bridge at Elmford has three stone arches and is older than the village.",
    "Crossing the bridge costs one penny on foot and three pennies with a cart.",
    "The mill grinds for the whole valley and takes every twelfth sack as its fee.",
    "Market day is every fifth day, and the nearest market is in the town of Carrow.",
    "The town of Carrow lies half a day to the east, beyond the bridge.",
    "The well behind the inn was dug by Bren's grandfather.",
    "Three carts were robbed on the Carrow road between midsummer and the harvest.",
    "Wolves killed three sheep on the hill last winter.",
    "The two geese on the green belong to nobody and are afraid of nothing.",
)
RELATIONS = ("Tom is late and loud, but no sack has ever been missing.",)
TOLD = ("Alex told you that the ferry at Elmford sank last night.",)
MEMORIES = [
    *(Memory(text, "persona") for text in PERSONA),
    *(Memory(text, "lore:village") for text in LORE),
    *(Memory(text, "persona", "relation") for text in RELATIONS),
    *(Memory(text, "said:player:alex", "told") for text in TOLD),
    Memory("Tom is the carter of Hollowmere and is found at the barn.", "lore:village", "person"),
]


def first(query: str) -> str:
    hits = rank(query, MEMORIES, limit=3)
    return hits[0].memory.text if hits else ""


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("how much is a horseshoe?", "horseshoes for four"),
        ("what do nails cost", "nails for two"),
        ("what is the price of a nail", "nails for two"),
        ("i want to buy horseshoes", "horseshoes for four"),
        ("who has the hammer?", "Tom has your father's hammer"),
        ("where is the hammer", "Tom has your father's hammer"),
        ("tell me about your daughter", "Elsie"),
        ("do you have a child?", "Elsie"),
        ("who is Elsie", "Elsie"),
        ("when is market day?", "every fifth day"),
        ("where is Carrow?", "half a day to the east"),
        ("how old is the bridge", "older than the village"),
        ("how much does it cost to cross the bridge", "one penny on foot"),
        ("who was robbed on the road?", "Three carts"),
        ("were there any robberies", "Three carts"),
        ("have you seen a wolf", "Wolves killed"),
        ("who dug the well?", "The well behind the inn"),
        ("does the miller water his flour?", "waters his flour"),
        ("any news of the ferry?", "ferry at Elmford sank"),
        ("what do you think of tom", "late and loud"),
        ("who is tom?", "the carter of Hollowmere"),
        ("where can i find tom", "found at the barn"),
        ("did you burn your hand?", "burned your left hand"),
        ("are the geese yours", "geese on the green"),
        ("who owns the geese", "geese on the green"),
    ],
)
def test_the_memory_that_was_asked_for_comes_first(query: str, answer: str) -> None:
    assert answer in first(query)


@pytest.mark.parametrize(
    "query",
    [
        "do you know anything about dragons?",
        "where is the wizard's tower",
        "who is the king",
        "do you sell swords?",
        "how much is a cow",
        "what happened to the lighthouse",
        "did you see the dragon under the bridge?",
        "what is the capital of France",
        "what do you know?",
        "",
        "???",
    ],
)
def test_nothing_is_found_for_what_nobody_knows(query: str) -> None:
    assert first(query) == ""


def test_hits_come_best_first_and_no_more_than_wanted() -> None:
    hits = rank("tell me about the bridge", MEMORIES, limit=2)
    assert len(hits) == 2
    assert hits[0].score >= hits[1].score
    assert all("bridge" in hit.memory.text for hit in hits)


def test_what_was_told_wins_over_what_everybody_knows() -> None:
    told = Memory("Alex told you that the bridge at Elmford fell last night.", "said:player:alex", "told")
    assert rank("any news of the bridge", [*MEMORIES, told], limit=1)[0].memory is told


def test_news_is_what_was_told_not_who_works_there() -> None:
    text = "Garrick is the bridge guard of Hollowmere and is found at the bridge at Elmford."
    guard = Memory(text, "lore:village", "person")
    told = Memory("Alex told Mira that the bridge at Elmford fell last night.", "said:player:alex", "told")
    memories = [guard, *MEMORIES, told]
    assert rank("any news of the bridge", memories, limit=1)[0].memory is told
    assert rank("who is garrick", memories, limit=1)[0].memory is guard


def test_nothing_to_recall() -> None:
    assert rank("the bridge", [], limit=3) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("horseshoe", "horseshoes"), ("wolf", "wolves"), ("robbed", "robbing"), ("penny", "pennies"),
        ("baby", "babies"), ("Bren's", "Bren"), ("village", "villages"), ("hammer", "hammers"), ("hiding", "hide"),
        ("geese", "goose"),
    ],
)  # fmt: skip
def test_stems_join_the_forms_of_a_word(one: str, other: str) -> None:
    assert terms(one) == terms(other) != ()


@pytest.mark.parametrize(("one", "other"), [("miller", "mill"), ("smith", "smithy"), ("bread", "bred"), ("inn", "in")])
def test_stems_keep_different_words_apart(one: str, other: str) -> None:
    assert terms(one) != terms(other)


def test_nouns_that_are_also_stop_words() -> None:
    assert terms("is the old mine near the well?") == ("old", "min", "well")
    assert terms("well, is it mine?") == ()


@settings(deadline=None)
@given(query=st.text(max_size=60), limit=st.integers(0, 5))
def test_any_text_can_be_asked(query: str, limit: int) -> None:
    hits = rank(query, MEMORIES, limit=limit)
    assert len(hits) <= limit
    assert all(hit.memory in MEMORIES and hit.score > 0 for hit in hits)
