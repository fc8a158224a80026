"""What is written into a history: memories with where they came from."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

from npc_runtime.errors import Invalid, clipped, shown
from npc_runtime.language.wording import Wording
from npc_runtime.memory.news import News

How = Literal["witnessed", "told", "said", "heard", "self", "lore", "reflection", "taught"]
"""How a memory came about. `said` and `heard` are lines, the character's own and others'; `taught` is by the author."""
HOWS: tuple[str, ...] = get_args(How)
LINES = frozenset({"said", "heard"})
NOTHING_ELSE = News()
"""Of a memory that is passed on as it is."""
NOT_UNICODE = "send valid Unicode: no half of a surrogate pair"


@dataclass(frozen=True)
class Entry:
    """One memory of one character, or one thing in the journal of a player, before it is written."""

    owner: str  # npc id, or player id
    how: How
    claim: str  # of LINES, what was said, word for word
    at: int  # game time, seconds
    who: str = ""  # entity id of whoever said, told or did it
    toward: str = ""  # entity id it was said to
    origin: str = ""  # entity id that it came from at first, before it was passed on
    kind: str = "fact"  # as recall.Memory: fact, told, price, need, view, relation, person, quarrel
    importance: float = 0.5  # 0 to 1
    confidence: float = 1.0  # 0 to 1
    depth: int = 0  # how many mouths it went through
    sources: tuple[int, ...] = ()  # ids of the memories that a reflection stands for
    place: str = ""  # place id where it was learned; kept for players only
    reply: str = ""  # id of the reply that told it
    news: News = NOTHING_ELSE

    def text(self, wording: Wording, *, nearest: bool = False) -> str:
        """It as its owner has it; of hearsay with whom it came from, or only who said it last, if `nearest` will do."""
        if self.how in LINES:
            return self.claim
        if self.how != "told":
            return wording.text(self.claim, self.owner)
        origin = self.who if nearest else self.origin
        return wording.told(self.claim, who=self.who, to=self.toward or self.owner, origin=origin, reader=self.owner)

    @property
    def passed_on(self) -> News:
        """What others are told of it."""
        doer = self.news.doer or (self.origin if self.how == "witnessed" else "")
        return replace(self.news, claim=self.news.claim or self.claim, doer=doer)

    @property
    def digest(self) -> int:
        """Equal for the same thing again: a signed 64-bit number, as SQLite stores them."""
        named = "\x1f".join((self.owner, self.how, self.who, self.toward, " ".join(self.claim.lower().split())))
        return int.from_bytes(hashlib.blake2b(named.encode(), digest_size=8).digest(), "big", signed=True)

    def check(self) -> None:
        """Raises Invalid where a file cannot keep it as it is."""
        for name, value in vars(self).items():
            of = f"{name} of a memory of {clipped(self.owner)}"
            if isinstance(value, str) and not encodable(value):
                raise Invalid(f"{of} is not Unicode: {shown(value)}", hint=NOT_UNICODE)
            if isinstance(value, float) and not math.isfinite(value):
                raise Invalid(f"{of} is {value}", hint="a finite number is right")
            for number in value if isinstance(value, tuple) else (value,):
                if isinstance(number, int) and not -(2**63) <= number < 2**63:
                    raise Invalid(f"{of} is out of range: {shown(number)}", hint="a whole number of 64 bits is right")
        if not encodable(self.news.as_text()):
            raise Invalid(f"the news in a memory of {clipped(self.owner)} is not Unicode", hint=NOT_UNICODE)


@dataclass(frozen=True)
class Stored:
    """A memory in the history. `last` is the game time when it came up last, `count` how often it did."""

    id: int
    entry: Entry
    count: int
    last: int


def encodable(text: str) -> bool:
    """Whether a text is valid Unicode, as files and messages hold it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
