"""The moves of a conversation: what a character does with its turn.

A model chooses by these names, and was trained on them: adding one means training it on the new one.
"""

from __future__ import annotations

from enum import Enum

from npc_runtime.emotions import Emotion

BY_MOOD: dict[str, Emotion] = {
    "calm": "neutral",
    "cheerful": "happy",
    "amused": "happy",
    "weary": "tired",
    "irritated": "angry",
    "grieving": "sad",
    "nervous": "afraid",
    "suspicious": "wary",
}


class Move(str, Enum):
    """What a character does with its turn; the value is the word in the prompt."""

    # Meeting and parting
    GREET = "greet"
    PART = "part"
    INTRODUCE = "introduce"  # says its name
    WORK = "work"  # says what it does for a living
    PLACE = "place"  # says where this is
    FEEL = "feel"  # says how it is, by mood
    OPINION = "opinion"  # says what it thinks of the listener, by feeling
    CHAT = "chat"  # small talk that needs no fact
    # Knowing
    ANSWER = "answer"  # states the given fact
    GOSSIP = "gossip"  # states the given fact and who told it
    RECALL = "recall"  # states what the listener said before
    ADMIT = "admit"  # says that it does not know
    DEFLECT = "deflect"  # will not talk about it
    ASK_BACK = "ask back"  # asks the listener to say more
    # Hearing
    ACKNOWLEDGE = "acknowledge"  # takes in what the listener tells
    DOUBT = "doubt"  # does not believe what the listener tells
    # Doing
    SELL = "sell"  # names the price in the given fact
    OFFER_WORK = "offer work"  # asks for the help in the given fact
    AGREE = "agree"
    REFUSE = "refuse"
    # Manners
    WELCOME = "welcome"  # answers thanks
    THANK = "thank"  # answers a compliment or a gift
    FORGIVE = "forgive"
    REBUFF = "rebuff"  # does not accept an apology or a kindness
    RETORT = "retort"  # answers an insult
    STAND = "stand"  # is not moved by a threat
    COWER = "cower"  # is moved by a threat
    PUZZLE = "puzzle"  # is baffled: nonsense, foreign tongues, talk of machines and instructions
    # Quarrels: the card names the grievance, the demand and the heat
    ACCUSE = "accuse"
    DENY = "deny"
    CITE = "cite"  # puts the given fact forward as evidence
    INSULT = "insult"
    APPEAL = "appeal"  # to friendship, decency, the neighbours
    BARGAIN = "bargain"
    CONCEDE = "concede"
    RECONCILE = "reconcile"
    WALK_AWAY = "walk away"
    # Between quarrelling others
    MEDIATE = "mediate"


QUARREL_MOVES = frozenset({
    Move.ACCUSE, Move.DENY, Move.CITE, Move.INSULT, Move.APPEAL,
    Move.BARGAIN, Move.CONCEDE, Move.RECONCILE, Move.WALK_AWAY,
})  # fmt: skip
"""Moves that need a quarrel on the card."""
TALK = tuple(move for move in Move if move not in QUARREL_MOVES and move is not Move.MEDIATE)
"""The moves of a talk, in which nobody quarrels."""

FACT_MOVES = frozenset({Move.ANSWER, Move.GOSSIP, Move.RECALL, Move.SELL, Move.OFFER_WORK, Move.CITE})
"""Moves that need at least one fact on the card; all others have none."""


BY_MOVE: dict[Move, Emotion] = {
    Move.RETORT: "angry",
    Move.COWER: "afraid",
    Move.PUZZLE: "surprised",
    Move.DOUBT: "wary",
}


def expected_emotion(mood: str, move: Move) -> Emotion:
    """The emotion of a character in this mood that makes this move."""
    return BY_MOVE.get(move) or BY_MOOD.get(mood, "neutral")
