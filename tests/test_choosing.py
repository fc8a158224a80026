"""Closed choices: whatever an engine writes, only a choice that was open is one."""

from __future__ import annotations

import asyncio

import pytest
from talking import ScriptedWriter

from npc_runtime.dialogue.generation.choosing import Choosing
from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.engine.request import Option, Priority

OPTIONS = (Option("calm"), Option("side", (1, 2), 1, 1))


@pytest.mark.parametrize(
    ("written", "chosen"),
    [
        ("calm", ("calm", ())),
        ("side 2", ("side", (2,))),
        ("(angry) You took it!", None),
        ("side", None),
        ("side 3", None),
        ("calm 1", None),
        ("side 1 2", None),
    ],
)
def test_only_what_was_open_is_a_choice(written: str, chosen: tuple[str, tuple[int, ...]] | None) -> None:
    asked = (Message("user", (Piece("What does it mean?"),)),)
    work = Choosing(ScriptedWriter(f"{written}\n")).choose(asked, OPTIONS, priority=Priority.PLAYER, seed=1)
    found = asyncio.run(work)
    assert (None if found is None else (found.word, tuple(found.numbers))) == chosen
