"""A daemon that dies with a model on the card leaves the next one less of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from npc_runtime.engine.governing.deaths import FILE, MOST_DEATHS, Deaths

GIB = 1 << 30


def test_each_death_leaves_less_of_the_card_and_at_last_nothing(tmp_path: Path) -> None:
    allowed: list[int | None] = []
    vram = 4 * GIB
    for _ in range(MOST_DEATHS + 2):
        deaths = Deaths(tmp_path)
        allowed.append(deaths.vram)
        vram = vram if deaths.vram is None else deaths.vram
        deaths.note(vram)  # and then it is gone without a word
    assert allowed[0] is None
    some = [each for each in allowed[1:] if each is not None]
    assert len(some) == MOST_DEATHS + 1
    assert some == sorted(some, reverse=True)
    assert some[0] < 4 * GIB
    assert some[-2:] == [0, 0]


def test_who_leaves_in_order_leaves_no_note(tmp_path: Path) -> None:
    Deaths(tmp_path).note(GIB)
    second = Deaths(tmp_path)
    second.note(GIB // 2)
    second.end()
    assert not (tmp_path / FILE).exists()
    assert Deaths(tmp_path).vram is None


def test_who_has_lived_for_long_begins_to_count_anew(tmp_path: Path) -> None:
    for _ in range(MOST_DEATHS):
        last = Deaths(tmp_path)
        last.note(GIB)
    last.survived()
    assert last.vram is None, "there may be more of it again"
    after = Deaths(tmp_path)
    assert after.vram is not None
    assert 0 < after.vram < GIB


def test_without_a_card_nothing_is_noted(tmp_path: Path) -> None:
    Deaths(tmp_path).note(0)
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"vram": "much"}', '{"vram": 1, "more": 2}', "\0"])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert Deaths(tmp_path).vram is None


def test_where_nothing_can_be_written_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    deaths = Deaths(tmp_path / "file")
    deaths.note(GIB)
    deaths.end()


def test_a_move_is_noted(tmp_path: Path) -> None:
    deaths = Deaths(tmp_path)
    deaths.note(GIB)
    deaths.note(GIB // 4)
    assert json.loads((tmp_path / FILE).read_text(encoding="utf-8")) == {"vram": GIB // 4, "deaths": 0}
