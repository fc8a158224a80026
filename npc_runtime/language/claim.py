"""Claims: sentences in the third person in which people and things stand as ids: `{npc:tom} took {npc:mira}'s hammer.`

A reference may say in which case a pronoun stands for it, where the sentence around it was put for one: in
`{npc:tom|they} sell rope` it reads "you" to Tom and "they" to anybody else, in `{npc:tom|you} is late` "you" and "Tom".
Who is meant never depends on a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from npc_runtime.language.scripts import HANGUL, UNSPACED, UNSPACED_LETTER

Case = Literal["", "they", "them", "their", "theirs", "themselves", "you", "your", "yours"]

REFERENCE = re.compile(
    r"\{(?P<id>(?:npc|player|place|item):[^{}|<>\x00-\x1f]{1,64})(?:\|(?P<case>they|them|their|theirs|themselves|you|your|yours))?\}"
)
_OPENING = re.compile(r"\{(?=(?:npc|player|place|item):)")


@dataclass(frozen=True)
class Denial:
    """The claim that is denied; `corrects`: it was said what is so instead."""

    claim: str
    corrects: bool


def reference(id: str, case: Case = "") -> str:
    """Whoever has this id, as it stands in a claim."""
    return f"{{{id}|{case}}}" if case else f"{{{id}}}"


def ids(claim: str) -> tuple[str, ...]:
    """Everybody and everything that a claim is about, in order, each once."""
    return tuple(dict.fromkeys(found["id"] for found in REFERENCE.finditer(claim)))


def content(claim: str) -> str:
    """What a claim says besides whom it is about."""
    return REFERENCE.sub(" ", claim)


def unreferring(text: str) -> str:
    """A stranger's text, in which nothing stands for an id."""
    return _OPENING.sub("(", text)


def replaced(claim: str, worded: Callable[[str, Case, bool], str]) -> str:
    """A claim with words for its references; `worded` takes an id, a case, and whether a sentence begins there."""

    def word(found: re.Match[str]) -> str:
        before = claim[: found.start()].rstrip()
        opens = not before or before[-1] in ".!?…。！？"
        return worded(found["id"], found["case"] or "", opens)  # type: ignore[arg-type]

    return REFERENCE.sub(word, claim)


@dataclass
class Marks:
    """Stand-ins for references while rules of a grammar work on a text: capitalized words that are in no text."""

    _kept: list[str] = field(default_factory=list)

    def of(self, reference: str) -> str:
        """A word for a reference, until `restored`."""
        self._kept.append(reference)
        return f"Qꙁ{len(self._kept) - 1}ꙁ"

    def is_pronoun(self, word: str) -> bool:
        """Whether a word stands for a reference that reads as a pronoun."""
        return "|the" in self.restored(word)

    def hidden(self, claim: str) -> str:
        """A claim with a word for each of its references."""
        return REFERENCE.sub(lambda found: self.of(found[0]), claim)

    def restored(self, text: str) -> str:
        """The text with its references again."""
        return re.sub(r"Qꙁ(\d+)ꙁ", lambda found: self._kept[int(found[1])], text, flags=re.IGNORECASE)


@dataclass(frozen=True)
class Bearers:
    """Who is called what: display names by id, looked for in texts."""

    names: Mapping[str, str]
    by_form: Mapping[str, tuple[str, ...]]  # casefolded name -> those who bear it
    pattern: re.Pattern[str] | None

    def names_in(self, text: str) -> bool:
        """Whether a text names any of them."""
        return self.pattern is not None and self.pattern.search(text) is not None

    def replace(self, by: Callable[[re.Match[str]], str], text: str) -> str:
        """A text with something else for each name in it, in any letters; of those that begin alike, the longest."""
        return self.pattern.sub(by, text) if self.pattern else text


def bearers(names: Mapping[str, str], *, first_names: bool = False) -> Bearers:
    """Of display names by id. `first_names`: what a name begins with names somebody too."""
    return _bearers(tuple(names.items()), first_names)


@lru_cache(maxsize=64)
def _bearers(names: tuple[tuple[str, str], ...], first_names: bool) -> Bearers:
    by_form: dict[str, tuple[str, ...]] = {}
    for id, name in names:
        for form in dict.fromkeys((name, name.split(" ")[0]) if first_names else (name,)):
            if form.strip() and REFERENCE.fullmatch(reference(id)):
                key = form.casefold()
                by_form[key] = (*by_form.get(key, ()), id)
    forms = "|".join(_bounded(form) for form in sorted(by_form, key=len, reverse=True))
    return Bearers(dict(names), by_form, re.compile(forms, re.IGNORECASE) if forms else None)


def _bounded(form: str) -> str:
    """A name as a pattern: a whole word, where its script parts words by spaces and glues nothing to them."""
    before = "" if UNSPACED_LETTER.match(form[0]) else r"(?<!\w)"
    behind = "" if re.match(f"[{UNSPACED}{HANGUL}]", form[-1]) else r"(?!\w)"
    return before + re.escape(form) + behind
