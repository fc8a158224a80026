"""What a draft of a quarrelling line lacks, so that a small model may write it again.

A line should carry out its move, say what it is about where the move needs that, say nothing that was said, and have no
two words side by side that never stand so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from npc_runtime.dialogue.generation import check
from npc_runtime.dialogue.generation.check import Check, finished, runs, words
from npc_runtime.dialogue.generation.prompt import Card, Quarrel
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.complaint import to_face

FITTED = Path(__file__).with_name("drafts.npz")
WRONG_MOVE, SILENT, SAID, ODD = 2.0, 2.0, 4.0, 1.0
UNFINISHED, TWICE, ECHO, STALE = 2.0, 1.0, 0.5, 0.25


def cost(text: str, card: Card, said: Sequence[str]) -> float:
    """How much a draft lacks; 0 is nothing. `said` are the lines of the argument before it."""
    quarrel = card.quarrel
    assert quarrel is not None, "only quarrelling lines are looked at"
    line = stripped(text, quarrel, card.facts)
    tokens = line.split()
    found = WRONG_MOVE * (1 - _check().share(line, card.move.value))
    if (card.move is Move.ACCUSE and not {"#g", "#d"} & set(tokens)) or (card.move is Move.CITE and "#f" not in tokens):
        found += SILENT
    if any(words(text) == words(one) for one in said):
        found += SAID
    if not finished(text):
        found += UNFINISHED
    found += ODD * _check().odd(line, {word for part in _matter(card) for word in words(part)})
    found += TWICE * (tokens.count("#g") > 1)
    earlier = [stripped(one, quarrel, card.facts).split() for one in said]
    if "#g" in tokens and card.move is not Move.ACCUSE:
        found += STALE * min(2, sum("#g" in one for one in earlier))
    return found + ECHO * len(runs(tokens) & set().union(*map(runs, earlier)))


def stripped(text: str, quarrel: Quarrel, facts: Sequence[str]) -> str:
    """A line in small letters, with marks for its matter: `#g` the grievance, `#d` the demand, `#f` a fact, `#o`, `#m`
    the opponent and the mediator.
    """
    matter = [("#f", to_face(fact, quarrel.opponent)) for fact in facts]
    matter += [("#g", to_face(quarrel.grievance, quarrel.opponent)), ("#d", to_face(quarrel.demand, quarrel.opponent))]
    matter += [("#o", quarrel.opponent), ("#m", quarrel.mediator)]
    return check.stripped(text, matter, facts, but=quarrel.opponent)


def _matter(card: Card) -> Iterator[str]:
    """What the words of a card are that no corpus need have."""
    yield from (card.name, card.role, card.home, card.listener, card.line, *card.facts)
    if card.quarrel is not None:
        yield from (card.quarrel.grievance, card.quarrel.demand, card.quarrel.mediator, card.quarrel.ruling)


@lru_cache(maxsize=1)
def _check() -> Check:
    return Check(FITTED)
