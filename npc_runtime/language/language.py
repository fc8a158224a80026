"""A language as the runtime needs it. The base knows no grammar and serves any language; English knows its own."""

from __future__ import annotations

import re

from npc_runtime.language.sentences import Sentences

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class Language:
    """Neutral: Unicode words, no rewriting, and no stop words but those of its phrase file."""

    def __init__(self, code: str) -> None:
        self.code = code

    def words(self, text: str) -> list[str]:
        """The words in order, in lower case."""
        return [word.casefold() for word in _WORD.findall(text)]

    def terms(self, text: str) -> tuple[str, ...]:
        """What of a text counts when two are compared, in order; may be empty."""
        return tuple(self.words(text))

    def notion(self, term: str) -> str:
        """What a term stands for: terms with one notion mean the same."""
        return term

    def alike(self, term: str) -> tuple[str, ...]:
        """All terms of a term's notion, itself first."""
        return (term,)

    def sentences(self) -> Sentences:
        """Cuts text into sentences as it comes."""
        return Sentences()

    def split(self, text: str) -> list[str]:
        """All sentences of a text."""
        cutter = self.sentences()
        return cutter.feed(text) + cutter.end()
