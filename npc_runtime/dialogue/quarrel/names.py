"""Finding the parties in a line, by id, by name or by a part of it, in any letters and with a slip or two."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from npc_runtime.dialogue.quarrel.party import Party
from npc_runtime.dialogue.understanding.normalize import plain
from npc_runtime.language.english.data import Data
from npc_runtime.language.english.terms import STOP_WORDS

SLIP = 0.79  # likeness from which on a word is taken for a misspelt name
_WORD = re.compile(r"(?:npc:)?[^\W_]+(?:[-'’][^\W_]+)*")
_TITLES = Data("quarrel").words("titles")
_POSSESSIVE = re.compile(r"['’]s?$")


def marked(text: str, parties: Sequence[Party]) -> str:
    """The line in plain words (`normalize.plain`), with `<0>`, `<1>` where a party is named, `<0>'s` for possessives.

    Sentences end in ` . `, and ` ? ` or ` , ` stand where the line has them.
    """
    known = dict(_names(parties))
    parts: list[str] = []
    between: list[str] = []

    def close() -> None:
        if between:
            parts.append(plain(" ".join(between)))
            between.clear()

    for token in re.findall(rf"{_WORD.pattern}|[.!?,;:]", text):
        found = _found(token, known)
        if found:
            close()
            parts.append(found)
        elif token in ".!;:?,":
            close()
            parts.append({"?": "?", ",": ","}.get(token, "."))
        else:
            between.append(token)
    close()
    joined = re.sub(r"(<\d>)(?: <?\1)+", r"\1", " ".join(parts))
    return f" {joined} . "


def _names(parties: Sequence[Party]) -> Iterator[tuple[str, int]]:
    """Every word that stands for one party only."""
    words: dict[str, set[int]] = {}
    for place, party in enumerate(parties):
        bare = party.id.partition(":")[2] or party.id
        for word in {party.id.lower(), bare.lower(), *_WORD.findall(party.name.lower())} - _TITLES:
            words.setdefault(word, set()).add(place)
    return ((word, *places) for word, places in words.items() if len(places) == 1)  # type: ignore[misc]


def _found(token: str, known: dict[str, int]) -> str:
    """The mark of a party that a word names, or nothing."""
    word = token.lower()
    if word in known:
        return f"<{known[word]}>"
    bare = _POSSESSIVE.sub("", word)
    if bare != word and bare in known:
        return f"<{known[bare]}>'s"
    if len(word) > 3 and word.endswith("s") and word[:-1] in known:  # "toms hammer"
        return f"<{known[word[:-1]]}>'s"
    if len(bare) < 4 or bare in STOP_WORDS:
        return ""
    swapped = [name for name in known if sorted(name) == sorted(bare) and name[0] == bare[0]]
    long = [name for name in known if len(name) > 3 and name[0] == bare[0]]
    close = swapped or difflib.get_close_matches(bare, long, 1, SLIP)
    return f"<{known[close[0]]}>" + ("'s" if bare != word else "") if close else ""
