"""What errors quote: always printable, always bounded, whatever a stranger wrote."""

from __future__ import annotations

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npc_runtime.errors import TEXT_LIMIT, Invalid, clipped, closest, not_found, shown

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


@given(any_text, any_text)
def test_an_error_can_always_be_sent(message: str, hint: str) -> None:
    error = Invalid(message, hint=hint)
    assert msgpack.unpackb(msgpack.packb([error.message, error.hint, str(error)]))


def test_an_error_is_bounded() -> None:
    error = Invalid("x" * 10**6, hint="y" * 10**6)
    assert len(str(error)) <= 2 * TEXT_LIMIT + 2


def test_a_lone_surrogate_is_shown_as_an_escape() -> None:
    assert clipped("caf\udce9.yaml") == "caf\\udce9.yaml"


@given(any_text, st.lists(any_text, max_size=5))
def test_what_is_not_found_can_always_be_sent(name: str, known: list[str]) -> None:
    assert str(not_found("world", name, known)).encode()


def test_a_guess_is_quick_among_many_long_names() -> None:
    names = [f"{number:05}" + "x" * 5000 for number in range(20_000)]
    assert closest("y" * 100_000, names) is None
    assert closest("mria", ["bren", "mira"]) == "mira"


HUGE = {
    "number": 10**5000,
    "negative": -(10**5000),
    "inside": [10**5000],
    "text": "x" * 10**6,
    "bytes": b"\xff" * 10**6,
    "list": list(range(10**5)),
}


@pytest.mark.parametrize("value", HUGE.values(), ids=HUGE)
def test_any_value_can_be_shown(value: object) -> None:
    assert len(shown(value)) <= 60


def test_a_list_that_stands_for_billions_of_entries_can_be_shown() -> None:
    bomb: list[object] = ["ha"]
    for _ in range(40):
        bomb = [bomb] * 10
    assert len(shown(bomb)) <= 60


def test_a_list_that_holds_itself_can_be_shown() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert shown(loop)
