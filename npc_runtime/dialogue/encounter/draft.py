"""What a draft of a line among friends lacks, so that a small model may write it again.

A line should carry out its move, state its fact where it has one, say nothing that was said, and have no two words side
by side that never stand so.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from npc_runtime.dialogue.generation import check
from npc_runtime.dialogue.generation.check import Check, finished, runs, words
from npc_runtime.dialogue.generation.prompt import Card
from npc_runtime.language.english.person import first_person

FITTED = Path(__file__).with_name("drafts.npz")
WRONG_MOVE, SILENT, SAID, ODD, UNFINISHED, ECHO = 2.0, 2.0, 4.0, 1.0, 2.0, 0.5


def cost(text: str, card: Card, said: Sequence[str]) -> float:
    """How much a draft lacks; 0 is nothing. `said` are the lines of the talk before it."""
    line = stripped(text, card)
    if card.facts:  # to state the fact is the move, in whatever words
        found = 0.0 if "#f" in line.split() else SILENT
    else:
        found = WRONG_MOVE * (1 - _check().share(line, card.move.value))
    if any(words(text) == words(one) for one in said):
        found += SAID
    if not finished(text):
        found += UNFINISHED
    known = (card.name, card.role, card.home, card.listener, card.line, *card.facts)
    found += ODD * _check().odd(line, {word for part in known for word in words(part)})
    return found + ECHO * len(runs(line.split()) & set().union(*(runs(stripped(one, card).split()) for one in said)))


def stripped(text: str, card: Card) -> str:
    """A line in small letters, with marks for its matter: `#f` a fact, `#o` the listener, `#n` the speaker, `#w` and
    `#h` what it does for a living and where.
    """
    matter = [("#f", first_person(fact)) for fact in card.facts]
    matter += [("#o", card.listener), ("#n", card.name), ("#w", card.role), ("#h", card.home)]
    return check.stripped(text, matter, card.facts, but=card.listener)


@lru_cache(maxsize=1)
def _check() -> Check:
    return Check(FITTED)
