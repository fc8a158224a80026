"""Talk among villagers on the screen, and how it ends."""

from __future__ import annotations

from demo import listening
from demo.panes import Conversation
from demo.village import Village
from npc_runtime.client import Encounter
from npc_runtime.wire import messages as m

_ENDS: dict[str, str] = {
    "yielded": "They turn to you.",
    "hushed": "They keep silent.",
    "cooling": "They have nothing new to say to each other.",
    "budget": "They have talked enough for now.",
    "silent": "They say nothing.",
}


async def play(village: Village, talk: Conversation, encounter: Encounter, *, unasked: bool = False) -> None:
    """Shows a talk from its first word to its end; one that nobody asked for begins and ends without a word from us."""

    async def show(message: m.Response) -> None:
        if isinstance(message, m.EncounterEnded) and not unasked and message.reason in _ENDS:
            await talk.aside(_ENDS[message.reason])

    def title(turn: m.SceneTurn) -> str:
        return f"{village.called(turn.npc)} to {village.called(turn.to)}"

    await listening.play(talk, encounter, title, show)
