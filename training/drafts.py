"""Fits what the runtime checks drafts of quarrelling lines with.

    python -m training.drafts [--out npc_runtime/dialogue/quarrel/drafts.npz]

From the quarrels of the corpus, their matter taken out: a linear classifier of moves, and the pairs of words that stand
side by side more than once.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from npc_runtime.dialogue.classifier import BUCKETS, features
from npc_runtime.dialogue.quarrel.draft import FITTED, pairs, stripped, table
from training.corpus.compose import Composer
from training.corpus.example import Example

EXAMPLES = 60_000
SEEN = 2  # times that a pair must have come
STRENGTH = 4.0  # inverse regularization; a doubtful check has more lines written again, and better ones
ROUNDS = 60
LEVELS = 127  # steps of a weight to either side


def quarrels(count: int, seed: int) -> list[Example]:
    """Quarrels as training draws them."""
    composer = Composer(random.Random(seed), "train")
    return [composer.sample("quarrel") for _ in range(count)]


def line(example: Example) -> str:
    """The reply without its emotion and its matter."""
    assert example.card.quarrel is not None
    return stripped(example.reply.partition(") ")[2], example.card.quarrel, example.card.facts)


def fit(lines: list[str], moves: list[str]) -> LogisticRegression:
    """The classifier of moves."""
    columns = [features(text, question="?" in text) for text in lines]
    starts = np.cumsum([0, *map(len, columns)])
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(len(row))) for row in columns])
    matrix = csr_matrix((values, np.concatenate(columns), starts), shape=(len(lines), BUCKETS))
    return LogisticRegression(C=STRENGTH, max_iter=ROUNDS, tol=1e-2).fit(matrix, moves)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Fit the check of drafts.")
    parser.add_argument("--out", type=Path, default=FITTED)
    path = parser.parse_args().out
    examples = quarrels(EXAMPLES, seed=11)
    lines = [line(example) for example in examples]
    model = fit(lines, [example.card.move.value for example in examples])
    seen = Counter(pair for text in lines for pair in pairs(text))
    step = float(np.abs(model.coef_).max()) / LEVELS
    np.savez_compressed(
        path,
        labels=np.array(model.classes_),
        weights=np.round(model.coef_.T / step).astype(np.int8),
        step=np.float32(step),
        bias=model.intercept_.astype(np.float16),
        pairs=np.packbits(table(pair for pair, times in seen.items() if times >= SEEN)),
    )
    print(f"{path}: {len(model.classes_)} moves, {len(seen)} pairs, {path.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
