"""How long people waited for the first word of a reply, as counts: what a histogram is drawn from."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

BOUNDS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0, 20.0)
"""Seconds. At 0.2 people do not notice that they wait, and at 4 they stop believing in whom they speak to."""


@dataclass
class FirstWords:
    """Waits, counted by the bound that they stay within; the last count is of those that stay within none."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0  # all together

    def add(self, seconds: float) -> None:
        """Counts a wait."""
        self.counts[bisect.bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


def quantile(counts: Sequence[int], share: float, bounds: Sequence[float] = BOUNDS) -> float | None:
    """The wait that a share of all stayed within, those between two bounds taken as evenly spread; None: nobody waited.

    What is beyond the last bound counts as that bound, as in Prometheus' `histogram_quantile`.
    """
    wanted, low = share * sum(counts), 0.0
    for count, bound in zip(counts, bounds, strict=False):
        if count and wanted <= count:
            return low + (bound - low) * wanted / count
        wanted, low = wanted - count, bound
    return low if sum(counts) else None
