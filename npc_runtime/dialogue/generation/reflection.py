"""Reflections in the model's words: what many small memories come to. Where it fails, they speak for themselves."""

from __future__ import annotations

import re

from npc_runtime.dialogue.generation.prompt import FACT_LIMIT, Message, Piece, flatten
from npc_runtime.engine import request as engine
from npc_runtime.engine.request import Writer
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.memory.consolidate import Group, extract

SECONDS = 60.0
_NAME = re.compile(r"\b[A-Z]\w+")
_FIRST_WORDS = frozenset({"You", "It", "There", "The", "A", "I"})


class Reflecting:
    """Writes reflections at background priority. Without a writer, or with a small model's, they are extracts."""

    def __init__(self, writer: Writer | None = None) -> None:
        self._writer = writer

    async def reflect(self, group: Group, language: Language = ENGLISH) -> str:
        """One sentence that stands for a group of memories; nothing in it that they do not hold."""
        if self._writer is None:
            return extract(group, language)
        text = ""
        async for event in self._writer.generate(_request(group, language)):
            if isinstance(event, engine.Text):
                text += event.text
        text = flatten(text, FACT_LIMIT)
        return text if _holds(text, group, language) else extract(group, language)


def _request(group: Group, language: Language) -> engine.Request:
    asked = f"{language.phrases.text('prompt.reflection')}\n"
    pieces = [Piece(asked, trusted=True)]
    for member in group.members:
        pieces += [Piece("- ", trusted=True), Piece(flatten(member.entry.text, FACT_LIMIT)), Piece("\n", trusted=True)]
    return engine.Request(
        messages=(Message("user", tuple(pieces)),),
        max_tokens=64,
        sampling=engine.Sampling(temperature=0.2),
        stop=("\n",),
        priority=engine.Priority.BACKGROUND,
        deadline=SECONDS,
    )


def _holds(text: str, group: Group, language: Language) -> bool:
    """Whether it is a sentence whose names and numbers all come from the memories.

    Names are told by their capital letter in English only; elsewhere numbers must do.
    """
    told = " ".join(member.entry.text for member in group.members)
    named = {name for name in _NAME.findall(text) if name not in _FIRST_WORDS} if language.reads else set[str]()
    ends = text.endswith((".", "!")) if language.reads else language.ends(text)
    return ends and all(name in told for name in named | set(re.findall(r"\d+", text)))
