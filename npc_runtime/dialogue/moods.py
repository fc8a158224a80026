"""The face that goes with a mood, for when no model says one."""

from __future__ import annotations

from npc_runtime.dialogue.emotions import Emotion
from npc_runtime.dialogue.moves import Move

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
BY_MOVE: dict[Move, Emotion] = {
    Move.RETORT: "angry",
    Move.COWER: "afraid",
    Move.PUZZLE: "surprised",
    Move.DOUBT: "wary",
}


def expected_emotion(mood: str, move: Move) -> Emotion:
    """The emotion of a character in this mood that makes this move."""
    return BY_MOVE.get(move) or BY_MOOD.get(mood, "neutral")
