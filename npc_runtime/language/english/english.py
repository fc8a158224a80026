"""English, as the runtime knows it."""

from __future__ import annotations

from npc_runtime.language.english import terms as vocabulary
from npc_runtime.language.language import Language


class English(Language):
    """English words by their stems, and notions that several words share."""

    def words(self, text: str) -> list[str]:
        """The words in order, without possessive endings, in small letters."""
        return vocabulary.words(text)

    def terms(self, text: str) -> tuple[str, ...]:
        """The stems that carry meaning, in order; may be empty."""
        return vocabulary.terms(text)

    def notion(self, term: str) -> str:
        """The notion that a stem stands for; most stems are their own."""
        return vocabulary.notion(term)

    def alike(self, term: str) -> tuple[str, ...]:
        """All stems of the notion that a stem stands for, itself first."""
        return vocabulary.alike(term)


ENGLISH = English("en")
