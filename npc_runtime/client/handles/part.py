"""What each part of a world is built on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from npc_runtime.client.runtime import Runtime


class Part:
    """Some of the methods of a world: they ask `runtime` about the world `id`."""

    runtime: Runtime
    id: str
