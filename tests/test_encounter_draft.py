"""Drafts of lines in encounters: what they lack."""

from __future__ import annotations

import random

import pytest

from npc_runtime.dialogue.encounter.draft import cost
from npc_runtime.dialogue.generation.drafts import GOOD, UNFIT
from npc_runtime.dialogue.generation.prompt import Card
from npc_runtime.dialogue.policy.moves import FACT_MOVES, Move
from training.corpus.compose import Composer

FACT = "Pim told you that Tom took the brass lamp."


def card(move: Move) -> Card:
    facts = (FACT,) if move in FACT_MOVES else ()
    return Card(
        "Odile", "innkeeper", "Dell", ("warm-hearted",), "calm", "Garrick", "warm", move, "Any news?", facts=facts
    )


@pytest.mark.parametrize(
    ("move", "good", "bad"),
    [
        (Move.GREET, "Good to see you, Garrick.", "Goodbye, and thank you."),
        (Move.PART, "See you soon, I hope, Garrick.", "May the road take you far from I hope."),
        (Move.GOSSIP, "Pim told me that Tom took the brass lamp.", "Pim told me that Tom is off to the mill."),
        (Move.ACKNOWLEDGE, "I had wondered about that.", "I had wondered about"),
        (Move.ANSWER, "I heard that Tom took the brass lamp.", "I do not know anything about that."),
    ],
)
def test_a_good_draft_lacks_little_and_a_bad_one_much(move: Move, good: str, bad: str) -> None:
    assert cost(good, card(move), ()) < UNFIT
    assert cost(good, card(move), ()) + GOOD < cost(bad, card(move), ())


def test_what_was_said_is_not_said_again() -> None:
    line = "Good to see you, Garrick."
    assert cost(line, card(Move.GREET), (line,)) >= UNFIT


def test_most_replies_that_the_model_learned_from_are_fit() -> None:
    composer = Composer(random.Random(3), "train")
    examples = [composer.sample("light", move) for move in (Move.GREET, Move.PART, Move.DOUBT) for _ in range(60)]
    examples += [composer.sample(situation) for situation in ("answer", "gossip", "admit") for _ in range(60)]
    fit = [cost(one.reply.partition(") ")[2], one.card, ()) < UNFIT for one in examples]
    assert sum(fit) > 0.85 * len(fit)
