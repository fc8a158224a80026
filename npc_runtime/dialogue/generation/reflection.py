"""Reflections in the model's words: what many small memories come to. Where it fails, they speak for themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from npc_runtime.dialogue.generation.prompt import FACT_LIMIT, Message, Piece, flatten
from npc_runtime.engine import request as engine
from npc_runtime.engine.request import Writer
from npc_runtime.language.language import Language
from npc_runtime.language.wording import Wording
from npc_runtime.memory.consolidate import Group, extract

SECONDS = 60.0
_NAME = re.compile(r"\b[A-Z]\w+")
_FIRST_WORDS = frozenset({"You", "It", "There", "The", "A", "I"})


class Reflecting:
    """Writes reflections at background priority. Without a writer, or with a small model's, they are extracts."""

    def __init__(self, writer: Writer | None = None) -> None:
        self._writer = writer

    async def reflect(self, group: Group, wording: Wording) -> str:
        """A claim that stands for a group of memories; nothing in it that they do not hold."""
        if self._writer is None:
            return extract(group, wording.language)
        told = [member.entry.text(wording) for member in group.members]
        text = ""
        async for event in self._writer.generate(_request(told, wording.language)):
            if isinstance(event, engine.Text):
                text += event.text
        text = flatten(text, FACT_LIMIT)
        if not _holds(text, told, wording.language):
            return extract(group, wording.language)
        return wording.own(text, group.members[0].entry.owner)


def _request(told: Sequence[str], language: Language) -> engine.Request:
    asked = f"{language.phrases.text('prompt.reflection')}\n"
    pieces = [Piece(asked, trusted=True)]
    for text in told:
        pieces += [Piece("- ", trusted=True), Piece(flatten(text, FACT_LIMIT)), Piece("\n", trusted=True)]
    return engine.Request(
        messages=(Message("user", tuple(pieces)),),
        max_tokens=64,
        sampling=engine.Sampling(temperature=0.2),
        stop=("\n",),
        priority=engine.Priority.BACKGROUND,
        deadline=SECONDS,
    )


def _holds(text: str, told: Sequence[str], language: Language) -> bool:
    """Whether it is a sentence whose names and numbers all come from the memories.

    Names are told by their capital letter in English only; elsewhere numbers must do.
    """
    known = " ".join(told)
    named = {name for name in _NAME.findall(text) if name not in _FIRST_WORDS} if language.reads else set[str]()
    ends = text.endswith((".", "!")) if language.reads else language.ends(text)
    return ends and all(name in known for name in named | set(re.findall(r"\d+", text)))
