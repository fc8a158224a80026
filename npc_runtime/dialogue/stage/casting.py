"""Who argues: characters as parties of an argument, with what each of them knows of the matter itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from npc_runtime.dialogue.quarrel.complaint import placed
from npc_runtime.dialogue.quarrel.party import Complaint, Evidence, Party, Position
from npc_runtime.dialogue.quarrel.topic import matter
from npc_runtime.dialogue.state import Mind
from npc_runtime.errors import Invalid
from npc_runtime.language.english.terms import notion, terms

EVIDENCE = 3  # facts that a party brings along
_SEARCHED = 12
_NO_PROOF = frozenset({"price", "need", "want", "person", "relation", "quarrel"})  # kinds of memory that prove nothing


@dataclass(frozen=True)
class Role:
    """A party as the game wants it. What is empty follows from the topic and from what the character knows."""

    npc: str  # id
    position: Position = ""
    grievance: str = ""  # in the second person: "Tom stole your hammer"
    demand: str = ""  # completes "You want Tom to ...": "give it back"
    evidence: tuple[str, ...] = ()  # sentences, which the character knows from now on


async def cast(mind: Mind, roles: Sequence[Role], topic: str) -> list[Party]:
    """The parties of an argument. What only one of them knows is in none but its own. Raises NotFound, Invalid."""
    parties = [_party(mind, role, roles) for role in roles]
    if topic.strip():
        parties = list(placed(topic, parties))
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
    )


async def _evidence(mind: Mind, party: Party, role: Role, topic: str) -> tuple[Evidence, ...]:
    """What the game says the party knows, then what it remembers of the matter and does not speak against it."""
    found = [Evidence(text) for text in role.evidence]
    about = topic if terms(topic) else role.grievance
    wanted = set(map(notion, terms(matter(about))))
    if terms(about):
        for stored, _ in await mind.knows(party.id, about, _SEARCHED):
            entry = stored.entry
            proves = entry.how != "lore" and entry.kind not in _NO_PROOF and not _against(party, entry.text)
            if proves and wanted & set(map(notion, terms(entry.text))):
                found.append(Evidence(entry.text, round(entry.confidence, 2)))
    once: dict[str, Evidence] = {}
    for evidence in found:
        once.setdefault(evidence.text, evidence)
    return tuple(once.values())[:EVIDENCE]


def _against(party: Party, text: str) -> bool:
    """Whoever is accused does not cite what it did itself, nor what others say of it."""
    if party.position == "claims":
        return False
    return re.match(r"You\b", text) is not None or re.search(rf"\b{re.escape(party.name)}\b", text) is not None
