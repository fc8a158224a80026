"""Arguments by dice alone: they end, they keep to turns, they can be saved, and everybody is affected."""

from __future__ import annotations

import json
import random

import pytest

from npc_runtime.dialogue.policy.moves import QUARREL_MOVES, Move
from npc_runtime.dialogue.quarrel.argument import Argument, Limits, Spoken, begin
from npc_runtime.dialogue.quarrel.card import card, degree
from npc_runtime.dialogue.quarrel.course import after, next_speaker, next_turn, stopped
from npc_runtime.dialogue.quarrel.ending import KINDS
from npc_runtime.dialogue.quarrel.mediation import mediated
from npc_runtime.dialogue.quarrel.outcome import Outcome, outcome
from npc_runtime.dialogue.quarrel.party import Complaint, Evidence, Party, Position
from npc_runtime.dialogue.quarrel.reading import read
from npc_runtime.dialogue.quarrel.weigh import open_moves, weights
from npc_runtime.errors import Conflict, Invalid, NotFound, StorageError
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.wording import Wording
from npc_runtime.memory.relations import NAMES, Numbers
from npc_runtime.persona.model import MOODS, TRAITS

ARGUMENTS = 1000
TOPICS = ("the stolen hammer", "who owns the mill", "Tom broke Mira's cart", "eleven pennies", "the noise at night")
LINES = (
    "calm down",
    "You idiots!",
    "Tom must give it back.",
    "I saw Mira at the mill with a cart.",
    "haha",
    "mira is right",
)
THIEF, CHEAT = (f"Mira called you a {name} in front of everyone" for name in ("thief", "cheat"))
BLAMED = "Mira blamed you without reason"
CAST = ("Mira", "Tom", "Bren", "Odile")

NAMED = {f"npc:{name.lower()}": name for name in ("Mira", "Tom", "Bren", "Pim", "Odile", "Wenna")} | {
    "player:alex": "Alex"
}


def drawn(dice: random.Random, seed: int) -> Argument:
    names = CAST[: dice.choice((2, 2, 2, 3, 4))]
    ids = [f"npc:{name.lower()}" for name in names]

    def numbers() -> Numbers:
        return Numbers(dice.uniform(-1, 1), dice.uniform(-1, 1), dice.random(), dice.uniform(-1, 1))

    def party(place: int) -> Party:
        positions: tuple[Position, ...] = ("", "", "claims", "disputes", "regrets")
        position: Position = "claims" if place == 0 else dice.choice(positions)
        facts = tuple(Evidence(f"Fact {n} of {names[place]}.", dice.random()) for n in range(dice.randrange(4)))
        others = {id: numbers() for id in ids if id != ids[place]}
        traits = tuple(dice.sample(TRAITS, dice.randrange(4)))
        return Party(
            ids[place], names[place], position, traits, dice.choice(MOODS), dice.uniform(-1, 1), others, {}, facts
        )

    limits = Limits(dice.randrange(2, 20), dice.uniform(20, 200), dice.randrange(150, 2000))
    parties = [party(place) for place in range(len(names))]
    return begin(f"a{seed}", dice.choice(TOPICS), parties, stakes=dice.random(), limits=limits, seed=seed)


def heard(argument: Argument, dice: random.Random) -> Argument:
    """Now and then with a word from outside."""
    if dice.random() < 0.1:
        said = read(argument, "player:alex", "Alex", dice.choice(LINES))
        return mediated(argument, said, {argument.parties[0].id: Numbers(0.5, 0.5)})
    return argument


def step(argument: Argument, dice: random.Random) -> Argument:
    """With one turn more."""
    turn = next_turn(argument)
    return after(argument, turn, seconds=dice.uniform(1, 8), tokens=dice.randrange(5, 60))


def check_turn(before: Argument, argument: Argument) -> None:
    spoken = argument.spoken[-1]
    assert spoken.speaker == next_speaker(before)
    assert spoken.speaker != spoken.toward
    assert {spoken.speaker, spoken.toward} <= {party.id for party in before.present}
    assert spoken.move in QUARREL_MOVES
    assert (spoken.move is Move.CITE) == (spoken.fact is not None)
    assert argument.moves(spoken.speaker)[-3:] != [spoken.move] * 3
    cited = [(each.speaker, each.fact) for each in argument.spoken if each.fact is not None]
    assert len(cited) == len(set(cited))
    assert all(0 <= stance.heat <= 3 and 0 <= stance.resolve <= 1 for stance in argument.stances.values())


def worded(claim: str) -> str:
    return Wording(ENGLISH, NAMED).text(claim)


def check_outcome(argument: Argument, found: Outcome) -> None:
    ids = {party.id for party in argument.parties}
    pairs = {(change.npc, change.toward) for change in found.relations}
    assert pairs >= {(one, two) for one in ids for two in ids if one != two}
    assert len(pairs) == len(found.relations)
    assert {toward for _, toward in pairs} - ids <= {"player:alex"}
    assert set(found.memories) == ids
    claims = [*found.memories.values(), found.bystanders, *(change.reason for change in found.relations)]
    texts = list(map(worded, claims))
    assert all(text[0].isupper() and text.endswith(".") and "{" not in text and "  " not in text for text in texts)
    for change in found.relations:
        assert all(abs(getattr(change.by, name)) <= 1 for name in NAMES)
    assert found.ending.kind in KINDS
    assert (found.action is not None) == (found.ending.kind == "blows")


def test_random_arguments_end_inside_their_limits_and_affect_everybody() -> None:
    endings = set()
    for seed in range(ARGUMENTS):
        dice = random.Random(seed)
        argument = drawn(dice, seed)
        limits = argument.limits
        while not argument.ending:
            before = heard(argument, dice)
            argument = step(before, dice)
            check_turn(before, argument)
        assert argument.turn <= limits.turns
        assert argument.seconds <= limits.seconds
        assert argument.tokens <= limits.tokens
        check_outcome(argument, outcome(argument))
        endings.add(argument.ending.kind)
    assert endings == set(KINDS)


@pytest.mark.parametrize("seed", range(30))
def test_an_argument_restored_under_way_goes_on_as_it_would_have(seed: int) -> None:
    dice = random.Random(seed)
    argument = drawn(dice, seed)
    for _ in range(dice.randrange(6)):
        if not argument.ending:
            argument = step(heard(argument, dice), dice)
    restored = Argument.from_record(json.loads(json.dumps(argument.as_record())))
    assert restored == argument
    while not argument.ending:
        assert next_turn(restored) == next_turn(argument)
        argument, restored = after(argument, next_turn(argument)), after(restored, next_turn(restored))
    assert outcome(restored) == outcome(argument)


def quarrel(**more: Party) -> Argument:
    mira = Party("npc:mira", "Mira", "claims", ("honest",), evidence=(Evidence("Bren saw Tom near the smithy."),))
    tom = Party("npc:tom", "Tom", "disputes", ("cheeky",))
    return begin("a1", "the stolen hammer", [more.get("mira", mira), more.get("tom", tom)], seed=3)


def test_nobody_speaks_out_of_turn_or_does_what_is_not_open() -> None:
    argument = quarrel()
    with pytest.raises(Conflict, match="npc:tom speaks out of turn; it is the turn of npc:mira"):
        after(argument, Spoken("npc:tom", "npc:mira", Move.ACCUSE))
    with pytest.raises(Conflict, match="not open to npc:mira"):
        after(argument, Spoken("npc:mira", "npc:tom", Move.WALK_AWAY))
    with pytest.raises(Conflict, match="not open to npc:mira"):
        after(argument, Spoken("npc:mira", "npc:tom", Move.CITE))
    with pytest.raises(Conflict, match="still going on"):
        outcome(argument)
    with pytest.raises(NotFound, match="did you mean npc:tom"):
        argument.party("npc:tim")


def test_an_argument_that_has_ended_takes_no_turn() -> None:
    argument = stopped(quarrel())
    assert argument.ending is not None
    assert (argument.ending.kind, argument.ending.cause) == ("stalemate", "stopped")
    assert stopped(argument) is argument
    with pytest.raises(Conflict, match="has ended"):
        next_turn(argument)
    with pytest.raises(Conflict, match="has ended"):
        after(argument, Spoken("npc:mira", "npc:tom", Move.ACCUSE))
    assert (
        worded(outcome(argument).bystanders) == "Mira and Tom quarrelled over the stolen hammer; they could not agree."
    )


def test_beginning_an_argument_checks_what_it_is_given() -> None:
    mira, tom = Party("npc:mira", "Mira", "claims"), Party("npc:tom", "Tom", "disputes")
    with pytest.raises(Invalid, match="two or more different characters"):
        begin("a", "the hammer", [mira])
    with pytest.raises(Invalid, match="8 at most"):
        begin("a", "the hammer", [Party(f"npc:{n}", f"N{n}") for n in range(9)])
    with pytest.raises(Invalid, match="no room for an argument"):
        begin("a", "the hammer", [mira, tom], limits=Limits(turns=1))
    with pytest.raises(Invalid, match="`stakes` is 2"):
        begin("a", "the hammer", [mira, tom], stakes=2)
    with pytest.raises(Invalid, match="nothing to argue about"):
        begin("a", " ", [mira, tom])
    with pytest.raises(Invalid, match="nobody claims anything"):
        begin("a", "the hammer", [tom, Party("npc:b", "B", "regrets")])
    with pytest.raises(StorageError, match="cannot be read"):
        Argument.from_record({"id": "a"})


def test_who_gives_in_and_what_everybody_remembers() -> None:
    regretful = Party("npc:tom", "Tom", "regrets", ("timid", "kind"))
    for seed in range(40):
        argument = begin("a", "the stolen hammer", [quarrel().parties[0], regretful], seed=seed)
        while not argument.ending:
            argument = after(argument, next_turn(argument))
        if argument.ending.kind == "concede" and argument.ending.by == "npc:tom":
            break
    found = outcome(argument)
    assert found.memories["npc:tom"] == "You gave in to {npc:mira} over the stolen hammer."
    assert found.memories["npc:mira"] == "{npc:tom} gave in to you over the stolen hammer."
    assert worded(found.bystanders) == "Mira and Tom quarrelled over the stolen hammer; Tom gave in."
    assert {(change.npc, worded(change.reason)) for change in found.relations} == {
        ("npc:tom", "You gave in to Mira over the stolen hammer."),
        ("npc:mira", "Tom gave in to you over the stolen hammer."),
    }
    assert found.ending.kind == "concede"


def test_the_card_of_a_turn() -> None:
    argument = quarrel()
    spoken = Spoken("npc:mira", "npc:tom", Move.CITE, 0)
    seen, facts = card(argument, spoken)
    assert (seen.opponent, seen.grievance, seen.demand) == ("Tom", "Tom stole your hammer", "give the hammer back")
    assert facts == ("Bren saw Tom near the smithy.",)
    assert (seen.mediator, seen.ruling) == ("", "")
    argument = mediated(argument, read(argument, "player:alex", "Alex", "Calm down."), {})
    seen, facts = card(argument, Spoken("npc:tom", "npc:mira", Move.DENY))
    assert (seen.mediator, seen.ruling, facts) == ("Alex", "Calm down.", ())
    assert [degree(heat) for heat in (0, 0.4, 0.6, 1.5, 2.4, 2.6, 3)] == [0, 0, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("topic", "grievance", "demand", "answer"),
    [  # what Mira holds against Tom and wants of him, and what Tom holds against her
        ("the stolen hammer", "Tom stole your hammer", "give the hammer back", THIEF),
        ("Mira's broken cart", "Tom broke your cart", "pay for the cart", "Mira blamed you for Mira's broken cart"),
        ("Tom owes me eleven pennies", "Tom owes you eleven pennies", "pay what is owed", CHEAT),
        ("tom took my mule", "Tom took your mule", "give the mule back", THIEF),
        ("Bren's lost goat", "Tom lost Bren's goat", "find Bren's goat or pay for it", THIEF),
        ("the hammer that Tom stole", "Tom stole your hammer", "give the hammer back", THIEF),
        ("who owns the mill", "Tom lied to you about who owns the mill", "tell the truth", BLAMED),
        ("the mill", "Tom cheated you over the mill", "make it good", BLAMED),
        ("an insult at the feast", "Tom insulted you", "take it back", "Mira called you a liar in front of everyone"),
        ("unpaid rent", "Tom never paid you the rent", "pay the rent", CHEAT),
    ],
)  # fmt: skip
def test_complaints_are_made_from_a_topic(topic: str, grievance: str, demand: str, answer: str) -> None:
    argument = begin("a", topic, [Party("npc:mira", "Mira", "claims"), Party("npc:tom", "Tom", "disputes")])
    assert argument.parties[0].complaints["npc:tom"] == Complaint(grievance, demand)
    assert argument.parties[1].complaints["npc:mira"].grievance == answer


def test_a_complaint_that_the_game_gives_is_kept_and_told_by_all() -> None:
    given = Party("npc:mira", "Mira", "claims", complaints={"npc:tom": Complaint("Tom ate your pie", "bake a new one")})
    argument = stopped(begin("a", "", [given, Party("npc:tom", "Tom", "disputes")]))
    found = outcome(argument)
    assert argument.parties[0].complaints == given.complaints
    assert "over the claim that Tom ate your pie and" in found.memories["npc:mira"]
    assert "over the claim that you ate Mira's pie and" in found.memories["npc:tom"]


def test_positions_follow_from_the_topic() -> None:
    def positions(topic: str) -> list[str]:
        parties = [Party("npc:mira", "Mira"), Party("npc:tom", "Tom"), Party("npc:bren", "Bren", "regrets")]
        return [party.position for party in begin("a", topic, parties).parties]

    assert positions("the stolen hammer") == ["claims", "disputes", "regrets"]
    assert positions("mira stole tom's hammer") == ["disputes", "claims", "regrets"]


def test_what_is_remembered_of_an_argument_of_three() -> None:
    parties = [Party("npc:mira", "Mira"), Party("npc:tom", "Tom"), Party("npc:bren", "Bren")]
    found = outcome(stopped(begin("a", "eleven pennies", parties)))
    assert (
        worded(found.memories["npc:mira"])
        == "You quarrelled with Tom and Bren over eleven pennies and could not agree."
    )
    assert worded(found.bystanders) == "Mira, Tom and Bren quarrelled over eleven pennies; they could not agree."


def test_the_weights_add_up_and_hold_open_moves_only() -> None:
    argument = after(quarrel(), next_turn(quarrel()))
    speaker = next_speaker(argument)
    found = weights(argument, speaker, "npc:mira")
    assert sum(found.values()) == pytest.approx(1)
    assert list(found) == open_moves(argument, speaker)
    assert Move.CITE not in found  # Tom has nothing to cite
