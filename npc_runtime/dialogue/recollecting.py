"""What comes to a character's mind for a line, before it makes anything of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from npc_runtime.dialogue.conversation import Conversation
from npc_runtime.dialogue.inquiry import sought
from npc_runtime.dialogue.intents import Intent, Reading
from npc_runtime.dialogue.mind import Mind
from npc_runtime.dialogue.remembering import MEANT, memory
from npc_runtime.dialogue.thought import Recalled
from npc_runtime.dialogue.wording import plain
from npc_runtime.memory.recall import Memory
from npc_runtime.memory.terms import terms
from npc_runtime.persona.model import Persona


async def recollect(
    mind: Mind, npc: str, speaker: str, line: str, reading: Reading, news: Sequence[Memory]
) -> Recalled:
    """What comes to a character's mind. `news` came with the line itself: it is not recalled."""
    conversation = await mind.hearing(npc)
    query = _query(conversation, mind.persona(npc), speaker, line, reading)
    found = await mind.memory.about(npc, query, mind.world.clock.now)
    latest = await mind.memory.latest(npc)
    about = [(memory(hit.stored.entry), hit.cosine) for hit in found]
    return Recalled(
        query=query,
        about=tuple(known for known, _ in about if known not in news),
        meant=tuple(known for known, cosine in about if cosine >= MEANT and known not in news),
        latest=tuple(known for known in (memory(stored.entry) for stored in latest) if known not in news),
        told_of=frozenset([words for words in _awaited(mind, npc) if await _told_of(mind, npc, words)]),
    )


def _awaited(mind: Mind, npc: str) -> list[str]:
    """The words that secrets of a character wait to hear."""
    reveals = (secret.reveal for secret in mind.persona(npc).secrets)
    return [reveal.told for reveal in reveals if reveal is not None and reveal.told]


async def _told_of(mind: Mind, npc: str, words: str) -> bool:
    wanted = set(terms(words))
    found = await mind.memory.about(npc, words, mind.world.clock.now)
    return any(hit.stored.entry.how == "told" and wanted <= set(terms(hit.stored.entry.text)) for hit in found)


def _query(conversation: Conversation, persona: Persona, speaker: str, line: str, reading: Reading) -> str:
    """What to recall for: the line without the character's name; one without a topic keeps to the last topic."""
    query = sought(plain(re.sub(rf"(?<!\w){re.escape(persona.name)}(?!\w)", " ", line, flags=re.IGNORECASE)))
    if terms(query):
        if reading.intent is Intent.ASK_TOPIC:
            conversation.asked[speaker] = query
        return query
    return f"{conversation.asked.get(speaker, '')} {query}" if reading.intent is Intent.ASK_TOPIC else query
