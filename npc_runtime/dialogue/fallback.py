"""What a character says without a model: a line of its own persona, by intent and mood."""

from __future__ import annotations

from npc_runtime.dialogue.intents import Intent
from npc_runtime.persona.barks import bark
from npc_runtime.persona.model import BARK_INTENTS, Pack

# Intents that authors do not write barks for, and what answers them as well.
_NEAREST = {
    Intent.FOREIGN: "nonsense",
    Intent.GIFT: "thanks",
    Intent.ASK_TOLD: "ask_topic",
    Intent.ASK_RECALL: "ask_topic",
    Intent.AGREE: "small_talk",
    Intent.DISAGREE: "small_talk",
}


def bark_intent(intent: Intent) -> str:
    """The name under which a pack holds lines for an intent."""
    name = _NEAREST.get(intent, intent.value)
    return name if name in BARK_INTENTS else "any"


def fallback_line(pack: Pack, npc: str, intent: Intent, *, mood: str, listener: str, seed: int, last: str = "") -> str:
    """A line of the character `npc` (its id in the pack), other than `last` wherever there is a choice."""
    return bark(pack.barks, pack.personas[npc], bark_intent(intent), seed=seed, mood=mood, listener=listener, last=last)
