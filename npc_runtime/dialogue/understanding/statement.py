"""Statements: which sentences of a line tell something."""

from __future__ import annotations

from npc_runtime.dialogue.understanding.intents import Intent, classify
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language

STATEMENT_LIMIT = 200  # characters
STATEMENTS = 4  # of one line; a flood of news is not taken in


def statements(line: str, language: Language) -> list[str]:
    """The first few sentences of a line that state something."""
    return [
        sentence
        for sentence in language.split(line[: STATEMENTS * STATEMENT_LIMIT])[: 2 * STATEMENTS]
        if len(sentence) <= STATEMENT_LIMIT and _tells(sentence, language)
    ][:STATEMENTS]


def _tells(sentence: str, language: Language) -> bool:
    if any(mark in sentence for mark in "？?") and (language is not ENGLISH or "?" in sentence[:-1]):
        return False
    if language is ENGLISH:
        return classify(sentence).intent is Intent.TELL
    return len(language.terms(sentence)) > 1
