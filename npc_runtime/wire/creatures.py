"""The service about creatures that nobody wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from npc_runtime.dialogue import creatures
from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.generation.guard import clean_line
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.state import Mind
from npc_runtime.persona.constraints import Constraints, unknown
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import when_kept
from npc_runtime.wire.handling import handles
from npc_runtime.wire.session import Saying, Session
from npc_runtime.wire.village import Village


class Creatures:
    """Has creatures made, and brings them to life."""

    def __init__(self, director: Director, village: Village, making: creatures.Creatures) -> None:
        self._director = director
        self._village = village
        self._making = making

    @handles("creature.generate", streamed=True, keeps=True)
    def generate(self, session: Session, request: m.CreatureGenerate) -> Coroutine[Any, Any, None]:
        """Makes a creature, and brings it to life. Raises NotFound, Invalid, Conflict, Cancelled."""
        mind = self._director.mind(request.world)
        wish = creatures.Wish(
            biome=request.biome,
            species=request.species,
            seed=request.seed,
            constraints=_constraints(request.constraints),
            place=mind.world.place(request.at) if request.at else None,
            writer=request.source,
            seconds=request.deadline,
        )
        cancelled = asyncio.Event()
        session.sayings[request.id] = Saying(mind.world.id, frozenset(), cancelled.set)
        return self._generate(session, request, mind, wish, cancelled, mind.speaking.epoch)

    async def _generate(
        self,
        session: Session,
        request: m.CreatureGenerate,
        mind: Mind,
        wish: creatures.Wish,
        cancelled: asyncio.Event,
        epoch: Epoch,
    ) -> None:
        try:
            sketch = await self._making.generate(mind, wish, cancelled, epoch)
        finally:
            session.sayings.pop(request.id, None)
        born = sketch.born
        # From here to the writing nothing waits, so that it is born and comes to life in one.
        record = mind.bear(born)
        spawned = self._village.bring(mind, born.persona) if request.spawn else None
        generated = m.CreatureGenerated(
            re=request.id,
            world=mind.world.id,
            npc=f"npc:{born.persona.id}",
            biome=born.biome,
            species=born.species,
            seed=born.seed,
            source=born.source,
            notes=list(sketch.notes),
            persona=m.PersonaInfo.model_validate(born.persona.model_dump()),
            spawned=spawned,
        )
        answer = await when_kept(mind, mind.keep(records=record), generated)
        if born.persona.id not in mind.pack.personas:  # a save from before was restored meanwhile
            epoch.check("the creature is gone", "ask again")
        session.send(answer)


def _constraints(asked: m.CreatureConstraints) -> Constraints:
    """Raises Invalid for a key that there is not."""
    for key in asked.model_extra or ():
        raise unknown("constraint", key, m.CreatureConstraints.model_fields)
    found = asked.model_dump()
    return Constraints(**{**found, "must_want": [*map(clean_line, asked.must_want)]})
