"""Whom a line calls, by what people are called: a name or a part of it, an alias, a role; said anywhere in it.

Where several are named, whoever is called stands apart: at the beginning, at the end, or between commas. Names are
compared without accents and apostrophes, as people type them, and with a slip where no other word is so near. Who is
only talked about is not called: "has Tom paid you?" is for somebody else. Where a sentence begins or ends with a name
that nothing sets apart, it may be either: "tom a room please", "Tom is getting old".
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

SLIP = 0.8  # likeness from which on a word is taken for a misspelt name
LEAST = 4  # letters of a name that may be misspelt
_MARKS = str.maketrans("", "", "'’ʼ`´-‐‑")
_WORD = re.compile(r"[^\W_]+(?:['’ʼ`´\-‐‑][^\W_]+)*|[,;:.!?…—–\n]")
_STOPS = frozenset(",;:.!?…—–\n")
_ENDS = frozenset(".!?…\n")


@dataclass(frozen=True)
class Called:
    """Somebody who may be called. Ids are whatever the caller knows people by."""

    id: str
    names: tuple[str, ...]  # display name first, then aliases
    role: str = ""


@dataclass(frozen=True)
class Call:
    """Whom a line calls, by id. Who is named elsewhere in it is only talked about."""

    who: str | None = None
    sure: bool = False  # the name is set apart; otherwise the line may as well be about its bearer
    about: frozenset[str] = frozenset()

    def meant(self, found: str | None) -> str | None:
        """Whom the line means, where a model finds it to mean `found`, or nobody.

        A small model takes whoever is named in a line to be meant by it.
        """
        if self.who is not None and (self.sure or found is not None):
            return self.who
        return None if found in self.about else found


@dataclass(frozen=True)
class _Mention:
    id: str
    start: int  # among the words and stops of the line
    end: int
    weight: int  # a whole name 3, a part or an alias 2, a role 1


def plain(text: str) -> str:
    """As it is compared: small letters without accents, apostrophes and hyphens."""
    split = unicodedata.normalize("NFKD", text.casefold().translate(_MARKS))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def called(line: str, people: Sequence[Called]) -> Call:
    """Whom the line calls, where that is one alone. Names are words between spaces."""
    tokens = [token if token in _STOPS else plain(token) for token in _WORD.findall(line)]
    found = [_titled(one, tokens) for one in (list(_mentions(tokens, people)) or list(_misspelt(tokens, people)))]
    apart = [mention for mention in found if _apart(mention, tokens)]
    best = _heaviest(apart or found)
    who = None
    if apart or (len({one.id for one in best}) == 1 and any(_spoken_to(one, tokens) for one in best)):
        who = best[0].id
    return Call(who, bool(apart), frozenset(mention.id for mention in found) - {who})


def _heaviest(mentions: Sequence[_Mention]) -> list[_Mention]:
    return [mention for mention in mentions if mention.weight == max(one.weight for one in mentions)]


def _mentions(tokens: Sequence[str], people: Sequence[Called]) -> Iterator[_Mention]:
    """Where somebody is named, the longest name first; a part that several bear names none of them."""
    forms: dict[tuple[str, ...], dict[str, int]] = {}
    for one in people:
        for form, weight in _forms(one):
            forms.setdefault(form, {}).setdefault(one.id, weight)
    longest = max(map(len, forms), default=0)
    place = 0
    while place < len(tokens):
        for length in range(min(longest, len(tokens) - place), 0, -1):
            bearers = forms.get(tuple(tokens[place : place + length]), {})
            best = [id for id, weight in bearers.items() if weight == max(bearers.values())]
            if len(best) == 1:
                yield _Mention(best[0], place, place + length, bearers[best[0]])
                place += length - 1
                break
        place += 1


def _forms(one: Called) -> Iterator[tuple[tuple[str, ...], int]]:
    for place, name in enumerate(one.names):
        words = tuple(map(plain, _WORD.findall(name)))
        yield words, 3
        if place == 0 or len(words) > 1:
            yield from (((word,), 2) for word in words if len(word) > 2 and word not in _TITLES)
    words = tuple(map(plain, _WORD.findall(one.role)))
    if words:
        yield words, 1
        if len(words) > 1:
            yield words[-1:], 1


def _misspelt(tokens: Sequence[str], people: Sequence[Called]) -> Iterator[_Mention]:
    """Where a word is nearly the name of one of them and of no other."""
    known = {word[0]: one.id for one in people for word, weight in _forms(one) if len(word) == 1 and weight > 1}
    for place, token in enumerate(tokens):
        if len(token) >= LEAST:
            near = [name for name in known if len(name) >= LEAST and name[0] == token[0]]
            close = difflib.get_close_matches(token, near, 1, SLIP)
            if close:
                yield _Mention(known[close[0]], place, place + 1, 2)


def _titled(mention: _Mention, tokens: Sequence[str]) -> _Mention:
    """With the words of address in front of it: "my lord jarl", "sir knight"."""
    start = mention.start
    while start and tokens[start - 1] in _ADDRESS:
        start -= 1
    return replace(mention, start=start)


def _apart(mention: _Mention, tokens: Sequence[str]) -> bool:
    """Whether it stands alone at the beginning, at the end, or between stops."""
    before = mention.start == 0 or tokens[mention.start - 1] in _STOPS
    after = mention.end == len(tokens) or tokens[mention.end] in _STOPS
    return before and after


def _spoken_to(mention: _Mention, tokens: Sequence[str]) -> bool:
    """Whether a name within a sentence may be that of whoever hears it: first, last, or behind a greeting."""
    first = next((place + 1 for place in reversed(range(mention.start)) if tokens[place] in _ENDS), 0)
    return mention.start - first <= 1 or mention.end == len(tokens) or tokens[mention.end] in _ENDS


_ADDRESS = frozenset(
    {"my", "good", "dear", "sir", "dame", "lady", "lord", "master", "mistress", "mr", "mrs", "ms", "dr"}
)
_TITLES = _ADDRESS | {"the", "old", "young", "father", "mother"}
