"""A writer's own lines into a model of their own.

    python -m training.finetune LINES.jsonl [--model GGUF] [--out runs/finetuned.gguf] [--epochs 6 | --minutes 4]

Each line of the file is a `RatedLine` (`npc_runtime.dialogue.feedback.line`): better lines and well-rated ones are
learned, among fresh examples of the generator, so that little else is forgotten. What was gained and lost is printed
at the end.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from npc_runtime.dialogue.feedback.line import read
from npc_runtime.dialogue.generation.prompt import Card, compact
from npc_runtime.engine.models import BUNDLED_PATH
from npc_runtime.errors import Invalid, RuntimeFault
from training import export, lessons
from training.batches import Batch, Encoded, stack
from training.corpus.compose import Composer
from training.dataset import own_words
from training.lessons import Lesson
from training.start import Start
from training.threads import Threads
from training.tokenizer import WORDS, Encoder
from training.train import Trainer

BATCH, WRITERS = 16, 5  # examples in a batch, and how many of them are the writer's
MUON_RATE, ADAM_RATE = 0.006, 0.001  # less than what a model is made with
MEASURED = 160  # examples of the generator that show what is forgotten

Done = Callable[[int], float]
"""From the number of batches behind us to the share of the work that is done; 1 at its end."""


class Examples:
    """Encodes the writer's lessons, and draws examples of the generator to go with them."""

    def __init__(self, encoder: Encoder, context: int, seed: int) -> None:
        self._encoder, self._context, self._rng = encoder, context, random.Random(seed)
        self._composer = Composer(self._rng, "train")

    def encoded(self, card: Card, reply: str) -> Encoded:
        """The tokens of a prompt and its reply. Raises Invalid when they are too long for the model."""
        prompt = self._encoder.prompt(compact(card))
        tokens = np.array([*prompt, *self._encoder.reply(reply)], np.uint16)
        if len(tokens) > self._context:
            raise Invalid(
                f'the card and the reply "{reply[:40]}..." are {len(tokens)} tokens long',
                hint=f"this model reads {self._context}; shorten the reply, the facts or the history",
            )
        return tokens, len(prompt)

    def of(self, some: list[Lesson]) -> list[Encoded]:
        """Lessons, encoded."""
        return [self.encoded(lesson.card, lesson.reply) for lesson in some]

    def drawn(self, composer: Composer, count: int) -> list[Encoded]:
        """Examples of a generator."""
        examples = [composer.sample() for _ in range(count)]
        return [self.encoded(example.card, example.reply) for example in examples]

    def mixed(self, writers: list[Encoded]) -> Iterator[Batch]:
        """Endless batches: the writer's lines, each as often as any other, among fresh examples."""
        waiting: list[Encoded] = []
        while True:
            while len(waiting) < WRITERS:
                waiting += self._rng.sample(writers, len(writers))
            yield stack(waiting[:WRITERS] + self.drawn(self._composer, BATCH - WRITERS))
            del waiting[:WRITERS]


def until(minutes: float) -> Done:
    """Work for some minutes from now."""
    started = time.monotonic()
    return lambda _: (time.monotonic() - started) / (60 * minutes)


def passes(epochs: int, lines: int) -> Done:
    """Work until every one of `lines` has been seen `epochs` times."""
    batches = max(1, math.ceil(epochs * lines / WRITERS))
    return lambda behind: behind / batches


def learn(trainer: Trainer, batches: Iterator[Batch], done: Done, console: Console) -> None:
    """Trains until `done` says 1, and shows how far it is."""
    threads = Threads(torch.get_num_threads())
    columns = TextColumn("Learning"), BarColumn(), TextColumn("{task.percentage:.0f}%  {task.description}")
    with Progress(*columns, TimeRemainingColumn(elapsed_when_finished=True), console=console) as bar:
        task = bar.add_task("", total=1.0)
        behind = 0
        while (share := done(behind)) < 1:
            batch = next(batches)
            started = time.monotonic()
            loss, _ = trainer.step(batch, share)
            threads.ran(batch.reply.numel(), time.monotonic() - started)
            behind += 1
            bar.update(task, completed=share, description=f"loss {loss:.2f}")
        bar.update(task, completed=1.0)


def measured(trainer: Trainer, sets: dict[str, list[Encoded]]) -> dict[str, tuple[float, float]]:
    """The loss of each set of examples, and the share of the replies' tokens that are guessed right."""
    return {
        name: trainer.measure(stack(rows[start : start + BATCH]) for start in range(0, len(rows), BATCH))
        for name, rows in sets.items()
    }


def report(before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]) -> Table:
    """What was gained and lost."""
    table = Table("", "loss before", "after", "tokens guessed before", "after")
    for name, (loss, right) in before.items():
        new_loss, new_right = after[name]
        table.add_row(name, f"{loss:.2f}", f"{new_loss:.2f}", f"{right:.0%}", f"{new_right:.0%}")
    return table


def finetune(args: argparse.Namespace, console: Console) -> None:
    """From the arguments of the command line to the file that they name."""
    chosen, skipped = lessons.choose(read(args.lines))
    for reason, count in skipped.items():
        console.print(f"{count} skipped: {reason}")
    if not chosen:
        raise Invalid(
            f"{args.lines} has no line to learn", hint=f"give better lines, or a rating of {lessons.LIKED} or 5"
        )
    learned, kept = lessons.keep_back(chosen, args.seed)
    console.print(f"{len(learned)} lines to learn, {len(kept)} kept back to measure by")
    start = Start(args.model)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint, vocabulary = Path(folder, "checkpoint.pt"), Path(folder, "tokenizer.json")
        start.write_checkpoint(checkpoint)
        start.write_vocabulary(vocabulary)
        said = (own_words(compact(lesson.card), lesson.reply) for lesson in learned)
        start.write_words(vocabulary.with_name(WORDS), set().union(*said))
        trainer = Trainer(start.shape, Path(folder), muon_rate=MUON_RATE, adam_rate=ADAM_RATE, compile_model=False)
        examples = Examples(Encoder(vocabulary), start.shape.context, args.seed)
        mine = examples.of(learned)
        sets = {"your lines": mine, "your lines, kept back": examples.of(kept)}
        sets["lines of others"] = examples.drawn(Composer(random.Random(args.seed), "eval"), MEASURED)
        sets = {name: rows for name, rows in sets.items() if rows}
        before = measured(trainer, sets)
        done = until(args.minutes) if args.minutes else passes(args.epochs, len(mine))
        learn(trainer, examples.mixed(mine), done, console)
        trainer.save()
        console.print(report(before, measured(trainer, sets)))
        args.out.parent.mkdir(parents=True, exist_ok=True)
        export.save(checkpoint, vocabulary, args.out, args.quantization, name=args.out.stem)
    console.print(f"{args.out}, {args.out.stat().st_size / 2**20:.1f} MB: npc-runtime serve --model {args.out}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Teach a model a writer's own lines.")
    parser.add_argument("lines", type=Path, help="a JSONL file of judged lines")
    parser.add_argument("--model", type=Path, default=BUNDLED_PATH, help="a model of ours to begin with")
    parser.add_argument("--out", type=Path, default=Path("runs/finetuned.gguf"))
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=int, default=6, help="times through the lines")
    length.add_argument("--minutes", type=float, help="so long, however many times that is")
    parser.add_argument("--quantization", choices=("f16", *export.QUANTIZATIONS), default="q4_k_m")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    try:
        finetune(args, Console(highlight=False))
    except RuntimeFault as fault:
        raise SystemExit(str(fault)) from None


if __name__ == "__main__":
    main()
