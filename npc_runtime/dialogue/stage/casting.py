"""Who is in a scene: who is free and together, as parties of an argument or members of an encounter.

An argument takes whoever talks away from the talk; an encounter wants those who are free.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from npc_runtime import dice
from npc_runtime.dialogue.encounter.encounter import Encounter
from npc_runtime.dialogue.encounter.member import Member
from npc_runtime.dialogue.encounter.news import News, news
from npc_runtime.dialogue.gossip.telling import tellable
from npc_runtime.dialogue.policy.actions import Action
from npc_runtime.dialogue.policy.knowledge import known
from npc_runtime.dialogue.quarrel.complaint import placed
from npc_runtime.dialogue.quarrel.party import Complaint, Evidence, Party, Position
from npc_runtime.dialogue.quarrel.topic import matter
from npc_runtime.dialogue.state import Mind
from npc_runtime.errors import Conflict, Invalid
from npc_runtime.language.claim import ids
from npc_runtime.language.wording import Wording
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.recall import Memory, rank
from npc_runtime.persona.model import Persona
from npc_runtime.world.entity import bare

EVIDENCE = 3  # facts that a party brings along
_SEARCHED = 12
_NO_PROOF = frozenset({"price", "need", "want", "person", "relation", "quarrel"})  # kinds of memory that prove nothing
TOLD = 3  # pieces of news that a member has ready for another
WRITTEN = 2  # facts of its author's that it may tell of a topic
_SPOKEN_OF = frozenset({"fact", "view", "told", "relation"})  # kinds of what is written that make conversation
_THIRD = 0.25  # how often a third joins


def together(kind: str, mind: Mind, npcs: Sequence[str], *, anywhere: bool = False) -> str:
    """Where these characters are; `anywhere`: where the first of them is, since they hear each other all the same.

    Raises NotFound for one who is nowhere, Conflict where they cannot play it.
    """
    places = {npc: mind.world.npc(npc).at or "" for npc in npcs}
    for npc in npcs:
        why = taken(kind, mind, npc)
        if why:
            raise Conflict(why, hint="wait until that is over, or name somebody else")
    if len(set(places.values())) > 1 and not anywhere:
        where = ", ".join(f"{npc} is at {bare(place)}" for npc, place in places.items())
        raise Conflict(where, hint="move them to one place with entity.move first, or say in `heard_by` who hears it")
    return next(iter(places.values()), "")


def taken(kind: str, mind: Mind, npc: str) -> str:
    """What keeps a character from a scene now, in words; nothing where it is free."""
    talk = kind == "encounter"
    for scene in mind.speaking.scenes_of(npc):
        if talk or scene.kind == kind:
            return f"{npc} is in an {scene.kind} already"
    return f"{npc} is being spoken to" if talk and mind.speaking.floor(npc).locked() else ""


def company(mind: Mind, place: str | None, chance: int) -> list[str]:
    """Some of those who are free at a place. Raises Invalid, NotFound, Conflict."""
    if place is None:
        raise Invalid("an encounter of nobody, nowhere", hint="name characters in `between`, or a place in `at`")
    where, now = mind.world.place(place), time.monotonic()
    here = [npc for npc in mind.world.here(where) if npc.startswith("npc:")]
    free = [npc for npc in here if not taken("encounter", mind, npc) and not mind.talks.hushes.silent(npc, where, now)]
    if len(free) < 2:
        there = ", ".join(map(bare, here)) or "nobody"
        raise Conflict(
            f"fewer than two at {bare(where)} are free to talk", hint=f"there is {there}; try again in a while"
        )
    return chosen(mind, free, chance)


def chosen(mind: Mind, npcs: Sequence[str], *key: object) -> list[str]:
    """Who of those that are free begins to talk, with whom: the talkative, with those they like; sometimes a third."""
    now, talks = mind.world.clock.now, mind.talks
    members = {npc: Member(npc, "", tuple(mind.persona(npc).traits), mind.persona(npc).mood) for npc in npcs}
    first = dice.draw({npc: member.talkative for npc, member in members.items()}, *key, "first")

    def liking(other: str) -> float:
        affinity = mind.feelings.relation(mind.persona(first), other).now(now).affinity
        since = talks.meetings.since(first, other, now)
        lately = since is not None and since < talks.budget.cooldown
        return (1.1 + affinity) * members[other].talkative * (0.1 if lately else 1.0)

    others = {npc: liking(npc) for npc in npcs if npc != first}
    second = dice.draw(others, *key, "second")
    del others[second]
    if others and dice.throw(*key, "third") < _THIRD:
        return [first, second, dice.draw(others, *key, "joins")]
    return [first, second]


def unheard(mind: Mind, place: str, heard_by: Sequence[str] | None) -> bool:
    """Whether nobody listens at a place: every player is known to be elsewhere. In a world without players, one may.

    `heard_by`: who hears it, where the game says so.
    """
    if heard_by is not None:
        return not any(one.startswith("player:") for one in heard_by)
    players = [entity.at for entity in mind.world.entities.values() if entity.id.startswith("player:")]
    return bool(players) and all(at is not None and at != place for at in players)


# ---------------------------------------------------------------------------------------------- parties


@dataclass(frozen=True)
class Role:
    """A party as the game wants it. What is empty follows from the topic and from what the character knows."""

    npc: str  # id
    position: Position = ""
    grievance: str = ""  # in the second person: "Tom stole your hammer"
    demand: str = ""  # completes "You want Tom to ...": "give it back"
    evidence: tuple[str, ...] = ()  # sentences, which the character knows from now on
    amends: Action | None = None  # what the game does where the demand is met


async def cast(mind: Mind, roles: Sequence[Role], topic: str) -> list[Party]:
    """The parties of an argument. What only one of them knows is in none but its own. Raises NotFound, Invalid."""
    parties = [_party(mind, role, roles) for role in roles]
    if topic.strip():
        parties = list(placed(topic, parties, mind.language))
    return [
        replace(party, evidence=await _evidence(mind, party, role, topic))
        for party, role in zip(parties, roles, strict=True)
    ]


def _party(mind: Mind, role: Role, roles: Sequence[Role]) -> Party:
    persona, now = mind.persona(role.npc), mind.world.clock.now
    others = [other.npc for other in roles if other.npc != role.npc]
    if bool(role.grievance) != bool(role.demand):
        raise Invalid(f"{role.npc} has a grievance without a demand, or the other way round", hint="give both, or none")
    complaint = Complaint(role.grievance.rstrip(". "), role.demand.rstrip(". "))
    return Party(
        id=role.npc,
        name=persona.name,
        position=role.position,
        traits=tuple(persona.traits),
        mood=persona.mood,
        toward={other: mind.feelings.relation(persona, other).now(now) for other in others},
        complaints=dict.fromkeys(others, complaint) if role.grievance else {},
        amends=role.amends,
    )


async def _evidence(mind: Mind, party: Party, role: Role, topic: str) -> tuple[Evidence, ...]:
    """What the game says the party knows, then what it remembers of the matter and does not speak against it."""
    found = [Evidence(text) for text in role.evidence]
    terms, notion = mind.language.terms, mind.language.notion
    about = topic if terms(topic) else role.grievance
    wanted, wording = set(map(notion, terms(matter(about) if mind.language.reads else about))), mind.wording
    if terms(about):
        for stored, _ in await mind.knows(party.id, about, _SEARCHED):
            entry, text = stored.entry, stored.entry.text(wording)
            proves = entry.how != "lore" and entry.kind not in _NO_PROOF and not _against(party, entry)
            if proves and wanted & set(map(notion, terms(text))):
                found.append(Evidence(text, round(entry.confidence, 2)))
    once: dict[str, Evidence] = {}
    for evidence in found:
        once.setdefault(evidence.text, evidence)
    return tuple(once.values())[:EVIDENCE]


def _against(party: Party, known: Entry) -> bool:
    """Whoever is accused does not cite what it did itself, nor what others say of it."""
    return party.position != "claims" and party.id in ids(known.claim)


# ---------------------------------------------------------------------------------------------- members


async def gather(mind: Mind, npcs: Sequence[str], about: str) -> tuple[list[Member], dict[str, frozenset[int]]]:
    """The members of an encounter, in order, and the ids of what each has learned before.

    What only one of them knows is in none but its own. Raises NotFound, StorageError.
    """
    members = [await _member(mind, npc, npcs, about) for npc in npcs]
    return members, {npc: frozenset(stored.id for stored in await mind.memory.latest(npc)) for npc in npcs}


async def _member(mind: Mind, npc: str, npcs: Sequence[str], about: str) -> Member:
    persona, now = mind.persona(npc), mind.world.clock.now
    others = [other for other in npcs if other != npc]
    wording = mind.wording
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
        news={other: await _news(mind, persona, npc, other, about, wording) for other in others},
        own=tuple(news(fact, npc, wording) for fact in wants),
        knows=tuple(stored.entry.passed_on.claim for stored in latest),
    )


async def _news(mind: Mind, persona: Persona, npc: str, other: str, about: str, wording: Wording) -> tuple[News, ...]:
    """What is to be told to one of the others: of the topic first; nothing that the two spoke of lately."""
    found: list[News] = []
    language = mind.language
    if language.terms(about):
        matter = await tellable(mind, npc, other, about=about, limit=TOLD)
        found += [news(fact, npc, wording, wanted=True) for fact in matter]
        written = [fact for fact in known(mind.pack, persona, ()) if fact.kind in _SPOKEN_OF]
        found += [
            news(hit.memory, npc, wording, wanted=True)
            for hit in rank(about, written, limit=WRITTEN, language=language)
        ]
    found += [news(fact, npc, wording) for fact in await tellable(mind, npc, other, limit=TOLD)]
    now, cooldown = mind.world.clock.now, mind.talks.budget.cooldown
    once: dict[str, News] = {}
    for one in found:
        if not mind.talks.meetings.told(npc, other, one, now, cooldown):
            once.setdefault(one.claim, one)
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
