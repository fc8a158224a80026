"""Trains the model for a given number of minutes, on one CUDA GPU or on a CPU.

    python -m training.train --data runs/corpus --out runs/model --minutes 70

Checkpoints go to `checkpoint.pt` in `--out`; a run that finds one goes on from there, and may be given a longer or a
shorter schedule. Only running time counts: a stopped process resumes its schedule where it was.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

import torch
import torch._inductor.config
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from training.batches import Batch, Corpus
from training.model import Model, Shape
from training.muon import Muon
from training.threads import Threads

PROMPT_SHARE, PROMPT_WEIGHT = 0.15, 0.5
"""The prompt is learned too, from a share of its tokens and lightly: it teaches to copy."""
WARM_UP, FLAT = 0.01, 0.2  # shares of the schedule
LONGEST_STEP = 4.0  # in usual steps; what is longer was a pause


def learning_rate(done: float) -> float:
    """The factor at `done` (0 to 1) of the schedule: warm-up, flat, cosine to nearly zero."""
    falling = max(0.0, (done - FLAT) / (1 - FLAT))
    return min(1.0, 0.02 + done / WARM_UP) * (0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * falling)))


@dataclass
class Progress:
    """How far a run is."""

    step: int = 0
    seconds: float = 0.0  # of running time
    tokens: int = 0


class Trainer:
    """A model, its two optimizers and its progress."""

    def __init__(self, shape: Shape, out: Path, *, muon_rate: float, adam_rate: float, compile_model: bool) -> None:
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        # Without AVX-512 a CPU has no fast bfloat16, so there float32 it is.
        compute = torch.bfloat16 if self.device == "cuda" else torch.float32
        self.path = out / "checkpoint.pt"
        self.model = Model(shape, compute).to(self.device)
        matrices = [p for name, p in self.model.named_parameters() if p.ndim == 2 and not name.startswith("embedding")]
        others = [p for name, p in self.model.named_parameters() if p.ndim != 2 or name.startswith("embedding")]
        self.optimizers: list[torch.optim.Optimizer] = [
            Muon(matrices, lr=muon_rate),
            torch.optim.AdamW(others, lr=adam_rate, betas=(0.9, 0.95), weight_decay=0.0),
        ]
        self.rates = (muon_rate, adam_rate)
        self.progress = Progress()
        if self.path.exists():
            self._load()
        torch._inductor.config.cpp.dynamic_threads = True
        self.states = torch.compile(self.model, dynamic=True) if compile_model else self.model

    def _load(self) -> None:
        stored = torch.load(self.path, map_location=self.device)
        self.model.load_state_dict(stored["model"])
        # A starting point made by `training.start` has weights alone.
        for optimizer, state in zip(self.optimizers, stored.get("optimizers", ()), strict=False):
            optimizer.load_state_dict(state)
        self.progress = Progress(**stored.get("progress", {}))

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        state = {
            "model": self.model.state_dict(),
            "shape": self.model.shape.as_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "progress": vars(self.progress),
        }
        torch.save(state, self.path.with_suffix(".tmp"))
        os.replace(self.path.with_suffix(".tmp"), self.path)

    def losses(self, batch: Batch, *, training: bool) -> tuple[Tensor, float, float]:
        """The loss to minimize, the loss on the replies alone, and the share of reply tokens guessed right."""
        tokens = batch.tokens.to(self.device)
        reply = batch.reply.to(self.device).flatten()
        chosen = reply
        if training:
            lots = torch.rand(reply.shape, device=self.device) < PROMPT_SHARE
            chosen = reply | (batch.prompt.to(self.device).flatten() & lots)
        where = chosen.nonzero().squeeze(1)
        network = self.states if training else self.model
        states = network(tokens[:, :-1]).flatten(0, 1)[where]
        scores, targets = self.model.logits(states), tokens[:, 1:].flatten()[where]
        losses = F.cross_entropy(scores, targets, reduction="none")
        of_reply = reply[where]
        weights = torch.where(of_reply, 1.0, PROMPT_WEIGHT)
        right = (scores.argmax(-1) == targets)[of_reply].float().mean().item()
        return (losses * weights).sum() / of_reply.sum(), losses[of_reply].mean().item(), right

    def step(self, batch: Batch, done: float) -> tuple[float, float]:
        """One update at `done` of the schedule; returns the loss on the replies and the share guessed right."""
        loss, reply_loss, right = self.losses(batch, training=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer, rate in zip(self.optimizers, self.rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = rate * learning_rate(done)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        return reply_loss, right

    def measure(self, batches: Iterable[Batch]) -> tuple[float, float]:
        """The loss on the replies of `batches`, and the share of their tokens guessed right."""
        with torch.no_grad():
            losses, rights = zip(*(self.losses(batch, training=False)[1:] for batch in batches), strict=True)
        return mean(losses), mean(rights)

    def validate(self, corpus: Corpus, size: int) -> str:
        """How well it does on the examples kept back, as text."""
        loss, right = self.measure(corpus.validation(size))
        return f"validation loss {loss:.4f}, right {right:.4f}"


def run(trainer: Trainer, corpus: Corpus, *, minutes: float, size: int, seed: int, threads: Threads) -> None:
    """Trains until `minutes` of running time are spent."""
    progress, limit = trainer.progress, minutes * 60
    recent: deque[float] = deque(maxlen=30)
    figures: list[tuple[float, float]] = []
    told, saved = progress.seconds, progress.seconds
    for batch in corpus.batches(seed, size, skip=progress.step):
        if progress.seconds >= limit:
            break
        started = time.monotonic()
        figures.append(trainer.step(batch, progress.seconds / limit))
        spent = time.monotonic() - started
        threads.ran(batch.reply.numel(), spent)
        if len(recent) > 5:
            spent = min(spent, LONGEST_STEP * median(recent))
        recent.append(spent)
        progress.step += 1
        progress.seconds += spent
        progress.tokens += int(batch.reply.sum() + batch.prompt.sum())
        if progress.seconds - told > 30:
            told = progress.seconds
            loss, right = (mean(column) for column in zip(*figures, strict=True))
            figures = []
            print(
                f"{told / 60:5.1f} min  step {progress.step}  {progress.tokens / 1e6:.2f}M tokens, "
                f"{progress.tokens / told:.0f}/s on {threads.current}  loss {loss:.4f}  right {right:.4f}",
                flush=True,
            )
        if progress.seconds - saved > 240:
            saved = progress.seconds
            trainer.save()
            print("       " + trainer.validate(corpus, size), flush=True)
    trainer.save()
    print("done   " + trainer.validate(corpus, size), flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Train the bundled model.")
    parser.add_argument("--data", type=Path, default=Path("runs/corpus"))
    parser.add_argument("--out", type=Path, default=Path("runs/model"))
    parser.add_argument("--minutes", type=float, default=70)
    parser.add_argument("--batch", type=int, default=6144, help="tokens in a batch")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--feed-forward", type=int, default=512)
    parser.add_argument("--muon-rate", type=float, default=0.015)
    parser.add_argument("--adam-rate", type=float, default=0.002)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--eager", action="store_true", help="do not compile")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    shape = Shape(width=args.width, layers=args.layers, heads=args.width // 64, feed_forward=args.feed_forward)
    if (checkpoint := args.out / "checkpoint.pt").exists():
        shape = Shape(**torch.load(checkpoint, map_location="cpu", mmap=True)["shape"])
    trainer = Trainer(shape, args.out, muon_rate=args.muon_rate, adam_rate=args.adam_rate, compile_model=not args.eager)
    print(f"{sum(p.numel() for p in trainer.model.parameters()) / 1e6:.2f}M parameters on {trainer.device}", flush=True)
    corpus = Corpus(args.data / "corpus.npz")
    run(trainer, corpus, minutes=args.minutes, size=args.batch, seed=args.seed, threads=Threads(args.threads))


if __name__ == "__main__":
    main()
