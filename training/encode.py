"""Exchanges as tokens: what the model reads and what it is to write, by the functions that serve it.

    python -m training.encode --base base.gguf --epochs 3

Writes `train.npz` and `held.npz`; one person in twenty is held out, with all of its exchanges.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from npc_runtime.config import load
from npc_runtime.engine.chat import ChatTemplate
from npc_runtime.engine.llama import LlamaModel
from training.exchanges import FOLDER, Lesson, lesson, read
from training.variety import Variety

MANNERS = frozenset({
    "greet", "part", "feel", "welcome", "thank", "forgive", "rebuff", "retort", "stand", "cower", "chat", "opinion",
    "introduce", "work", "place", "agree", "refuse", "acknowledge",
})  # fmt: skip
"""Moves of which there are few lessons and many lines in play: each of these is learned from twice as often."""
LONGEST = 640  # tokens of a lesson; what is longer is left out
HELD = 20  # one person in so many


class Encoder:
    """Encodes lessons with a model's own vocabulary and chat template."""

    def __init__(self, base: Path) -> None:
        self._model = LlamaModel(load({"model": str(base), "slots": 1, "n_gpu_layers": 0}, environ={}))
        self._chat = ChatTemplate.of(self._model)
        self._end = min(self._model.vocabulary.end & set(self._model.tokenize(self._model.eos, special=True)))

    @lru_cache(maxsize=100_000)  # noqa: B019  # lives as long as the process
    def _part(self, text: str) -> tuple[int, ...]:
        return tuple(self._model.tokenize(text, special=False))

    def encode(self, lesson: Lesson) -> tuple[list[int], int]:
        """The tokens of prompt and reply, and how many are the prompt's."""
        prompt = self._chat.encode(lesson.messages).tokens
        reply = [token for part in lesson.reply for token in self._part(part)]
        return [*prompt, *reply, self._end], len(prompt)


def held_out(exchange: Mapping[str, Any]) -> bool:
    """Whether its person is one of those kept back."""
    name = str(exchange.get("name") or exchange.get("speaker") or exchange.get("by"))
    return hashlib.sha256(name.encode()).digest()[0] % HELD == 0


def save(path: Path, encoded: Iterable[tuple[list[int], int]]) -> None:
    """Writes lessons: `tokens` end to end, where each `ends`, and the length of each prompt."""
    kept = [(tokens, prompt) for tokens, prompt in encoded if len(tokens) <= LONGEST]
    ends = np.cumsum([len(tokens) for tokens, _ in kept])
    tokens = np.concatenate([np.array(tokens, np.uint32) for tokens, _ in kept])
    np.savez(path, tokens=tokens, ends=ends, prompts=np.array([prompt for _, prompt in kept], np.uint32))
    print(f"{path.name}: {len(kept)} lessons, {len(tokens):,} tokens")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Encode the authored exchanges.")
    parser.add_argument("--base", type=Path, required=True, help="the GGUF that is adapted")
    parser.add_argument("--files", type=Path, nargs="*", default=sorted(FOLDER.glob("*.jsonl")))
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--epochs", type=int, default=3, help="variants of every exchange")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    exchanges, rng = read(args.files), random.Random(args.seed)
    kept = [one for one in exchanges if not held_out(one)]
    variety, encoder = Variety(kept, rng), Encoder(args.base)
    args.out.mkdir(parents=True, exist_ok=True)
    save(args.out / "held.npz", (encoder.encode(lesson(one)) for one in exchanges if held_out(one)))
    often = [*kept, *(one for one in kept if one.get("move") in MANNERS)]
    drawn = (variety.vary(one) for _ in range(args.epochs) for one in rng.sample(often, len(often)))
    save(args.out / "train.npz", (encoder.encode(lesson(one)) for one in drawn))


if __name__ == "__main__":
    main()
