"""Who answers a line for all: whoever is called, by its name or by what else it is called."""

from __future__ import annotations

import asyncio

import pytest
from talking import ScriptedWriter, Talk

from npc_runtime.dialogue.policy.audience import answering
from npc_runtime.persona.model import Persona

HERE = ["npc:mira", "npc:tom"]


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("Sparks, good day.", "npc:tom"),
        ("Good day, old sparks!", "npc:tom"),
        ("Hey Sparks!", "npc:tom"),
        ("Mira, where is Sparks?", "npc:mira"),
    ],
)
def test_whoever_is_called_by_an_alias_answers(line: str, answers: str) -> None:
    async def work() -> None:
        talk = Talk(ScriptedWriter())
        tom: Persona = talk.mind.pack.personas["tom"].model_copy(update={"aliases": ["Sparks", "Old Sparks"]})
        talk.mind.pack.personas["tom"] = tom
        for seed in range(5):
            assert await answering(talk.mind, "player:alex", line, HERE, seed) == answers

    asyncio.run(work())
