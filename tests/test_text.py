"""Streaming text: whole characters, and stop strings that are never seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from npc_runtime.engine.tokens.text import TextStream


def stream(data: bytes, cuts: list[int], stop: list[str]) -> tuple[str, bool]:
    text = TextStream(stop)
    at, shown = 0, ""
    for cut in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        shown += text.push(data[at:cut])
        at = cut
    return shown + text.flush(), text.stopped


@given(st.text(), st.lists(st.integers(0, 200)), st.lists(st.text("ab<>", min_size=1, max_size=4), max_size=3))
def test_however_it_is_cut_the_text_ends_before_the_first_stop_string(
    text: str, cuts: list[int], stop: list[str]
) -> None:
    shown, stopped = stream(text.encode("utf-8", "replace"), cuts, stop)
    found = [at for each in stop if (at := text.find(each)) >= 0]
    clean = text.encode("utf-8", "replace").decode()
    # A stop string that arrives in one run with another is cut at the earliest.
    assert stopped == bool(found)
    assert clean.startswith(shown)
    assert not any(each in shown for each in stop)
    if not found:
        assert shown == clean


def test_an_unfinished_character_is_dropped_at_the_end() -> None:
    text = TextStream()
    assert text.push("a€".encode()[:-1]) == "a"
    assert text.flush() == ""
