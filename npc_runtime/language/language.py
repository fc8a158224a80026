"""A language as the runtime needs it. The base knows no grammar and serves any language; English knows its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from npc_runtime.language import phrases
from npc_runtime.language.claim import Denial, Marks, bearers, content, ids, reference, replaced, unreferring
from npc_runtime.language.phrases import Phrases
from npc_runtime.language.sentences import AnySentences, Sentences, ended

if TYPE_CHECKING:
    from npc_runtime.language.words import Terms

Name = Callable[[str], str]
"""The display name of an id."""

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

    def gist(self, claim: str) -> Gist:
        """By what a claim is known again."""
        return _gist(self, claim)

    def matter(self, text: str) -> frozenset[str]:
        """The words of a claim that say the same in whatever form they come."""
        return frozenset(self.terms(text))

    def first_name(self, text: str) -> str:
        """A name that opens a text without being anybody's whose id is known, or nothing."""
        return ""

    def notion(self, term: str) -> str:
        """What a term stands for: terms with one notion mean the same."""
        return term

    def alike(self, term: str) -> tuple[str, ...]:
        """All terms of a term's notion, itself first."""
        return (term,)

    def ordinary(self, word: str) -> bool:
        """Whether a word says nothing by itself, so that it is hardly meant as a name."""
        return not self.terms(word)

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

    def clauses(self, text: str) -> list[str]:
        """What of a sentence stands between its marks, and on either side of its "and"."""
        return self._between.split(text)

    @cached_property
    def _between(self) -> re.Pattern[str]:
        return re.compile(rf"[,;]\s|[，、；]|\s[–—]\s|{re.escape(self.phrases.text('list.last'))}")

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

    # ------------------------------------------------------------------------------------------- claims

    def linked(
        self, text: str, names: Mapping[str, str], involved: Sequence[str] = (), *, any_case: bool = False
    ) -> str:
        """A text with ids for the names in it, spelled as they are given or in `any_case`.

        A name that several bear is whoever of them is `involved`, in that order where it comes more than once; where
        nobody of them is, it stays a word.
        """
        known, marks, left = bearers(names), Marks(), list(involved)

        def link(found: re.Match[str]) -> str:
            spelled = found[0]
            bear = [id for id in known.by_form[spelled.casefold()] if any_case or names[id] == spelled]
            if not bear or (any_case and spelled not in map(names.get, bear) and self.ordinary(spelled)):
                return spelled
            meant = [id for id in left if id in bear] or [id for id in involved if id in bear]
            if len(bear) > 1 and not meant:
                return spelled
            if len(meant) > 1:
                left.remove(meant[0])
            return reference((meant or bear)[0])

        return marks.restored(known.replace(link, marks.hidden(text)))

    def own(self, text: str, owner: str, names: Mapping[str, str], involved: Sequence[str] = ()) -> str:
        """What somebody knows, in its own words, as a claim. Nothing is rewritten: it speaks of its owner by name."""
        return self.linked(text, names, (owner, *involved))

    def stated(self, sentence: str, speaker: str, to: str, names: Mapping[str, str]) -> str:
        """What somebody said, as a claim: word for word, since "I" is whoever said it first."""
        return self.linked(unreferring(sentence.strip()), names, (to, speaker))

    def text(self, claim: str, reader: str, name: Name) -> str:
        """A claim as somebody reads it: with the names that people have."""
        return replaced(claim, lambda id, case, opens: name(id))

    def told(self, claim: str, who: str, to: str, origin: str, reader: str, name: Name) -> str:
        """What `who` told `to`, as `reader` keeps it, word for word: "I" in it is its `origin`."""
        what = self.text(claim, reader, name)
        if origin and origin != who:
            return self.phrases.text("known.hearsay", who=name(who), origin=name(origin), what=what)
        if to != reader:
            return self.phrases.text("known.overheard", who=name(who), to=name(to), what=what)
        return self.phrases.text("known.told", who=name(who), what=what)

    def said(self, claim: str, speaker: str, name: Name) -> str:
        """A claim as its speaker says it."""
        return self.text(claim, speaker, name)

    def heard(self, owner: str, noise: str, place: str) -> str:
        """What somebody has of something that it only heard, as a claim."""
        heard = self.phrases.text("world.heard", noise=noise, place=place or self.phrases.text("world.nearby"))
        return self.own(heard, owner, {})

    def denying(self, claim: str) -> str:
        """A claim that says of another one that it is not so."""
        return self.phrases.text("known.denied", what=claim)

    def tone(self, text: str) -> Literal["good", "bad", ""]:
        """Whether a text is good news or bad, as far as its words tell."""
        return ""

    def addresses(self, text: str) -> bool:
        """Whether a text speaks of whoever it is said to, as "you"; false where the words do not tell."""
        return False

    def first_person(self, text: str) -> str:
        """A text about whoever reads it, as that one says it."""
        return text

    def retold(self, claim: str) -> list[str]:
        """The ways in which a claim may grow where it is passed on."""
        return []

    def denial(self, claim: str) -> Denial | None:
        """What a claim says is not so, where it denies something; only a model can tell."""
        return None

    def joined(self, statements: Sequence[str]) -> list[str]:
        """Statements, those in one that belong together: a denial, and what is so instead."""
        return list(statements)

    @cached_property
    def _terms(self) -> Terms:
        from npc_runtime.language.words import Terms

        own = self.phrases
        primary = self.code.partition("-")[0]
        return Terms(primary, own.lines("reading.stop"), own.lines("reading.particles"))


@dataclass(frozen=True)
class Gist:
    """By what a claim is known again: ids and words, and who or what is named first."""

    terms: frozenset[str]
    first: str


@lru_cache(maxsize=8192)
def _gist(language: Language, claim: str) -> Gist:
    about = ids(claim)
    opening = content(claim[: claim.find("{")] if about else claim)
    first = language.first_name(opening) or next(iter(about), "")
    return Gist(language.matter(content(claim)) | set(about), first)
