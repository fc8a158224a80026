"""English, as the runtime knows it."""

from __future__ import annotations

from npc_runtime.language.english import person
from npc_runtime.language.english import terms as vocabulary
from npc_runtime.language.language import Language
from npc_runtime.language.sentences import Sentences


class English(Language):
    """English words by their stems, and notions that several words share."""

    reads = True

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

    def parts(self, term: str) -> tuple[str, ...]:
        """None: English words are asked for whole."""
        return ()

    def sentences(self) -> Sentences:
        """Cuts text into sentences as it comes."""
        return Sentences()

    def first_person(self, fact: str) -> str:
        """The fact with its owner as "I"."""
        return person.first_person(fact)

    def second_person(self, text: str, name: str) -> str:
        """The text with `name` as "you", where that is plainly right; else the text as it is."""
        return person.second_person(text, name)


ENGLISH = English("en")
