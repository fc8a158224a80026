"""Temper: what traits and mood mean, as numbers. No other module knows a trait by its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache


@dataclass(frozen=True)
class Temper:
    """Each from -1 to 1; 0 is what most people are like."""

    # In a quarrel
    hot: float = 0.0  # how fast it flares up
    firm: float = 0.0  # how hard it is to talk round
    gentle: float = 0.0  # how much it wants peace
    sharp: float = 0.0  # how easily it insults
    just: float = 0.0  # how much proof counts with it
    sly: float = 0.0  # how readily it denies and haggles
    bold: float = 0.0  # how little it shrinks from others
    # Toward others
    steady: float = 0.0  # how little frightens it: above 0 it stands up to a threat, below it gives in
    forgiving: float = 0.0  # above 0 it forgives even whom it is hostile to, below not even whom it is cold to
    trusting: float = 0.0  # below 0 it doubts what it is told
    # In company
    talkative: float = 0.0  # how readily it speaks
    curious: float = 0.0  # above 0 it asks for more
    newsy: float = 0.0  # how much likelier it comes out with news when two meet
    faithful: float = 0.0  # above 0 it passes news on as it was, below 0 it embroiders
    frank: float = 0.0  # above 0 it tells the doer what it did

    @property
    def is_timid(self) -> bool:
        """Whether everything frightens it: an insult, and a threat more than others."""
        return self.steady < -0.3

    @property
    def is_fearless(self) -> bool:
        """Whether a threat hardly frightens it."""
        return self.steady > 0.7


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Temper))

# Traits add up. One that keeps to the truth, forgives or fears nothing outweighs those that speak against it.
_TRAITS: dict[str, Temper] = {
    "blunt": Temper(hot=0.2, sharp=0.4, just=0.2, frank=0.5),
    "boastful": Temper(firm=0.2, sharp=0.2, just=-0.2, bold=0.2, steady=0.3, talkative=0.35, newsy=0.1, faithful=-0.2),
    "brave": Temper(just=0.1, bold=0.6, steady=0.9),
    "cheeky": Temper(sharp=0.4, bold=0.2, talkative=0.3),
    "cunning": Temper(hot=-0.2, just=-0.3, sly=0.6),
    "curious": Temper(firm=-0.1, just=0.2, talkative=0.3, curious=0.5, newsy=0.1),
    "dramatic": Temper(hot=0.4, sharp=0.1, talkative=0.3, faithful=-0.2),
    "formal": Temper(hot=-0.3, sharp=-0.4, just=0.2, talkative=-0.1, faithful=0.8),
    "gloomy": Temper(firm=-0.1, gentle=-0.1, bold=-0.2, talkative=-0.25),
    "gossipy": Temper(sharp=0.2, sly=0.1, talkative=0.5, curious=0.5, newsy=0.25, faithful=-0.2),
    "greedy": Temper(firm=0.3, gentle=-0.3, just=-0.2, sly=0.4),
    "gruff": Temper(hot=0.3, gentle=-0.1, sharp=0.4, steady=0.3, talkative=-0.3, newsy=-0.15, frank=0.5),
    "honest": Temper(just=0.6, sly=-0.6, faithful=0.8, frank=0.5),
    "kind": Temper(hot=-0.4, gentle=0.6, sharp=-0.6, forgiving=0.7, talkative=0.1),
    "lazy": Temper(hot=-0.2, firm=-0.3, talkative=-0.15),
    "pious": Temper(gentle=0.2, sharp=-0.3, just=0.3, forgiving=0.7, faithful=0.8),
    "polite": Temper(hot=-0.3, gentle=0.2, sharp=-0.6, talkative=0.1),
    "proud": Temper(hot=0.4, firm=0.5, bold=0.2, steady=0.9, forgiving=-0.3, talkative=-0.1),
    "sarcastic": Temper(sharp=0.6, talkative=0.1),
    "scholarly": Temper(hot=-0.3, just=0.4, talkative=0.05, faithful=0.8),
    "stubborn": Temper(hot=0.2, firm=0.7, steady=0.9, forgiving=-0.3, talkative=-0.1),
    "superstitious": Temper(just=-0.2, bold=-0.1),
    "timid": Temper(firm=-0.4, sharp=-0.4, bold=-0.7, steady=-0.7, talkative=-0.35, newsy=-0.15),
    "warm-hearted": Temper(gentle=0.6, sharp=-0.4, forgiving=0.7, talkative=0.25),
}
_MOODS: dict[str, Temper] = {
    "calm": Temper(hot=-0.2),
    "cheerful": Temper(gentle=0.2, talkative=0.3),
    "amused": Temper(hot=-0.1, sharp=0.1, talkative=0.2),
    "weary": Temper(firm=-0.2, talkative=-0.2),
    "irritated": Temper(hot=0.4, sharp=0.2, talkative=-0.15),
    "grieving": Temper(gentle=-0.1, talkative=-0.3),
    "nervous": Temper(hot=0.1, bold=-0.3, steady=-0.1, talkative=-0.1),
    "suspicious": Temper(firm=0.2, just=-0.2, trusting=-0.4, talkative=-0.15),
}


def temper(traits: Iterable[str], mood: str = "", heat: float = 0.0) -> Temper:
    """The sum of traits and mood, within bounds; `heat` from -1 to 1 makes it slower or quicker to flare up."""
    return _sum(tuple(traits), mood, heat)


@lru_cache(maxsize=1024)
def _sum(traits: tuple[str, ...], mood: str, heat: float) -> Temper:
    parts = [_TRAITS[trait] for trait in traits if trait in _TRAITS]
    parts += [Temper(hot=heat), _MOODS.get(mood, Temper())]
    return Temper(*(max(-1.0, min(1.0, sum(getattr(part, name) for part in parts))) for name in NAMES))
