"""What a speaker does next: a weight for each move, log-linear over how things look to it, and a seeded draw."""

from __future__ import annotations

import math

from npc_runtime import dice
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.argument import MAX_HEAT, Argument, Spoken
from npc_runtime.dialogue.quarrel.mediation import urged

# A move's weight is e to the power of the sum of these, each times its feature; `always` is 1 (see `features`).
TABLE: dict[Move, dict[str, float]] = {
    Move.ACCUSE: {
        "always": 1.2, "opening": 1.6, "claims": 0.7, "heat": 0.6, "resolve": 0.7, "gentle": -0.3,
        "urged": -0.7, "offered": -0.8, "late": -0.5,
    },
    Move.DENY: {
        "always": 0.4, "pressed": 1.4, "shown": -0.8, "claims": -1.0, "regrets": -1.5, "resolve": 1.0, "just": -0.6,
        "sly": 0.5, "urged": -0.3, "offered": -0.8,
    },
    Move.CITE: {
        "always": 0.0, "facts": 1.7, "claims": 0.3, "resolve": 0.5, "just": 0.4, "heat": -0.4, "offered": -0.6,
    },
    Move.INSULT: {
        "always": -2.2, "heat": 2.8, "hot": 0.5, "sharp": 0.9, "gentle": -0.8, "bold": 0.3, "insulted": 0.8,
        "affinity": -0.8, "fear": -1.0, "respect": -0.4, "urged": -1.0, "offered": -0.6,
    },
    Move.APPEAL: {
        "always": -0.3, "heat": -1.0, "gentle": 0.8, "affinity": 1.0, "urged": 0.6, "opening": -0.6,
    },
    Move.BARGAIN: {
        "always": 0.0, "heat": -1.2, "resolve": -1.0, "sly": 0.4, "trust": 0.7, "urged": 0.9, "offered": 0.3,
        "late": 1.2,
    },
    Move.CONCEDE: {
        "always": 1.6, "claims": -0.4, "resolve": -5.0, "heat": -0.9, "firm": -0.5, "convinced": 0.9, "affinity": 0.4,
        "fear": 1.4, "respect": 0.4, "urged": 0.3, "late": 1.2, "offered": -0.3,
    },
    Move.RECONCILE: {
        "always": -0.5, "heat": -2.2, "resolve": -0.8, "gentle": 0.7, "affinity": 1.4, "trust": 0.8, "wooed": 0.7,
        "offered": 1.6, "urged": 1.2, "late": 1.5,
    },
    Move.WALK_AWAY: {
        "always": -2.5, "heat": 1.5, "hot": 0.3, "bold": -0.3, "insulted": 0.6, "affinity": -0.5, "fear": 0.7,
        "urged": -0.7, "late": 1.5,
    },
}  # fmt: skip
_LATE = 0.4  # of the limits, from where on a party feels that it must come to an end
_PRESSING = (Move.ACCUSE, Move.CITE)
_WOOING = (Move.APPEAL, Move.RECONCILE)
_NEVER_FIRST = (Move.BARGAIN, Move.CONCEDE)
_AFTER_TWO = (Move.RECONCILE, Move.WALK_AWAY)


def features(argument: Argument, speaker: str, toward: str) -> dict[str, float]:
    """How things look to a speaker; what does not apply is left out."""
    party, stance = argument.party(speaker), argument.stances[speaker]
    numbers, last = party.numbers(toward), _last_toward(argument, speaker)
    left = argument.uncited(speaker)
    found: dict[str, float] = {
        **vars(party.temper),
        **vars(numbers),
        "always": 1.0,
        party.position: 1.0,
        "heat": stance.heat / MAX_HEAT,
        "resolve": stance.resolve,
        "urged": urged(argument, speaker),
        "late": max(0.0, (argument.spent - _LATE) / (1 - _LATE)),
        "facts": party.evidence[left[0]].confidence if left else 0.0,
    }
    if not argument.moves(speaker):
        found["opening"] = 1.0
    if argument.offer not in ("", speaker):
        found["offered"] = 1.0
    if last is None:
        return found
    if last.move in _PRESSING:
        found["pressed"] = 1.0
    if last.move in _WOOING:
        found["wooed"] = 1.0
    if last.move is Move.INSULT:
        found["insulted"] = 1.0
    if last.fact is not None:
        shown = argument.party(last.speaker).evidence[last.fact].confidence
        found |= {"shown": shown, "convinced": shown * (1 + party.temper.just) / 2}
    return found


def weights(argument: Argument, speaker: str, toward: str) -> dict[Move, float]:
    """The moves that are open to a speaker, and their weights; they add up to 1."""
    seen = features(argument, speaker, toward)
    found = {
        move: math.exp(sum(times * seen[name] for name, times in TABLE[move].items() if name in seen))
        for move in open_moves(argument, speaker)
    }
    total = sum(found.values())
    return {move: weight / total for move, weight in found.items()}


def choose(argument: Argument, speaker: str, toward: str) -> Move:
    """The move of the speaker's next turn; the same argument gives the same one."""
    return dice.draw(weights(argument, speaker, toward), argument.seed, argument.turn, "move")


def open_moves(argument: Argument, speaker: str) -> list[Move]:
    """What a speaker may do now. No move comes three times in a row, and only a charge can be denied."""
    before, closed = argument.moves(speaker), set()
    if before[-1:] == before[-2:-1]:
        closed.update(before[-1:])
    if not argument.uncited(speaker):
        closed.add(Move.CITE)
    if not any(said.toward == speaker and said.move in _PRESSING for said in argument.spoken):
        closed.add(Move.DENY)
    if argument.turn < 2:
        closed.update(_AFTER_TWO)
    if argument.turn == 0:
        closed.update(_NEVER_FIRST)
    return [move for move in TABLE if move not in closed]


def _last_toward(argument: Argument, speaker: str) -> Spoken | None:
    """What was said to the speaker since its own last turn, the latest."""
    for said in reversed(argument.spoken):
        if said.speaker == speaker:
            return None
        if said.toward == speaker:
            return said
    return None
