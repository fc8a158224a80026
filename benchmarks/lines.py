"""The lines of arguments: how many carry out their move, repeat another, and how varied they are.

A move counts as carried out where the judge of the training issue says so (`training/evaluate.py`): it has heard the
replies of the corpus, and tells a line's move from its words alone; an accusation must also say of what.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import mean
from typing import Any

from benchmarks.staged import Line, Played
from npc_runtime.dialogue.quarrel.complaint import to_face
from training.corpus.example import Example
from training.evaluate import Listener

_WORD = re.compile(r"[\w'’]+")


def figures(played: Sequence[Played], listener: Listener | None = None) -> dict[str, Any]:
    """Shares of the model's lines, and of all of them, from 0 to 1; `distinct_2` is the mean over arguments."""
    listener = listener or Listener()
    spoken = [line for one in played for line in one.lines]
    judged = [line for line in spoken if line.card is not None]
    written = [line for line in judged if line.source == "model"]
    carried = {line: carries_out(listener, line) for line in judged}
    of_move: Counter[str] = Counter(line.move.value for line in written)
    right: Counter[str] = Counter(line.move.value for line in written if carried[line])
    return {
        "lines": len(spoken),
        "by_the_model": round(len(written) / max(1, len(spoken)), 4),
        "carry_out_the_move": round(mean(carried[line] for line in written), 4),
        "carry_out_the_move_with_stock_lines": round(mean(carried.values()), 4),
        "exact_repeats": round(sum(map(repeats, played)) / max(1, len(spoken)), 4),
        "distinct_2": round(mean(distinct_2(one) for one in played if one.lines), 4),
        "distinct_2_least": round(min(distinct_2(one) for one in played if one.lines), 4),
        **{f"carry_out_{move.replace(' ', '_')}": round(right[move] / n, 3) for move, n in sorted(of_move.items())},
    }


def carries_out(listener: Listener, line: Line) -> bool:
    """Whether a line is recognized as the move it was to be."""
    assert line.card is not None
    assert line.card.quarrel is not None
    example = Example(line.card, "", said=to_face(line.card.quarrel.grievance, line.card.quarrel.opponent))
    return listener.follows_goal(example, f"({line.emotion}) {line.text}")


def repeats(played: Played) -> int:
    """How many lines of an argument were said in it before, word for word."""
    return len(played.lines) - len({" ".join(_words(line.text)) for line in played.lines})


def distinct_2(played: Played) -> float:
    """Of all pairs of neighbouring words in the lines of an argument, how many are different ones (Li et al. 2016)."""
    pairs = [pair for line in played.lines for pair in pairwise(_words(line.text))]
    return len(set(pairs)) / max(1, len(pairs))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
