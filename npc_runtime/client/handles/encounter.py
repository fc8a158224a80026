"""Characters who talk among themselves, as a client holds it."""

from __future__ import annotations

from npc_runtime.client.handles.scene import Scene
from npc_runtime.wire import messages as m


class Encounter(Scene[m.EncounterStarted, m.EncounterEnded]):
    """An encounter that goes on. Leaving the iteration early ends it."""

    _last = m.EncounterEnded

    @property
    def id(self) -> str:
        """Names it in requests."""
        return self.started.encounter

    @property
    def reason(self) -> str:
        """Why it ended, once it has."""
        return self.ended.reason if self.ended else ""

    @property
    def news(self) -> list[m.NewsInfo]:
        """What they have learned from each other, once it has ended."""
        return self.ended.news if self.ended else []

    async def stop(self) -> None:
        """Ends it; the iteration goes on to its end, which comes at once."""
        await self.world.runtime.call(m.Done, "encounter.stop", world=self.world.id, encounter=self.id)
