"""Twenty villagers and ten days: who knows what equals what provenance allows, and the document has the figures."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from benchmarks import gossip
from benchmarks.gossip import DOCUMENT, GREAT, PLOT, Log, checked, is_of, live, orphans, plot, reachable, run, written


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    return run()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    return asyncio.run(live(40, 12, 4, tmp_path_factory.mktemp("tarn") / "tarn.db"))


def test_who_knows_what_equals_what_provenance_allows(result: dict[str, Any]) -> None:
    wrong = ("oracle_differs", "log_differs", "beyond_reach", "too_deep", "orphans")
    assert {key: result[key] for key in wrong} == dict.fromkeys(wrong, 0)
    assert result["passed"] > 500
    assert result["distorted"] > 50


def test_great_news_goes_faster_than_small_and_what_is_set_right_is_no_longer_believed(result: dict[str, Any]) -> None:
    for day in ("day 2", "day 4", "day 6"):
        assert result["great"][day] > result["small"][day] + 3
    assert result["great"]["day 10"] == result["villagers"]
    assert result["rumour"]["day 4"] > 2 * result["rumour"]["day 10"]
    assert result["right"]["day 4"] == 0
    assert result["right"]["day 10"] > 8


def test_the_oracle_notices_what_should_not_be(log: Log) -> None:
    """A village that is in order, and then one memory too many, and one too few."""
    fine = checked(log)
    assert (fine["oracle_differs"], fine["log_differs"], fine["orphans"]) == (0, 0, 0)
    hearsay = next(entry for entry in log.entries if is_of(entry, GREAT) and entry.depth == 2)
    behind = [entry for entry in log.entries if entry.owner == hearsay.who and is_of(entry, GREAT)]
    broken = Log(log.witnesses, log.meetings, log.believers, [entry for entry in log.entries if entry not in behind])
    assert hearsay in orphans(broken)
    assert checked(broken)["oracle_differs"] > 0
    assert checked(broken)["log_differs"] > 0


def test_reach_takes_time_and_ends_with_the_third_mouth() -> None:
    def meeting(a: str, b: str) -> gossip.Meeting:
        return gossip.Meeting(0, (a, b), [])

    chain = [meeting("a", "b"), meeting("b", "c"), meeting("c", "d"), meeting("d", "e")]
    assert reachable(Log({"great": ["a"]}, chain), "great") == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert reachable(Log({"great": ["a"]}, chain[::-1]), "great") == {"a": 0, "b": 1}


def test_the_document_has_these_figures(result: dict[str, Any]) -> None:
    hint = "renew it with `python -m benchmarks.gossip --write`"
    text = DOCUMENT.read_text(encoding="utf-8")
    assert written(text, result) == text, hint
    assert PLOT.read_text(encoding="utf-8") == plot(result), hint


def test_a_village_lives_the_same_again(tmp_path: Path) -> None:
    one, two = (asyncio.run(live(3, 8, 2, tmp_path / f"{n}.db")) for n in range(2))
    assert [meeting.passed for meeting in one.meetings] == [meeting.passed for meeting in two.meetings]
    assert one.entries == two.entries
