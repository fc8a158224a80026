"""Exchanges as tokens: what the model reads and what it is to write, by the functions that serve it.

    python -m training.encode --epochs 3

Writes `train.npz` and `held.npz`; one person in twenty is held out, with all of its exchanges. Lessons of one card lie
together, so that what they have in common is read once.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from npc_runtime.config import load
from npc_runtime.dialogue.feedback.line import read as rated
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.tokens.chat import ChatTemplate
from training.base import base
from training.exchanges import FOLDER, Lesson, judged, lesson, parted, read
from training.variety import Variety

MANNERS = frozenset({
    "greet", "part", "feel", "welcome", "thank", "forgive", "rebuff", "retort", "stand", "cower", "chat", "opinion",
    "introduce", "work", "place", "agree", "refuse", "acknowledge",
})  # fmt: skip
"""Moves of which there are few lessons and many lines in play: each of these is learned from twice as often."""
LONGEST = 640  # tokens of a lesson; what is longer is left out
HELD = 20  # one person in so many
JUDGED = 5  # times that a writer's own line is learned for each of an exchange


@dataclass(frozen=True)
class Encoded:
    """The tokens of prompt and reply; how many are the prompt's, and how many after these the decision's."""

    tokens: list[int]
    prompt: int
    decision: int


class Encoder:
    """Encodes lessons with a model's own vocabulary and chat template."""

    def __init__(self, base: Path) -> None:
        self._model = LlamaModel(load({"model": str(base), "slots": 1, "n_gpu_layers": 0}, environ={}))
        self._chat = ChatTemplate.of(self._model)
        self._end = min(self._model.vocabulary.end & set(self._model.tokenize(self._model.eos, special=True)))

    @lru_cache(maxsize=100_000)  # noqa: B019  # lives as long as the process
    def _part(self, text: str) -> tuple[int, ...]:
        return tuple(self._model.tokenize(text, special=False))

    def encode(self, lesson: Lesson) -> Encoded:
        """What is learned from, as tokens."""
        prompt = self._chat.encode(lesson.messages).tokens
        parts = [self._part(part) for part in lesson.reply]
        reply = [token for part in parts for token in part]
        opening = [*lesson.reply, "\n"].index("\n")
        decision = sum(len(part) for part in parts[:opening])
        return Encoded([*prompt, *reply, *([self._end] if lesson.ends else [])], len(prompt), decision)


def held_out(exchange: Mapping[str, Any]) -> bool:
    """Whether its person is one of those kept back."""
    names = (exchange.get("name"), exchange.get("speaker"), exchange.get("by"), str(exchange.get("here")))
    name = next(str(name) for name in names if name)
    return hashlib.sha256(name.encode()).digest()[0] % HELD == 0


def save(path: Path, encoded: Iterable[Sequence[Encoded]]) -> None:
    """Writes the lessons of each card.

    `tokens` are end to end; of each lesson there is where it `ends`, its card, and how long prompt and decision are.
    """
    kept = [(card, one) for card, lessons in enumerate(encoded) for one in lessons if len(one.tokens) <= LONGEST]
    np.savez(
        path,
        tokens=np.concatenate([np.array(one.tokens, np.uint32) for _, one in kept]),
        ends=np.cumsum([len(one.tokens) for _, one in kept]),
        prompts=np.array([one.prompt for _, one in kept], np.uint32),
        decisions=np.array([one.decision for _, one in kept], np.uint32),
        cards=np.array([card for card, _ in kept], np.uint32),
    )
    print(f"{path.name}: {len(kept)} lessons of {len({card for card, _ in kept})} cards")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Encode the authored exchanges.")
    parser.add_argument("--base", type=Path, default=None, help="the GGUF that is adapted; the default model's")
    parser.add_argument("--files", type=Path, nargs="*", default=sorted(FOLDER.glob("*.jsonl")))
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--epochs", type=int, default=3, help="variants of every exchange")
    parser.add_argument(
        "--alone", type=float, default=0.2, help="share of cards of which one line is learned by itself"
    )
    parser.add_argument("--judged", type=Path, nargs="*", default=[], help="files of `npc-runtime feedback export`")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    exchanges, rng = read(args.files), random.Random(args.seed)
    kept = [one for one in exchanges if not held_out(one)]
    variety, encoder = Variety(kept, rng), Encoder(base(args.base))
    args.out.mkdir(parents=True, exist_ok=True)
    back = (parted(one) for one in exchanges if held_out(one))
    save(args.out / "held.npz", ([encoder.encode(lesson(one)) for one in lines] for lines in back))
    often = [*kept, *(one for one in kept if one.get("move") in MANNERS)]
    drawn = (
        variety.alone(one) if rng.random() < args.alone else variety.vary(one)
        for _ in range(args.epochs)
        for one in rng.sample(often, len(often))
    )
    lessons = [[lesson(one) for one in lines] for lines in drawn]
    liked = [one for file in args.judged for one in map(judged, rated(file)) if one is not None]
    for one in liked * (args.epochs * JUDGED):
        lessons.insert(rng.randrange(len(lessons) + 1), [one])
    save(args.out / "train.npz", ([encoder.encode(one) for one in some] for some in lessons))
    if args.judged:
        print(f"{len(liked)} judged lines are learned, each {JUDGED} times as often as an exchange")


if __name__ == "__main__":
    main()
