"""The worlds that are open."""

from __future__ import annotations

from npc_runtime.errors import Conflict, not_found
from npc_runtime.world.world import World


class Worlds:
    """All open worlds."""

    def __init__(self) -> None:
        self._worlds: dict[str, World] = {}

    def __len__(self) -> int:
        return len(self._worlds)

    def get(self, world: str) -> World:
        """An open world. Raises NotFound, listing those that are open."""
        try:
            return self._worlds[world]
        except KeyError:
            raise not_found("world", world, self._worlds) from None

    def open(
        self, world: str, pack: str, places: dict[str, str], adjacent: dict[str, frozenset[str]]
    ) -> tuple[World, bool]:
        """The world, and whether it is new. Raises Conflict when it is open with another pack."""
        found = self._worlds.get(world)
        if found is None:
            found = self._worlds[world] = World(world, pack, places, adjacent)
            return found, True
        if found.pack != pack:
            raise Conflict(f'world "{world}" is open with the pack {found.pack}', hint=f"open it without naming {pack}")
        return found, False

    def close(self, world: str) -> None:
        """Lets go of a world."""
        self._worlds.pop(world, None)
