"""Actions are proposals from live vocabulary: what the game offers now, and nothing else."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from npc_runtime.errors import Invalid

ACTION_LIMIT = 512


@dataclass(frozen=True)
class Action:
    """One action, ready to perform."""

    name: str
    args: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As the reply grammar writes it: `give bread player:alex`."""
        return " ".join((self.name, *self.args))


@dataclass(frozen=True)
class Offer:
    """An action with the choices for each argument. `when` says in a few words what asks for it."""

    name: str
    args: tuple[tuple[str, ...], ...] = ()
    when: str = ""

    def expand(self) -> list[Action]:
        """Every action of this offer."""
        return [Action(self.name, choice) for choice in itertools.product(*self.args)]


def expand(offers: tuple[Offer, ...]) -> list[Action]:
    """Every action on offer. Raises Invalid where there are more than a grammar should hold."""
    total = sum(math.prod(len(choices) for choices in offer.args) for offer in offers)
    if total > ACTION_LIMIT:
        raise Invalid(
            f"the offered actions make {total} combinations",
            hint=f"offer at most {ACTION_LIMIT}: list only the items and people that are near",
        )
    return [action for offer in offers for action in offer.expand()]
