"""What a character knows before anybody speaks to it: its persona, the lore that reaches it, and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Collection

from npc_runtime.memory.recall import Memory
from npc_runtime.persona.model import Pack, Persona, Secret

_PRICE = re.compile(
    r"^you (?:\w+ )?(?:sell|take|charge|rent|let|shoe|mend|write|sharpen|bake|brew|pour|offer|ferry|row|carry|cure|"
    r"repair|deliver)\b.*\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|half a|a) "
    r"(?:\w+ )?(?:penny|pennies|pence|coins?|silvers?|golds?|crowns?|coppers?|shillings?|marks?|credits?)\b|"
    r"\bcosts? .*\b(?:here|from you)\b",
    re.IGNORECASE,
)
_WORK = re.compile(
    r"^you (?:still |badly |really )?(?:need|will pay|would pay|look for|are looking for|seek)\b", re.IGNORECASE
)
_HEARSAY = re.compile(r"^[A-Z]\w+(?: \w+){0,3}? (?:told|tells|whispered to|swore to|says|said to|swears)\b(?: you)?")


def known(pack: Pack, persona: Persona, revealed: Collection[Secret]) -> list[Memory]:
    """Everything that was written about a character and may stand on its card; of its secrets, those `revealed`."""
    memories = [Memory(text, "persona", kind(text)) for text in persona.facts]
    memories += [Memory(text, "persona", "want") for text in persona.wants]
    memories += [Memory(relation.why, "persona", "relation") for relation in persona.relations.values() if relation.why]
    memories += [Memory(secret.fact, "persona", "secret") for secret in persona.secrets if secret in revealed]
    memories += [Memory(lore.text, f"lore:{lore.scope}") for lore in pack.lore if lore.scope in persona.knows]
    return memories + _neighbours(pack, persona)


def withheld(persona: Persona, revealed: Collection[Secret]) -> list[Memory]:
    """The secrets that this listener does not get to hear; they must not reach a prompt."""
    return [Memory(secret.fact, "persona", "secret") for secret in persona.secrets if secret not in revealed]


def roles(pack: Pack) -> dict[str, str]:
    """What everybody of a pack does, by name and by first name: `Mira Holt` and `Mira` are `smith`."""
    found: dict[str, str] = {}
    for persona in pack.personas.values():
        for name in (persona.name, persona.name.split(" ")[0]):
            found.setdefault(name, persona.role)
    return found


def kind(text: str) -> str:
    """`price`, `work`, `told` or `fact`, by how the sentence begins."""
    if _PRICE.search(text):
        return "price"
    if _WORK.search(text):
        return "work"
    return "told" if _HEARSAY.search(text) else "fact"


def _neighbours(pack: Pack, persona: Persona) -> list[Memory]:
    """Who the others are, and where they are found: known to those who share a scope of lore or a relation."""
    places = {place.id: place.name for place in pack.village.places}
    memories = []
    for other in pack.personas.values():
        shared = [scope for scope in persona.knows if scope in other.knows]
        if other.id == persona.id or not (shared or other.id in persona.relations):
            continue
        home = other.home or pack.village.name
        found = f" and is found at {places[other.place]}" if other.place in places else ""
        source = f"lore:{shared[0]}" if shared else "persona"
        memories.append(Memory(f"{other.name} is the {other.role} of {home}{found}.", source, "person"))
    return memories
