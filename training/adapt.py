"""Trains the adapter for a number of minutes, on a CPU or one CUDA GPU.

    python -m training.adapt --minutes 90

A checkpoint is written every few minutes; a run that finds one goes on from there, and a new one begins with the one
that is named, or with none. Only running time counts for the schedule. The loss is that of the reply alone, and its
decision weighs more.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.base import base
from training.export_adapter import PREFIX, shipped
from training.lora import FIRST, RANK, Network

RATE, WARM_UP = 8e-4, 40  # of AdamW, and steps until it is reached
TOLD = 60.0  # seconds
LONGEST = 800  # tokens in a row
DECIDES = 4.0  # weight of a decision's tokens, which all that follows depends on
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
TOKENS = 24000 if DEVICE == "cuda" else 1600  # in a batch, padding included: a card waits for Python otherwise
SORTED = 2048 if DEVICE == "cuda" else 256  # rows that are sorted by length together
WORKERS = 4 if DEVICE == "cuda" else 0  # that lay out batches
HELD = 400 if DEVICE == "cuda" else 40  # rows kept back that are measured now and then
AT_ONCE = TOKENS // 400  # of these
CHECKPOINT = 40.0 if DEVICE == "cuda" else 300.0  # seconds


@dataclass(frozen=True)
class Lesson:
    """The tokens of a prompt and its reply, and how many of them are the prompt's, and after it the decision's."""

    tokens: NDArray[np.int64]
    prompt: int
    decision: int


@dataclass(frozen=True)
class Row:
    """Lessons that begin with the same `stem` tokens, which are read once."""

    lessons: Sequence[Lesson]
    stem: int

    @property
    def length(self) -> int:
        """Tokens, less the last of every reply, which nothing follows."""
        return self.stem + sum(len(one.tokens) - 1 - self.stem for one in self.lessons)


@dataclass(frozen=True)
class Batch:
    """What the network reads [rows, length], and which tokens it is to guess where, each with its weight."""

    tokens: Tensor
    places: Tensor
    branches: Tensor
    rows: Tensor
    targets: Tensor
    weights: Tensor
    read: int  # tokens, without padding

    def on(self, device: str) -> Batch:
        """The same there."""
        return replace(self, **{key: part.to(device) for key, part in vars(self).items() if key != "read"})


@dataclass
class Progress:
    """How far a run is."""

    step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    best: float = math.inf


def load(path: Path) -> list[Row]:
    """What `training.encode` wrote, in rows of lessons of one card."""
    stored = np.load(path)
    starts = [0, *stored["ends"][:-1]]
    tokens = stored["tokens"].astype(np.int64)
    cards: dict[int, list[Lesson]] = {}
    each = zip(starts, stored["ends"], stored["prompts"], stored["decisions"], stored["cards"], strict=True)
    for start, end, prompt, decision, card in each:
        cards.setdefault(int(card), []).append(Lesson(tokens[start:end], int(prompt), int(decision)))
    return [row for lessons in cards.values() for row in rows(lessons)]


def rows(lessons: Sequence[Lesson]) -> Iterator[Row]:
    """Lessons of one card in rows of at most LONGEST tokens."""
    shortest = min(one.prompt for one in lessons)
    prompts = np.stack([one.tokens[:shortest] for one in lessons])
    alike = (prompts == prompts[0]).all(0)
    # The last token of a prompt is each lesson's own: the first of the reply is guessed there.
    stem = min(shortest - 1, int(np.argmin([*alike, False])))
    kept: list[Lesson] = []
    for one in lessons:
        if kept and Row([*kept, one], stem).length > LONGEST:
            yield Row(kept, stem)
            kept = []
        kept.append(one)
    yield Row(kept, stem)


def batches(found: list[Row], rng: np.random.Generator) -> Iterator[list[Row]]:
    """For ever, in the order of the file, and of like length together."""
    while True:
        for start in range(0, len(found), SORTED):
            block = sorted(found[start : start + SORTED], key=lambda row: row.length)
            grouped: list[list[Row]] = [[]]
            for one in block:
                if grouped[-1] and (len(grouped[-1]) + 1) * one.length > TOKENS:
                    grouped.append([])
                grouped[-1].append(one)
            for place in rng.permutation(len(grouped)):
                yield grouped[place]


def laid_out(found: Sequence[Row]) -> Batch:
    """Rows side by side."""
    length, read = max(row.length for row in found), sum(row.length for row in found)
    tokens, places, branches = (torch.zeros(len(found), length, dtype=torch.long) for _ in range(3))
    guessed, targets, weights = [], [], []
    for number, row in enumerate(found):
        stem = row.stem
        tokens[number, :stem] = torch.from_numpy(row.lessons[0].tokens[:stem])
        places[number, :stem] = torch.arange(stem)
        start = stem
        for branch, one in enumerate(row.lessons, 1):
            own = torch.from_numpy(one.tokens[stem:-1])
            end = start + len(own)
            tokens[number, start:end], branches[number, start:end] = own, branch
            places[number, start:end] = torch.arange(stem, stem + len(own))
            first = one.prompt - 1  # the token after which the reply begins
            replied = torch.arange(first, len(one.tokens) - 1) - stem + start
            guessed.append(replied + number * length)
            targets.append(torch.from_numpy(one.tokens[one.prompt :]))
            weights.append(torch.where(torch.arange(len(replied)) < one.decision, DECIDES, 1.0))
            start = end
    return Batch(tokens, places, branches, torch.cat(guessed), torch.cat(targets), torch.cat(weights), read)


class Ahead(IterableDataset):  # type: ignore[misc]
    """Batches, laid out by processes of their own where there is a card, which would wait for them."""

    def __init__(self, found: list[Row], seed: int) -> None:
        super().__init__()
        self._found, self._seed = found, seed

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        number, of = (0, 1) if worker is None else (worker.id, worker.num_workers)
        for some in batches(self._found[number::of], np.random.default_rng((self._seed, number))):
            yield laid_out(some)


class Trainer:
    """A network, its optimizer and its progress."""

    def __init__(self, network: Network, out: Path, rate: float, start: Path | None = None) -> None:
        self.network, self.rate = network, rate
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0.0)
        self.progress, self.path = Progress(), out / "checkpoint.pt"
        if self.path.exists():
            stored = torch.load(self.path, map_location=DEVICE)
            self.network.load_state_dict(stored["network"])
            self.optimizer.load_state_dict(stored["optimizer"])
            self.progress = Progress(**stored["progress"])
        elif start is not None:
            self.network.load_state_dict(self._weights(start))

    def _weights(self, start: Path) -> dict[str, Tensor]:
        """Those of a checkpoint, or of an adapter as it ships."""
        if start.suffix != ".gguf":
            stored: dict[str, Tensor] = torch.load(start, map_location=DEVICE)["network"]
            return stored
        return {f"{PREFIX}{key}": torch.from_numpy(value).to(DEVICE) for key, value in shipped(start).items()}

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "progress": vars(self.progress),
        }
        torch.save(state, self.path.with_suffix(".tmp"))
        os.replace(self.path.with_suffix(".tmp"), self.path)

    def _losses(self, batch: Batch) -> Tensor:
        scores = self.network(batch.tokens, batch.places, batch.branches, batch.rows)
        return F.cross_entropy(scores.float(), batch.targets, reduction="none")

    def step(self, batch: Batch, done: float) -> float:
        """One update at `done` (0 to 1) of the schedule; gives the loss."""
        batch = batch.on(DEVICE)
        loss = (self._losses(batch) * batch.weights).sum() / batch.weights.sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        falling = 0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * min(1.0, (self.progress.step + 1) / WARM_UP) * falling
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.progress.step += 1
        self.progress.tokens += batch.read
        return float(loss.detach())

    def measure(self, held: Sequence[Row]) -> str:
        """The loss a token of decisions and of words, on lessons that it does not learn from.

        Where no decisions were better yet, the weights are kept as `best.pt`.
        """
        parts: tuple[list[Tensor], list[Tensor]] = ([], [])
        self.network.eval()
        with torch.no_grad():
            for start in range(0, len(held), AT_ONCE):
                batch = laid_out(held[start : start + AT_ONCE]).on(DEVICE)
                losses, decides = self._losses(batch), batch.weights == DECIDES
                parts[0].append(losses[decides])
                parts[1].append(losses[~decides])
        self.network.train()
        decisions, words = (float(torch.cat(part).mean()) for part in parts)
        if decisions < self.progress.best:
            self.progress.best = decisions
            torch.save({"network": self.network.state_dict()}, self.path.with_name("best.pt"))
        return f"       held out: decisions {decisions:.3f}, words {words:.3f}"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Train the adapter of the default model.")
    parser.add_argument("--base", type=Path, default=None, help="the GGUF that is adapted; the default model's")
    parser.add_argument("--data", type=Path, default=Path("runs"), help="folder of train.npz and held.npz")
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--threads", type=int, default=0, help="of the CPU; 0: all")
    parser.add_argument("--start", type=Path, default=None, help="a checkpoint or an adapter to begin a new run with")
    parser.add_argument("--rank", type=int, default=RANK, help="of the adapter's matrices")
    parser.add_argument("--first", type=int, default=FIRST, help="the lowest layer that is adapted")
    parser.add_argument("--dropout", type=float, default=0.0, help="of what the adapter reads")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    if args.threads:
        torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    network = Network(base(args.base), rank=args.rank, first=args.first, dropout=args.dropout, device=DEVICE)
    trainer = Trainer(network, args.out, args.rate, args.start)
    found, held = load(args.data / "train.npz"), load(args.data / "held.npz")[:HELD]
    held.sort(key=lambda row: row.length)
    progress, losses = trainer.progress, list[float]()
    told = saved = progress.seconds
    ahead = DataLoader(Ahead(found, progress.step), batch_size=None, num_workers=WORKERS)
    started = time.monotonic()
    for some in ahead:
        if progress.seconds >= args.minutes * 60:
            break
        losses.append(trainer.step(some, progress.seconds / (args.minutes * 60)))
        progress.seconds += time.monotonic() - started
        started = time.monotonic()
        if progress.seconds - told > TOLD:
            told = progress.seconds
            print(
                f"{told / 60:5.1f} min  step {progress.step}  {progress.tokens:,} tokens, "
                f"{progress.tokens / told:.0f}/s  loss {mean(losses):.3f}",
                flush=True,
            )
            losses.clear()
        if progress.seconds - saved > CHECKPOINT:
            saved = progress.seconds
            trainer.save()
            print(trainer.measure(held), flush=True)
            started = time.monotonic()  # what was measured and saved is no training
    trainer.save()
    print(trainer.measure(held), flush=True)


if __name__ == "__main__":
    main()
