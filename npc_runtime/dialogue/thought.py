"""What a line brings to a character's mind, and what the character makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from npc_runtime.dialogue.choose import Choice
from npc_runtime.memory.recall import Hit, Memory


@dataclass(frozen=True)
class Recalled:
    """What came to a character's mind for a line."""

    query: str
    about: tuple[Memory, ...]  # what the line may be about
    meant: tuple[Memory, ...]  # those of them that mean what was asked, whatever their words
    latest: tuple[Memory, ...]  # what it learned last, latest first
    told_of: frozenset[str]  # of the words that some secret waits for, those that it was told


NOTHING = Recalled("", (), (), (), frozenset())


@dataclass(frozen=True)
class Thought:
    """What a character makes of a line: the choice, and what it was chosen from."""

    choice: Choice
    hits: tuple[Hit, ...]
    feeling: str
