"""What arguments come to depends on what it should, and the document has the figures."""

from __future__ import annotations

import json
import sys
from collections import Counter

import pytest

from benchmarks import arguments
from benchmarks.arguments import CASES, DOCUMENT, RUNS, odds, written


@pytest.fixture(scope="module")
def table() -> dict[str, Counter[str]]:
    """Outcomes of all cases, in percent."""
    return {name: Counter(found) for name, found in odds().items() if name in CASES}


def peace(found: Counter[str]) -> float:
    return found["concede"] + found["compromise"]


def strife(found: Counter[str]) -> float:
    return found["walk_away"] + found["blows"]


def test_evidence_makes_the_accused_give_in(table: dict[str, Counter[str]]) -> None:
    assert table["evidence"]["tom_concedes"] > table["plain"]["tom_concedes"] + 25
    assert table["evidence"]["stalemate"] < table["plain"]["stalemate"] - 10


def test_calm_mediation_makes_peace(table: dict[str, Counter[str]]) -> None:
    assert peace(table["calm"]) > peace(table["plain"]) + 35
    assert strife(table["calm"]) < strife(table["plain"]) - 10
    assert table["calm"]["turns"] < table["plain"]["turns"]


def test_a_ruling_helps_from_somebody_trusted_only(table: dict[str, Counter[str]]) -> None:
    assert peace(table["ruling"]) > peace(table["plain"]) + 25
    assert table["ruling"]["tom_concedes"] > table["plain"]["tom_concedes"] + 10
    assert peace(table["unwanted"]) < peace(table["plain"]) - 5


def test_hostile_mediation_makes_it_worse(table: dict[str, Counter[str]]) -> None:
    assert strife(table["hostile"]) > strife(table["plain"]) + 30
    assert peace(table["hostile"]) < peace(table["plain"]) - 15
    assert table["hostile"]["blows"] > table["plain"]["blows"] + 25


def test_threats_work_by_fear_only(table: dict[str, Counter[str]]) -> None:
    assert strife(table["threats"]) > strife(table["plain"]) + 10
    assert peace(table["fear"]) > peace(table["plain"]) + 25


def test_trust_makes_peace_and_hatred_strife(table: dict[str, Counter[str]]) -> None:
    assert peace(table["trust"]) > peace(table["plain"]) + 35
    assert strife(table["trust"]) < strife(table["plain"]) - 10
    assert strife(table["hatred"]) > strife(table["plain"]) + 20


def test_hot_tempers_come_to_blows_and_kind_ones_to_terms(table: dict[str, Counter[str]]) -> None:
    assert table["hot"]["blows"] > table["plain"]["blows"] + 35
    assert peace(table["hot"]) < peace(table["plain"]) - 15
    assert peace(table["kind"]) > peace(table["plain"]) + 10


def test_the_document_has_these_figures(table: dict[str, Counter[str]]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == written(text, {"runs": RUNS, **table}), "run `python -m benchmarks.arguments --write`"


def test_the_benchmark_prints_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["arguments", "--json", "--runs", "2"])
    arguments.main()
    assert json.loads(capsys.readouterr().out)["runs"] == 2
