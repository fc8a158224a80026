"""A creature on a page: who has just turned up where the player is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from demo.panes import Styled
from demo.sheet import Sheet
from npc_runtime.client import Npc
from npc_runtime.errors import not_found
from npc_runtime.persona.bestiary import bundled

_BY = {
    "rules": "composed from the bestiary",
    "model": "described by the model",
    "mixed": "partly described by the model",
}


def wanted(text: str) -> dict[str, str]:
    """The biome and the species that a player names, in any order. Raises NotFound with a guess."""
    book, asked = bundled(), dict[str, str]()
    for word in text.casefold().split():
        if word in book.biomes:
            asked["biome"] = word
        elif word in book.species:
            asked["species"] = word
        else:
            raise not_found("biome or species", word, words())
    return asked


def words() -> list[str]:
    """All biomes and species."""
    return [*bundled().biomes, *bundled().species]


def sheet(npc: Npc, called: Callable[[str], str]) -> Sheet:
    """Who a creature is, and whom it knows."""
    assert npc.persona is not None, "it was just made"
    assert npc.born is not None
    persona, born = npc.persona, npc.born
    heading = f"{persona.name}, {persona.role} of {persona.home}"
    made = f"{_BY[born.source]}: biome {born.biome}, species {born.species}, seed {born.seed}"
    character = f"{', '.join(persona.traits)}; {persona.mood}; {persona.feeling} toward strangers"
    knows = [f"{called(f'npc:{other}')}: {bond.feeling}. {bond.why or ''}" for other, bond in persona.relations.items()]
    parts: Iterable[Widget] = (
        Static(persona.looks or ""),
        Static(Content.assemble((character, "italic $foreground-muted"))),
        *_list("Wants", persona.wants),
        *_list("Knows", knows),
        *_list("Says", persona.voice),
        Static(Content.assemble((f"\n{made}", "$foreground-disabled"))),
    )
    return Sheet(heading, parts)


def _list(title: str, lines: Iterable[str]) -> Iterable[Widget]:
    heading: Styled = (title, "bold $foreground")
    yield Static(Content.assemble(heading), classes="relation")
    for line in lines:
        yield Static(Content(line), classes="reason")
