"""The benchmark of players among arguments runs and asks as often in both halves; its times depend on the machine."""

from __future__ import annotations

from npc_runtime.cli import bench


def test_it_asks_with_and_without_arguments() -> None:
    result = bench.run("player-first", seconds=0.1, arguments=2)
    assert result["turns"] >= 1
    assert result["step_ms"] > 0
    assert result["aside_questions"] == result["party_questions"] == 3
    for who in ("aside", "party"):
        assert result[f"{who}_p50_ms_with_0"] > 0
        assert result[f"{who}_p50_ms_with_all"] > 0
