"""How well the planner predicts memory: beside what llama.cpp allocates, and what the process grows by.

    npc-runtime bench planner --json

Models of random weights in the shapes of 0.5B and 1.5B are planned for on the CPU, loaded with these settings, and read
a batch. Known models up to 70B are asked for with `no_alloc`, so that llama.cpp says sizes and takes none: as planned,
and with the attention and the batch that they would have on a card.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.allocated import allocated
from benchmarks.hollow_gguf import hollow_gguf
from benchmarks.random_gguf import SHAPES, random_gguf
from npc_runtime.config import KVType
from npc_runtime.engine.placement.inventory import inventory
from npc_runtime.engine.placement.known import known_shape
from npc_runtime.engine.placement.memory import compute_bytes, footprint
from npc_runtime.engine.placement.policy import GIB, MIB, Machine, Policy, Wish
from npc_runtime.engine.placement.search import BATCHES, best
from npc_runtime.engine.placement.shape import Shape, shape
from npc_runtime.engine.placement.speed import Constants

LOADED = ("0.5B", "1.5B")
HOLLOW = ("0.5b-q4_k_m", "1.5b-q4_k_m", "3b-q4_k_m", "8b-q4_k_m", "70b-q4_k_m")
KINDS: tuple[KVType, ...] = ("f16", "q8_0")
MACHINE = Machine(0, 1000 * GIB, 1)  # room for all, so that what was wished for is what is planned
WISHES = (Wish(16, 16, 1024, 72), Wish(6, 6, 4096, 200))
WITHOUT = ("process", "embedding", "weights", "repacked weights")  # what a hollow model has none of


def predicted(of: Shape, policy: Policy, wish: Wish) -> dict[str, float]:
    """MiB by the parts that llama.cpp names."""
    took = dict(footprint(of, policy, wish, MACHINE).ram)
    for ours in ("process", "parked characters"):
        took.pop(ours, None)
    took["weights"] = took.pop("embedding") + took.pop("weights")
    return {part: size / MIB for part, size in took.items()}


def _planned(of: Shape, wish: Wish) -> Policy:
    plan = best(of, MACHINE, wish, Constants())
    assert plan is not None
    return plan.policy


def _loaded(folder: Path) -> Iterator[dict[str, Any]]:
    for name in LOADED:
        file = random_gguf(folder / f"{name}.gguf", SHAPES[name], context=8192)
        of = shape(inventory(file), f"{name} Q4_0, loaded")
        for wish, kind in zip(WISHES, KINDS, strict=True):
            policy = replace(_planned(of, wish), kv_type_k=kind, kv_type_v=kind)
            yield _row(of.name, predicted(of, policy, wish), allocated(file, policy), policy)
        file.unlink()


def _hollow(folder: Path) -> Iterator[dict[str, Any]]:
    for name in HOLLOW:
        file = hollow_gguf(folder / f"{name}.gguf", name)
        of = known_shape(name)
        for wish in WISHES:
            here = _planned(of, wish)
            on_card = replace(here, n_gpu_layers=len(of.blocks) + 1, batch=BATCHES[0])  # what it computes with there
            for policy in (here, on_card):
                expected = {part: size for part, size in predicted(of, here, wish).items() if part not in WITHOUT}
                expected["compute buffer"] = compute_bytes(of, policy) / MIB
                yield _row(of.name, expected, allocated(file, policy, hollow=True), policy)
        file.unlink()


def _row(name: str, expected: dict[str, float], found: dict[str, float], policy: Policy) -> dict[str, Any]:
    rss = found.pop("rss")
    sums = sum(expected.values()), sum(found.values())
    return {
        "model": name,
        "policy": f"{policy.slots} x {policy.slot_context}, {policy.kv_type_k}, {'flash' if policy.flash else 'plain'}",
        "predicted": {part: round(size, 2) for part, size in expected.items()},
        "allocated": {part: round(size, 2) for part, size in found.items() if size},
        "error": abs(sums[0] / sums[1] - 1),
        "rss_mib": round(rss, 1),
        "rss_error": abs(sums[0] / rss - 1) if rss else None,
    }


def run() -> dict[str, Any]:
    """Errors as shares: of what llama.cpp said, and of what the process grew by; the worst of all rows."""
    with tempfile.TemporaryDirectory() as folder:
        steps = [*_steps(Path(folder))]
    return {
        "planner_error": round(max(row["error"] for row in steps), 4),
        "planner_rss_error": round(max(row["rss_error"] or 0 for row in steps), 4),
        "rows": {f"{row['model']} {row['policy']}": row for row in steps},
    }


def _steps(folder: Path) -> Iterator[dict[str, Any]]:
    console = Console(stderr=True)
    total = len(WISHES) * (len(LOADED) + 2 * len(HOLLOW))

    def all_rows() -> Iterator[dict[str, Any]]:
        yield from _loaded(folder)
        yield from _hollow(folder)

    yield from track(all_rows(), "Loading", total=total, console=console, disable=not console.is_terminal)


def table(result: dict[str, Any]) -> Table:
    """One row a model and policy; MiB."""
    parts = ("weights", "repacked weights", "KV cache", "logits", "compute buffer")
    shown = Table("model", "slots", *parts, "error", "RSS", "error", title="predicted / allocated, MiB")
    for row in result["rows"].values():
        cells = [f"{row['predicted'].get(part, 0):,.0f} / {row['allocated'].get(part, 0):,.0f}" for part in parts]
        rss = (f"{row['rss_mib']:,.0f}", f"{row['rss_error']:.1%}") if row["rss_error"] is not None else ("", "")
        shown.add_row(row["model"], row["policy"], *cells, f"{row['error']:.2%}", *rss)
    return shown


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Compare predicted memory with what llama.cpp allocates.")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = run()
    if args.json:
        print(json.dumps(result))
    else:
        Console(width=170).print(table(result))
        print(f"planner_error {result['planner_error']:.2%}, of RSS {result['planner_rss_error']:.2%}")


if __name__ == "__main__":
    main()
