"""What a question is after: a view of somebody or a fact, and which of its words say what it is about."""

from __future__ import annotations

from npc_runtime.language.english.data import Data
from npc_runtime.language.english.terms import terms

_QUESTIONS = Data("lines.questions")
_pattern, _JUDGING = _QUESTIONS.pattern, _QUESTIONS.words("judging")


def asks_view(words: str) -> bool:
    """Whether a plain line asks what the character holds of somebody or something that is not the speaker."""
    asked = _pattern("view").search(words) or _pattern("judged").search(words)
    return bool(asked) and not _pattern("of_the_listener").search(words)


def in_jest(words: str) -> bool:
    """Whether whoever typed a plain line laughed at it."""
    return bool(_pattern("jest").search(words))


def wanted(words: str) -> str:
    """`who`, `where`, `when` or `why`, whichever a plain line asks first, or nothing."""
    found = _pattern("wanted").search(words)
    return "who" if found and found[1] in {"whose", "whom"} else found[1] if found else ""


def sought(words: str) -> str:
    """A plain line without what does not say what it is about, as long as anything is left."""
    rest = " ".join(_pattern("asides").sub(" ", words).split())
    if asks_view(rest):
        # "Think" is no word to look for, and tells recall that an opinion is wanted.
        rest = "think of " + " ".join(word for word in rest.split() if word not in _JUDGING)
    return rest if terms(rest) else words
