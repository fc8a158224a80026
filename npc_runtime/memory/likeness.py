"""How much each of many texts has to do with a question: its words, its meaning and its neighbours, as one number.

Reciprocal-rank fusion of the two finds less (benchmarks/RESULTS.md), since a rank says nothing of how far ahead the
first is. Words are the surer of the two, so that a meaning counts only as far as it stands out from what else was
compared with the same question.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

SHARE = 1.5  # power of the share of the question's words: one of five is hardly a fifth of an answer
OUTSTANDING, STEEP = 4.0, 3  # a meaning that many deviations above the mean counts as all words do; others steeply less
MEAN, DEVIATION, SURE = 0.2, 0.1, 20  # of cosines with any question, worth as much as so many compared texts
BEFORE, LONG_BEFORE, AFTER = 0.5, 0.25, 0.25  # what is counted of a neighbour in time


def covered(held: NDArray[np.bool_], counted: NDArray[np.bool_]) -> Floats:
    """The share of a question that each text has in its words, weighed by how rare these are (BM25's idf): [texts].

    `held` says which text has which word, [words, texts]; rarity is counted among the texts that are `counted`. Texts
    are single sentences, so that how often a word comes in one and how long it is say nothing.
    """
    if not len(held):
        return np.zeros(held.shape[1])
    holding, total = (held & counted).sum(axis=1), counted.sum()
    rarity = np.log(1 + (total - holding + 0.5) / (holding + 0.5))
    shares: Floats = rarity @ held / max(rarity.sum(), math.ulp(1.0))
    return shares


def likeness(shares: Floats, cosines: Floats) -> Floats:
    """Words and meaning together, [texts]; a cosine is NaN where the meaning of a text is not known."""
    known = ~np.isnan(cosines)
    found: Floats = shares**SHARE
    if not known.any():
        return found
    compared = cosines[known]
    total = len(compared) + SURE
    mean = (compared.sum() + SURE * MEAN) / total
    deviation = math.sqrt((((compared - mean) ** 2).sum() + SURE * DEVIATION**2) / total)
    found[known] += (np.maximum(compared - mean, 0) / (OUTSTANDING * deviation)) ** STEEP
    return found


def spread(scores: Floats, before: Places, after: Places) -> Floats:
    """Scores with a part of those of the neighbours: what was said just before a line tells what it is about.

    `before` and `after` are the places of the neighbours, -1 where there is none. In a talk "Yes, last week." answers
    what the line before it asks (temporal contiguity, as people recall: Howard & Kahana 2002).
    """
    padded = np.append(scores, 0.0)  # the last is what -1 finds
    long_before = np.append(before, -1)[before]
    found: Floats = scores + BEFORE * padded[before] + LONG_BEFORE * padded[long_before] + AFTER * padded[after]
    return found


def holding(asked: Sequence[Sequence[str]], texts: Sequence[frozenset[str]]) -> NDArray[np.bool_]:
    """Which of some texts has a word in any of its forms: [words, texts]."""
    found = [[not terms.isdisjoint(ways) for terms in texts] for ways in asked]
    return np.array(found, bool).reshape(len(asked), len(texts))
