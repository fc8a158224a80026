"""Lines for the moves of a quarrel where no model speaks, and the face that goes with each."""

from __future__ import annotations

from collections.abc import Sequence

from npc_runtime import dice
from npc_runtime.dialogue.generation.prompt import Quarrel
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.quarrel.complaint import to_face
from npc_runtime.emotions import Emotion

# {grievance} and {demand} as they are said to the opponent: "you stole my hammer", "give the hammer back".
_LINES: dict[Move, tuple[str, ...]] = {
    Move.ACCUSE: (
        "You cannot talk your way out of it, {opponent}: {grievance}.",
        "I will say it once more: {grievance}.",
        "Everyone here should know that {grievance}.",
        "I have not forgotten that {grievance}, {opponent}.",
        "What I want is simple, {opponent}: {demand}.",
    ),
    Move.DENY: (
        "I did nothing of the kind!",
        "That is not true, {opponent}.",
        "You have the wrong one, {opponent}.",
        "I never did that, and I will not say that I did.",
        "Not a word of it is true.",
    ),
    Move.CITE: (
        "Then explain this, {opponent}: {fact}.",
        "I know more than you think, {opponent}. {Fact}.",
        "Here is what I know: {fact}.",
        "{Fact}. What do you say to that?",
    ),
    Move.INSULT: (
        "I have met geese with more sense, {opponent}.",
        "You are a disgrace, {opponent}!",
        "Who would believe you, {opponent}?",
        "You were a fool last year, {opponent}, and you are one now.",
        "I would not trust you with a bucket.",
    ),
    Move.APPEAL: (
        "We are neighbours, {opponent}. Think of that.",
        "Is this how we want to live next to each other?",
        "You are better than this, {opponent}.",
        "I ask you as a neighbour, {opponent}: {demand}.",
    ),
    Move.BARGAIN: (
        "Let us each give a little, {opponent}.",
        "Meet me halfway, and I will say no more of it.",
        "What would you take to end this?",
        "Half of it, {opponent}, and we are even.",
    ),
    Move.CONCEDE: (
        "You are right, {opponent}. I give in.",
        "Have it your way, {opponent}.",
        "Enough. I was wrong.",
        "I will not fight you over it, {opponent}. You win.",
    ),
    Move.RECONCILE: (
        "Let us shake hands, {opponent}.",
        "I do not want to quarrel with you, {opponent}.",
        "Peace, {opponent}. It is not worth it.",
        "Let us be friends again, {opponent}.",
    ),
    Move.WALK_AWAY: (
        "I have had enough of this.",
        "We are done talking, {opponent}.",
        "I am leaving. Good day.",
        "I will not stay for this, {opponent}. Goodbye.",
    ),
}
_FACES: dict[Move, tuple[Emotion, Emotion]] = {
    Move.APPEAL: ("neutral", "sad"),
    Move.BARGAIN: ("neutral", "wary"),
    Move.CONCEDE: ("tired", "sad"),
    Move.RECONCILE: ("happy", "tired"),
    Move.WALK_AWAY: ("tired", "angry"),
}
_HOT = 2  # degrees


def stock_line(move: Move, quarrel: Quarrel, facts: Sequence[str], said: Sequence[str], *key: object) -> str:
    """A line for a move, one that was not `said` where there is any; the same `key` gives the same one."""
    fact = to_face(facts[0], quarrel.opponent).rstrip(". ") if facts else ""
    fills = {
        "opponent": quarrel.opponent,
        "grievance": to_face(quarrel.grievance, quarrel.opponent),
        "demand": to_face(quarrel.demand, quarrel.opponent),
        "fact": fact,
        "Fact": fact[:1].upper() + fact[1:],
    }
    lines = [line.format(**fills) for line in _LINES[move]]
    fresh = [line for line in lines if line not in said] or lines
    return dice.draw(dict.fromkeys(fresh, 1.0), *key, "stock")


def face(move: Move, degree: int) -> Emotion:
    """The emotion of a move at a heat of so many degrees."""
    calm, hot = _FACES.get(move, ("wary", "angry"))
    return hot if degree >= _HOT else calm
