"""Fits the classifier of player lines that the runtime ships.

    python -m training.intents [--out npc_runtime/dialogue/understanding/intents.npz]

It learns from the phrase bank of the corpus, filled and typed as the corpus types, and from lines labelled by hand
(`corpus/typed_lines.py`). The lines that measure it (`tests/player_lines.py`) are in neither.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from npc_runtime.dialogue.understanding.classifier import BUCKETS, features
from npc_runtime.dialogue.understanding.intents import FITTED, Intent
from npc_runtime.dialogue.understanding.normalize import plain
from training.corpus.asking import Asking
from training.corpus.facts import Facts
from training.corpus.grievances import random_grievance
from training.corpus.names import Names
from training.corpus.people import person
from training.corpus.player_lines import DEEDS, PLAYER_LINES
from training.corpus.typed_lines import TYPED_LINES
from training.corpus.unseen_lines import UNSEEN_LINES

READ_AS = {
    **dict.fromkeys(
        ("ask_who_did", "ask_what_did", "ask_where", "ask_why", "ask_when", "ask_person", "ask_past", "ask_want"),
        "ask_topic",
    ),
    **dict.fromkeys(("ask_feelings_about", "ask_secret", "ask_more", "happened"), "ask_topic"),
    **dict.fromkeys(("tell_news", "tell_self"), "tell"),
    **dict.fromkeys(("weather", "joke", "hurry"), "small_talk"),
    "meta_ai": "provoke",
    "flirt": "compliment",
    "ask_help": "request",
}
"""The corpus tells more kinds of lines apart than the runtime has intents."""

DRAWN = 3  # lines of each phrasing, each filled and typed in another way
STATEMENTS = 400  # bare facts: what is stated is open, so the bank's phrasings alone say little about it
HAND_WEIGHT = 4.0  # a line that somebody typed is worth so many drawn ones
EVENNESS = 0.5  # how far intents with few lines are made up for: 0 not at all, 1 wholly
STRENGTH = 16.0  # inverse regularization
ROUNDS = 80
LEVELS = 511  # steps of a weight to either side


def lines(seed: int) -> Iterator[tuple[str, str, float]]:
    """Lines, their intents and what each is worth; every phrasing of the bank the same number of times."""
    rng = random.Random(seed)
    names = Names(rng, "train")
    facts, asking = Facts(names), Asking(names)
    for intent, phrasings in PLAYER_LINES.items():
        for phrasing in (*phrasings, *UNSEEN_LINES.get(intent, ())):
            for _ in range(DRAWN):
                fact = facts.other()
                ask = rng.choice(fact.asks)
                text = asking.written(
                    person(rng, "train"),
                    phrasing,
                    topic=ask.topic,
                    person=facts.someone(),
                    goods=names.goods(),
                    item=names.item(),
                    deed=rng.choice(DEEDS),
                    news=fact.sentence,
                    news_lower=fact.clause,
                    verb_past=ask.verb or "stole",
                )
                yield text, READ_AS.get(intent, intent), 1.0
    for _ in range(STATEMENTS):
        news = facts.other().sentence if rng.random() < 0.7 else f"{names.person()} {random_grievance(rng).second}."
        yield asking.written(person(rng, "train"), "{news}", news=news), "tell", 1.0
    for intent, typed in TYPED_LINES.items():
        for line in typed:
            yield line, intent, HAND_WEIGHT


def matrix(texts: list[str]) -> csr_matrix:
    """Features of shape (texts, BUCKETS), rows scaled to length 1."""
    columns = [features(plain(text), question="?" in text) for text in texts]
    starts = np.cumsum([0, *map(len, columns)])
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(len(row))) for row in columns])
    return csr_matrix((values, np.concatenate(columns), starts), shape=(len(texts), BUCKETS))


def fit(seed: int = 1) -> LogisticRegression:
    """The fitted classifier."""
    texts, intents, worth = zip(*lines(seed), strict=True)
    unknown = set(intents) - {intent.value for intent in Intent}
    assert not unknown, f"no such intents: {unknown}"
    total: Counter[str] = Counter()
    for intent, weight in zip(intents, worth, strict=True):
        total[intent] += weight
    mean = sum(total.values()) / len(total)
    weights = [weight * (mean / total[intent]) ** EVENNESS for intent, weight in zip(intents, worth, strict=True)]
    model = LogisticRegression(C=STRENGTH, max_iter=ROUNDS, tol=1e-3)
    return model.fit(matrix(list(texts)), intents, sample_weight=weights)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Fit the classifier of player lines.")
    parser.add_argument("--out", type=Path, default=FITTED)
    path = parser.parse_args().out
    model = fit()
    step = float(np.abs(model.coef_).max()) / LEVELS
    np.savez_compressed(
        path,
        labels=np.array(model.classes_),
        weights=np.round(model.coef_.T / step).astype(np.int16),
        step=np.float32(step),
        bias=model.intercept_.astype(np.float16),
    )
    print(f"{path}: {len(model.classes_)} intents, {path.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
