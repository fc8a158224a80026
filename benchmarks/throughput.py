"""What the machine writes when nobody waits: reflections and whatever else is written beforehand, in large batches.

As many requests as there are slots, all of the class that nobody waits for, each with a prompt of its own; the engine
reads all prompts and then writes for everybody at once. FlexGen's regime, as figures for batches of 16 to 256.

    npc-runtime bench throughput --json
    python -m benchmarks.throughput --shape 8B --sizes 16,64,256
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from benchmarks.about import about
from benchmarks.random_gguf import SHAPES, random_gguf
from npc_runtime.config import DEFAULT, load
from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.request import Ended, EngineEvent, Priority, Request, Sampling

SIZES = (16, 32, 64, 128, 256)
REPLY = 64  # tokens
CONTEXT = 256
BATCH = 512
DAY = "{number} sold wool, quarrelled with the ferryman, heard of the wolf, owed four pennies and slept badly. " * 5


def run(model: str | None = None, sizes: Sequence[int] = SIZES, reply: int = REPLY) -> dict[str, Any]:
    """Tokens a second by batch, written ones and with those of the prompts; and what share of the time is ours."""
    found: dict[str, Any] = {}
    console = Console(stderr=True)
    for size in track(sizes, "batches", console=console, disable=not console.is_terminal, transient=True):
        found[f"batch_{size}"] = _measured(model or DEFAULT, size, reply)
    return {"model": model or DEFAULT, **found, **about()}


def _measured(model: str, size: int, reply: int) -> dict[str, Any]:
    settings = {"model": model, "slots": size, "slot_context": CONTEXT, "max_tokens": reply, "batch": max(BATCH, size)}
    backend = LlamaModel(load(settings, environ={}))
    try:
        engine = Engine(backend)
    except Exception:
        backend.close()
        raise
    engine.start()
    try:
        _write(engine, 1, reply)  # memory is touched, and threads have started
        before, started = engine.stats, time.perf_counter()
        _write(engine, size, reply)
        wall, after = time.perf_counter() - started, engine.stats
    finally:
        engine.close()
    written, read = after.generated - before.generated, after.prefilled - before.prefilled
    inside, outside = after.decode_time - before.decode_time, after.step_time - before.step_time
    return {
        "tokens_per_s": round(written / wall, 1),
        "with_prompts_per_s": round((written + read) / wall, 1),
        "written": written,
        "read": read,
        "steps": after.steps - before.steps,
        "seconds": round(wall, 2),
        "outside_decode_share": round(1 - inside / outside, 4),
    }


def _write(engine: Engine, count: int, reply: int) -> None:
    """As many requests at once, to their ends. Raises the fault of one that fails."""
    left = threading.Semaphore(0)
    faults: list[Exception] = []

    def arrived(events: list[EngineEvent]) -> None:
        for event in events:
            if isinstance(event, Ended):
                faults.extend([event.error] if event.error is not None else [])
                left.release()

    for number in range(count):
        told = Piece(DAY.format(number=f"Number {number}"))
        sampling = Sampling(seed=number)
        engine.submit(Request((Message("user", (told,)),), reply, sampling, priority=Priority.BACKGROUND), arrived)
    for _ in range(count):
        left.acquire()
    for fault in faults:
        raise fault


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--shape", choices=SHAPES, help="random weights of that size, instead of the default model")
    parser.add_argument("--model", help="a GGUF file")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="the batches, as 16,64,256")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="npc-runtime-") as folder:
        model = options.model
        if options.shape:
            model = str(random_gguf(Path(folder) / f"{options.shape}.gguf", SHAPES[options.shape]))
        print(json.dumps(run(model, sizes), indent=2))


if __name__ == "__main__":
    main()
