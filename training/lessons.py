"""What a writer's judged lines teach: to each card the better line, or the line as it was where it was liked."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from npc_runtime.dialogue.feedback.line import RatedLine
from npc_runtime.dialogue.generation.prompt import Card

LIKED = 4  # the least rating with which a line is learned as it stands
_SHARE, _ENOUGH = 10, 10
"""One lesson in so many is kept back, where there are enough to spare one."""


@dataclass(frozen=True)
class Lesson:
    """One reply to learn."""

    card: Card
    reply: str  # "(happy) Good day!"


def choose(lines: Iterable[RatedLine]) -> tuple[list[Lesson], Counter[str]]:
    """The lessons in `lines`, and how many lines were skipped for which reason."""
    lessons, skipped = [], Counter[str]()
    for line in lines:
        if line.better is not None:
            lessons.append(Lesson(line.card(), line.better))
        elif line.rating is not None and line.rating >= LIKED:
            lessons.append(Lesson(line.card(), line.line))
        else:
            skipped[f"rated {line.rating} of 5, without a better line"] += 1
    return lessons, skipped


def keep_back(lessons: list[Lesson], seed: int) -> tuple[list[Lesson], list[Lesson]]:
    """The lessons to learn, and those that only measure what was learned."""
    shuffled = random.Random(seed).sample(lessons, len(lessons))
    kept = max(1, len(lessons) // _SHARE) if len(lessons) >= _ENOUGH else 0
    return shuffled[kept:], shuffled[:kept]
