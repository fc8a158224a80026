"""What is remembered in a world, as a client reads it and has it forgotten."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from npc_runtime.client.handles.part import Part
from npc_runtime.wire import messages as m

FORGET_SECONDS = 600.0
"""Forgetting writes files anew, which takes its time in a large world."""
PAGE = 100
"""Memories asked for at once: as many as fit into a message, however long they are."""


class Memory(Part):
    """What a world's characters remember, and what its players have learned."""

    async def journal(self, player: str, about: str = "", *, npc: str | None = None) -> list[m.JournalNote]:
        """What a player has learned, from whom and where, oldest first; of something only, or from one character."""
        notes: list[m.JournalNote] = []
        page: int | None = 0
        while page is not None:
            query = {"world": self.id, "player": player, "about": about, "npc": npc, "after": page, "limit": PAGE}
            listing = await self.runtime.call(m.JournalListing, "journal.list", **query)
            notes += listing.notes
            page = listing.next
        return notes

    async def forget(self, player: str) -> m.MemoryForgotten:
        """Deletes everything of a player, from saves too, for good.

        Gives back how many `memories` that were, and which saves were `renamed` since they were called after it.
        """
        request = self.runtime.message("memory.forget", world=self.id, player=player)
        answer = await self.runtime.request(request, timeout=FORGET_SECONDS)
        assert isinstance(answer, m.MemoryForgotten)
        return answer

    async def gossip(self, about: str, *, npc: str | None = None) -> list[m.GossipInfo]:
        """Who knows of a matter and from whom, in the order in which they came to know it."""
        query = {"world": self.id, "about": about, "npc": npc}
        return (await self.runtime.call(m.GossipTraced, "gossip.trace", **query)).known

    async def export(self, npc: str | None = None) -> AsyncGenerator[m.MemoryInfo, None]:
        """Every memory of this world, or of one character, in the order in which they came about."""
        page: int | None = 0
        while page is not None:
            query = {"world": self.id, "npc": npc, "after": page, "limit": PAGE}
            exported = await self.runtime.call(m.MemoryExported, "memory.export", **query)
            for memory in exported.memories:
                yield memory
            page = exported.next
