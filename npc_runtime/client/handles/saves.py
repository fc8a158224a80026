"""The saves of a world, as a client makes them and goes back to them."""

from __future__ import annotations

from npc_runtime.client.handles.part import Part
from npc_runtime.wire import messages as m


class Saves(Part):
    """The saves of a world."""

    async def save(self, name: str) -> m.SaveCreated:
        """Saves this world, in place of what was saved under that name."""
        return await self.runtime.call(m.SaveCreated, "save.create", world=self.id, save=name)

    async def restore(self, name: str) -> m.SaveRestored:
        """Goes back to a save; nobody remembers what happened since. Raises NotFound, listing the saves."""
        return await self.runtime.call(m.SaveRestored, "save.restore", world=self.id, save=name)

    async def saves(self) -> list[m.SaveInfo]:
        """All saves, in order of making."""
        return (await self.runtime.call(m.SaveListing, "save.list", world=self.id)).saves

    async def delete_save(self, name: str) -> None:
        """Gives a save up; the world goes on as it is. Raises NotFound."""
        await self.runtime.call(m.Done, "save.delete", world=self.id, save=name)

    async def branch(self, name: str, copy: str) -> m.SaveCreated:
        """Gives a save a second name; each goes its own way from there. Raises NotFound, Conflict."""
        return await self.runtime.call(m.SaveCreated, "save.branch", world=self.id, save=name, copy=copy)
