"""Sentences: cutting spoken text where a voice would pause."""

from __future__ import annotations

import re

# A stop, closing quotes, white space, and no small letter behind: "I... I think" and "well... maybe" go on.
_END = re.compile(r"([.!?…]+[\"'”’)*]*)\s+(?=\S)")
_ABBREVIATION = re.compile(r"(?:^|\s)(?:Mr|Mrs|Ms|Dr|St|Sr|Jr|No)\.$")


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


def split(text: str) -> list[str]:
    """All sentences of a text."""
    cutter = Sentences()
    return cutter.feed(text) + cutter.end()
