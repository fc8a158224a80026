"""What a card does with the default model and with a model of the 8B shape, beside what llama.cpp's own tools do.

    python -m benchmarks.gpu --out gpu.json

First one load, which tells by the card's free memory whether layers are on it, before anything that takes longer. Then,
for each model, the runtime's loop (`benchmarks.dialogue`) with one character and with sixteen, and llama-batched-bench
with as many sequences of the same lengths: what the machine can do when nobody decides anything.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import dialogue
from benchmarks.random_gguf import SHAPES, random_gguf
from npc_runtime.config import DEFAULT, load
from npc_runtime.engine.files.default_model import ADAPTER, ensure_default
from npc_runtime.engine.gpu import cards
from npc_runtime.engine.llama.model import LlamaModel

SECONDS = 15.0  # for each model
PROMPT, WRITTEN = 300, 24  # tokens of a sheet, and of a reply
MANY = max(dialogue.CROWDS.values())
TOOL = "llama-batched-bench"
MIB = 1 << 20


def free() -> int:
    """Bytes of the first card that nobody uses; 0 where there is none."""
    return next((card.free for card in cards()), 0)


def offloaded(model: str) -> dict[str, Any]:
    """What loading a model took of the card, and how long it took."""
    before, started = free(), time.monotonic()
    loaded = LlamaModel(load({"model": model, "slots": MANY}))
    took = time.monotonic() - started
    try:
        return {"vram_mib": (before - free()) // MIB, "load_s": round(took, 2)}
    finally:
        loaded.close()


def limit(model: Path, adapter: Path | None = None) -> dict[str, Any]:
    """What llama.cpp's own tool does with prompts and replies of the same lengths; empty where it is not there."""
    if shutil.which(TOOL) is None:
        return {}
    sizes = f"-npp {PROMPT} -ntg {WRITTEN} -npl 1,{MANY} -c {MANY * (PROMPT + WRITTEN + 64)}".split()
    added = [] if adapter is None else ["--lora", str(adapter)]
    ran = subprocess.run(
        [TOOL, "-m", str(model), "-ngl", "99", "-fa", "on", "--output-format", "jsonl", *sizes, *added],
        capture_output=True,
        text=True,
        timeout=180,
    )
    rows = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    if not rows:
        return {"limit_failed": (ran.stderr or ran.stdout)[-400:]}
    return {f"limit_{row['pl']}": {"prompt_per_s": row["speed_pp"], "tokens_per_s": row["speed_tg"]} for row in rows}


def measured(name: str, model: str, seconds: float) -> dict[str, Any]:
    """The runtime's figures with one model."""
    return {"name": name, **offloaded(model), "runtime": dialogue.run(model, seconds)}


def table(rows: list[dict[str, Any]]) -> Table:
    """One row a model."""
    shown = Table(title=", ".join(card.name for card in cards()) or "no card")
    for head in (
        "model", "on the card MiB", "load s", "1: first word ms", "1: tokens/s", "16: first word p95 ms",
        "16: tokens/s", "stranger: first word ms", f"{TOOL} 1: tokens/s", f"{MANY}: tokens/s", "prompt tokens/s",
    ):  # fmt: skip
        shown.add_column(head)
    for row in rows:
        ran, one, many = row["runtime"], row.get("limit_1", {}), row.get(f"limit_{MANY}", {})
        cells = (
            row["name"], row["vram_mib"], row["load_s"], 1000 * ran["first_word_p50_s_1"], ran["tokens_per_s_1"],
            1000 * ran["first_word_p95_s_16"], ran["tokens_per_s_16"], 1000 * ran["first_word_p50_s_stranger"],
            one.get("tokens_per_s", ""), many.get("tokens_per_s", ""), many.get("prompt_per_s", ""),
        )  # fmt: skip
        shown.add_row(*(f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in cells))
    return shown


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Measure a card.")
    parser.add_argument("--out", type=Path, default=Path("gpu.json"))
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each model")
    parser.add_argument("--shapes", nargs="*", default=["8B"], choices=list(SHAPES), help="with random weights")
    args = parser.parse_args()
    base = ensure_default(load({}).cache_dir)
    console, models = Console(width=180), list[dict[str, Any]]()

    def add(row: dict[str, Any]) -> None:
        models.append(row)
        args.out.write_text(json.dumps({"cards": [card.name for card in cards()], "models": models}, indent=1))

    console.print(f"one load: {offloaded(DEFAULT)}")
    add(measured("default", DEFAULT, args.seconds) | limit(base, ADAPTER))
    with tempfile.TemporaryDirectory() as folder:
        for name in args.shapes:
            started = time.monotonic()
            made = random_gguf(Path(folder) / f"{name}.gguf", SHAPES[name], base=base)
            console.print(f"random weights in the shape of {name}: {time.monotonic() - started:.0f} s")
            add(measured(f"{name} shape", str(made), args.seconds) | limit(made))
            made.unlink()
    console.print(table(models))


if __name__ == "__main__":
    main()
