"""Stage directions: out of the line, however the text is cut, and nothing of the line with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npc_runtime.dialogue.generation.directions import Directions
from npc_runtime.dialogue.generation.guard import Guard
from npc_runtime.dialogue.generation.stream import Voice
from npc_runtime.dialogue.turn.events import Sentence


def spoken(*pieces: str) -> str:
    directions = Directions()
    return "".join([*map(directions.feed, pieces), directions.end()])


LINES = [
    ("*smiles* Good day.", "Good day."),
    ("*Smiles warmly* good day to you.", "good day to you."),
    ("Good day. *nods slowly* What now?", "Good day. What now?"),
    ("Well, *sighs* I never liked him.", "Well, I never liked him."),
    ("I suppose so *shrugs*", "I suppose so "),
    ("[smirks] You again?", "You again?"),
    ("You again? [He turns away.] Leave me be.", "You again? Leave me be."),
    ("**Mira:** Good day.", "Good day."),
    ("**Mira**: Good day.", ": Good day."),
    ("*Mira:* Good day.", "Good day."),
    ("### Response: Good day.", "Good day."),
    ("# Good day.", "Good day."),
    ("I *never* said that.", "I never said that."),
    ("*Never* come back here.", "Never come back here."),
    ("He was *so very* angry.", "He was so very angry."),
    ("That is **mine**, carter.", "That is mine, carter."),
    ("*No*, Tom.", "No, Tom."),
    ("Two * three is six.", "Two three is six."),
    ("A [ is a mark.", "A [ is a mark."),
    ("「*笑う*こんにちは。」", "「こんにちは。」"),
    ("House number #4.", "House number #4."),
    ("B**:*B**B", "B:BB"),
    ("*" + "so on and on " * 12 + "it went.", "so on and on " * 12 + "it went."),
    ("One  gap *waves* ", "One gap "),
    ("(laughs) Not today.", "Not today."),
    ("Not today. (shakes her head) Ask Tom.", "Not today. Ask Tom."),
    ("Not today (or tomorrow), Tom.", "Not today (or tomorrow), Tom."),
    ("It is his. (Do not tell him.) Good night.", "It is his. (Do not tell him.) Good night."),
    ("（笑う）こんにちは。", "こんにちは。"),
    ("It is late. (and", "It is late. (and"),
]


@pytest.mark.parametrize(("written", "line"), LINES)
def test_what_is_spoken(written: str, line: str) -> None:
    assert spoken(written) == line
    assert spoken(*written) == line


@given(st.lists(st.text(alphabet="ab *[]()#:.,B", max_size=8), max_size=12))
def test_it_does_not_matter_how_the_text_is_cut(pieces: list[str]) -> None:
    assert spoken(*pieces) == spoken("".join(pieces))
    assert "*" not in spoken(*pieces)


@given(st.text(alphabet=st.characters(exclude_characters="*[#［【(（ ")))
def test_speech_passes_as_it_is(text: str) -> None:
    assert spoken(text) == text


def test_a_reply_is_spoken_without_them() -> None:
    voice = Voice("wary", Guard("Mira", ["Tom"]))
    written = "(happy) **Mira:** *wipes her hands* Good day, Tom. [She nods.] What is it? *waits*"
    events = [event for char in written for event in voice.feed(char)] + voice.end()
    assert voice.text.rstrip() == "Good day, Tom. What is it?"
    assert [event.text for event in events if isinstance(event, Sentence)] == ["Good day, Tom.", "What is it?"]
    assert (voice.emotion, voice.raw) == ("happy", written)
