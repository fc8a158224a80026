"""Temper: what traits and mood mean for a quarrel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Temper:
    """Each from -1 to 1; 0 is what most people are like."""

    hot: float = 0.0  # how fast it flares up
    firm: float = 0.0  # how hard it is to talk round
    kind: float = 0.0  # how much it wants peace
    sharp: float = 0.0  # how easily it insults
    just: float = 0.0  # how much proof counts with it
    sly: float = 0.0  # how readily it denies and haggles
    bold: float = 0.0  # how little it shrinks from others


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Temper))

_TRAITS: dict[str, Temper] = {
    "blunt": Temper(hot=0.2, sharp=0.4, just=0.2),
    "boastful": Temper(firm=0.2, sharp=0.2, just=-0.2, bold=0.2),
    "brave": Temper(bold=0.6, just=0.1),
    "cheeky": Temper(sharp=0.4, bold=0.2),
    "cunning": Temper(hot=-0.2, sly=0.6, just=-0.3),
    "curious": Temper(firm=-0.1, just=0.2),
    "dramatic": Temper(hot=0.4, sharp=0.1),
    "formal": Temper(hot=-0.3, sharp=-0.4, just=0.2),
    "gloomy": Temper(firm=-0.1, kind=-0.1, bold=-0.2),
    "gossipy": Temper(sharp=0.2, sly=0.1),
    "greedy": Temper(firm=0.3, kind=-0.3, just=-0.2, sly=0.4),
    "gruff": Temper(hot=0.3, sharp=0.4, kind=-0.1),
    "honest": Temper(just=0.6, sly=-0.6),
    "kind": Temper(hot=-0.4, kind=0.6, sharp=-0.6),
    "lazy": Temper(hot=-0.2, firm=-0.3),
    "pious": Temper(kind=0.2, sharp=-0.3, just=0.3),
    "polite": Temper(hot=-0.3, kind=0.2, sharp=-0.6),
    "proud": Temper(hot=0.4, firm=0.5, bold=0.2),
    "sarcastic": Temper(sharp=0.6),
    "scholarly": Temper(hot=-0.3, just=0.4),
    "stubborn": Temper(hot=0.2, firm=0.7),
    "superstitious": Temper(bold=-0.1, just=-0.2),
    "timid": Temper(firm=-0.4, sharp=-0.4, bold=-0.7),
    "warm-hearted": Temper(kind=0.6, sharp=-0.4),
}
_MOODS: dict[str, Temper] = {
    "calm": Temper(hot=-0.2),
    "cheerful": Temper(kind=0.2),
    "amused": Temper(hot=-0.1, sharp=0.1),
    "weary": Temper(firm=-0.2),
    "irritated": Temper(hot=0.4, sharp=0.2),
    "grieving": Temper(kind=-0.1),
    "nervous": Temper(hot=0.1, bold=-0.3),
    "suspicious": Temper(firm=0.2, just=-0.2),
}


def temper(traits: Iterable[str], mood: str = "", heat: float = 0.0) -> Temper:
    """The sum of traits and mood, within bounds; `heat` from -1 to 1 makes it slower or quicker to flare up."""
    parts = [_TRAITS[trait] for trait in traits if trait in _TRAITS]
    parts += [Temper(hot=heat), _MOODS.get(mood, Temper())]
    return Temper(*(max(-1.0, min(1.0, sum(getattr(part, name) for part in parts))) for name in NAMES))
