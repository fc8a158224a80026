"""The worlds that are open."""

from __future__ import annotations

from npc_runtime.errors import not_found
from npc_runtime.world.world import World


class Worlds:
    """All open worlds."""

    def __init__(self) -> None:
        self._worlds: dict[str, World] = {}

    def __len__(self) -> int:
        return len(self._worlds)

    def __contains__(self, world: str) -> bool:
        return world in self._worlds

    def get(self, world: str) -> World:
        """An open world. Raises NotFound, listing those that are open."""
        try:
            return self._worlds[world]
        except KeyError:
            raise not_found("world", world, self._worlds) from None

    def open(self, world: str, pack: str, places: dict[str, str], adjacent: dict[str, frozenset[str]]) -> World:
        """A world that was not open, empty."""
        assert world not in self._worlds, "it is open already"
        self._worlds[world] = World(world, pack, places, adjacent)
        return self._worlds[world]

    def close(self, world: str) -> None:
        """Lets go of a world."""
        self._worlds.pop(world, None)
