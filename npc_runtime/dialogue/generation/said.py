"""What a character said lately and need not say again: a model is kept from its turns of phrase, never from facts."""

from __future__ import annotations

from collections.abc import Iterable

from npc_runtime.dialogue.generation.tokens import enough, normal
from npc_runtime.language.language import Language

_WORDS, _LETTERS = 3, 6  # a run of so many is of the fact, in scripts with spaces and without


def phrases(lines: Iterable[str], facts: Iterable[str], language: Language) -> tuple[str, ...]:
    """The sentences of some lines, oldest first, that tell none of these facts.

    A fact is told in the same words whenever it is asked for; a model that is kept from them tells another one.
    """
    known = {run for fact in facts for run in _runs(fact)}
    return tuple(sentence for line in lines for sentence in language.split(line) if known.isdisjoint(_runs(sentence)))


def _runs(text: str) -> set[tuple[str, ...]]:
    plain = normal(text)
    words, length = plain.split(), enough(plain, _WORDS, _LETTERS)
    return {tuple(words[start : start + length]) for start in range(max(1, len(words) - length + 1))}
