"""An argument between characters, as a client holds it."""

from __future__ import annotations

from npc_runtime.client.handles.scene import Scene
from npc_runtime.wire import messages as m


class Quarrel(Scene[m.ArgueStarted, m.ArgueSettled]):
    """An argument that goes on. Leaving the iteration early breaks it off; it can be resumed."""

    _last = m.ArgueSettled

    @property
    def id(self) -> str:
        """Names it in requests."""
        return self.started.argument

    @property
    def outcome(self) -> m.OutcomeInfo | None:
        """How it ended, once it has."""
        return self.ended.outcome if self.ended else None

    async def intervene(self, speaker: str, text: str, *, name: str | None = None) -> m.ArgueIntervened:
        """A player, or a character who is no party, speaks into it; gives back how the line was read and taken."""
        fields = {"from": speaker, "text": text, "name": name}
        return await self.world.runtime.call(
            m.ArgueIntervened, "argue.intervene", world=self.world.id, argument=self.id, **fields
        )

    async def stop(self) -> None:
        """Ends it as a stalemate; the iteration goes on to its end, which comes at once."""
        await self.world.runtime.call(m.Done, "argue.stop", world=self.world.id, argument=self.id)
