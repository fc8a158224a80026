"""Reading `(emotion) spoken line <action>` from pieces that break anywhere, and cutting it into sentences."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from npc_runtime.dialogue.generation.parser import Felt, Part, Proposed, ReplyParser, Spoken
from npc_runtime.emotions import EMOTIONS
from npc_runtime.language.sentences import Sentences, split


def parse(*chunks: str) -> list[Part]:
    parser = ReplyParser("tired")
    return [part for chunk in chunks for part in parser.feed(chunk)] + parser.end()


def read(*chunks: str) -> tuple[str, str, str]:
    """Emotion, line and action; checks that the emotion comes first and once."""
    parts = parse(*chunks)
    assert isinstance(parts[0], Felt)
    assert sum(isinstance(part, Felt) for part in parts) == 1
    actions = [part.text for part in parts if isinstance(part, Proposed)]
    assert len(actions) <= 1
    return parts[0].emotion, "".join(p.text for p in parts if isinstance(p, Spoken)), "".join(actions)


@pytest.mark.parametrize(
    ("text", "emotion", "line"),
    [
        ("(happy) Good day.", "happy", "Good day."),
        ("  ( Angry )Out!", "angry", "Out!"),
        ("(jolly) Good day.", "tired", "Good day."),
        ("Good day.", "tired", "Good day."),
        ("(happy)", "happy", ""),
        ("", "tired", ""),
        ("(", "tired", "("),
        ("(happy Good day to all of you here", "tired", "(happy Good day to all of you here"),
        ("(sad) One.\nTwo.", "sad", "One. Two."),
        ("(sad) I (really) mean it.", "sad", "I (really) mean it."),
        ("(sad) ünïcode — yes…", "sad", "ünïcode — yes…"),
    ],
)
def test_emotion_and_line(text: str, emotion: str, line: str) -> None:
    assert read(text) == (emotion, line, "")


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("(happy) Here. <give bread player:alex>", "give bread player:alex"),
        (
            "(happy) Here. <give item:minecraft:bread player:Steve Smith>",
            "give item:minecraft:bread player:Steve Smith",
        ),
        ("(happy) Here. <wave> and more <give x>", "wave"),
        ("(happy) Here. < >", ""),
        ("(happy) Here. <give bre", ""),
    ],
)
def test_action(text: str, action: str) -> None:
    emotion, line, proposed = read(text)
    assert (emotion, line.strip(), proposed) == ("happy", "Here.", action)


@settings(deadline=None)
@given(
    emotion=st.sampled_from([*EMOTIONS, "merry", ""]),
    line=st.text(alphabet="ab .!?(),'", max_size=40),
    action=st.sampled_from(["", " <wave>", " <give bread npc:tom>"]),
    cuts=st.lists(st.integers(0, 80), max_size=8),
)
def test_chunk_borders_do_not_matter(emotion: str, line: str, action: str, cuts: list[int]) -> None:
    text = (f"({emotion}) " if emotion else "") + line + action
    borders = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    chunks = [text[start:end] for start, end in itertools.pairwise(borders)]
    assert read(*chunks) == read(text)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Good day. Come in!", ["Good day.", "Come in!"]),
        ("What?! No... I mean it", ["What?!", "No...", "I mean it"]),
        ("I... I think so. Well", ["I...", "I think so.", "Well"]),
        ("It was... not me. Honest.", ["It was... not me.", "Honest."]),
        ("Mr. Smith came. He left.", ["Mr. Smith came.", "He left."]),
        ('He said "No." Then he left.', ['He said "No."', "Then he left."]),
        ("*sighs* Fine.", ["*sighs* Fine."]),
        ("Two for 1.50 pennies.", ["Two for 1.50 pennies."]),
        ("Hmph… Go.", ["Hmph…", "Go."]),
        ("", []),
        ("  ", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@settings(deadline=None)
@given(text=st.text(alphabet='aB .!?…"', max_size=60))
def test_sentences_lose_no_word_however_they_come(text: str) -> None:
    cutter = Sentences()
    complete = [sentence for char in text for sentence in cutter.feed(char)] + cutter.end()
    assert " ".join(complete).split() == text.split()
    assert complete == split(text)
