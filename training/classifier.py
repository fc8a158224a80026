"""A naive Bayes classifier over words and pairs of words: what a listener could tell from the words alone."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

_EMOTION = re.compile(r"^\(\w+\) ")
_WORD = re.compile(r"[\w']+|[!?*]")


def _features(text: str) -> list[str]:
    words = _WORD.findall(_EMOTION.sub("", text).lower())
    return [*words, *(f"{one} {two}" for one, two in pairwise(words))]


class Classifier:
    """Learns labels from texts; the emotion in front of a reply is not looked at."""

    def __init__(self, examples: Iterable[tuple[str, str]]) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._labels: Counter[str] = Counter()
        for text, label in examples:
            self._labels[label] += 1
            self._counts[label].update(_features(text))
        self._known = {feature for counts in self._counts.values() for feature in counts}
        self._totals = {label: counts.total() + 0.1 * len(self._known) for label, counts in self._counts.items()}

    @property
    def chance(self) -> float:
        """How often a guess among equally likely labels is right."""
        return 1 / len(self._labels)

    def label(self, text: str) -> str:
        """The likeliest label of `text`."""
        features = [feature for feature in _features(text) if feature in self._known]

        def score(label: str) -> float:
            counts, total = self._counts[label], self._totals[label]
            return math.log(self._labels[label]) + sum(math.log((counts[f] + 0.1) / total) for f in features)

        return max(self._labels, key=score)
