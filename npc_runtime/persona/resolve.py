"""Whether the parts of a pack fit together: every id that is named exists, and no secret is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from npc_runtime.errors import clipped
from npc_runtime.persona.barks import PLACEHOLDERS
from npc_runtime.persona.mistakes import Mistakes, Origin
from npc_runtime.persona.model import Barks, Lore, Persona, Village

_BRACES = re.compile(r"\{([^{}]*)\}")


class Told:
    """Texts that are told, by their words, so that a secret is looked for only where its rarest word stands."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._texts: list[tuple[str, str]] = []
        self._with: dict[str, list[int]] = {}
        for where, text in texts:
            words = _words(text)
            for word in set(words):
                self._with.setdefault(word, []).append(len(self._texts))
            self._texts.append((where, _joined(words)))

    def places_of(self, secret: str) -> Iterator[str]:
        """Where all words of a secret stand one after the other."""
        words = _words(secret)
        rarest = min((self._with.get(word, []) for word in words), key=len, default=[])
        return (self._texts[index][0] for index in rarest if _joined(words) in self._texts[index][1])


class Known:
    """What a pack has, sorted once, since every character is compared with it."""

    def __init__(self, village: Village, people: Iterable[str], lore: Iterable[Lore]) -> None:
        self.village = village
        self.places = dict.fromkeys(place.id for place in village.places)
        self.people = dict.fromkeys(people)
        self.lore = Told((f"lore/{entry.scope}", entry.text) for entry in lore)


def check_village(village: Village, origin: Origin, mistakes: Mistakes) -> None:
    """Places are named once, and lead to places and hold items that there are."""
    ids = {place.id: None for place in village.places}  # in their order
    seen: set[str] = set()
    for index, place in enumerate(village.places):
        here = origin.at("places", index)
        if place.id in seen:
            mistakes.add(here.at("id"), f'there is a place "{place.id}" already; every id must be given once')
        seen.add(place.id)
        mistakes.unknown(here.at("leads_to"), "place", place.leads_to, ids)
        mistakes.unknown(here.at("items"), "item", place.items, village.items)


def check_persona(persona: Persona, known: Known, origin: Origin, mistakes: Mistakes) -> None:
    """Place, neighbours, scopes and items exist; no secret stands where it is told; placeholders are known."""
    if persona.place is not None:
        mistakes.unknown(origin.at("place"), "place", [persona.place], known.places)
    for other in persona.relations:
        if other == persona.id:
            mistakes.add(origin.at("relations", other), "a character has no relation to itself; delete this entry")
        mistakes.unknown(origin.at("relations", other), "character", [other], known.people)
    if "knows" in persona.model_fields_set:
        mistakes.unknown(origin.at("knows"), "scope", persona.knows, known.village.scopes)
    for move, lines in persona.barks.items():
        _check_placeholders(lines, origin.at("barks", move), mistakes)
    told = Told(_told_by(persona) if persona.secrets else ())
    for index, secret in enumerate(persona.secrets):
        mistakes.hurry(origin)
        if secret.reveal and secret.reveal.item:
            here = origin.at("secrets", index, "reveal", "item")
            mistakes.unknown(here, "item", [secret.reveal.item], known.village.items)
        for where in (*told.places_of(secret.fact), *known.lore.places_of(secret.fact)):
            mistakes.add(
                origin.at("secrets", index), f"this secret also stands in {where}, which is told; keep only one"
            )


def check_aliases(people: Mapping[str, Persona], origins: Mapping[str, Origin], mistakes: Mistakes) -> None:
    """Nobody is called as somebody else is: a line that calls would reach the wrong one."""
    bearers: dict[str, list[str]] = {}
    for npc, persona in people.items():
        bearers.setdefault(persona.name.casefold(), []).append(npc)
    for npc, persona in people.items():
        for index, alias in enumerate(persona.aliases):
            called = bearers.setdefault(alias.casefold(), [npc])
            other = next((one for one in called if one != npc), None)
            if other is not None:
                here = origins[npc].at("aliases", index)
                mistakes.add(here, f'"{clipped(alias)}" is also called so in {origins[other]}; keep only one')


def check_barks(barks: Barks, origin: Origin, mistakes: Mistakes) -> None:
    """Barks have only the placeholders that are filled in."""
    for move, moods in barks.lines.items():
        for mood, lines in moods.items():
            _check_placeholders(lines, origin.at(move, mood), mistakes)


def check_scopes(lore: Mapping[str, Origin], village: Village, mistakes: Mistakes) -> None:
    """Lore is filed under scopes that the village has."""
    for scope, origin in lore.items():
        mistakes.unknown(origin, "scope", [scope], village.scopes)


def _check_placeholders(lines: Iterable[str], origin: Origin, mistakes: Mistakes) -> None:
    for index, line in enumerate(lines):
        for word in _BRACES.findall(line):
            if word not in PLACEHOLDERS:
                allowed = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
                mistakes.add(origin.at(index), f"{{{clipped(word)}}} is never filled in; allowed: {allowed}")


def _told_by(persona: Persona) -> Iterator[tuple[str, str]]:
    for field, texts in (("facts", persona.statements), ("wants", persona.wants), ("voice", persona.voice)):
        for text in texts:
            yield field, text
    for other, relation in persona.relations.items():
        if relation.why:
            yield f"relations.{other}.why", relation.why
    for move, lines in persona.barks.items():
        for line in lines:
            yield f"barks.{move}", line
    for field, about in (("looks", persona.looks), ("description", persona.description)):
        if about:
            yield field, about


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _joined(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "
