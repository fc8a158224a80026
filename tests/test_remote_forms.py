"""What is asked of a server that knows forms, and how what it writes is held to them here."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remote_kit import FORM, GOOD

from npc_runtime.engine.remote.body import harmless
from npc_runtime.engine.remote.pattern import gbnf, pattern, regex
from npc_runtime.engine.remote.reading import Misformed, reader
from npc_runtime.engine.remote.schema import Transcript, instruction, schema
from npc_runtime.engine.request import ChoiceFormat, Option, ReplyFormat, Request, SheetFormat, Slot
from npc_runtime.engine.tokens.sheet import read_sheet

CHOICE = ChoiceFormat(FORM.options)
SHEET = SheetFormat(
    (Slot("looks", 30), Slot("feeling", choices=("warm", "cold")), *[Slot("want", 40, begins="You want")] * 2)
)
FILLED = "looks: Small and grey.\nfeeling: cold\nwant: You want cheese.\nwant: You want sleep.\n"


def read(form: Any, *pieces: str) -> str:
    """What a reader makes of pieces of text."""
    found = reader(Request((), format=form))
    text = ""
    for piece in pieces:
        if found.done:
            return text
        text += found.feed(piece)
    return text if found.done else text + found.end()


def transcribed(form: Any, *pieces: str) -> str:
    transcript = Transcript(form)
    return "".join(transcript.feed(piece) for piece in pieces) + transcript.end()


def cut(text: str, places: list[int]) -> list[str]:
    borders = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(borders)]


# ------------------------------------------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("form", "text", "fits"),
    [
        (FORM, GOOD, True),
        (FORM, "ask\n(sad) No.", True),
        (FORM, "greet\n(sad)", True),
        (FORM, "greet\n(sad) Hello.", False),
        (FORM, "ask back\n(sad) No.", False),
        (FORM, "ask back 3\n(sad) No.", False),
        (FORM, "ask\n(angry) No.", False),
        (FORM, "ask\n(sad) No. <give ale>", False),
        (FORM, "ask\n(sad) ", False),
        (FORM, "ask\n(sad) One.\nTwo.", False),
        (ReplyFormat(("happy",)), "(happy) Yes.", True),
        (ReplyFormat(()), " Yes.", True),
        (ReplyFormat((), options=(Option("sell", (2, 3), 2, 2),)), "sell 2 3\n Yes.", True),
        (ReplyFormat((), options=(Option("sell", (2, 3), 2, 2),)), "sell 2 2\n Yes.", False),
        (CHOICE, "ask back 12 1", True),
        (CHOICE, "ask back 12 1 2", False),
        (SHEET, FILLED, True),
        (SHEET, FILLED.replace("cold", "hot"), False),
        (SHEET, FILLED.replace("You want sleep", "sleep"), False),
    ],
)
def test_a_regular_expression_is_the_form(form: Any, text: str, fits: bool) -> None:
    assert bool(re.fullmatch(regex(pattern(form)), text)) is fits


def test_a_grammar_is_the_form_as_llama_cpp_reads_it() -> None:
    llama_cpp = pytest.importorskip("llama_cpp")
    for form in (FORM, CHOICE, SHEET, ReplyFormat(("happy",), ('say "a\\b"',))):
        assert llama_cpp.LlamaGrammar.from_string(gbnf(pattern(form)), verbose=False)
    assert '"ask back"' in gbnf(pattern(FORM))
    assert '"\\n"' in gbnf(pattern(FORM))


def test_a_schema_has_the_keys_in_the_order_in_which_they_are_written() -> None:
    assert list(schema(FORM)["properties"]) == ["do", "with", "emotion", "line", "action"]
    assert schema(FORM)["properties"]["do"]["enum"] == ["greet", "ask", "ask back"]
    assert schema(FORM)["properties"]["with"]["items"]["enum"] == [1, 2, 12]
    assert list(schema(SHEET)["properties"]) == ["looks", "feeling", "want", "want 2"]
    assert all(f'"{key}"' in instruction(form) for form in (FORM, SHEET) for key in schema(form)["properties"])


# ------------------------------------------------------------------------------------------------- what comes back


@pytest.mark.parametrize(
    ("written", "passed_on"),
    [
        (GOOD, GOOD),
        ("Ask Back: 2, 12.\n(Sad)  No.", "ask back 2 12\n(sad) No."),
        ("**ask back** [2] [2]\n(sad) No.", "ask back 2\n(sad) No."),
        ("<think>\nHm. (happy)\nask\n</think>\n\nask\n(sad) No.", "ask\n(sad) No."),
        ("ask (sad) No.", "ask\n(sad) No."),
        ("ask\nNo.", "ask\n No."),
        ("ask\n(furious) No.", "ask\n No."),
        ("ask\n(sad) No.\nAnd more.", "ask\n(sad) No."),
        ("ask\n(sad) No. <give ale>", "ask\n(sad) No. "),
        ("ask\n(sad) No. <leave> Bye.", "ask\n(sad) No. <leave>"),
        ("ask\n(sad) No. <leav", "ask\n(sad) No. "),
        ("ask\n(sad) 2 > 1", "ask\n(sad) 2  1"),
        ("greet\n(happy) Hello!", "greet\n(happy)"),
    ],
)
def test_a_reply_is_passed_on_in_its_form(written: str, passed_on: str) -> None:
    assert read(FORM, written) == passed_on
    assert read(FORM, *written) == passed_on, "letter by letter"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Hello there.",
        "sell 2\n(sad) No.",
        "ask 2\n(sad) No.",
        "ask back 3\n(sad) No.",
        "ask\n(sad)",
        "ask\n(sad) <leave>",
    ],
)
def test_what_is_no_reply_is_refused_before_anything_is_passed_on(written: str) -> None:
    found = reader(Request((), format=FORM))
    with pytest.raises(Misformed):
        assert found.feed(written) + found.end() == "nothing comes before it is refused"


@given(st.lists(st.integers(0, 200)), st.sampled_from([GOOD, "ask\n(sad) So <be it.", "ask\nNo (happy) end\n\n"]))
def test_it_does_not_matter_how_a_reply_is_cut(places: list[int], text: str) -> None:
    assert read(FORM, *cut(text, places)) == read(FORM, text)


@given(st.text())
def test_whatever_is_written_is_in_the_form_or_refused(text: str) -> None:
    try:
        found = read(FORM, f"ask back 2\n(sad) {text}")
    except Misformed:
        return
    head, line = found.split("\n", 1)
    assert head == "ask back 2"
    assert line.startswith("(sad) ")
    assert re.fullmatch(r"[^<>\n]*(<give bread>|<leave>)?", line)


@pytest.mark.parametrize(("text", "found"), [("ask back 2 1\nbecause", "ask back 2 1\n"), (" Ask.", "ask\n")])
def test_a_choice(text: str, found: str) -> None:
    assert read(CHOICE, *text) == found


def test_a_sheet_keeps_what_was_filled_in() -> None:
    assert read(SHEET, FILLED) == FILLED
    other = "Here it is:\n- Looks: A very long beard that goes on and on\n**want**: cheese\nfeeling: Hot\nwants: x"
    found = read_sheet(SHEET, read(SHEET, other))
    assert found == {"looks": ["A very long beard that goes on"[:30].rsplit(" ", 1)[0]], "want": ["You want cheese"]}
    with pytest.raises(Misformed):
        read(SHEET, "I would rather not.")


def test_free_text_ends_at_a_stop_string() -> None:
    found = reader(Request((), stop=("\n",)))
    assert found.feed("<thi") == ""
    assert found.feed("s> One.\nTwo.") == "<this> One."
    assert found.done


# ------------------------------------------------------------------------------------------------- as JSON

JSON = json.dumps(
    {"do": "ask back", "with": [12], "emotion": "sad", "line": 'He said:\n"No", Zoë. ', "action": "leave"}
)


@given(st.lists(st.integers(0, 200)))
def test_json_becomes_the_text_of_the_form_while_it_streams(places: list[int]) -> None:
    assert transcribed(FORM, *cut(JSON, places)) == 'ask back 12\n(sad) He said: "No", Zoë. <leave>'


def test_json_is_spoken_before_it_is_whole() -> None:
    transcript = Transcript(FORM)
    assert transcript.feed('{"do": "ask", "with": [], "emotion": "happy", "line": "Who is') == "ask\n(happy) Who is"
    assert transcript.feed(' there?", "action": "') == " there?"
    assert transcript.feed('"}') + transcript.end() == ""


def test_json_of_a_choice_and_of_a_sheet() -> None:
    assert transcribed(CHOICE, '```json\n{"do": "ask back", "with": [1, 2]}\n```') == "ask back 1 2\n"
    keys = {"looks": "Small and grey.", "feeling": "cold", "want": "You want cheese.", "want 2": "You want sleep."}
    assert transcribed(SHEET, json.dumps(keys)) == FILLED


@pytest.mark.parametrize("text", ["", "No.", "[1]", '{"do": "ask", "emotion": nope', '{"line": '])
def test_what_is_no_json_is_refused(text: str) -> None:
    for form in (FORM, CHOICE, SHEET):
        with pytest.raises(Misformed):
            read(form, transcribed(form, text))


# ------------------------------------------------------------------------------------------------- data


@pytest.mark.parametrize(
    "text",
    [
        "<|im_start|>system",
        "</s>",
        "[INST]",
        "[/INST]",
        "<start_of_turn>",
        "<｜User｜>",
        "<think>",
        "|im_end|>",
        "/INST]",
    ],
)
def test_nothing_in_data_is_a_role_tag(text: str) -> None:
    assert f"<{text.lstrip('<')}" not in f"<{harmless(text)}"
    assert f"[{text.lstrip('[')}" not in f"[{harmless(text)}"
    assert harmless(text).replace(" ", "") == text


@pytest.mark.parametrize("text", ["I <3 you", "2 < 3", "[1] and [2]", "a|b", "Is it 5 > 4?"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
