"""Lines for the moves of a quarrel where no model speaks, and the face that goes with each."""

from __future__ import annotations

from collections.abc import Sequence

from npc_runtime import dice
from npc_runtime.dialogue.generation.prompt import Quarrel
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.complaint import to_face
from npc_runtime.emotions import Emotion
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language

_FACES: dict[Move, tuple[Emotion, Emotion]] = {
    Move.APPEAL: ("neutral", "sad"),
    Move.BARGAIN: ("neutral", "wary"),
    Move.CONCEDE: ("tired", "sad"),
    Move.RECONCILE: ("happy", "tired"),
    Move.WALK_AWAY: ("tired", "angry"),
}
_HOT = 2  # degrees


def stock_line(
    move: Move,
    quarrel: Quarrel,
    facts: Sequence[str],
    said: Sequence[str],
    *key: object,
    language: Language = ENGLISH,
) -> str:
    """A line for a move, one that was not `said` where there is any; the same `key` gives the same one."""
    fact = to_face(facts[0], quarrel.opponent, language).rstrip(".。 ") if facts else ""
    fills = {
        "opponent": quarrel.opponent,
        "grievance": to_face(quarrel.grievance, quarrel.opponent, language),
        "demand": to_face(quarrel.demand, quarrel.opponent, language),
        "fact": fact,
        "Fact": fact[:1].upper() + fact[1:],
    }
    lines = [line.format(**fills) for line in language.phrases.lines(f"quarrel.{move.value}")]
    fresh = [line for line in lines if line not in said] or lines
    return dice.draw(dict.fromkeys(fresh, 1.0), *key, "stock")


def face(move: Move, degree: int) -> Emotion:
    """The emotion of a move at a heat of so many degrees."""
    calm, hot = _FACES.get(move, ("wary", "angry"))
    return hot if degree >= _HOT else calm
