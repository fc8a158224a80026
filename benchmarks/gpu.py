"""What a card does with the default model and with a model of the 8B shape, beside what llama.cpp's own tools do.

    python -m benchmarks.gpu --out gpu.json

First one load, which tells by the card's free memory whether layers are on it, before anything that takes longer. Then,
for each model, the runtime's loop (`benchmarks.dialogue`) with one character and with sixteen, and llama-batched-bench
with as many sequences of the same lengths: what the machine can do when nobody decides anything. Then villages of 16
characters and of 64 on our engine, with a stream for each character and with one buffer for all, and on llama-server; a
plan for more memory than the card has; and the tests that run a model. What was measured is in the file at once, and
what fails or takes too long is named there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import dialogue
from benchmarks.random_gguf import SHAPES, random_gguf
from npc_runtime.config import DEFAULT, load
from npc_runtime.engine.backend import Chunk
from npc_runtime.engine.files.default_model import ADAPTER, ensure_default
from npc_runtime.engine.gpu import cards
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.errors import RuntimeFault

SECONDS = 15.0  # for each model
PROMPT, WRITTEN = 300, 24  # tokens of a sheet, and of a reply
MANY = max(dialogue.CROWDS.values())
TOOL = "llama-batched-bench"
PATIENCE = 180.0  # seconds, for each village and for the tests
TERABYTE = 1 << 40
TESTS = ("tests/test_llama.py", "tests/test_parking.py", "tests/test_recurrent.py", "tests/test_adapters.py")
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
        planned = loaded.settled.vram // MIB
        return {"vram_mib": (before - free()) // MIB, "planned_mib": planned, "load_s": round(took, 2)}
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


def village(model: Path, *arguments: str) -> dict[str, Any]:
    """The village of `benchmarks.village`, in a process of its own; `failed` where it came to no end."""
    programs = shutil.which("llama-server")
    asked = ["--model", str(model), "--turns", "1", "--rounds", "2", "--json", *arguments]
    if programs is not None and "--unified" not in arguments:
        asked += ["--programs", str(Path(programs).parent)]
    ran = _ran([sys.executable, "-m", "benchmarks.village", *asked])
    try:
        return dict(json.loads(ran.stdout))
    except ValueError:
        return {"failed": (ran.stderr or ran.stdout)[-600:]}


def survived(model: Path) -> dict[str, Any]:
    """What is loaded after all, where the plan was for a card of a terabyte."""
    asked = load({"model": str(model), "slots": 64, "slot_context": 131072, "kv_type_k": "f16", "kv_type_v": "f16"})
    try:
        loaded = LlamaModel(asked, vram=TERABYTE)
    except RuntimeFault as error:
        return {"failed": str(error)}
    try:
        rows = loaded.decode([Chunk(0, 0, [1, 2, 3], sample=True)])
        return {"reduced": loaded.settled.reduced, "loaded": str(loaded.settled), "computes": len(rows) == 1}
    finally:
        loaded.close()


def tested() -> dict[str, Any]:
    """How the tests end that run a model."""
    ran = _ran([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS])
    return {"passed": ran.returncode == 0, "end": (ran.stdout or ran.stderr)[-600:]}


def _ran(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        return subprocess.CompletedProcess(command, 1, "", f"it took longer than {error.timeout:g} s")


def measured(name: str, model: str, seconds: float) -> dict[str, Any]:
    """The runtime's figures with one model."""
    return {"name": name, **offloaded(model), "runtime": dialogue.run(model, seconds)}


def table(rows: list[dict[str, Any]]) -> Table:
    """One row a model."""
    shown = Table(title=", ".join(card.name for card in cards()) or "no card")
    for head in (
        "model", "on the card MiB", "planned MiB", "load s", "1: first word ms", "1: tokens/s", "16: first word p95 ms",
        "16: tokens/s", "stranger: first word ms", f"{TOOL} 1: tokens/s", f"{MANY}: tokens/s", "prompt tokens/s",
    ):  # fmt: skip
        shown.add_column(head)
    for row in rows:
        ran, one, many = row["runtime"], row.get("limit_1", {}), row.get(f"limit_{MANY}", {})
        cells = (
            row["name"], row["vram_mib"], row["planned_mib"], row["load_s"], 1000 * ran["first_word_p50_s_1"],
            ran["tokens_per_s_1"],
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
    console = Console(width=180)
    found: dict[str, Any] = {"cards": [card.name for card in cards()], "models": []}

    def keep(name: str, value: Any) -> None:
        found[name] = value
        args.out.write_text(json.dumps(found, indent=1))
        console.print(f"{name}: {value}", markup=False)

    def add(row: dict[str, Any]) -> None:
        keep("models", [*found["models"], row])

    keep("one load", offloaded(DEFAULT))
    add(measured("default", DEFAULT, args.seconds) | limit(base, ADAPTER))
    keep("village, default", village(base))
    keep("village, default, one buffer", village(base, "--unified"))
    with tempfile.TemporaryDirectory() as folder:
        for name in args.shapes:
            started = time.monotonic()
            made = random_gguf(Path(folder) / f"{name}.gguf", SHAPES[name], base=base)
            console.print(f"random weights in the shape of {name}: {time.monotonic() - started:.0f} s")
            add(measured(f"{name} shape", str(made), args.seconds) | limit(made))
            for characters in ("16", "64"):
                asked = ("--characters", characters, "--layouts", "streams" if characters == "64" else "both")
                keep(f"village, {name}, {characters}", village(made, *asked))
                keep(f"village, {name}, {characters}, one buffer", village(made, *asked[:2], "--unified"))
            keep(f"more than the card has, {name}", survived(made))
            made.unlink()
    console.print(table(found["models"]))
    keep("tests", tested())


if __name__ == "__main__":
    main()
