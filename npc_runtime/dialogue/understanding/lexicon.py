"""What kind of thing a word names: coarse classes, so that a line about mead reads like one about ale.

A classifier that has seen few lines knows few words. These classes, and the words that hold a sentence together, tell
it how a line is built where it does not know what the line is about.
"""

from __future__ import annotations

from functools import lru_cache

from npc_runtime.language.english.data import Data
from npc_runtime.language.english.terms import stem

_CLASSES = Data("classes").table("classes")
# With how a line begins and ends.
_HELD_TOGETHER_BY = Data("classes").words("held_together_by").union("^$?.")
_BY_WORD: dict[str, tuple[str, ...]] = {}
for _name, _words in _CLASSES.items():
    for _word in _words.split():
        for _form in {_word, stem(_word)}:
            if _name not in _BY_WORD.get(_form, ()):
                _BY_WORD[_form] = (*_BY_WORD.get(_form, ()), _name)


LISTED = _HELD_TOGETHER_BY.union(*(_words.split() for _words in _CLASSES.values()))
"""Every word that is listed here."""


@lru_cache(maxsize=8192)
def classes(word: str) -> tuple[str, ...]:
    """The classes of a word of a plain line; none for most words."""
    return _BY_WORD.get(word) or _BY_WORD.get(stem(word), ())


@lru_cache(maxsize=8192)
def role(word: str) -> str:
    """The part that a word plays in a sentence: itself if it holds one together, else its first class, else `_`."""
    if word in _HELD_TOGETHER_BY:
        return word
    found = classes(word)
    if found:
        return f"<{found[0]}>"
    return "_ing" if word.endswith("ing") else "_"
