"""What a draft of a quarrelling line lacks, so that a small model may write it again.

A line should carry out its move, say what it is about where the move needs that, say nothing that was said, and have no
two words side by side that never stand so. Which words carry out a move, and which stand together, is fitted to the
corpus that the bundled model learned from (`training/drafts.py`); a line is looked at with its own matter taken out.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from npc_runtime.dialogue.classifier import Classifier
from npc_runtime.dialogue.moves import Move
from npc_runtime.dialogue.prompt import Card, Quarrel
from npc_runtime.dialogue.quarrel.complaint import to_face
from npc_runtime.memory.terms import terms

FITTED = Path(__file__).with_name("drafts.npz")
PAIRS = 1 << 18  # bits of the table of word pairs that were seen
_RUN = 4  # so many words in a row that were said before sound like an echo
_CITED = 0.7  # of the words of a fact
_TOKEN = re.compile(r"#\w+|[\w'’]+|[.!?;:,]")
_STOPS = frozenset(".!?;:")
_ENDS = (".", "!", "?", "…", '"')

WRONG_MOVE, SILENT, SAID, ODD = 2.0, 2.0, 4.0, 1.0
UNFINISHED, TWICE, ECHO, STALE = 2.0, 1.0, 0.5, 0.25


def cost(text: str, card: Card, said: Sequence[str]) -> float:
    """How much a draft lacks; 0 is nothing. `said` are the lines of the argument before it."""
    quarrel = card.quarrel
    assert quarrel is not None, "only quarrelling lines are looked at"
    line, words = stripped(text, quarrel, card.facts), _words(text)
    tokens, found = line.split(), 0.0
    found += WRONG_MOVE * (1 - shares(line)[card.move.value])
    if (card.move is Move.ACCUSE and not {"#g", "#d"} & set(tokens)) or (card.move is Move.CITE and "#f" not in tokens):
        found += SILENT
    if any(words == _words(one) for one in said):
        found += SAID
    if not text.rstrip().endswith(_ENDS):
        found += UNFINISHED
    known = {word for part in _matter(card) for word in _words(part)}
    found += ODD * sum(1 for pair in pairs(line) if not known & set(pair) and not _table()[_bit(*pair)])
    found += TWICE * (tokens.count("#g") > 1)
    earlier = [stripped(one, quarrel, card.facts).split() for one in said]
    if "#g" in tokens and card.move is not Move.ACCUSE:
        found += STALE * min(2, sum("#g" in one for one in earlier))
    ran = {run for one in earlier for run in _runs(one)}
    return found + ECHO * len(ran & set(_runs(tokens)))


def _matter(card: Card) -> Iterator[str]:
    """What the words of a card are that no corpus need have."""
    yield from (card.name, card.role, card.home, card.listener, card.line, *card.facts)
    if card.quarrel is not None:
        yield from (card.quarrel.grievance, card.quarrel.demand, card.quarrel.mediator, card.quarrel.ruling)


def shares(line: str) -> dict[str, float]:
    """How likely a stripped line is each move."""
    return _classifier().shares(" ".join(_TOKEN.findall(line)), question="?" in line)


def stripped(text: str, quarrel: Quarrel, facts: Sequence[str]) -> str:
    """A line in small letters, with marks for its matter: `#g` the grievance, `#d` the demand, `#f` a fact, `#o`, `#m`
    the opponent and the mediator.
    """
    line = f" {' '.join(_TOKEN.findall(text.lower()))} "
    matter = [("#f", to_face(fact, quarrel.opponent)) for fact in facts]
    matter += [("#g", to_face(quarrel.grievance, quarrel.opponent)), ("#d", to_face(quarrel.demand, quarrel.opponent))]
    matter += [("#o", quarrel.opponent), ("#m", quarrel.mediator)]
    for mark, said in matter:
        words = " ".join(token for token in _TOKEN.findall(said.lower()) if token not in _STOPS)
        if words:
            line = line.replace(f" {words} ", f" {mark} ")
    if facts and "#f" not in line:
        wanted = [term for fact in facts for term in terms(fact) if term not in terms(quarrel.opponent)]
        if sum(term in terms(line) for term in wanted) >= _CITED * max(1, len(wanted)):
            line += "#f "
    return line.strip()


def pairs(line: str) -> Iterator[tuple[str, str]]:
    """The neighbouring words of a stripped line, within its sentences."""
    return ((one, two) for one, two in pairwise(["^", *line.split()]) if one not in _STOPS and two not in _STOPS)


def table(found: Iterable[tuple[str, str]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The pairs as a table of PAIRS bits."""
    bits = np.zeros(PAIRS, np.bool_)
    for pair in found:
        bits[_bit(*pair)] = True
    return bits


def _bit(one: str, two: str) -> int:
    return zlib.crc32(f"{one} {two}".encode()) % PAIRS


def _words(text: str) -> list[str]:
    return [token for token in _TOKEN.findall(text.lower()) if token[0].isalnum()]


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1))


@lru_cache(maxsize=1)
def _classifier() -> Classifier:
    return Classifier(FITTED)


@lru_cache(maxsize=1)
def _table() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    with np.load(FITTED) as stored:
        return np.unpackbits(stored["pairs"]).astype(np.bool_)
