"""Sentences: cutting spoken text where a voice would pause."""

from __future__ import annotations

import re
from collections.abc import Collection

from npc_runtime.language.scripts import CLOSING, FULL_STOPS, UNSPACED

# A stop, closing quotes, white space, and no small letter behind: "I... I think" and "well... maybe" go on.
_END = re.compile(r"([.!?…]+[\"'”’)*]*)\s+(?=\S)")
_ABBREVIATION = re.compile(r"(?:^|\s)(?:Mr|Mrs|Ms|Dr|St|Sr|Jr|No)\.$")

# A wide stop ends a sentence by itself, and so does any stop right before a letter of a script without spaces.
_WIDE = rf"[.!?…]*[{FULL_STOPS}][.!?…{FULL_STOPS}]*[{CLOSING}]*\s*(?=[^\s.!?…{FULL_STOPS}{CLOSING}])"
_ANY_END = re.compile(
    rf"(?P<wide>{_WIDE})|(?P<tight>[.!?…]+[{CLOSING}]*(?=[{UNSPACED}]))|(?P<spaced>[.!?…]+[{CLOSING}“‘]*\s+(?=\S))"
)
_ENDED = re.compile(rf"[.!?…{FULL_STOPS}][{CLOSING}“‘]*$")  # “ closes what „ opened


class Sentences:
    """Takes text as it comes; gives back sentences once it is certain that they are complete."""

    def __init__(self) -> None:
        self.rest = ""  # what has been fed and is no complete sentence yet

    def feed(self, text: str) -> list[str]:
        """The sentences that `text` completes."""
        self.rest += text
        complete = []
        start = 0
        for found in _END.finditer(self.rest):
            sentence = self.rest[start : found.end(1)].strip()
            if self.rest[found.end()].islower() or _ABBREVIATION.search(sentence):
                continue
            complete.append(sentence)
            start = found.end()
        self.rest = self.rest[start:]
        return complete

    def end(self) -> list[str]:
        """What is left: a last sentence needs no stop."""
        rest, self.rest = self.rest.strip(), ""
        return [rest] if rest else []


class AnySentences(Sentences):
    """The same for any language: 。 and its kin need no space behind them, and each language has its abbreviations."""

    def __init__(self, abbreviations: Collection[str] = ()) -> None:
        """`abbreviations` end in a full stop that ends no sentence; `#.` among them: so does that of any number."""
        super().__init__()
        self._abbreviations = frozenset(abbreviations)

    def feed(self, text: str) -> list[str]:
        """The sentences that `text` completes."""
        self.rest += text
        complete = []
        start = 0
        for found in _ANY_END.finditer(self.rest):
            sentence = self.rest[start : found.end()].strip()
            if found["spaced"] and (self.rest[found.end()].islower() or self._abbreviated(sentence)):
                continue
            complete.append(sentence)
            start = found.end()
        self.rest = self.rest[start:]
        return complete

    def _abbreviated(self, sentence: str) -> bool:
        last = sentence.rsplit(None, 1)[-1].lstrip("(\"'„“«")
        return last in self._abbreviations or ("#." in self._abbreviations and last[:-1].isdigit())


def ended(text: str) -> bool:
    """Whether a text ends as a sentence does, in any script."""
    return bool(_ENDED.search(text.rstrip()))


def split(text: str) -> list[str]:
    """All sentences of a text."""
    cutter = Sentences()
    return cutter.feed(text) + cutter.end()
