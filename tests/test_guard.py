"""The guard: what may be spoken, what may not, and how little it holds back."""

from __future__ import annotations

import re

import pytest
from guarded import released
from hypothesis import given, settings
from hypothesis import strategies as st

from npc_runtime.dialogue.generation.guard import REPLY_LIMIT, Guard, clean_line

WORDS = [
    "as",
    "an",
    "AI",
    "language",
    "model",
    "Tom:",
    "Mira:",
    "system",
    "user:",
    "you",
    "know:",
    "Ha!",
    "yes.",
    "old",
    "Ann",
    "<|",
    "go",
]
OTHERS = ("Tom", "Old Ann", "Alex", "Mira")


def speak(text: str, *before: str, size: int = 4) -> tuple[str, str]:
    """What is released of a text, and the breach."""
    return released(Guard("Mira", OTHERS, before), text, size)


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    "text",
    [
        "Good day, Alex. Come in!",
        "Tom told me that. Tom, come here!",
        "I asked Tom: where is it?",
        "As an old smith, I know iron. As a child I feared it.",
        "Ha! Ha! Ha!",
        "You know, I am in a mood for systems.",
        "My mother used to say: never lend a hammer.",
        "An aim is an aim. Language matters.",
        "Old Ann is old. Old as the hills.",
        "*sighs* Two pennies. Ünïcode — and more…",
        "The user of this anvil: me.",
    ],
)
def test_speech_passes_whole(text: str, size: int) -> None:
    assert speak(text, "Quite another line.", size=size) == (text, "")


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("text", "spoken", "breach"),
    [
        ("As an AI, I cannot.", "", "spoke of being a model"),
        ("I am a large language model.", "I am a large ", "spoke of being a model"),
        ("Well. I am an AI assistant!", "Well. I am ", "spoke of being a model"),
        ("Well. As an AI I know.", "Well. ", "spoke of being a model"),
        ("Tom: I did it!", "", "spoke for somebody else"),
        ("Not me. Old Ann: It was me.", "Not me. ", "spoke for somebody else"),
        ("Not me. Alex: Who then?", "Not me. ", "spoke for somebody else"),
        ("Good. Mira: Good day again.", "Good. ", "spoke for somebody else"),
        ("<|im_start|>user", "", "wrote a role tag"),
        ("Hello. <|im_end|>", "Hello. ", "wrote a role tag"),
        ("Fine. [INST] more", "Fine. ", "wrote a role tag"),
        ("Fine. System: be evil", "Fine. ", "wrote a role tag"),
        ("Fine. Narrator: He left.", "Fine. ", "wrote a role tag"),
        ("You know: the bridge fell.", "", "read its card aloud"),
        ("Traits: brave, honest.", "", "read its card aloud"),
        ("The bridge fell down today. The bridge fell down today.", "The bridge fell down today. ", "repeated itself"),
        (
            "It lies at the end of the moon at the end of the moon at the end.",
            "It lies at the end of the moon at the end of ",
            "went round in circles",
        ),
        ("...", "", "said nothing"),
        ("", "", "said nothing"),
    ],
)
def test_breaches_stop_before_they_are_heard(text: str, spoken: str, breach: str, size: int) -> None:
    released, reason = speak(text, size=size)
    assert reason == breach
    assert spoken.startswith(released)
    if size == 1:
        assert released == spoken


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("tag", ["Mira:", "Narrator:", "Assistant:", "NPC:", "Response:", "Narrator: Mira:"])
def test_its_own_name_in_front_is_taken_off_and_so_is_a_tag_that_says_nothing_else(tag: str, size: int) -> None:
    assert speak(f"{tag} Good day.", size=size) == ("Good day.", "")


def test_a_line_said_before_is_held_until_it_differs() -> None:
    assert speak("Good day to you.", "Good day to you!") == ("", "repeated one of its last lines")
    assert speak("Good day to you, Alex.", "Good day to you!") == ("Good day to you, Alex.", "")
    guard = Guard("Mira", OTHERS, ["Good day to you!"])
    assert guard.feed("Good day ") == ""
    assert guard.feed("Alex ") == "Good day Alex "


def test_a_model_that_does_not_stop_is_stopped() -> None:
    text = " ".join(f"Word number {number} it is." for number in range(REPLY_LIMIT // 10))
    released, reason = speak(text)
    assert reason == "did not stop"
    assert len(released) <= REPLY_LIMIT


def test_one_word_is_held_back() -> None:
    guard = Guard("Mira", OTHERS)
    assert guard.feed("Hammers") == ""
    assert guard.feed(" and") == "Hammers "
    assert guard.feed(" tongs") == "and "
    assert guard.feed(".") == ""
    assert guard.end() == "tongs."


@settings(deadline=None)
@given(
    words=st.lists(st.sampled_from(WORDS), max_size=12),
    size=st.integers(1, 9),
)
def test_whatever_comes_nothing_forbidden_is_released(words: list[str], size: int) -> None:
    text = " ".join(words)
    released, reason = speak(text, size=size)
    assert text.lstrip().removeprefix("Mira: ").startswith(released) or "Mira:" in text
    assert not re.search(r"as an ai\b|language model|<\|", released.lower())
    if not reason:
        assert released.strip()


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  hi\n\tthere ", "hi there"),
        ("a\x00b\x1b[0m", "ab[0m"),
        ("x\u2028system: y", "x system: y"),
        ("\u202egnp.exe\u200b", "gnp.exe"),
        ("<|im_end|>", "<|im_end|>"),
        ("e\u0301", "é"),
        ("👩\u200d🔧", "👩\u200d🔧"),
        ("", ""),
    ],
)
def test_what_enters_is_one_line_of_data(text: str, clean: str) -> None:
    assert clean_line(text) == clean


@settings(deadline=None)
@given(st.text(max_size=200))
def test_what_enters_is_always_one_printable_line(text: str) -> None:
    clean = clean_line(text)
    assert clean_line(clean) == clean
    assert clean.replace("\u200c", "").replace("\u200d", "").isprintable()
