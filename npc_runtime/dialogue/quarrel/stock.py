"""Lines for the moves of a quarrel where no model speaks, and the face that goes with each."""

from __future__ import annotations

from collections.abc import Sequence

from npc_runtime.dialogue.emotions import Emotion
from npc_runtime.dialogue.moves import Move
from npc_runtime.dialogue.quarrel import dice

_LINES: dict[Move, tuple[str, ...]] = {
    Move.ACCUSE: (
        "You know very well what you did, {opponent}.",
        "I have not forgotten it, {opponent}. Make it good!",
        "It was you, {opponent}, and nobody else.",
    ),
    Move.DENY: ("I did nothing of the kind!", "That is not true, {opponent}.", "You have the wrong one, {opponent}."),
    Move.CITE: (
        "I know what I know, {opponent}, and I did not dream it.",
        "There is proof, {opponent}, and you know it.",
        "I could tell everyone what I know of it.",
    ),
    Move.INSULT: (
        "I have met geese with more sense, {opponent}.",
        "You are a disgrace, {opponent}!",
        "Who would believe you, {opponent}?",
    ),
    Move.APPEAL: (
        "We are neighbours, {opponent}. Think of that.",
        "Is this how we want to live next to each other?",
        "You are better than this, {opponent}.",
    ),
    Move.BARGAIN: (
        "Let us each give a little, {opponent}.",
        "Meet me halfway, and I will say no more of it.",
        "What would you take to end this?",
    ),
    Move.CONCEDE: ("You are right, {opponent}. I give in.", "Have it your way, {opponent}.", "Enough. I was wrong."),
    Move.RECONCILE: (
        "Let us shake hands, {opponent}.",
        "I do not want to quarrel with you, {opponent}.",
        "Peace, {opponent}. It is not worth it.",
    ),
    Move.WALK_AWAY: ("I have had enough of this.", "We are done talking, {opponent}.", "I am leaving. Good day."),
}
_FACES: dict[Move, tuple[Emotion, Emotion]] = {
    Move.APPEAL: ("neutral", "sad"),
    Move.BARGAIN: ("neutral", "wary"),
    Move.CONCEDE: ("tired", "sad"),
    Move.RECONCILE: ("happy", "tired"),
    Move.WALK_AWAY: ("tired", "angry"),
}
_HOT = 2  # degrees


def stock_line(move: Move, opponent: str, said: Sequence[str], *key: object) -> str:
    """A line for a move, not one of those that were `said` as long as there is another; the same `key`, the same line."""
    lines = [line.format(opponent=opponent) for line in _LINES[move]]
    fresh = [line for line in lines if line not in said] or lines
    return dice.draw(dict.fromkeys(fresh, 1.0), *key, "stock")


def face(move: Move, degree: int) -> Emotion:
    """The emotion of a move at a heat of so many degrees."""
    calm, hot = _FACES.get(move, ("wary", "angry"))
    return hot if degree >= _HOT else calm
