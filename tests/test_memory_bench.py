"""The benchmark of the memory runs and says what it promises; how fast is not for a test to judge."""

from __future__ import annotations

import pytest

from benchmarks import memory

PROMISED = (
    *(f"{what}_{share}_ms" for what in ("recall", "save", "restore") for share in ("p50", "p99")),
    *("bytes_per_memory", "open_ms", "writes_per_second"),
)
GIVEN_UP = (
    *("request_ms", "tidying_ms", "steps", "longest_step_ms"),
    *("same_world_read_p99_ms", "other_world_read_p99_ms"),
)


def test_the_benchmark_reports_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    for count in ("QUERIES", "SAVES", "WRITES"):
        monkeypatch.setattr(memory, count, 20)
    result = memory.run(sizes=(200, 50))
    assert list(result["sizes"]) == ["50", "200"]
    for measured in result["sizes"].values():
        assert all(measured[key] > 0 for key in PROMISED)
    for facts, cost in result["deletes"].items():
        assert (cost["facts"], cost["saves"]) == (int(facts), int(facts) // 2)
        for what in ("one_save", "all_saves", "future"):
            assert all(cost[what][key] > 0 for key in GIVEN_UP), what
        assert cost["records_left"] == int(facts) + 1, "the facts and a clock"
    assert "random" in result["stored_vectors"]
    assert result["embedding"]
