"""Rates and differences, each with the 95% interval that says how far it is to be trusted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from npc_runtime.scenes.outcome import Outcome, Verdict
from npc_runtime.scenes.schema import Scene

Z = 1.959964
"""Standard deviations to either side that hold 95%."""

Key = tuple[str, int, int, str, int]
"""File, which play of it, line, expectation, and which of these on that line."""


@dataclass(frozen=True)
class Rate:
    """How many expectations of so many were met."""

    met: int
    of: int

    @property
    def rate(self) -> float:
        """0 to 1; of none, all were met."""
        return self.met / self.of if self.of else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's (1927): it stays inside 0 and 1, and tells something even where all or none were met."""
        if not self.of:
            return 0.0, 1.0
        share, square = self.met / self.of, Z * Z / self.of
        middle = (share + square / 2) / (1 + square)
        half = math.sqrt(square * share * (1 - share) + square * square / 4) / (1 + square)
        low, high = max(0.0, middle - half), min(1.0, middle + half)
        return (low if self.met else 0.0), (high if self.met < self.of else 1.0)


@dataclass(frozen=True)
class Difference:
    """The same expectations with two models: how many both met, the first alone, the second alone, and neither."""

    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def of(self) -> int:
        """How many expectations there were."""
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def rates(self) -> tuple[Rate, Rate]:
        """What the first met, and what the second did."""
        return Rate(self.both + self.first_only, self.of), Rate(self.both + self.second_only, self.of)

    @property
    def value(self) -> float:
        """The rate of the first less that of the second, -1 to 1."""
        return (self.first_only - self.second_only) / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Newcombe's for pairs (1998, his method 10), made of the two intervals of Wilson.

        Both models play the same scenes, so what is hard for one is mostly hard for the other; `together` is how much.
        """
        if not self.of:
            return -1.0, 1.0
        first, second = self.rates
        (first_low, first_high), (second_low, second_high) = first.interval, second.interval
        together = self._together()

        def reach(up: float, down: float) -> float:
            return math.sqrt(max(0.0, up * up - 2 * together * up * down + down * down))

        low = self.value - reach(first.rate - first_low, second_high - second.rate)
        high = self.value + reach(first_high - first.rate, second.rate - second_low)
        return max(-1.0, low), min(1.0, high)

    @property
    def told(self) -> bool:
        """Whether these scenes tell the two apart: no difference at all is outside the interval."""
        low, high = self.interval
        return low > 0 or high < 0

    def _together(self) -> float:
        first, second = self.rates
        scale = first.met * (self.of - first.met) * second.met * (self.of - second.met)
        if not scale:
            return 0.0
        product = self.both * self.neither - self.first_only * self.second_only
        return (max(product - self.of / 2, 0) if product > 0 else product) / math.sqrt(scale)


@dataclass(frozen=True)
class Pair:
    """One expectation of one play, and whether each of two models met it."""

    tags: tuple[str, ...]
    expectation: str
    first: bool
    second: bool


def keyed(outcomes: Iterable[Outcome]) -> Iterator[tuple[Key, Scene, Verdict]]:
    """Every expectation, under what it is called with every model."""
    plays: Counter[str] = Counter()
    for outcome in outcomes:
        file = str(outcome.scene.file)
        plays[file] += 1
        seen: Counter[tuple[int, str]] = Counter()
        for verdict in outcome.verdicts:
            place = (verdict.line, verdict.check.key)
            seen[place] += 1
            yield (file, plays[file], *place, seen[place]), outcome.scene, verdict


def pairs(first: Iterable[Outcome], second: Iterable[Outcome]) -> list[Pair]:
    """The expectations of two evaluations of the same scenes. One that only a broken play has, the other met."""
    left, right = ({key: (scene, verdict) for key, scene, verdict in keyed(side)} for side in (first, second))
    found = []
    for key in left | right:
        scene, verdict = left.get(key) or right[key]
        met = [key not in side or side[key][1].check.passed for side in (left, right)]
        found.append(Pair(scene.tags, verdict.check.key, met[0], met[1]))
    return found


def rate(results: Iterable[bool]) -> Rate:
    """The rate of some results."""
    listed = list(results)
    return Rate(sum(listed), len(listed))


def difference(compared: Iterable[Pair]) -> Difference:
    """The difference over some pairs."""
    count = Counter((pair.first, pair.second) for pair in compared)
    return Difference(count[True, True], count[True, False], count[False, True], count[False, False])


def rates(outcomes: Sequence[Outcome]) -> tuple[dict[str, Rate], dict[str, Rate]]:
    """The rates by tag, and by kind of expectation."""
    every = [
        Pair(scene.tags, verdict.check.key, verdict.check.passed, verdict.check.passed)
        for _, scene, verdict in keyed(outcomes)
    ]
    by_tag, by_kind = grouped(every, lambda group: rate(pair.first for pair in group))
    return by_tag, by_kind


def differences(compared: Sequence[Pair]) -> tuple[dict[str, Difference], dict[str, Difference]]:
    """The differences by tag, and by kind of expectation."""
    return grouped(compared, difference)


def grouped(compared: Sequence[Pair], figure: Callable[[list[Pair]], Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A figure for each tag, and for each kind of expectation."""
    tags = sorted({tag for pair in compared for tag in pair.tags})
    kinds = sorted({pair.expectation for pair in compared})
    return (
        {tag: figure([pair for pair in compared if tag in pair.tags]) for tag in tags},
        {kind: figure([pair for pair in compared if pair.expectation == kind]) for kind in kinds},
    )


def as_json(found: Difference) -> dict[str, Any]:
    """The figures of a difference, for `eval --json`."""
    low, high = found.interval
    counts = {"both": found.both, "first_only": found.first_only, "second_only": found.second_only}
    counts["neither"] = found.neither
    return {"difference": round(found.value, 4), "interval": [round(low, 4), round(high, 4)], **counts}
