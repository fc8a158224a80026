"""Trains the adapter for a number of minutes, on a CPU or one CUDA GPU.

    python -m training.adapt --base base.gguf --data runs --minutes 90

A checkpoint is written every few minutes; a run that finds one goes on from there. Only running time counts for the
schedule. The loss is that of the reply alone.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

from training.lora import Network

RATE, WARM_UP = 8e-4, 40  # of AdamW, and steps until it is reached
CHECKPOINT, TOLD = 300.0, 60.0  # seconds
TOKENS = 2000  # in a batch, padding included
HELD = 48  # lessons kept back that are measured now and then
SORTED = 512  # lessons that are sorted by length together

Lesson = tuple[NDArray[np.int64], int]


@dataclass
class Progress:
    """How far a run is."""

    step: int = 0
    seconds: float = 0.0
    tokens: int = 0


def load(path: Path) -> list[Lesson]:
    """Lessons that `training.encode` wrote: tokens, and how many are the prompt's."""
    stored = np.load(path)
    starts = [0, *stored["ends"][:-1]]
    tokens = stored["tokens"].astype(np.int64)
    return [
        (tokens[start:end], int(prompt))
        for start, end, prompt in zip(starts, stored["ends"], stored["prompts"], strict=True)
    ]


def batches(lessons: list[Lesson], rng: np.random.Generator) -> Iterator[list[Lesson]]:
    """For ever, in the order of the file, and of like length together."""
    while True:
        for start in range(0, len(lessons), SORTED):
            block = sorted(lessons[start : start + SORTED], key=lambda lesson: len(lesson[0]))
            grouped: list[list[Lesson]] = [[]]
            for one in block:
                if grouped[-1] and (len(grouped[-1]) + 1) * len(one[0]) > TOKENS:
                    grouped.append([])
                grouped[-1].append(one)
            for place in rng.permutation(len(grouped)):
                yield grouped[place]


def laid_out(batch: list[Lesson], device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Tokens [batch, length], the rows whose next token is the reply's, and these tokens."""
    length = max(len(tokens) for tokens, _ in batch) - 1
    ids, rows, targets = torch.zeros(len(batch), length, dtype=torch.long), [], []
    for place, (tokens, prompt) in enumerate(batch):
        ids[place, : len(tokens) - 1] = torch.from_numpy(tokens[:-1])
        rows.append(torch.arange(prompt - 1, len(tokens) - 1) + place * length)
        targets.append(torch.from_numpy(tokens[prompt:]))
    return ids.to(device), torch.cat(rows).to(device), torch.cat(targets).to(device)


class Trainer:
    """A network, its optimizer and its progress."""

    def __init__(self, base: Path, out: Path, rate: float) -> None:
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.network, self.rate = Network(base, device=self.device), rate
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0.0)
        self.progress, self.path = Progress(), out / "checkpoint.pt"
        if self.path.exists():
            stored = torch.load(self.path, map_location=self.device)
            self.network.load_state_dict(stored["network"])
            self.optimizer.load_state_dict(stored["optimizer"])
            self.progress = Progress(**stored["progress"])

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "progress": vars(self.progress),
        }
        torch.save(state, self.path.with_suffix(".tmp"))
        os.replace(self.path.with_suffix(".tmp"), self.path)

    def step(self, batch: list[Lesson], done: float) -> float:
        """One update at `done` (0 to 1) of the schedule; gives the loss."""
        ids, rows, targets = laid_out(batch, self.device)
        loss = F.cross_entropy(self.network(ids, rows).float(), targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        falling = 0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * min(1.0, (self.progress.step + 1) / WARM_UP) * falling
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.progress.step += 1
        self.progress.tokens += sum(len(tokens) for tokens, _ in batch)
        return float(loss.detach())

    def measure(self, lessons: list[Lesson]) -> float:
        """The loss a token on lessons that it does not learn from."""
        total = count = 0.0
        with torch.no_grad():
            for start in range(0, len(lessons), 8):
                ids, rows, targets = laid_out(lessons[start : start + 8], self.device)
                scores = self.network(ids, rows).float()
                total += float(F.cross_entropy(scores, targets, reduction="sum"))
                count += len(targets)
        return total / count


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Train the adapter of the default model.")
    parser.add_argument("--base", type=Path, required=True, help="the GGUF that is adapted")
    parser.add_argument("--data", type=Path, default=Path("runs"), help="folder of train.npz and held.npz")
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--threads", type=int, default=0, help="of the CPU; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    if args.threads:
        torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(args.base, args.out, args.rate)
    lessons, held = load(args.data / "train.npz"), load(args.data / "held.npz")[:HELD]
    held.sort(key=lambda lesson: len(lesson[0]))
    progress, losses = trainer.progress, list[float]()
    told = saved = progress.seconds
    for batch in batches(lessons, np.random.default_rng(progress.step)):
        if progress.seconds >= args.minutes * 60:
            break
        started = time.monotonic()
        losses.append(trainer.step(batch, progress.seconds / (args.minutes * 60)))
        progress.seconds += time.monotonic() - started
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
            print(f"       held out {trainer.measure(held):.3f}", flush=True)
    trainer.save()
    print(f"done   held out {trainer.measure(held):.3f}", flush=True)


if __name__ == "__main__":
    main()
