"""What it costs to speak again: a character whose slot somebody else had, resumed from RAM or a file, or computed anew.

One engine's model, used by hand: a prompt is computed, parked, resumed and its next token computed, round by round.
Then many characters speak in turn over few slots, through the engine: the prompt tokens that it computed, over those
that had to be computed once.

    python -m benchmarks.residency --shape 1.5B --json
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.about import about
from benchmarks.output import show
from benchmarks.random_gguf import SHAPES, TINY, random_gguf
from benchmarks.writing import written
from npc_runtime.config import load
from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.engine.backend import Chunk
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.request import Request, Sampling
from npc_runtime.engine.scheduling.parking import Parking

PROMPT = 800  # tokens
ROUNDS = 3
CHARACTERS = 64
SLOTS = 8
TURNS = 3
LORE = "The village lies where two rivers meet, and its people trade in wool, iron and grain. " * 6
PERSONA = "Number {number} of the village has a house, a trade, a debt and an opinion about the bridge. " * 5


def run(shape: str = "1.5B") -> dict[str, Any]:
    """Seconds are medians over the rounds; ratios are over computing the prompt anew."""
    with tempfile.TemporaryDirectory(prefix="npc-runtime-") as folder:
        path = random_gguf(Path(folder) / "model.gguf", SHAPES[shape])
        model = LlamaModel(load({"model": str(path), "slots": 2, "slot_context": 1024}, environ={}))
        try:
            resumed = _resumed(model, Path(folder) / "parked")
        finally:
            model.close()
        small = random_gguf(Path(folder) / "small.gguf", TINY)
        rotated = _rotated(small, Path(folder) / "rotation")
    return {"shape": shape, "prompt_tokens": PROMPT, "rounds": ROUNDS, **resumed, **rotated, **about()}


def _resumed(model: LlamaModel, folder: Path) -> dict[str, Any]:
    tokens = [(7 * number) % 40_000 + 100 for number in range(PROMPT)]

    def timed(work: Callable[..., object], *arguments: object) -> float:
        started = time.perf_counter()
        work(*arguments)
        return time.perf_counter() - started

    def compute(start: int) -> None:
        for at in range(start, PROMPT, model.batch_limit):
            part = tokens[at : at + model.batch_limit]
            model.decode([Chunk(0, at, part, sample=at + len(part) == PROMPT)])

    def park(parking: Parking) -> None:
        parking.park("a", tokens, model.save(0))

    def resume(parking: Parking) -> None:
        entry, length = parking.best(tokens, PROMPT - 1)
        assert entry is not None
        state = parking.state(entry)
        assert state is not None
        assert model.restore(0, state)
        model.trim(0, length)
        compute(length)

    compute(0)  # memory is touched, and threads have started
    times: dict[str, list[float]] = {"computed": [], "parked": [], "ram": [], "disk": []}
    size = 0
    for _ in range(ROUNDS):
        model.trim(0, 0)
        times["computed"].append(timed(compute, 0))
        in_ram, on_disk = Parking(1 << 30), Parking(1 << 30, 1 << 30, folder)
        times["parked"].append(timed(park, in_ram))
        park(on_disk)
        on_disk.park("b", [1], bytes((1 << 30) - 1))  # the first has to go into a file
        size = in_ram.stats.ram.bytes
        times["ram"].append(timed(resume, in_ram))
        times["disk"].append(timed(resume, on_disk))
        assert on_disk.stats.disk.resumed == 1
        on_disk.close()
    medians = {name: statistics.median(found) for name, found in times.items()}
    return {
        **{f"{name}_seconds": round(found, 4) for name, found in medians.items()},
        "parked_mib": round(size / (1 << 20), 1),
        "unpark_ram_ratio": round(medians["ram"] / medians["computed"], 4),
        "unpark_disk_ratio": round(medians["disk"] / medians["computed"], 4),
    }


def _rotated(path: Path, folder: Path) -> dict[str, Any]:
    """Many characters over few slots, each with a prompt that grows by what was said."""
    model = LlamaModel(load({"model": str(path), "slots": SLOTS, "slot_context": 1024}, environ={}))
    engine = Engine(model, Parking(64 << 20, 1 << 30, folder))
    engine.start()
    unique = 0
    try:
        said = dict.fromkeys(range(CHARACTERS), "")
        for turn in range(TURNS):
            for number in range(CHARACTERS):
                said[number] += f"\nThe player asks number {number} for the {turn}th time what is new."
                persona = Piece(PERSONA.format(number=number) + said[number])
                message = Message("user", (Piece(LORE, shared=True), persona))
                written(engine, Request((message,), 4, Sampling(temperature=0, seed=1), owner=f"village/npc:{number}"))
        lore = len(model.tokenize(LORE, special=False))
        for number in range(CHARACTERS):
            unique += len(model.tokenize(PERSONA.format(number=number) + said[number], special=False))
        stats = engine.stats
    finally:
        engine.close()
    return {
        "rotation": f"{CHARACTERS} characters, {SLOTS} slots, {TURNS} turns",
        "rotation_prefilled": stats.prefilled,
        "rotation_unique": unique + lore,
        "rotation_prefill_ratio": round(stats.prefilled / (unique + lore), 3),
    }


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shape", choices=SHAPES, default="1.5B")
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    options = parser.parse_args()
    found = run(options.shape)
    show(found, as_json=options.json)


if __name__ == "__main__":
    main()
