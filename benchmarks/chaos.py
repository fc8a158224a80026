"""What a daemon makes of kills, bad disks, clocks that jump and clients that vanish, over three worlds at once.

In every round something goes wrong while the clients of all worlds are at work; then what they were told is compared
with what is found. Nothing that was acknowledged may be missing, nothing that was refused may have happened, what was
never answered may have happened in the order of sending only, and nothing may be held that nobody uses. No disk is
filled and no clock is set: a preloaded library makes the daemon believe so (`benchmarks/havoc/faults.c`).

    npc-runtime bench chaos --rounds 500 --seed 1

`broken` lists the promises that were broken, each with its round; a run with the same seed draws the same rounds, and
only the moments differ.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from benchmarks.about import about
from benchmarks.havoc.faults import Faults
from benchmarks.havoc.lane import Lane
from benchmarks.havoc.rounds import Rounds
from benchmarks.havoc.subject import NO_MODEL, Subject
from npc_runtime.config import DEFAULT
from npc_runtime.errors import RuntimeFault

ROUNDS = 500
SEED = 1
WORLDS = ("market", "harbour", "quarry")
WITH_MODEL = 0.25
"""The share of daemons that have a model; without one they start and speak faster."""
GIVE_UP = 3
"""Rounds in a row that could not be played, after which there is no point in going on."""


def run(rounds: int = ROUNDS, seed: int = SEED, model: str | None = None) -> dict[str, Any]:
    """How often each thing went wrong, what was broken by it, and the worst that was measured on the way."""
    with tempfile.TemporaryDirectory(prefix="npc-runtime-", ignore_cleanup_errors=True) as folder:
        (workshop := Path(folder, "workshop")).mkdir()
        data_dir = Path(folder, "data")
        faults = Faults(data_dir, workshop)
        try:
            return asyncio.run(_Run(Subject(data_dir, faults), seed, model or DEFAULT).play(rounds))
        finally:
            faults.close()


class _Run:
    """Plays rounds and keeps count."""

    def __init__(self, subject: Subject, seed: int, model: str) -> None:
        self._subject, self._seed, self._model = subject, seed, model
        self._lanes = [Lane(subject, name) for name in WORLDS]
        self._rounds = Rounds(subject, self._lanes, self._draw_model)
        self._broken: list[dict[str, Any]] = []
        self._unplayed = 0  # rounds in a row
        self._console = Console(stderr=True)

    async def play(self, rounds: int) -> dict[str, Any]:
        began = time.monotonic()
        described = about()
        played = 0
        try:
            await self._rounds.begin(self._chance(0))
            with Progress(console=self._console, disable=not sys.stderr.isatty()) as progress:
                for number in progress.track(range(1, rounds + 1), description="rounds"):
                    await self._round(number)
                    played = number
                    if self._unplayed == GIVE_UP:
                        break
            self._complain(played, "the end", await self._rounds.end())
        finally:
            await self._subject.abandon()
        return {
            "rounds": played,
            "seed": self._seed,
            "broken": self._broken,
            "faults": dict(sorted(self._rounds.counts.items())),
            "left_out": self._rounds.left_out,
            "deeds": dict(sorted(sum((lane.counts for lane in self._lanes), Counter()).items())),
            "calls_denied": self._subject.faults.denied,
            "starts": self._subject.starts,
            "slowest_start_s": round(self._subject.slowest_start, 2),
            "worst_ping_ms": round(self._subject.pinger.worst * 1000, 1),
            "growth_mb": round(self._subject.largest_growth / 2**20, 1),
            "seconds": round(time.monotonic() - began, 1),
            **described,
        }

    async def _round(self, number: int) -> None:
        kind = self._kind(number)
        chance = self._chance(number)
        try:
            self._complain(number, kind, await self._rounds.play(kind, chance))
            self._unplayed = 0
        except RuntimeFault as error:
            self._unplayed += 1
            self._complain(number, kind, [f"the round could not be played to its end: {error}"])
            self._complain(number, kind, await self._rounds.begin_again(chance))

    def _kind(self, number: int) -> str:
        """Every kind comes up once before any comes up again."""
        kinds = list(self._rounds.kinds)
        turn, place = divmod(number - 1, len(kinds))
        random.Random(f"{self._seed} turn {turn}").shuffle(kinds)
        return kinds[place]

    def _chance(self, number: int) -> random.Random:
        return random.Random(f"{self._seed} round {number}")

    def _draw_model(self, chance: random.Random) -> str:
        return self._model if chance.random() < WITH_MODEL else NO_MODEL

    def _complain(self, number: int, kind: str, complaints: list[str]) -> None:
        for wrong in complaints:
            self._broken.append({"round": number, "fault": kind, "wrong": wrong})
            self._console.print(f"seed {self._seed}, round {number}, {kind}: {wrong}", style="red", highlight=False)
