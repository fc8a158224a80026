"""The rules of gossip, without a world: what is denied, how claims are put, what may change, and what is believed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npc_runtime.dialogue.gossip.belief import SUREST, Known, belief
from npc_runtime.dialogue.gossip.claims import accused, claim, nearest, news_of, own, told_text
from npc_runtime.dialogue.gossip.distortion import CHANGES, distorted
from npc_runtime.dialogue.gossip.passing import DEPTH, passed
from npc_runtime.dialogue.gossip.teaching import carries
from npc_runtime.language.english.denial import denied, joined
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.news import News, denies, same
from npc_runtime.memory.recall import Memory
from npc_runtime.persona.temper import temper

THEFT = "Tom stole the hammer."
NAMES = {"npc:mira": "Mira", "npc:tom": "Tom", "npc:ann": "Ann", "npc:bren": "Bren", "player:alex": "Alex"}


@pytest.mark.parametrize(
    ("statement", "claim", "corrects"),
    [
        ("Tom did not steal the hammer.", "Tom steal the hammer.", False),
        ("Tom didn't steal the hammer", "Tom steal the hammer.", False),
        ("Tom never stole the hammer, I swear.", "Tom stole the hammer.", False),
        ("It is not true that Tom stole the hammer.", THEFT, False),
        ("Tom was not at the mill.", "Tom was at the mill.", False),
        ("Tom did not steal the hammer; it was found in the mill.", "Tom steal the hammer.", True),
        ("Tom did not steal the hammer, Bren did.", "Tom steal the hammer.", True),
        ("Nobody stole the hammer, it lies in the mill.", "Somebody stole the hammer.", True),
        ("It was Bren who stole the hammer, not Tom.", THEFT, True),
        ("Tom wasn't at the mill but at the inn.", "Tom was at the mill.", True),
    ],
)
def test_a_denial_is_found_and_what_is_so_instead(statement: str, claim: str, corrects: bool) -> None:
    found = denied(statement)
    assert found is not None
    assert (found.claim, found.corrects) == (claim, corrects)
    assert denies(found.claim, THEFT) is ("hammer" in claim)


@pytest.mark.parametrize("statement", [THEFT, "They do not know.", "The river is high.", "Nothing happened."])
def test_what_denies_nothing_is_no_denial(statement: str) -> None:
    assert denied(statement) is None


def test_what_is_denied_is_found_in_other_words() -> None:
    assert denies("Tom steal a hammer from the old smithy.", "Tom stole Mira's hammer from the smithy.")
    assert not denies("Tom steal the hammer.", "Tom stole the sword.")


def test_a_denial_goes_on_in_the_next_sentence() -> None:
    said = ["Tom did not steal the hammer.", "It was found in the mill.", "The weather is nice."]
    assert joined(said) == ["Tom did not steal the hammer; it was found in the mill.", said[2]]
    assert joined([THEFT, said[1]]) == [THEFT, said[1]]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (THEFT, "Tom stole the hammer last night.", True),
        (THEFT, "The hammer was stolen by Tom.", True),
        ("Tom throw the stone.", "Tom threw the stone.", True),
        (THEFT, "Bren stole the hammer.", False),
        (THEFT, "Tom stole the sword.", False),
        ("Tom sold a copper kettle at the market.", "Tom sold a silver kettle at the market.", False),
        (THEFT, "Yesterday Tom stole the hammer.", True),
        ("Five wolves killed a sheep.", "Three wolves killed a sheep.", True),
        ("Tom hit Mira.", "Mira hit Tom.", False),
        ("", THEFT, False),
    ],
)
def test_the_same_news_is_known_in_other_words(one: str, other: str, alike: bool) -> None:
    assert same(one, other) is alike
    assert same(other, one) is alike


@pytest.mark.parametrize(
    ("remembered", "claimed"),
    [
        ("You mended the mill wheel last week.", "They mended the mill wheel last week."),
        ("Tom still owes you for a wheel.", "Tom still owes them for a wheel."),
        ("Your brother drowned when you were nine.", "Their brother drowned when they were nine."),
    ],
)
def test_an_own_memory_is_put_as_others_say_it(remembered: str, claimed: str) -> None:
    assert own(remembered).claim == claimed


def test_hearsay_names_its_first_source_and_speaks_to_its_owner() -> None:
    news = claim(THEFT)
    assert told_text(news, speaker="Mira", whom="you", owner="Ann") == "Mira told you that Tom stole the hammer."
    text = told_text(news, speaker="Mira", whom="Ann", owner="Tom", origin="Bren")
    assert text == "Mira told Ann that Bren said that you stole the hammer."


def test_a_card_names_the_last_mouth_only() -> None:
    text = "Bren told you that Mira said that Tom stole the hammer."
    told = Memory(text, "said:npc:bren", "told", Entry("npc:ann", "told", text, 0, depth=2))
    assert nearest(told) == "Bren told you that Tom stole the hammer."
    assert nearest(Memory(text, "said:npc:bren", "told")) == text


def test_memories_from_before_news_was_kept_are_read_by_their_words() -> None:
    text = "Mira told you that Bren said that you owe them money."
    heard = Entry("npc:tom", "told", text, 0, who="npc:mira", origin="npc:bren", depth=2)
    assert news_of(heard, NAMES).claim == "Tom owe them money."
    seen = Entry("npc:mira", "witnessed", THEFT, 0, who="npc:tom", origin="npc:tom")
    assert news_of(seen, NAMES) == News(THEFT, doer="npc:tom")
    assert accused(news_of(seen, NAMES), NAMES) == "npc:tom"


def test_whoever_denies_in_the_first_person_is_named_in_what_is_denied() -> None:
    assert claim("They did not steal the hammer.", speaker="Tom").denies == "Tom steal the hammer."


# ------------------------------------------------------------------------------------------------ distortion

EMBROIDERS, FAITHFUL = ("gossipy", "dramatic", "boastful"), ("honest", "scholarly", "formal", "pious")
GOSSIPY, KIND = temper(["gossipy"]).faithful, temper(["kind"]).faithful
STORY = "Two wolves may have killed a big sheep at the mill last night."


def test_one_detail_changes_at_most_and_never_who_did_it() -> None:
    told = {distorted(STORY, GOSSIPY, depth, seed) for seed in range(300) for depth in (0, 1, 2)}
    one_change = {change(STORY) for change in CHANGES}
    assert told == one_change | {STORY}
    assert len(one_change) == 4
    assert all(re.search(r"wolves.* killed a \w+ sheep", text) for text in told)


def test_the_faithful_and_truthful_witnesses_change_nothing() -> None:
    for trait in FAITHFUL:
        faithful = temper([trait, *EMBROIDERS]).faithful
        assert all(distorted(STORY, faithful, 2, seed) == STORY for seed in range(100))
    assert all(distorted(STORY, KIND, 0, seed) == STORY for seed in range(200))


def test_the_gossipy_change_more_than_others() -> None:
    def share(traits: list[str]) -> float:
        return sum(distorted(STORY, temper(traits).faithful, 1, seed) != STORY for seed in range(1000)) / 1000

    for trait in EMBROIDERS:
        assert 0.15 < share([trait]) < 0.35
    assert 0.0 < share(["kind"]) < 0.1


@given(st.integers(0, 10_000))
def test_what_is_denied_stays_denied(seed: int) -> None:
    text = "Two wolves did not kill a big sheep at the mill last night."
    assert distorted(text, GOSSIPY, 2, seed) == text


# ------------------------------------------------------------------------------------------------ belief


def known(origin: str, confidence: float, *, who: str = "", text: str = THEFT, how: str = "told") -> Known:
    entry = Entry(
        *("npc:ann", "witnessed" if how == "witnessed" else "told", text, 0),
        who=who or origin,
        origin=origin,
        confidence=confidence,
    )
    return Known(entry, claim(text))


def test_several_origins_make_surer_and_several_mouths_do_not() -> None:
    mira = known("npc:mira", 0.6)
    assert belief(mira, [mira]) == 0.6
    assert belief(mira, [mira, known("npc:mira", 0.5, who="npc:bren")]) == 0.6
    assert belief(mira, [mira, known("npc:bren", 0.5)]) == 0.8
    many = [known(f"npc:{number}", 0.8) for number in range(9)]
    assert belief(many[0], many) == SUREST


def test_what_was_seen_stands_above_hearsay_and_denials() -> None:
    seen, denial = known("npc:ann", 1.0, how="witnessed"), known("npc:tom", 0.9, text="Tom did not steal the hammer.")
    assert belief(seen, [seen, denial]) == 1.0
    told = known("npc:mira", 0.5)
    assert belief(told, [told, seen, denial]) == 1.0


def test_a_denial_costs_what_the_denier_is_trusted() -> None:
    told = known("npc:mira", 0.8)
    doubted = known("npc:tom", 0.3, text="Tom did not steal the hammer.")
    believed = known("npc:tom", 0.9, text="Tom did not steal the hammer.")
    elsewhere = known("npc:tom", 0.9, text="Tom did not steal the sword.")
    assert belief(told, [told, elsewhere]) == 0.8
    assert belief(told, [told, doubted]) == pytest.approx(0.56)
    assert belief(told, [told, believed]) == pytest.approx(0.08)


# ------------------------------------------------------------------------------------------------ passing


def pass_on(entry: Entry, listener: str = "npc:bren", trust: float = 0.5) -> Entry | None:
    return passed(
        *(entry, news_of(entry, NAMES)),
        speaker=entry.owner,
        to="npc:bren",
        listener=listener,
        names=NAMES,
        trust=trust,
        at=7,
    )


def test_news_keeps_its_origin_and_who_did_it_and_weakens() -> None:
    seen = Entry("npc:mira", "witnessed", THEFT, 0, who="npc:tom", origin="npc:tom", importance=0.8)
    once = pass_on(seen)
    assert once == Entry(
        *("npc:bren", "told", "Mira told you that Tom stole the hammer.", 7, "npc:mira", "npc:bren", "npc:mira"),
        *("told", 0.8, 0.5, 1),
        news=News(THEFT, doer="npc:tom"),
    )
    twice = pass_on(once, "npc:ann")
    assert twice is not None
    assert (twice.who, twice.origin, twice.depth, twice.confidence) == ("npc:bren", "npc:mira", 2, 0.25)
    assert twice.text == "Bren told Bren that Mira said that Tom stole the hammer."


def test_news_ends_with_the_third_mouth_and_never_goes_back() -> None:
    deep = Entry("npc:mira", "told", "x", 0, who="npc:ann", origin="npc:tom", depth=DEPTH, news=claim(THEFT))
    assert pass_on(deep) is None
    shallow = Entry("npc:mira", "told", "x", 0, who="npc:ann", origin="npc:tom", depth=1, news=claim(THEFT))
    assert pass_on(shallow, "npc:ann") is None
    assert pass_on(shallow, "npc:tom") is None
    assert pass_on(shallow, "npc:mira") is None
    assert pass_on(shallow) is not None


def test_only_what_was_really_said_is_carried() -> None:
    assert carries("They say Tom took it, the hammer I mean.", THEFT)
    assert not carries("Hm. So it goes.", THEFT)
    assert not carries("Tom is a carter.", THEFT)
