"""Judged lines: what may stand in a file of them, and that nothing is lost on the way into it and back."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npc_runtime.dialogue.feedback.line import RatedLine, read
from npc_runtime.dialogue.generation.prompt import Card, Quarrel, Turn, sheet
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.emotions import EMOTIONS
from npc_runtime.errors import Invalid, NotFound
from npc_runtime.persona.model import FEELINGS, MOODS, TRAITS

WRITTEN: dict[str, Any] = {
    "situation": {
        "name": "Mira",
        "role": "smith",
        "home": "Dell",
        "traits": ["blunt"],
        "mood": "calm",
        "listener": "Alex",
        "feeling": "neutral",
        "move": "deny",
        "line": "You took it.",
        "history": [{"own": False, "text": "Hi."}, {"own": True, "text": "(happy) Good day."}],
        "quarrel": {"opponent": "Tom", "grievance": "Tom lies", "demand": "say sorry", "heat": 1},
    },
    "line": "(angry) I took nothing.",
    "rating": 4,
}


def file(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "lines.jsonl"
    text = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return path


def changed(place: str, value: object) -> dict[str, Any]:
    line = copy.deepcopy(WRITTEN)
    inner = line
    *path, key = place.split(".")
    for part in path:
        inner = inner[part]
    inner[key] = value
    return line


@pytest.mark.parametrize(
    ("place", "value", "wanted"),
    [
        ("rating", 0, "rating: 0 is out of range; it goes from 1 to 5"),
        ("rating", 6, "rating: 6 is out of range; it goes from 1 to 5"),
        ("rating", "4", "rating: input should be a valid integer, not '4'"),
        ("rating", None, "neither a rating nor a better line; give a rating from 1 to 5, better, or both"),
        ("line", "I took nothing.", r"line: it begins with no emotion; write one in front, as in \(happy\)"),
        ("line", "(angry) ", "line: there are no words behind the emotion"),
        ("better", "(hapy) Me?", r'better: "hapy" is no emotion; did you mean happy\? \(allowed: neutral, '),
        ("better", "(angry Me?", "better: a bracket is left open"),
        ("better", " ", "better: there are no words"),
        ("situation.move", "denny", r'situation.move: "denny" is not allowed; did you mean deny\?'),
        ("situation.mood", "cheery", r"situation.mood: .* \(allowed: calm, cheerful"),
        ("situation.traits", ["blunt", "<tall>"], r"situation.traits.1: .*not '<tall>'"),
        ("situation.quarrel.heat", 4, "heat is 4; it goes from 0, calm, to 3, furious"),
        ("situation.quarrel.oponent", "Tom", r"there is no such field; did you mean opponent\?"),
        ("situation.fact", "It rains.", r"there is no such field; did you mean facts\?"),
        ("ratign", 4, r"there is no such field; did you mean rating\?"),
        ("source", "writer", "source: .* allowed: model, fallback, bark"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(tmp_path: Path, place: str, value: object, wanted: str) -> None:
    path = file(tmp_path, WRITTEN, "", changed(place, value))
    with pytest.raises(Invalid, match=rf"lines\.jsonl, line 3: .*{wanted}"):
        read(path)


def test_what_is_no_json_is_named_too(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"line 2: this is not JSON .* each line holds one whole JSON object"):
        read(file(tmp_path, WRITTEN, '{"situation": {'))
    with pytest.raises(Invalid, match="line 1: situation: this field is missing"):
        read(file(tmp_path, {}))
    (tmp_path / "latin.jsonl").write_bytes("Grüße".encode("latin-1"))
    with pytest.raises(Invalid, match="line 1: this is not UTF-8 text; save it as UTF-8"):
        read(tmp_path / "latin.jsonl")
    with pytest.raises(NotFound, match="no file of judged lines"):
        read(tmp_path / "nowhere.jsonl")


def test_files_of_windows_editors_are_read(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(WRITTEN).encode() + b"\r\n\r\n")
    assert len(read(path)) == 1


def test_a_better_line_without_an_emotion_has_that_of_the_line(tmp_path: Path) -> None:
    path = file(tmp_path, *(changed("better", better) for better in ("Me?\n Never!", "( Sad )  I did it.")))
    assert [line.better for line in read(path)] == ["(angry) Me? Never!", "(sad) I did it."]


TEXT = st.text(min_size=1, max_size=40)
QUARRELS = st.builds(Quarrel, TEXT, TEXT, TEXT, st.integers(0, 3), st.text(max_size=9), st.text(max_size=40))
CARDS = st.builds(
    Card,
    name=TEXT,
    role=TEXT,
    home=TEXT,
    traits=st.lists(st.sampled_from(TRAITS), max_size=4).map(tuple),
    mood=st.sampled_from(MOODS),
    listener=TEXT,
    feeling=st.sampled_from(FEELINGS),
    move=st.sampled_from(Move),
    line=TEXT,
    facts=st.lists(TEXT, max_size=3).map(tuple),
    history=st.lists(st.builds(Turn, st.booleans(), TEXT), max_size=3).map(tuple),
    quarrel=st.none() | QUARRELS,
)


@given(CARDS, st.sampled_from(EMOTIONS))
def test_a_card_comes_back_from_json_as_it_went(card: Card, emotion: str) -> None:
    line = RatedLine.of(card, f"({emotion}) So be it.", rating=3)
    again = RatedLine.model_validate_json(line.model_dump_json(), strict=True)
    assert again == line
    assert again.card() == card
    assert sheet(again.card()) == sheet(card)


@given(st.lists(CARDS, max_size=3))
def test_whatever_is_in_them_lines_stay_lines(tmp_path_factory: pytest.TempPathFactory, cards: list[Card]) -> None:
    path = tmp_path_factory.mktemp("lines") / "lines.jsonl"
    lines = [RatedLine.of(card, "(sad) Alas.", rating=5) for card in cards]
    path.write_text("".join(line.model_dump_json() + "\n" for line in lines), encoding="utf-8")
    assert read(path) == lines
