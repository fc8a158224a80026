"""Fits what the runtime checks drafts with: lines between characters, in quarrels and out of them.

    python -m training.drafts [quarrels] [talk]

From the corpus, the matter of each line taken out: a linear classifier of moves, and the pairs of words that stand side
by side more than once.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from npc_runtime.dialogue.encounter import draft as talking
from npc_runtime.dialogue.generation.check import pairs, table
from npc_runtime.dialogue.generation.prompt import Card
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel import draft as quarrelling
from npc_runtime.dialogue.understanding.classifier import BUCKETS, features
from training.corpus.compose import Composer
from training.corpus.example import Example

EXAMPLES = 60_000
SEEN = 2  # times that a pair must have come
STRENGTH = 4.0  # inverse regularization; a doubtful check has more lines written again, and better ones
ROUNDS = 100
LEVELS = 127  # steps of a weight to either side
_LIGHT = (
    Move.GREET, Move.PART, Move.INTRODUCE, Move.REBUFF, Move.CHAT, Move.FEEL, Move.ACKNOWLEDGE, Move.DOUBT,
    Move.ASK_BACK, Move.AGREE,
)  # fmt: skip
_STATING = ("answer", "answer_own", "gossip", "gossip", "admit", "absent")


@dataclass(frozen=True)
class Kind:
    """A kind of lines: where its check is kept, what of the corpus it is, and how a line is stripped of its matter."""

    path: Path
    drawn: tuple[tuple[str, Move | None], ...]  # situations and moves, each as often as any other
    stripped: Callable[[str, Card], str]


def _quarrel(text: str, card: Card) -> str:
    assert card.quarrel is not None
    return quarrelling.stripped(text, card.quarrel, card.facts)


KINDS = {
    "quarrels": Kind(quarrelling.FITTED, (("quarrel", None),), _quarrel),
    "talk": Kind(
        talking.FITTED,
        (*(("light", move) for move in _LIGHT), *((situation, None) for situation in _STATING)),
        talking.stripped,
    ),
}


def examples(kind: Kind, count: int, seed: int) -> list[Example]:
    """Examples of a kind, as training draws them."""
    rng = random.Random(seed)
    composer = Composer(rng, "train")
    return [composer.sample(*rng.choice(kind.drawn)) for _ in range(count)]


def fit(lines: list[str], moves: list[str]) -> LogisticRegression:
    """The classifier of moves."""
    columns = [features(text, question="?" in text) for text in lines]
    starts = np.cumsum([0, *map(len, columns)])
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(len(row))) for row in columns])
    matrix = csr_matrix((values, np.concatenate(columns), starts), shape=(len(lines), BUCKETS))
    return LogisticRegression(C=STRENGTH, max_iter=ROUNDS, tol=1e-2).fit(matrix, moves)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Fit the checks of drafts.")
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], help="quarrels, talk; both by default")
    for name in parser.parse_args().kinds or KINDS:
        kind = KINDS[name]
        drawn = examples(kind, EXAMPLES, seed=11)
        lines = [kind.stripped(example.reply.partition(") ")[2], example.card) for example in drawn]
        model = fit(lines, [example.card.move.value for example in drawn])
        seen = Counter(pair for text in lines for pair in pairs(text))
        step = float(np.abs(model.coef_).max()) / LEVELS
        np.savez_compressed(
            kind.path,
            labels=np.array(model.classes_),
            weights=np.round(model.coef_.T / step).astype(np.int8),
            step=np.float32(step),
            bias=model.intercept_.astype(np.float16),
            pairs=np.packbits(table(pair for pair, times in seen.items() if times >= SEEN)),
        )
        print(f"{kind.path}: {len(model.classes_)} moves, {len(seen)} pairs, {kind.path.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
