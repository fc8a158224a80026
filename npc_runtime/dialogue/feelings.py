"""How a character's feeling toward somebody moves: slowly, by what is said to it."""

from __future__ import annotations

from npc_runtime.dialogue.intents import Intent
from npc_runtime.persona.model import FEELINGS, Persona
from npc_runtime.world.world import bare

STEP = 3  # points that move a feeling by one
LIMIT = 6  # points kept at most, either way
_POINTS = {
    Intent.INSULT: -2,
    Intent.THREAT: -3,
    Intent.COMPLIMENT: 1,
    Intent.APOLOGY: 1,
    Intent.THANKS: 1,
    Intent.GIFT: 2,
}
_COURTESIES = frozenset({Intent.APOLOGY, Intent.THANKS})  # they mend, and win nobody over


class Feelings:
    """The feelings of all characters of one world."""

    def __init__(self) -> None:
        self._points: dict[tuple[str, str], int] = {}

    def toward(self, persona: Persona, speaker: str) -> str:
        """One of FEELINGS: what the author wrote, moved by what was said since."""
        relation = persona.relations.get(bare(speaker)) if speaker.startswith("npc:") else None
        start = FEELINGS.index(relation.feeling if relation else persona.feeling)
        steps = int(self._points.get((persona.id, speaker), 0) / STEP)
        return FEELINGS[max(0, min(len(FEELINGS) - 1, start + steps))]

    def hear(self, persona: Persona, speaker: str, intent: Intent) -> None:
        """Takes in what a line was about."""
        change = _POINTS.get(intent, 0)
        points = self._points.get((persona.id, speaker), 0)
        if intent in _COURTESIES and points >= 0:
            change = 0
        if change:
            self._points[persona.id, speaker] = max(-LIMIT, min(LIMIT, points + change))
