"""What is true of a world and what happens in it, as a client says and asks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from npc_runtime.client.handles.part import Part
from npc_runtime.wire import messages as m


class Truth(Part):
    """The facts of a world, its events and its clock."""

    async def set(self, name: str, value: m.Value | None, *, scope: str = "world", text: str = "") -> None:
        """Says what is true of the world, a place or an entity; None takes a fact out. `text` says it in words."""
        fact = {"scope": scope, "name": name, "value": value, "text": text}
        await self.runtime.call(m.Done, "world.set", world=self.id, **fact)

    async def get(self, name: str | None = None, *, scope: str = "world") -> list[m.FactInfo]:
        """What is true of something: one fact, or all. Raises NotFound for one that is not set."""
        return (await self.runtime.call(m.WorldFacts, "world.get", world=self.id, scope=scope, name=name)).facts

    async def event(
        self,
        what: str,
        *,
        at: str | None = None,
        by: str | None = None,
        to: str | None = None,
        witnesses: Sequence[str] | None = None,
        earshot: int = 1,
        noise: str = "",
        importance: float = 0.5,
        kind: Literal["died", "born", "arrived", "left"] | None = None,
    ) -> list[m.PerceivedInfo]:
        """Something happens; gives back what each character has of it.

        Without `witnesses` all who are `at` the place see it, and those as many as `earshot` places away hear `noise`.
        `kind` is what becomes of `to`, or else of `by`.
        """
        answer = await self.runtime.call(
            m.WorldPerceived,
            "world.event",
            world=self.id,
            what=what,
            at=at,
            by=by,
            to=to,
            witnesses=None if witnesses is None else list(witnesses),
            earshot=earshot,
            noise=noise,
            importance=importance,
            kind=kind,
        )
        return answer.perceived

    async def advance(self, by: str | int | None = None, *, to: int | None = None) -> m.WorldTime:
        """Sets the game clock forward by "2d", "3h 30m" or seconds, or to a game time. By 0 only asks for the time."""
        return await self.runtime.call(m.WorldTime, "world.advance", world=self.id, by=by, to=to)
