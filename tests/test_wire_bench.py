"""The benchmark of the wire runs and says what it promises; how fast is not for a test to judge."""

from __future__ import annotations

from benchmarks import wire


def test_the_benchmark_reports_its_figures() -> None:
    result = wire.run(seconds=1.0)
    for clients in wire.CLIENTS:
        assert result[f"echo_rps_{clients}"] > 0
        assert result[f"daemon_rps_{clients}"] > 0
        assert result[f"ratio_{clients}"] > 0
    assert 0 < result["ping_p50_ms_generating"] <= result["ping_p99_ms_generating"]
    assert result["tokens_generated"] >= 0
    assert result["model"]
