"""Talk among villagers on the screen: each line as it is spoken, and how it ends."""

from __future__ import annotations

import contextlib

from demo import quarrels, texts
from demo.panes import Conversation, Spoken
from demo.village import Village
from npc_runtime.client import Encounter
from npc_runtime.errors import NotFound
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
    reply = Spoken("")
    async with contextlib.aclosing(encounter.messages()) as messages:
        async for message in messages:
            match message:
                case m.EncounterTurn(speaker=speaker, to=to):
                    reply = Spoken(f"{village.called(speaker)} to {village.called(to)}")
                    await talk.put(reply)
                case m.ReplyStart(emotion=emotion):
                    reply.begin(emotion)
                case m.ReplyDelta(text=text):
                    reply.add(text)
                case m.ReplyEnd():
                    reply.end(message.text, remark=texts.remark(message))
                    if message.finish != "cancelled":
                        await quarrels.read(message.text)
                        with contextlib.suppress(NotFound):  # a save was restored meanwhile: the next message says so
                            await encounter.heard(message.reply)
                case m.EncounterEnded(reason=reason) if not unasked and reason in _ENDS:
                    await talk.aside(_ENDS[reason])
