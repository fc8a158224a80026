"""What a character knows before anybody speaks to it: persona, lore, neighbours, and the secrets it may tell now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from npc_runtime.language.claim import reference
from npc_runtime.memory.recall import Memory
from npc_runtime.memory.relations import NAMES, Numbers
from npc_runtime.persona.model import FEELINGS, Pack, Persona, Secret

WORLD = "world"
"""The scope of a fact that names none."""


def known(pack: Pack, persona: Persona, revealed: Collection[Secret]) -> list[Memory]:
    """Everything that was written about a character and may stand on its card; of its secrets, those `revealed`."""
    memories = [Memory(fact.text, "persona", fact.kind) for fact in persona.facts]
    memories += [Memory(text, "persona", "want") for text in persona.wants]
    memories += [Memory(relation.why, "persona", "relation") for relation in persona.relations.values() if relation.why]
    memories += [Memory(secret.fact, "persona", "secret") for secret in persona.secrets if secret in revealed]
    memories += [Memory(lore.text, f"lore:{lore.scope}") for lore in pack.lore if lore.scope in persona.knows]
    return memories + _neighbours(pack, persona)


def withheld(persona: Persona, revealed: Collection[Secret]) -> list[Memory]:
    """The secrets that this listener does not get to hear; they must not reach a prompt."""
    return [Memory(secret.fact, "persona", "secret") for secret in persona.secrets if secret not in revealed]


def written(pack: Pack) -> Iterator[str]:
    """What the authors of a pack wrote for its characters to know, lore first."""
    yield from (lore.text for lore in pack.lore)
    yield from (text for persona in pack.personas.values() for text in persona.statements)


def roles(pack: Pack) -> dict[str, str]:
    """What everybody of a pack does, by name and by first name: `Mira Holt` and `Mira` are `smith`."""
    found: dict[str, str] = {}
    for persona in pack.personas.values():
        for name in (persona.name, persona.name.split(" ")[0]):
            found.setdefault(name, persona.role)
    return found


def _neighbours(pack: Pack, persona: Persona) -> list[Memory]:
    """Who the others are, and where they are found: known to those who share a scope of lore or a relation."""
    memories = []
    for other in pack.personas.values():
        shared = [scope for scope in persona.knows if scope in other.knows]
        if other.id == persona.id or not (shared or other.id in persona.relations):
            continue
        source = f"lore:{shared[0]}" if shared else "persona"
        memories.append(neighbour(pack, other, source))
    return memories


def neighbour(pack: Pack, other: Persona, source: str, *, found: bool = True) -> Memory:
    """Who somebody is, and with `found` where: its text has the name that its author gave it, its claim the id."""
    place = next((place.name for place in pack.village.places if found and place.id == other.place), "")
    key = "known.neighbour_at" if place else "known.neighbour"
    fields = {"role": other.role, "home": other.home or pack.village.name} | ({"place": place} if place else {})

    def said(name: str) -> str:
        return pack.language.phrases.text(key, name=name, **fields)

    return Memory(said(other.name), source, "person", claim=said(reference(f"npc:{other.id}")))


def reveals(
    secret: Secret,
    feeling: str,
    numbers: Numbers,
    fact: Callable[[str, str], object],
    listener: str,
    told: Callable[[str], bool],
) -> bool:
    """Whether `listener`, an entity id, may hear the secret: `reveal_to` holds, or all of `reveal` does.

    `feeling` is one of FEELINGS and `numbers` what is behind it, both toward the listener. `fact` gives the value of a
    fact by scope and name, or None; `told` says whether anybody told the character something with all these words.
    """
    if secret.reveal_to != "nobody" and _at_least(feeling, secret.reveal_to):
        return True
    reveal = secret.reveal
    if reveal is None:
        return False
    wanted = ((getattr(numbers, name), getattr(reveal, name)) for name in NAMES)
    return (
        (reveal.feeling is None or _at_least(feeling, reveal.feeling))
        and all(least is None or number >= least for number, least in wanted)
        and (reveal.flag is None or bool(fact(WORLD, reveal.flag)))
        and (reveal.item is None or bool(fact(listener, f"item.{reveal.item}")))
        and (reveal.fact is None or _true(reveal.fact, fact))
        and (reveal.told is None or told(reveal.told))
    )


def _at_least(feeling: str, wanted: str) -> bool:
    return FEELINGS.index(feeling) >= FEELINGS.index(wanted)


def _true(condition: str, fact: Callable[[str, str], object]) -> bool:
    """Whether `name`, `name=value`, or either after a scope and a slash, is so."""
    named, _, wanted = condition.partition("=")
    scope, _, name = named.strip().rpartition("/")
    found = fact(scope or WORLD, name)
    return _equal(found, wanted.strip()) if wanted else bool(found)


def _equal(found: object, wanted: str) -> bool:
    """Whether a fact has the value that an author wrote: `yes` and `Yes`, 3 and 3.0, true and True are the same."""
    if isinstance(found, int | float) and not isinstance(found, bool):
        try:
            return found == float(wanted)
        except ValueError:
            return False
    return found is not None and str(found).casefold() == wanted.casefold()
