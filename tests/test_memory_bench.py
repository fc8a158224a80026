"""The benchmark of the memory runs and says what it promises; how fast is not for a test to judge."""

from __future__ import annotations

import pytest

from benchmarks import memory

PROMISED = (
    *(f"{what}_{share}_ms" for what in ("recall", "save", "restore") for share in ("p50", "p99")),
    *("bytes_per_memory", "open_ms", "writes_per_second"),
)


def test_the_benchmark_reports_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    for count in ("QUERIES", "SAVES", "WRITES"):
        monkeypatch.setattr(memory, count, 20)
    result = memory.run(sizes=(200, 50))
    assert list(result["sizes"]) == ["50", "200"]
    for measured in result["sizes"].values():
        assert all(measured[key] > 0 for key in PROMISED)
    assert "random" in result["stored_vectors"]
    assert result["embedding"]
