"""The rules of encounters: who speaks, what is said, and that every one ends."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest

from npc_runtime.dialogue.encounter.encounter import (
    REASONS,
    Encounter,
    Limits,
    Spoken,
    after,
    begin,
    ended,
    left,
    paused,
)
from npc_runtime.dialogue.encounter.floor import SMALL_TALK, next_turn
from npc_runtime.dialogue.encounter.meetings import Meetings
from npc_runtime.dialogue.encounter.member import Member
from npc_runtime.dialogue.encounter.news import News, news
from npc_runtime.dialogue.encounter.stock import stock_line
from npc_runtime.dialogue.encounter.talks import EVERYBODY, Budget, Hushes
from npc_runtime.dialogue.memories import memory
from npc_runtime.dialogue.policy.moves import FACT_MOVES, Move
from npc_runtime.errors import Invalid, StorageError
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.wording import Wording
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.naming import Naming
from npc_runtime.memory.recall import Memory
from npc_runtime.memory.relations import Numbers
from npc_runtime.persona.model import MOODS, TRAITS

NAMES = {f"npc:{name.lower()}": name for name in ("Mira", "Bren", "Tom", "Odile", "Pim", "Wenna", "Aldous", "Garrick")}
WORDING = Wording(ENGLISH, NAMES)


def hearsay(who: str, claim: str) -> Memory:
    return memory(Entry("npc:nobody", "told", claim, 0, who=who, toward="npc:nobody", origin=who), WORDING)


FACTS = (
    Memory("Tom carried a hammer out of the back door.", "witnessed"),
    Memory("The bridge at Elmford fell last night.", "witnessed"),
    hearsay("npc:odile", "The miller waters his flour."),
    hearsay("npc:pim", "{npc:wenna} found a golden ring."),
    Memory("Wolves came down to the mere.", "witnessed"),
)
HOUR = 3600


def member(id: str, *others: str, **more: object) -> Member:
    return Member(**{"id": id, "name": NAMES[id], "met": dict.fromkeys(others, 24 * HOUR), **more})  # type: ignore[arg-type]


def pair(mira: Mapping[str, object] | None = None, bren: Mapping[str, object] | None = None) -> list[Member]:
    return [member("npc:mira", "npc:bren", **(mira or {})), member("npc:bren", "npc:mira", **(bren or {}))]


def play(encounter: Encounter) -> Encounter:
    """To its end, with every line heard; each takes three seconds and thirty tokens."""
    while encounter.ending is None:
        turn = next_turn(encounter)
        encounter = paused(encounter) if turn is None else after(encounter, turn, seconds=3.0, tokens=30)
    return encounter


def drawn(seed: int) -> Encounter:
    """Anybody, with anything to tell, within any limits."""
    dice = random.Random(seed)
    ids = dice.sample(list(NAMES), dice.randint(2, 8))
    members = []
    for id in ids:
        others = [other for other in ids if other != id]
        toward = {
            other: Numbers(dice.uniform(-1, 1), dice.uniform(-1, 1), dice.random(), dice.uniform(-1, 1))
            for other in others
        }
        members.append(
            Member(
                id=id,
                name=NAMES[id],
                traits=tuple(dice.sample(TRAITS, dice.randint(1, 4))),
                mood=dice.choice(MOODS),
                toward=toward,
                met={other: dice.randint(0, 99 * HOUR) for other in others if dice.random() < 0.7},
                strangers=frozenset(other for other in others if dice.random() < 0.2),
                news={other: tuple(told(fact) for fact in dice.sample(FACTS, dice.randint(0, 3))) for other in others},
                own=(told(Memory("You want an apprentice who stays.", "persona", "want")),) * dice.randint(0, 1),
                knows=tuple(told(fact).claim for fact in dice.sample(FACTS, dice.randint(0, 2))),
            )
        )
    limits = Limits(dice.randint(1, 20), dice.uniform(1, 90), dice.randint(24, 900))
    return begin(f"e{seed}", members, limits=limits, seed=seed)


def told(fact: Memory, *, wanted: bool = False) -> News:
    return news(fact, "npc:nobody", WORDING, wanted=wanted)


def test_three_hundred_random_encounters_end_within_their_limits_for_a_reason() -> None:
    reasons: Counter[str] = Counter()
    for seed in range(300):
        found = play(drawn(seed))
        limits, ids = found.limits, {each.id for each in found.members}
        assert found.ending in REASONS
        reasons[str(found.ending)] += 1
        assert found.turn <= limits.turns
        assert found.seconds < limits.seconds + 3.0
        assert found.tokens <= limits.tokens + 30
        for before, turn in zip((None, *found.spoken), found.spoken, strict=False):
            assert turn.speaker in ids
            assert turn.toward in ids - {turn.speaker}
            assert turn.move not in FACT_MOVES or turn.news is not None, "a move that states a fact has one"
            if turn.act == "tell":
                assert turn.news in found.member(turn.speaker).news[turn.toward], "nobody tells what another knows"
                assert turn.toward not in turn.news.concerns
            if turn.act == "react" and turn.news is not None:
                assert before is not None
                assert before.news == turn.news
        for number in range(2, len(found.spoken)):
            assert len({turn.speaker for turn in found.spoken[number - 2 : number + 1]}) > 1, "nobody speaks thrice"
        said = [turn.news for turn in found.spoken if turn.act == "tell" and turn.news]
        assert not any(one.is_of(two.claim) for place, one in enumerate(said) for two in said[:place]), "told once"
        assert sum(turn.act == "chat" for turn in found.spoken) <= SMALL_TALK
    assert {"done", "silent", "limit"} <= set(reasons)


def test_the_same_seed_is_the_same_talk_and_another_is_not() -> None:
    spoken = [play(drawn(7)).spoken, play(drawn(7)).spoken]
    assert spoken[0] == spoken[1]
    many = {play(begin("e", pair({"traits": ("curious",)}), seed=seed)).spoken for seed in range(20)}
    assert len(many) > 1


def test_friends_greet_trade_news_and_part() -> None:
    fond = Numbers(0.5, 0.5)
    tellers = {"toward": {"npc:bren": fond}, "news": {"npc:bren": (told(FACTS[0]),)}, "traits": ("gossipy",)}
    spoken = [play(begin("e", pair(tellers, {"toward": {"npc:mira": fond}}), seed=seed)).spoken for seed in range(20)]
    full = [turns for turns in spoken if len(turns) > 5]
    assert len(full) > 10
    for turns in full:
        assert [turn.move for turn in turns[:2]] == [Move.GREET, Move.GREET]
        assert turns[-1].move is Move.PART
        told_at = next(place for place, turn in enumerate(turns) if turn.act == "tell")
        assert turns[told_at].speaker == "npc:mira"
        assert turns[told_at + 1].act in ("react", "ask")
        assert turns[told_at + 1].speaker == "npc:bren"


def test_strangers_say_their_names_and_who_met_lately_does_not_greet() -> None:
    strangers = pair(
        {"strangers": frozenset({"npc:bren"}), "met": {}}, {"strangers": frozenset({"npc:mira"}), "met": {}}
    )
    spoken = [turn for seed in range(10) for turn in play(begin("e", strangers, seed=seed)).spoken]
    assert {turn.move for turn in spoken if turn.act == "greet"} == {Move.INTRODUCE}
    lately = pair(
        {"met": {"npc:bren": 60}, "news": {"npc:bren": (told(FACTS[1]),)}},
        {"met": {"npc:mira": 60}},
    )
    spoken = [turn for seed in range(10) for turn in play(begin("e", lately, seed=seed)).spoken]
    assert spoken
    assert not [turn for turn in spoken if turn.act == "greet"]


def test_enemies_are_curt_or_silent_and_tell_nothing() -> None:
    hated = Numbers(-0.9, -0.6)
    enemies = pair(
        {"toward": {"npc:bren": hated}, "news": {"npc:bren": (told(FACTS[0]),)}}, {"toward": {"npc:mira": hated}}
    )
    found = [play(begin("e", enemies, seed=seed)) for seed in range(30)]
    assert not [turn for one in found for turn in one.spoken if turn.act in ("tell", "chat")]
    assert {one.ending for one in found} == {"silent"}
    one_sided = pair({"toward": {"npc:bren": hated}}, {"toward": {"npc:mira": Numbers(0.4)}})
    answers = Counter(
        turn.move
        for seed in range(30)
        for turn in play(begin("e", one_sided, seed=seed)).spoken
        if turn.speaker == "npc:mira" and turn.act == "greet"
    )
    assert set(answers) == {Move.REBUFF}


def test_news_is_taken_in_by_temper_and_trust() -> None:
    def reactions(**listener: object) -> Counter[Move]:
        found: Counter[Move] = Counter()
        for seed in range(60):
            teller = {"news": {"npc:bren": (told(FACTS[0]),)}, "traits": ("gossipy",)}
            turns = play(begin("e", pair(teller, {"toward": {"npc:mira": Numbers(0.2)}, **listener}), seed=seed)).spoken
            found.update(
                turns[place + 1].move
                for place, turn in enumerate(turns[:-1])
                if turn.act == "tell" and turns[place + 1].speaker == "npc:bren"
            )
        return found

    assert reactions(knows=("Odile told you that Tom carried a hammer out of the back door.",))[Move.AGREE] > 20
    distrust = reactions(toward={"npc:mira": Numbers(0.0, -0.6)})
    assert distrust[Move.DOUBT] > sum(distrust.values()) / 2
    plain, nosy = reactions(), reactions(traits=("curious", "gossipy"))
    assert plain[Move.DOUBT] == 0
    assert nosy[Move.ASK_BACK] / sum(nosy.values()) > plain[Move.ASK_BACK] / sum(plain.values())


def test_in_a_group_whoever_is_addressed_or_concerned_goes_first() -> None:
    ids = ("npc:mira", "npc:bren", "npc:tom", "npc:odile")
    counts: Counter[str] = Counter()
    for seed in range(200):
        members = [member(id, *(other for other in ids if other != id)) for id in ids]
        teller = replace(members[0], news={"npc:bren": (told(FACTS[0]),)})
        encounter = begin("e", [teller, *members[1:]], seed=seed, limits=Limits(turns=20))
        spoken = Spoken("npc:mira", "npc:bren", "tell", Move.ANSWER, told(FACTS[0]))
        turn = next_turn(after(encounter, spoken))
        counts[turn.speaker if turn else "nobody"] += 1
    assert counts["npc:bren"] > counts["npc:tom"] > counts["npc:odile"], "addressed, then concerned, then anybody"
    assert counts["nobody"] > 0, "silence is a choice"


def test_what_the_talk_is_about_is_told_first() -> None:
    wanted = told(FACTS[1], wanted=True)
    teller: dict[str, object] = {"news": {"npc:bren": (told(FACTS[0]), wanted)}}
    for seed in range(20):
        first = [turn.news for turn in play(begin("e", pair(teller), seed=seed)).spoken if turn.act == "tell"][:1]
        assert first in ([], [wanted])


def test_an_encounter_ends_once_and_without_those_who_left() -> None:
    encounter = begin("e", pair())
    assert left(encounter, ["npc:mira"]).ending == "parted"
    assert left(encounter, []) is encounter
    yielded = ended(encounter, "yielded")
    assert ended(yielded, "limit").ending == paused(yielded).ending == "yielded"
    assert paused(paused(encounter)).ending == "silent"
    for members in ([], pair()[:1], [*pair(), *pair()]):
        with pytest.raises(Invalid, match="an encounter of"):
            begin("e", members)


# ------------------------------------------------------------------------------------------------- news and lines


def test_the_same_news_in_other_mouths_is_the_same() -> None:
    theft = told(hearsay("npc:odile", "{npc:tom} stole the hammer."))
    assert theft.text == "Odile told you that Tom stole the hammer."
    assert theft.is_of(told(Memory("Tom stole the hammer.", "witnessed")).claim)
    assert not theft.is_of(told(Memory("Tom has sold his mare.", "witnessed")).claim)
    assert told(FACTS[0]).concerns == {"npc:tom"}
    assert told(FACTS[2]).concerns == frozenset(), "who told it is not whom it concerns"
    assert told(Memory("Wolves killed a calf.", "witnessed")).mood == "bad"
    assert told(Memory("The feast brought a rich harvest.", "witnessed")).mood == "good"
    assert told(Memory("The door is green.", "witnessed")).mood == ""


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("You sell nails for two pennies.", "I sell nails for two pennies."),
        ("You are sure that Tom has your hammer.", "I am sure that Tom has my hammer."),
        ("Odile told you that you owe her for a jug.", "Odile told me that I owe her for a jug."),
        ("The bridge fell.", "The bridge fell."),
    ],
)
def test_a_fact_is_said_in_the_first_person(fact: str, said: str) -> None:
    assert told(Memory(fact, "witnessed")).spoken == said


def test_without_a_model_bad_news_is_met_with_sorrow() -> None:
    lines = {
        stock_line(
            Spoken("npc:bren", "npc:mira", "react", Move.ACKNOWLEDGE, told(Memory(fact, "witnessed"))),
            "Bren",
            "Mira",
            seed,
        )
        for seed in range(9)
        for fact in ("Wolves killed a calf.",)
    }
    assert "I am sorry to hear that." in lines
    assert not {"I am glad to hear it, Mira!", "Is that so, Mira?"} & lines


# ------------------------------------------------------------------------------------------------- what is kept


def test_meetings_are_kept_cool_down_and_forget() -> None:
    meetings, fell = Meetings(), told(Memory("The bridge fell.", "witnessed"))
    assert meetings.since("npc:mira", "npc:bren", 100) is None
    record = meetings.meet("npc:mira", "npc:bren", 100, "{player:alex|they} saw that the bridge fell.")
    assert meetings.since("npc:bren", "npc:mira", 160) == 60
    assert meetings.told("npc:bren", "npc:mira", fell, 160, cooldown=100)
    assert not meetings.told("npc:bren", "npc:mira", fell, 250, cooldown=100)
    assert not meetings.told("npc:tom", "npc:mira", fell, 160, cooldown=100)
    again = Meetings()
    again.load(record)
    assert again.state() == meetings.state() == record
    again.forget(Naming("player:alex"))
    assert not again.told("npc:bren", "npc:mira", fell, 160, cooldown=100)
    assert again.since("npc:bren", "npc:mira", 160) == 60
    with pytest.raises(StorageError, match="meeting/a/b"):
        again.load({"meeting/a/b": {"at": "noon"}})


def test_a_budget_is_of_the_last_minute() -> None:
    budget = Budget()
    record = budget.set(2, None)
    budget.spend(10.0)
    budget.spend(20.0)
    assert budget.left(69.0) == 0
    assert budget.left(70.5) == 1
    assert budget.left(81.0) == 2
    other = Budget()
    other.load(record)
    assert (other.turns_per_minute, other.cooldown) == (2, Budget().cooldown)
    assert other.state() == record
    assert Budget().state() == {}
    with pytest.raises(StorageError, match="talk-budget"):
        other.load({"talk-budget": {"cooldown": "long"}})


def test_a_hush_is_of_somebody_somewhere_or_everybody_and_passes() -> None:
    hushes = Hushes()
    hushes.hush("place:smithy", 10.0)
    assert hushes.silent("npc:mira", "place:smithy", 9.0)
    assert not hushes.silent("npc:mira", "place:inn", 9.0)
    assert not hushes.silent("npc:mira", "place:smithy", 10.0)
    hushes.hush("npc:mira", None)
    assert hushes.silent("npc:mira", "place:inn", 1e9)
    hushes.lift("npc:mira")
    assert not hushes.silent("npc:mira", "place:inn", 11.0)
    hushes.hush(EVERYBODY, None)
    assert hushes.silent("npc:tom", "", 11.0)
