"""A language as the runtime needs it. The base knows no grammar and serves any language; English knows its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from npc_runtime.language.claim import Denial, Marks, bearers, content, ids, reference, replaced, unreferring
from npc_runtime.language.sentences import Sentences

Name = Callable[[str], str]
"""The display name of an id."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class Language:
    """Neutral: Unicode words, no rewriting, and no stop words but those of its phrase file."""

    somebody = "…"  # whoever has no name

    def __init__(self, code: str) -> None:
        self.code = code

    def words(self, text: str) -> list[str]:
        """The words in order, in lower case."""
        return [word.casefold() for word in _WORD.findall(text)]

    def terms(self, text: str) -> tuple[str, ...]:
        """What of a text counts when two are compared, in order; may be empty."""
        return tuple(self.words(text))

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

    def sentences(self) -> Sentences:
        """Cuts text into sentences as it comes."""
        return Sentences()

    def split(self, text: str) -> list[str]:
        """All sentences of a text."""
        cutter = self.sentences()
        return cutter.feed(text) + cutter.end()

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
        spoken = f"“{self.text(claim, reader, name)}”"
        chain = f"{name(origin)}: " if origin and origin != who else ""
        whom = "" if to == reader else f" → {name(to)}"
        return f"{name(who)}{whom}: {chain}{spoken}"

    def said(self, claim: str, speaker: str, name: Name) -> str:
        """A claim as its speaker says it."""
        return self.text(claim, speaker, name)

    def heard(self, owner: str, noise: str, place: str) -> str:
        """What somebody has of something that it only heard, as a claim."""
        return f"{place}: {noise}" if place else noise

    def denying(self, claim: str) -> str:
        """A claim that says of another one that it is not so."""
        return f"≠ {claim}"

    def tone(self, text: str) -> Literal["good", "bad", ""]:
        """Whether a text is good news or bad, as far as its words tell."""
        return ""

    def first_person(self, text: str) -> str:
        """A text about whoever reads it, as that one says it."""
        return text

    def retold(self, claim: str) -> list[str]:
        """The ways in which a claim may grow where it is passed on."""
        return []

    def more_such(self, count: int) -> str:
        """Says of some memories that there were `count` more like them."""
        return f"(+{count})"

    def denial(self, claim: str) -> Denial | None:
        """What a claim says is not so, where it denies something; only a model can tell."""
        return None

    def joined(self, statements: Sequence[str]) -> list[str]:
        """Statements, those in one that belong together: a denial, and what is so instead."""
        return list(statements)


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
