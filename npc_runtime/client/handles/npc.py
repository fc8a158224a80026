"""A character, as a client holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from npc_runtime.client.handles.reply import Reply
from npc_runtime.wire import messages as m

if TYPE_CHECKING:
    from npc_runtime.client.handles.world import World

Priority = Literal["player", "normal", "background"]


class Npc:
    """A living character."""

    def __init__(self, world: World, info: m.NpcInfo, born: m.CreatureGenerated | None = None) -> None:
        """`born`: what the daemon said of a creature that was just made; `persona` is from there."""
        self.world = world
        self.info = info
        self.born = born
        self.persona = born.persona if born else None
        self.id = info.npc
        self.name = info.name

    def say(
        self,
        speaker: str,
        text: str,
        *,
        name: str | None = None,
        actions: Sequence[Mapping[str, Any]] = (),
        priority: Priority = "player",
        deadline: float | None = None,
        seed: int | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        passing: bool = False,
        barks: Literal["auto", "never"] | None = None,
        heard_by: Sequence[str] | None = None,
        private: bool = False,
        aside: bool = False,
        ack: bool = True,
    ) -> Reply:
        """Somebody says a line to this character; iterate over the reply, or await it.

        It is sent when the iteration begins. `actions` are what the character may do now, such as
        `{"name": "give", "args": [["bread", "ale"]], "when": "asks for food"}`. `passing`: the speaker only greets in
        passing; `barks`: "never" has the model write the reply, whatever it is. `heard_by`: who else hears it, wherever
        they are; with `private` nobody else does; with `aside` it is no word in an argument that goes on there. With
        `ack` the reply counts as heard when the iteration ends; without, call `reply.heard(...)`. Raises Invalid for a
        wrong value.
        """
        request = self.world.runtime.message(
            "say",
            **{"from": speaker},
            world=self.world.id,
            to=self.id,
            text=text,
            name=name,
            actions=[dict(action) for action in actions],
            priority=priority,
            deadline=deadline,
            seed=seed,
            temperature=temperature,
            max_tokens=max_tokens,
            passing=passing,
            barks=barks,
            heard_by=heard_by,
            private=private,
            aside=aside,
        )
        return Reply(self.world, request, ack)

    async def near(self, player: str, *, name: str | None = None) -> bool:
        """Says that a player has come near and may speak soon: this character's first word then comes sooner.

        False where nothing can be computed beforehand, so that there is nothing to gain. Nothing else comes of it.
        """
        said = {"world": self.world.id, "npc": self.id, "player": player, "name": name}
        return (await self.world.runtime.call(m.NpcNearby, "npc.near", **said)).warmed

    async def despawn(self) -> None:
        """Takes this character out of the world."""
        await self.world.runtime.call(m.Done, "npc.despawn", world=self.world.id, npc=self.id)
        self.world.runtime.despawned(self.world.id, self.id)

    # ---------------------------------------------------------------------------------------------- its memory

    async def memories(self, about: str = "", limit: int = 10) -> list[m.MemoryInfo]:
        """What this character remembers of something, best first, and where it has it from; or what it learned last."""
        query = {"world": self.world.id, "npc": self.id, "about": about, "limit": limit}
        return (await self.world.runtime.call(m.MemoryFound, "memory.query", **query)).memories

    async def teach(self, text: str, *, importance: float = 0.7, at: int | None = None) -> None:
        """Gives this character a memory of its past; `at` is game time, below 0 before the world began."""
        taught = {"world": self.world.id, "npc": self.id, "text": text, "importance": importance, "at": at}
        await self.world.runtime.call(m.Done, "memory.teach", **taught)

    async def relations(self, toward: str | None = None) -> list[m.RelationInfo]:
        """How this character stands to somebody, or to everybody it has met, and why."""
        query = {"world": self.world.id, "npc": self.id, "toward": toward}
        return (await self.world.runtime.call(m.RelationReport, "relation.get", **query)).relations

    async def adjust(
        self,
        toward: str,
        reason: str,
        *,
        affinity: float = 0.0,
        trust: float = 0.0,
        fear: float = 0.0,
        respect: float = 0.0,
    ) -> m.RelationInfo:
        """Moves how this character stands to somebody. `reason` is told from its side: "Alex brought you bread."

        Gives back where it stands then.
        """
        report = await self.world.runtime.call(
            m.RelationReport,
            "relation.adjust",
            world=self.world.id,
            npc=self.id,
            toward=toward,
            affinity=affinity,
            trust=trust,
            fear=fear,
            respect=respect,
            reason=reason,
        )
        return report.relations[0]
