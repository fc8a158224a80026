"""What a character says without a model: a line of its own persona, by intent and mood."""

from __future__ import annotations

from npc_runtime.dialogue.intents import Intent
from npc_runtime.persona.barks import bark
from npc_runtime.persona.model import BARK_INTENTS, Pack


def bark_intent(intent: Intent) -> str:
    """The name under which a pack holds lines for an intent."""
    return intent.value if intent.value in BARK_INTENTS else "any"


def fallback_line(pack: Pack, npc: str, intent: Intent, *, mood: str, listener: str, seed: int, last: str = "") -> str:
    """A line of the character `npc` (its id in the pack), other than `last` wherever there is a choice."""
    return bark(pack.barks, pack.personas[npc], bark_intent(intent), seed=seed, mood=mood, listener=listener, last=last)
