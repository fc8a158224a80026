"""The benchmark of large batches fills them; how fast is not for a test to judge."""

from __future__ import annotations

from pathlib import Path

from benchmarks import throughput
from benchmarks.random_gguf import random_gguf


def test_it_writes_for_as_many_as_there_are_slots(tmp_path: Path) -> None:
    model = random_gguf(tmp_path / "tiny.gguf")
    found = throughput.run(str(model), sizes=[4, 16], reply=16)
    for size in (4, 16):
        figures = found[f"batch_{size}"]
        assert figures["written"] <= size * 16
        assert figures["tokens_per_s"] > 0
        assert figures["steps"] < figures["written"], "it writes for several at once"
