"""Creatures on the spot: composed from the bestiary, written anew by a model where it can, and born into a world."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from typing import Literal

from npc_runtime.dialogue.generation.sketch import Sketch, Sketching
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.state import Mind
from npc_runtime.dice import mix
from npc_runtime.errors import Cancelled
from npc_runtime.persona.constraints import Constraints
from npc_runtime.persona.creature import ANYTHING, bear
from npc_runtime.world.entity import bare

Writer = Literal["auto", "rules", "model"]
SECONDS = 20.0
"""How long a model may take, where a game names no other time."""


@dataclass(frozen=True)
class Wish:
    """What a game wants to meet. What is None is drawn by the seed, and the seed by the daemon's."""

    biome: str | None = None
    species: str | None = None
    seed: int | None = None
    constraints: Constraints = ANYTHING
    place: str | None = None  # id; where it is found
    writer: Writer = "auto"
    seconds: float = SECONDS


class Creatures:
    """Makes creatures for every open world. Belongs to the daemon's event loop."""

    def __init__(self, sketching: Sketching, seed: int) -> None:
        """`seed`: what chance begins from where a game names no seed."""
        self._sketching = sketching
        self._seed = seed
        self._made = itertools.count()

    async def generate(
        self, mind: Mind, wish: Wish, cancelled: asyncio.Event | None = None, epoch: Epoch | None = None
    ) -> Sketch:
        """A creature that is not yet born; its name and id are nobody's in this world.

        It has a relation to one of those whom the pack's author wrote, and they to it. Raises Invalid when what is
        asked for cannot be; Conflict when the species has no name left; Cancelled when the `epoch` in which it was
        asked for is over, or `cancelled` is set.
        """
        asked = wish.constraints
        epoch = mind.speaking.epoch if epoch is None else epoch
        epoch.check("the creature was not made", "ask again")
        born = bear(
            wish.biome,
            wish.species,
            mix(self._seed, "creature", next(self._made)) if wish.seed is None else wish.seed,
            asked,
            taken_names=[*mind.cast.names.values(), *mind.names().values()],
            taken_ids=mind.cast.names,
            inhabitants=mind.cast.written,
        )
        if wish.place is not None:
            born = born.model_copy(update={"persona": born.persona.model_copy(update={"place": bare(wish.place)})})
        if wish.writer == "rules":
            return Sketch(born)
        with mind.cast.expecting(born):
            sketch = await self._sketching.sketch(
                born,
                list(mind.names().values()),
                must_want=asked.must_want,
                stance=asked.stance is not None,
                ask=wish.writer == "model",
                seconds=wish.seconds,
                cancelled=cancelled,
            )
        if cancelled is not None and cancelled.is_set():
            raise Cancelled("the request for a creature was taken back")
        epoch.check("the creature was not made", "ask again")
        return sketch
