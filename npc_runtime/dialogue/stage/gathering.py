"""Who meets: characters as members of an encounter, with what each of them has to tell each other one."""

from __future__ import annotations

from collections.abc import Sequence

from npc_runtime.dialogue.encounter.encounter import Encounter
from npc_runtime.dialogue.encounter.member import Member
from npc_runtime.dialogue.encounter.news import News, news
from npc_runtime.dialogue.gossip.telling import tellable
from npc_runtime.dialogue.policy.knowledge import known
from npc_runtime.dialogue.state import Mind
from npc_runtime.language.english.terms import terms
from npc_runtime.memory.recall import Memory, rank
from npc_runtime.persona.model import Persona

TOLD = 3  # pieces of news that a member has ready for another
WRITTEN = 2  # facts of its author's that it may tell of a topic
_SPOKEN_OF = frozenset({"fact", "view", "told", "relation"})  # kinds of what is written that make conversation


async def gather(mind: Mind, npcs: Sequence[str], about: str) -> list[Member]:
    """The members, in order. What only one of them knows is in none but its own. Raises NotFound, StorageError."""
    return [await _member(mind, npc, npcs, about) for npc in npcs]


async def _member(mind: Mind, npc: str, npcs: Sequence[str], about: str) -> Member:
    persona, now = mind.persona(npc), mind.world.clock.now
    others = [other for other in npcs if other != npc]
    names = {id: name for id, name in mind.names().items() if id.startswith(("npc:", "player:")) and id != npc}
    since = {other: mind.talks.meetings.since(npc, other, now) for other in others}
    wants = [Memory(text, "persona", "want") for text in persona.wants]
    latest = await mind.memory.latest(npc)
    return Member(
        id=npc,
        name=persona.name,
        traits=tuple(persona.traits),
        mood=persona.mood,
        toward={other: mind.feelings.relation(persona, other).now(now) for other in others},
        met={other: seconds for other, seconds in since.items() if seconds is not None},
        strangers=frozenset(other for other in others if since[other] is None and _strangers(persona, mind, other)),
        news={other: await _news(mind, persona, npc, other, about, names) for other in others},
        own=tuple(news(fact, names) for fact in wants),
        knows=tuple(stored.entry.text for stored in latest),
    )


async def _news(
    mind: Mind, persona: Persona, npc: str, other: str, about: str, names: dict[str, str]
) -> tuple[News, ...]:
    """What is to be told to one of the others: of the topic first; nothing that the two spoke of lately."""
    found: list[News] = []
    if terms(about):
        matter = await tellable(mind, npc, other, about=about, limit=TOLD)
        found += [news(fact, names, wanted=True) for fact in matter]
        written = [fact for fact in known(mind.pack, persona, ()) if fact.kind in _SPOKEN_OF]
        found += [news(hit.memory, names, wanted=True) for hit in rank(about, written, limit=WRITTEN)]
    found += [news(fact, names) for fact in await tellable(mind, npc, other, limit=TOLD)]
    now, cooldown = mind.world.clock.now, mind.talks.budget.cooldown
    once: dict[str, News] = {}
    for one in found:
        if not mind.talks.meetings.told(npc, other, one.text, now, cooldown):
            once.setdefault(one.text, one)
    return tuple(once.values())


def _strangers(persona: Persona, mind: Mind, other: str) -> bool:
    """Whether nothing connects two: no lore that both know, and no relation."""
    them = mind.persona(other)
    related = them.id in persona.relations or persona.id in them.relations
    return not related and not set(persona.knows).intersection(them.knows)


def cooling(mind: Mind, encounter: Encounter) -> bool:
    """Whether all of them talked with each other within the cool-down, and nobody has anything new to tell."""
    cooldown = mind.talks.budget.cooldown
    return all(
        other.id in member.met and member.met[other.id] < cooldown and not member.news.get(other.id)
        for member in encounter.members
        for other in encounter.members
        if other is not member
    )
