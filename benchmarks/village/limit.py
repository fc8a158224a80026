"""What the machine can do at best: llama.cpp's own tools compute as many tokens, one kind after the other."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROMPT = 512  # tokens of a prefill


@dataclass(frozen=True)
class Depth:
    """How many tokens stand before one, on average: before those that are read, and before those that are written."""

    reading: int
    writing: int


@dataclass(frozen=True)
class Limit:
    """Tokens a second: of a prefill by itself, and of so many sequences written at once."""

    prefill: float
    writing: float

    def seconds(self, prefilled: int, written: int) -> float:
        """How long these tokens take at least."""
        return prefilled / self.prefill + written / self.writing

    def better(self, other: Limit) -> Limit:
        """The best of both."""
        return Limit(max(self.prefill, other.prefill), max(self.writing, other.writing))


def limit(programs: Path, model: Path, *, sequences: int, depth: Depth, written: int, threads: int) -> Limit:
    """Asks llama-bench and llama-batched-bench, at the depths that the tokens of the trace have."""
    common = ["--model", str(model), "--threads", str(threads), "--n-gpu-layers", "99"]
    before = max(0, depth.reading - PROMPT // 2)
    reading = ["-p", str(PROMPT), "-n", "0", "-d", str(before), "-r", "3", "-o", "json"]
    (prefill,) = _answer([programs / "llama-bench", *common, *reading])
    room = sequences * (depth.writing + written + 8)
    (writing,) = _answer(
        [
            programs / "llama-batched-bench", *common, "--threads-batch", str(threads), "--ctx-size", str(room),
            "-npp", str(depth.writing), "-ntg", str(written), "-npl", str(sequences), "--output-format", "jsonl",
        ]
    )  # fmt: skip
    return Limit(prefill["avg_ts"], writing["speed_tg"])


def _answer(command: list[Any]) -> list[dict[str, Any]]:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stderr[-2000:]}")
    start = done.stdout.find("[")
    if done.stdout.lstrip().startswith("["):
        return list(json.loads(done.stdout[start:]))
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
