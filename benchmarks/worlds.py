"""What many worlds cost: opened one after another through a real daemon, with few of them open at once.

A world is opened, written to once, and left; the daemon closes those that were used least lately. With `worlds` on disk
the daemon should cost what it cost with as many as may be open, and answer as quickly.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.about import about, percentile
from npc_runtime.client import Runtime, connect

WORLDS = 2000
OPEN = 50
SAMPLE = 200
"""Worlds that are opened again, at the end, from all over."""


def run(rounds: int = WORLDS) -> dict[str, Any]:
    """Milliseconds, megabytes, descriptors and threads, for a hundred worlds and for a world a round."""
    with tempfile.TemporaryDirectory(prefix="npc-runtime-", ignore_cleanup_errors=True) as folder:
        return asyncio.run(_measure(Path(folder), rounds)) | about()


async def _measure(folder: Path, worlds: int) -> dict[str, Any]:
    arguments = ["--open-worlds", str(OPEN), "--model", "none.gguf", "--embedding", "off"]
    async with connect(data_dir=folder, arguments=arguments) as runtime:
        assert runtime.launched is not None
        process = psutil.Process(runtime.launched.process.pid)
        first = await _live(runtime, process, range(2 * OPEN))
        rest = await _live(runtime, process, range(2 * OPEN, worlds))
        step = max(1, worlds // SAMPLE)
        again = await _live(runtime, process, range(0, worlds, step))
        health = await runtime.health()
    return {
        f"{2 * OPEN}_worlds": first,
        f"{worlds}_worlds": rest,
        "opened_again": again,
        "open_at_the_end": health.worlds,
        "open_at_once": OPEN,
    }


async def _live(runtime: Runtime, process: psutil.Process, numbers: range) -> dict[str, float]:
    opening, pinging = [], []
    for number in numbers:
        began = time.perf_counter()
        world = await runtime.open_world(f"world-{number}")
        opened = time.perf_counter()
        await world.set("visited", number)
        asked = time.perf_counter()
        await runtime.ping()
        opening.append((opened - began) * 1000)
        pinging.append((time.perf_counter() - asked) * 1000)
    return {
        "open_p50_ms": round(percentile(opening, 0.5), 2),
        "open_p99_ms": round(percentile(opening, 0.99), 2),
        "ping_p99_ms": round(percentile(pinging, 0.99), 2),
        "megabytes": round(process.memory_info().rss / 2**20, 1),
        "descriptors": process.num_fds() if hasattr(process, "num_fds") else 0,
        "threads": process.num_threads(),
    }
