"""Whether the parts of a pack fit together: every id that is named exists, and no secret is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from npc_runtime.persona.mistakes import Mistakes, Origin
from npc_runtime.persona.model import Barks, Lore, Persona, Village

PLACEHOLDERS = ("listener", "name")

_BRACES = re.compile(r"\{([^{}]*)\}")


def check_village(village: Village, origin: Origin, mistakes: Mistakes) -> None:
    """Places are named once, and lead to places and hold items that there are."""
    ids = [place.id for place in village.places]
    for index, place in enumerate(village.places):
        here = origin.at("places", index)
        if place.id in ids[:index]:
            mistakes.add(here.at("id"), f'there is a place "{place.id}" already; every id must be given once')
        _all_known(place.leads_to, "place", ids, here.at("leads_to"), mistakes)
        _all_known(place.items, "item", village.items, here.at("items"), mistakes)


def check_persona(
    persona: Persona, village: Village, people: Iterable[str], lore: Iterable[Lore], origin: Origin, mistakes: Mistakes
) -> None:
    """Place, neighbours, scopes and items exist; no secret stands where it is told; placeholders are known."""
    if persona.place is not None:
        _all_known([persona.place], "place", [place.id for place in village.places], origin.at("place"), mistakes)
    others = [other for other in people if other != persona.id]
    for other in persona.relations:
        if other == persona.id:
            mistakes.add(origin.at("relations", other), "a character has no relation to itself; delete this entry")
        elif other not in others:
            mistakes.unknown(origin.at("relations", other), "character", other, others)
    if "knows" in persona.model_fields_set:
        _all_known(persona.knows, "scope", village.scopes, origin.at("knows"), mistakes)
    for intent, lines in persona.barks.items():
        _check_placeholders(lines, origin.at("barks", intent), mistakes)
    told = [*_told_by(persona), *((f"lore/{entry.scope}", entry.text) for entry in lore)]
    for index, secret in enumerate(persona.secrets):
        if secret.reveal and secret.reveal.item:
            here = origin.at("secrets", index, "reveal", "item")
            _all_known([secret.reveal.item], "item", village.items, here, mistakes)
        for where, text in told:
            if _plain(secret.fact) in _plain(text):
                mistakes.add(
                    origin.at("secrets", index), f"this secret also stands in {where}, which is told; keep only one"
                )


def check_barks(barks: Barks, origin: Origin, mistakes: Mistakes) -> None:
    """Barks have only the placeholders that are filled in."""
    for intent, moods in barks.lines.items():
        for mood, lines in moods.items():
            _check_placeholders(lines, origin.at(intent, mood), mistakes)


def check_scopes(lore: Mapping[str, Origin], village: Village, mistakes: Mistakes) -> None:
    """Lore is filed under scopes that the village has."""
    for scope, origin in lore.items():
        if scope not in village.scopes:
            mistakes.unknown(origin, "scope", scope, village.scopes)


def _all_known(names: Iterable[str], kind: str, known: Iterable[str], origin: Origin, mistakes: Mistakes) -> None:
    allowed = list(known)
    for name in names:
        if name not in allowed:
            mistakes.unknown(origin, kind, name, allowed)


def _check_placeholders(lines: Iterable[str], origin: Origin, mistakes: Mistakes) -> None:
    for index, line in enumerate(lines):
        for word in _BRACES.findall(line):
            if word not in PLACEHOLDERS:
                mistakes.add(origin.at(index), f"{{{word}}} is never filled in; allowed: {{listener}}, {{name}}")


def _told_by(persona: Persona) -> Iterator[tuple[str, str]]:
    for field in ("facts", "wants", "voice"):
        for text in getattr(persona, field):
            yield field, text
    for other, relation in persona.relations.items():
        if relation.why:
            yield f"relations.{other}.why", relation.why
    for intent, lines in persona.barks.items():
        for line in lines:
            yield f"barks.{intent}", line
    if persona.looks:
        yield "looks", persona.looks


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
