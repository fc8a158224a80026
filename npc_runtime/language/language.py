"""A language as the runtime needs it. The base knows no grammar and serves any language; English knows its own."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from npc_runtime.language import phrases
from npc_runtime.language.phrases import Phrases
from npc_runtime.language.sentences import AnySentences, Sentences, ended

if TYPE_CHECKING:
    from npc_runtime.language.words import Terms

_WITHOUT_GAPS = ("ja", "zh", "yue")


class Language:
    """Neutral: Unicode words, stems and stop words where a library has them, and no rewriting."""

    reads = False
    """Whether lines are understood by rules of its own; where not, by their marks and by who is named."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._cached_terms = lru_cache(maxsize=8192)(lambda text: self._terms.of(text))

    @property
    def gap(self) -> str:
        """What stands between two sentences."""
        return "" if self.code.partition("-")[0] in _WITHOUT_GAPS else " "

    @cached_property
    def phrases(self) -> Phrases:
        """What the runtime says in it. Raises PhraseError where its file is broken."""
        return phrases.phrases(self.code)

    def words(self, text: str) -> list[str]:
        """The words in order, in lower case."""
        from npc_runtime.language.words import words  # its patterns take 30 ms, which English never needs

        return words(text)

    def terms(self, text: str) -> tuple[str, ...]:
        """What of a text counts when two are compared, in order; may be empty."""
        return self._cached_terms(text)

    def notion(self, term: str) -> str:
        """What a term stands for: terms with one notion mean the same."""
        return term

    def alike(self, term: str) -> tuple[str, ...]:
        """All terms of a term's notion, itself first."""
        return (term,)

    @cached_property
    def frames(self) -> frozenset[str]:
        """Terms that say which kind of thing is asked for, and not which thing: a price, something for sale."""
        return frozenset(term for word in self.phrases.lines("reading.frames") for term in self.terms(word))

    def parts(self, term: str) -> tuple[str, ...]:
        """Shorter terms that are found in a term; whoever asks for one of them may mean it."""
        from npc_runtime.language.words import parts

        return parts(term)

    def sentences(self) -> Sentences:
        """Cuts text into sentences as it comes."""
        return AnySentences(self.phrases.lines("reading.abbreviations"))

    def split(self, text: str) -> list[str]:
        """All sentences of a text."""
        cutter = self.sentences()
        return cutter.feed(text) + cutter.end()

    def ends(self, text: str) -> bool:
        """Whether a text ends as a sentence does."""
        return ended(text)

    def listed(self, names: list[str]) -> str:
        """Names as a sentence has them: "Mira, Tom and Bren"."""
        if not names:
            return ""
        *first, last = names
        more, end = self.phrases.text("list.more"), self.phrases.text("list.last")
        return f"{more.join(first)}{end}{last}" if first else last

    def first_person(self, fact: str) -> str:
        """A fact as its owner says it; as it is, where nothing turns persons."""
        return fact

    def second_person(self, text: str, name: str) -> str:
        """A text about somebody as that one remembers it; as it is, where nothing turns persons."""
        return text

    @cached_property
    def _terms(self) -> Terms:
        from npc_runtime.language.words import Terms

        own = self.phrases
        primary = self.code.partition("-")[0]
        return Terms(primary, own.lines("reading.stop"), own.lines("reading.particles"))
