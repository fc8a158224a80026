"""What a character may do with a line: the moves that can be, and which of what it knows each may draw on.

The runtime bounds and the model chooses. Closed here is what cannot be, whatever the line: to pass on what nobody told,
to sell what has no price, to believe somebody who is not trusted, to stand where one gives in. The numbers are those of
the claims on the card, from 1; NOW stands for what is so now, and for what was said before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from npc_runtime.dialogue.policy.moves import FACT_MOVES, TALK, Move
from npc_runtime.dialogue.policy.rules import AFRAID, DISTRUST, Choice
from npc_runtime.engine.request import Option
from npc_runtime.memory.recall import Memory
from npc_runtime.memory.relations import NEUTRAL, Numbers
from npc_runtime.persona.temper import Temper

NOW = 0
_FRIENDLY = frozenset({Move.SELL, Move.OFFER_WORK, Move.AGREE, Move.WELCOME, Move.THANK})
"""Moves that nobody makes toward somebody it is hostile to."""
GRANTING = frozenset({Move.AGREE, Move.SELL, Move.THANK})
"""Moves with which goes what the line asks for."""
_TO_A_REQUEST = GRANTING | {Move.REFUSE}
_BARE = frozenset({Move.ADMIT, Move.PUZZLE, Move.GREET, Move.RETORT, Move.WELCOME})
"""Moves that draw on nothing."""


@dataclass(frozen=True)
class Bounds:
    """Where a character stands with whoever speaks to it, and what it heard before."""

    speaker: str  # an entity id
    feeling: str
    numbers: Numbers = NEUTRAL
    temper: Temper | None = None
    asks: bool = False  # the line ends as a question does
    spoke: bool = False  # the speaker said something before
    overheard: bool = False  # so did others
    requested: bool = False  # the line asks for something that the game offers to have done

    def having_heard(self, npc: str, earlier: Sequence[str]) -> Bounds:
        """The same for a character that heard these speak before."""
        return replace(
            self, spoke=self.speaker in earlier, overheard=any(one not in (self.speaker, npc) for one in earlier)
        )


def options(
    claims: Sequence[Memory], bounds: Bounds, *, most: int, voiced: Collection[str] | None = None
) -> tuple[Option, ...]:
    """The moves that are open, each with up to `most` claims. `voiced` are those that the model has words for."""
    found = []
    for move in TALK:
        if _closed(move, bounds):
            continue
        numbers = tuple(_numbers(move, claims, bounds))
        least = 1 if move in FACT_MOVES else 0
        if len(numbers) >= least:
            speaks = voiced is None or move.value in voiced
            found.append(Option(move.value, numbers, least, min(most, len(numbers)), voiced=speaks))
    return tuple(found)


def without_first(options: Sequence[Option], lost: int) -> tuple[Option, ...]:
    """The same where the first `lost` claims are on the card no more; those behind them move up."""
    found = []
    for option in options:
        numbers = tuple(number and number - lost for number in option.numbers if not 0 < number <= lost)
        if len(numbers) >= option.least:
            found.append(replace(option, numbers=numbers, most=min(option.most, len(numbers))))
    return tuple(found)


def settled(choice: Choice, claims: Sequence[Memory]) -> tuple[Option, ...]:
    """The only option where the move was found before."""
    numbers = tuple(claims.index(fact) + 1 for fact in choice.facts if fact in claims)
    return (Option(choice.move.value, numbers, len(numbers), len(numbers)),)


def _closed(move: Move, bounds: Bounds) -> bool:
    steady, forgiving = (bounds.temper.steady, bounds.temper.forgiving) if bounds.temper else (0.0, 0.0)
    afraid = bounds.numbers.fear >= AFRAID
    if move in _FRIENDLY and bounds.feeling == "hostile":
        return True
    return (
        (move is Move.FORGIVE and bounds.feeling == "hostile" and forgiving <= 0)
        or (move is Move.ACKNOWLEDGE and bounds.numbers.trust <= DISTRUST)
        or (move is Move.STAND and (steady < 0 or afraid))
        or (move is Move.COWER and steady > 0 and not afraid)
        or (move is Move.RETORT and afraid)
        or (bounds.requested and move not in _TO_A_REQUEST)
        or (move is Move.GREET and bounds.asks and bounds.spoke)
    )


def _numbers(move: Move, claims: Sequence[Memory], bounds: Bounds) -> Iterator[int]:
    """The claims that a move may draw on, and NOW where it may."""
    if move in _BARE:
        return
    now = {Move.GOSSIP: bounds.overheard, Move.RECALL: bounds.spoke, Move.SELL: False, Move.OFFER_WORK: False}
    if now.get(move, True):
        yield NOW
    yield from (number for number, claim in enumerate(claims, 1) if _fits(move, claim, bounds.speaker))


def _fits(move: Move, claim: Memory, speaker: str) -> bool:
    own = claim.source == f"said:{speaker}"
    if move is Move.GOSSIP:
        return claim.kind == "told" and not own
    if move is Move.RECALL:
        return own
    if move is Move.SELL:
        return claim.kind == "price"
    return move is not Move.OFFER_WORK or claim.kind in ("need", "want")
