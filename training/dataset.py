"""The corpus on disk: examples drawn, encoded and laid end to end.

    python -m training.dataset --examples 250000 --out runs/corpus

writes `tokenizer.json` (unless it is there), `words.txt` (what replies say by themselves) and `corpus.npz`: `tokens`
(uint16, all examples in a row), `prompts` and `ends` (where each example's reply begins and where the example ends).
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from npc_runtime.dialogue.generation.prompt import Message, compact
from npc_runtime.engine.words import words
from training import tokenizer
from training.corpus.compose import Composer
from training.tokenizer import WORDS, Encoder

_Rows = tuple[list[NDArray[np.uint16]], list[int], set[str]]


def conversations(seed: int, count: int) -> Iterator[tuple[list[Message], str]]:
    """`count` training examples as messages and reply."""
    composer = Composer(random.Random(seed), "train")
    for _ in range(count):
        example = composer.sample()
        yield compact(example.card), example.reply


def texts(seed: int, count: int) -> Iterator[str]:
    """All text of `count` examples, as the tokenizer will see it: piece by piece."""
    for messages, reply in conversations(seed, count):
        for message in messages:
            yield message.text
        yield reply
    yield "system\nuser\nassistant\n"


def own_words(messages: Iterable[Message], reply: str) -> set[str]:
    """The words, in small letters, that a reply has and its prompt has not: those that the model says by itself."""
    prompt = set().union(*(words(message.text.lower()) for message in messages))
    return {word.decode() for word in words(reply.lower()) - prompt}


def _encode(job: tuple[int, int, Path]) -> _Rows:
    seed, count, path = job
    encoder = Encoder(path)
    rows, prompts, said = [], [], set()
    for messages, reply in conversations(seed, count):
        said |= own_words(messages, reply)
        prompt = encoder.prompt(messages)
        rows.append(np.array([*prompt, *encoder.reply(reply)], np.uint16))
        prompts.append(len(prompt))
    return rows, prompts, said


def build(out: Path, examples: int, seed: int, workers: int, vocabulary: int) -> None:
    """Writes the tokenizer, the corpus and the words to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / "tokenizer.json"
    if not path.exists():
        tokenizer.train(texts(seed, min(examples, 40_000)), path, vocabulary)
    chunk = 5_000
    jobs = [
        (seed + 1 + index, min(chunk, examples - start), path) for index, start in enumerate(range(0, examples, chunk))
    ]
    rows: list[NDArray[np.uint16]] = []
    prompts: list[int] = []
    said: set[str] = set()
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for some_rows, some_prompts, some_words in pool.imap(_encode, jobs):
            rows += some_rows
            prompts += some_prompts
            said |= some_words
    (out / WORDS).write_text(" ".join(sorted(said)), encoding="utf-8")
    ends = np.cumsum([len(row) for row in rows])
    np.savez(out / "corpus.npz", tokens=np.concatenate(rows), prompts=np.array(prompts, np.uint16), ends=ends)
    replies = sum(len(row) - start for row, start in zip(rows, prompts, strict=True))
    print(f"{len(rows)} examples, {ends[-1] / 1e6:.1f}M tokens, {replies / 1e6:.1f}M of them replies")
    print(f"mean length {ends[-1] / len(rows):.0f}, longest {max(map(len, rows))}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Draw and encode the training corpus.")
    parser.add_argument("--out", type=Path, default=Path("runs/corpus"))
    parser.add_argument("--examples", type=int, default=250_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--vocabulary", type=int, default=4096)
    args = parser.parse_args()
    build(args.out, args.examples, args.seed, args.workers, args.vocabulary)


if __name__ == "__main__":
    main()
