"""Drafts of quarrelling lines: what they lack, and that a better one is spoken instead."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from npc_runtime.dialogue.generation.drafts import GOOD, UNFIT
from npc_runtime.dialogue.generation.prompt import Card, Quarrel
from npc_runtime.dialogue.policy.moves import QUARREL_MOVES, Move
from npc_runtime.dialogue.quarrel.complaint import to_face
from npc_runtime.dialogue.quarrel.draft import cost, stripped
from npc_runtime.dialogue.quarrel.stock import stock_line
from training.corpus.compose import Composer

QUARREL = Quarrel("Tom", "Tom stole your hammer", "give the hammer back", 1)
FACT = "Bren saw Tom leave with a sack."


def card(move: Move) -> Card:
    facts = (FACT,) if move is Move.CITE else ()
    return Card(
        "Mira", "smith", "Dell", ("blunt",), "calm", "Tom", "cold", move, "What is it?", facts=facts, quarrel=QUARREL
    )


@pytest.mark.parametrize(
    ("move", "good", "bad"),
    [
        (Move.ACCUSE, "You stole my hammer, and it will not be forgotten.", "I have waited long enough."),
        (Move.ACCUSE, "I will say it to your face: you stole my hammer.", "I give up, Tom. You stole my hammer."),
        (Move.DENY, "I never did that, and you know it!", "Let us shake hands, Tom."),
        (Move.CITE, "Bren saw you leave with a sack. Explain that, Tom!", "You stole my hammer, explain that, Tom!"),
        (Move.RECONCILE, "I would rather have you as a friend than be right.", "You rotten egg! You plague rat!"),
        (Move.WALK_AWAY, "I cannot stand the sight of you! I am off!", "I did nothing at all!"),
        (Move.CONCEDE, "I give up, Tom. Forget what I asked.", "I give up, Tom. Forget what I"),
        (Move.ACCUSE, "You know very well that you stole my hammer.", "You know very well that you drowns with it."),
    ],
)
def test_a_good_draft_lacks_little_and_a_bad_one_much(move: Move, good: str, bad: str) -> None:
    assert cost(good, card(move), ()) < UNFIT
    assert cost(good, card(move), ()) + GOOD < cost(bad, card(move), ())


def test_what_was_said_is_not_said_again() -> None:
    line = "You stole my hammer, and it will not be forgotten."
    assert cost(line, card(Move.ACCUSE), (line,)) >= UNFIT
    assert cost("You stole my hammer, and it will not be forgiven.", card(Move.ACCUSE), (line,)) >= GOOD


def test_most_replies_that_the_model_learned_from_are_fit() -> None:
    composer = Composer(random.Random(3), "train")
    examples = [composer.sample("quarrel") for _ in range(300)]
    fit = [cost(one.reply.partition(") ")[2], one.card, ()) < UNFIT for one in examples]
    assert sum(fit) > 0.8 * len(fit)


def test_a_complaint_is_turned_to_the_face_of_whom_it_is_about() -> None:
    assert to_face("Tom stole your hammer", "Tom") == "you stole my hammer"
    assert to_face("Tom owes you nine pennies", "Tom") == "you owe me nine pennies"
    assert to_face("Bren saw Tom near your house.", "Tom") == "Bren saw you near my house."
    assert to_face("You saw Tom's glove.", "Tom") == "I saw your glove."
    line = stripped("Tom, you stole my hammer. Give the hammer back!", QUARREL, ())
    assert line == "#o , #g . #d !"


@pytest.mark.parametrize("move", sorted(QUARREL_MOVES))
def test_stock_lines_are_whole_and_not_said_twice(move: Move) -> None:
    facts = (FACT,) if move is Move.CITE else ()
    said: list[str] = []
    for turn in range(3):
        said.append(stock_line(move, QUARREL, facts, said, 1, turn))
    assert len(set(said)) == 3
    assert not any("{" in line or "  " in line for line in said)
    assert stock_line(move, QUARREL, facts, said, 1, 9) == stock_line(move, QUARREL, facts, said, 1, 9)


def test_a_card_without_facts_needs_none() -> None:
    assert cost("Let us be friends again, Tom.", replace(card(Move.RECONCILE), facts=()), ()) < UNFIT
