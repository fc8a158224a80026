"""Sheets: whatever a model would like to write, every slot comes out, in order, each on a line of its own."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine import request, running, says, write

from npc_runtime.config import load
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.fake import END, FakeModel
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.request import Ended, Sampling, SheetFormat, Slot
from npc_runtime.engine.tokens.sheet import read_sheet

SHEET = SheetFormat(
    (
        Slot("looks", 40),
        Slot("feeling", choices=("warm", "warmer", "cold")),
        Slot("want", 30, begins="You want"),
        Slot("line", 20),
        Slot("line", 20),
    )
)


def filled(model: FakeModel, sheet: SheetFormat = SHEET) -> tuple[str, Ended]:
    with running(model) as engine:
        [found] = write(engine, request(format=sheet, max_tokens=500))
    return found


def test_a_willing_model_fills_in_what_it_wants() -> None:
    wanted = "looks: A goblin.\nfeeling: warmer\nwant: You want a hat.\nline: Psst!\nline: No.\n"
    text, end = filled(FakeModel(says(wanted)))
    assert (text, end.finish) == (wanted, "stop")
    assert read_sheet(SHEET, text) == {
        "looks": ["A goblin."],
        "feeling": ["warmer"],
        "want": ["You want a hat."],
        "line": ["Psst!", "No."],
    }


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_a_wild_model_cannot_break_the_form(seed: int) -> None:
    draws = random.Random(seed)
    likely = [END, ord("\n"), ord("<"), ord(":"), *b"Az .!"]
    text, end = filled(FakeModel(lambda _slot, _held: draws.choice([*likely, draws.randrange(32, 127)])))
    assert end.finish == "stop"
    lines = text.split("\n")
    assert lines.pop() == ""
    assert [line.partition(":")[0] for line in lines] == [slot.label for slot in SHEET.slots]
    assert lines[1].removeprefix("feeling: ") in SHEET.slots[1].choices
    assert lines[2].startswith("want: You want")
    assert "<" not in text
    for slot, line in zip(SHEET.slots, lines, strict=True):
        words = line.removeprefix(f"{slot.label}:").removeprefix(f" {slot.begins}")
        assert words.strip()
        assert slot.choices or len(words) <= slot.limit


def test_forced_text_costs_no_step_of_the_model() -> None:
    """Of a sheet with nothing to say in it, only what is free or to be chosen is sampled."""
    text, end = filled(FakeModel(says("")), SheetFormat((Slot("a-long-label", 3), Slot("sure", choices=("yes",)))))
    assert read_sheet(SheetFormat((Slot("sure"),)), text.split("\n")[1]) == {"sure": ["yes"]}
    assert end.usage.completion_tokens == 3


def test_a_sheet_that_is_longer_than_the_context_ends_in_it() -> None:
    """What the grammar forces takes room, too, and is more than anybody asked for."""
    sheet = SheetFormat(tuple(Slot(f"a-long-label-{number}", 3) for number in range(20)))
    with running(FakeModel(says("zzz"), slot_context=64)) as engine:
        [(text, end)] = write(engine, request(format=sheet, max_tokens=40))
    assert end.finish == "length"
    assert 40 < len(text) <= 64 + len(sheet.slots[0].label) + 1
    assert 1 < len(read_sheet(sheet, text)) < 20


def test_what_was_not_reached_is_absent() -> None:
    assert read_sheet(SHEET, "") == {}
    assert read_sheet(SHEET, "looks: A goblin.\nfeel") == {"looks": ["A goblin."]}
    assert read_sheet(SHEET, "want: in the wrong place") == {}


@pytest.fixture(scope="module")
def random_engine(random_model: Path) -> Engine:
    return Engine(LlamaModel(load({"model": str(random_model), "slots": 2, "threads": 1}, environ={})))


def test_a_real_model_keeps_the_form(random_engine: Engine) -> None:
    random_engine.start()
    try:
        asked = [request("A goblin.", format=SHEET, max_tokens=200, sampling=Sampling(seed=seed)) for seed in (1, 2, 1)]
        found = [write(random_engine, each)[0] for each in asked]
    finally:
        random_engine.close()
    for text, end in found:
        assert end.finish == "stop"
        assert [len(words) for words in read_sheet(SHEET, text).values()] == [1, 1, 1, 2]
    assert found[0][0] == found[2][0] != found[1][0]
