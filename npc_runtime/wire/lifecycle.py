"""The service about the lives of worlds: opening one, closing one, and letting those rest that nobody uses."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from npc_runtime.dialogue.cast import Cast, defined, layout
from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.edited import PACK
from npc_runtime.dialogue.memories import Remembering
from npc_runtime.dialogue.policy.knowledge import written
from npc_runtime.dialogue.state import Mind
from npc_runtime.errors import Busy, Conflict, Invalid, NotFound, StorageError
from npc_runtime.persona.defined import NO_PACK, NOTHING, Definitions
from npc_runtime.persona.model import Place
from npc_runtime.persona.pack import load_pack
from npc_runtime.wire import messages as m
from npc_runtime.wire.archive import Archive
from npc_runtime.wire.gate import Gates
from npc_runtime.wire.handling import handles
from npc_runtime.wire.pages import PAGE_BYTES, fitting
from npc_runtime.wire.session import Session, Sessions
from npc_runtime.world.clock import moment
from npc_runtime.world.world import World
from npc_runtime.world.worlds import Worlds

log = logging.getLogger(__name__)

DEFAULT_PACK = "hollowmere"
CHANGES = 200
"""Sentences about what an edited pack changed: whoever renames a thousand places looks at the world instead."""


class Lifecycle:
    """Opens and closes worlds.

    A world that nobody uses closes by itself and opens again unseen, so that what is open is what is played.
    """

    def __init__(
        self,
        worlds: Worlds,
        director: Director,
        sessions: Sessions,
        archive: Archive,
        gates: Gates,
        *,
        most: int,
        idle: float,
    ) -> None:
        """`most`: worlds that are open at once; `idle`: seconds after which one that nobody uses is closed."""
        self._worlds = worlds
        self._director = director
        self._sessions = sessions
        self._archive = archive
        self._gates = gates
        self._most = most
        self._idle = idle
        self._asleep: dict[str, set[str]] = {}  # id of an open world -> NPCs that a file or a save brought along
        self._used: dict[str, float] = {}  # id of an open world -> when it was last asked for, monotonic
        self._resting: set[str] = set()  # closed by themselves
        self._opening: set[str] = set()
        self._changes: dict[str, tuple[str, ...]] = {}  # id of an open world -> what its edited pack changed in it

    @handles("world.open", alone=True)
    async def open(self, session: Session, request: m.WorldOpen) -> m.WorldOpened:
        """Opens or joins a world. Raises PackError, StorageError, Busy, or Conflict when it has another pack."""
        created = False
        if request.world not in self._worlds:
            created = await self._begin(request.world, request.pack, request.village)
        mind = self._director.mind(request.world)
        world, memory, pack = mind.world, mind.memory, mind.pack
        if request.pack not in (None, world.pack) or (request.village is not None and world.pack != NO_PACK):
            raise Conflict(
                f'world "{world.id}" is open with {_named(world.pack)}', hint="open it without naming another"
            )
        places = fitting(map(place_info, pack.village.places), PAGE_BYTES // 2)
        personas = fitting((f"npc:{persona}" for persona in pack.personas), PAGE_BYTES // 2)
        return m.WorldOpened(
            re=request.id,
            world=world.id,
            pack=world.pack,
            created=created,
            places=places,
            personas=personas,
            more=len(places) < len(pack.village.places) or len(personas) < len(pack.personas),
            at=world.clock.now,
            moment=moment(world.clock.now, world.language),
            remembers=not memory.trouble,
            trouble=memory.trouble,
            changes=changes(self._changes.get(world.id, ())),
        )

    @handles("world.close", alone=True)
    async def close(self, session: Session, request: m.WorldClose) -> m.Done:
        """Closes a world. Raises NotFound, or StorageError where the disk does not take what is still to be kept."""
        self._resting.discard(request.world)
        memory = self._director.mind(request.world).memory
        await memory.catch_up()
        await self._end(request.world, "the world was closed")
        self._sessions.publish(m.EventClosed(world=request.world))
        return m.Done(re=request.id, kept=memory.on_disk)

    def rests(self, world: str) -> bool:
        """Whether a world closed by itself and has to be opened again before anything can be done in it."""
        return world in self._resting and world not in self._worlds

    async def wake(self, world: str) -> None:
        """Opens a world again that closed by itself. Raises PackError, StorageError, Busy."""
        if self.rests(world):
            await self._begin(world)

    def use(self, world: str) -> None:
        """Somebody asks for a world: it is not idle."""
        if world in self._used:
            self._used[world] = time.monotonic()

    def check_room(self, world: str) -> None:
        """Raises StorageError where nothing more can be kept of a world."""
        self._director.mind(world).memory.check_room()

    def idle(self) -> list[str]:
        """The worlds that can be closed, because nobody has used them for long enough."""
        since = time.monotonic() - self._idle
        return [world for world, used in self._used.items() if used < since and self._at_rest(world)]

    async def rest(self, world: str) -> None:
        """Closes a world that nobody uses, until somebody does; unless somebody does by then."""

        async def rest() -> None:
            if world in self._worlds and self._at_rest(world):
                self._resting.add(world)
                await self._end(world, "the world was closed")

        await self._gates.of(world).alone(rest)

    def _at_rest(self, world: str) -> bool:
        busy = any(saying.world == world for session in self._sessions for saying in session.sayings.values())
        return not busy and self._director.mind(world).at_rest

    async def _make_room(self) -> None:
        """Closes the worlds that were used least lately, where too many are open. Raises Busy when all are in use."""
        for world in sorted(self._used, key=self._used.__getitem__):
            if len(self._worlds) + len(self._opening) <= self._most:
                return
            if world in self._worlds and self._at_rest(world):
                await self.rest(world)
        if len(self._worlds) + len(self._opening) > self._most:
            raise Busy(
                f"{len(self._worlds)} worlds are open, and all of them are in use",
                hint="close one with world.close, or start the daemon with a larger --open-worlds",
            )

    async def _begin(self, name: str, pack_name: str | None = None, village: m.VillageDefinition | None = None) -> bool:
        """Opens a world from its file, or makes it; whether it is new. What fails leaves no file behind."""
        self._opening.add(name)
        try:
            await self._make_room()
            return await self._read(name, pack_name, village)
        finally:
            self._opening.discard(name)

    async def _read(self, name: str, pack_name: str | None, village: m.VillageDefinition | None) -> bool:
        # What takes long is done in threads: a pack of thousands, or a slow disk, keeps nobody else waiting.
        if pack_name is not None and village is not None:
            raise Invalid("a village of its own is without a pack", hint="name one of the two, `pack` or `village`")
        own = Definitions(village=village.model_dump(exclude_none=True)) if village is not None else NOTHING
        cast: Cast | None = None
        if not self._archive.holds(name):
            pack_name = pack_name or (DEFAULT_PACK if village is None else NO_PACK)
            cast = await asyncio.to_thread(_cast, pack_name, own)
        memory = await asyncio.to_thread(self._archive.open, name)
        try:
            records = await _kept(memory)
            kept = records.get(PACK)
            if kept is not None:
                cast = await asyncio.to_thread(_known, name, kept, pack_name, records)
                pack_name = pack_name or kept
            elif cast is None:
                pack_name = pack_name or (DEFAULT_PACK if village is None else NO_PACK)
                cast = await asyncio.to_thread(_cast, pack_name, own)
            world = self._worlds.open(name, pack_name or NO_PACK, *layout(cast.pack.village))
            mind = self._director.open(world, cast, memory)
            if kept is None:
                mind.keep(records=mind.state())
            else:
                mind.become(await asyncio.to_thread(self._understood, mind, records))
                self.note(mind)
        except BaseException:
            self._worlds.close(name)
            self._director.close(name)
            await self._archive.close(name)
            raise
        memory.meanings.of(written(mind.pack), memory.embedder, memory.roles)  # so that the first line need not wait
        memory.tidy_soon()  # the last daemon may not have come to the end of it
        self._used[name] = time.monotonic()
        self._resting.discard(name)
        self.asleep(world)
        return kept is None

    async def _end(self, world: str, why: str) -> None:
        """Lets go of a world, once all of it is written."""
        self._director.mind(world).speaking.break_off(why)
        await self._archive.close(world)
        self._director.close(world)
        self._worlds.close(world)
        for known in (self._asleep, self._used, self._changes):
            known.pop(world, None)

    def _understood(self, mind: Mind, records: Mapping[str, Any]) -> Mind:
        """A world of its records. Raises StorageError, saying where its file is: no save of it can be restored."""
        try:
            return mind.read(records)
        except StorageError as error:
            file = self._archive.file(mind.world.id)
            raise StorageError(
                error.message, hint=f"put a copy from before in the place of {file}; or move it away, to begin anew"
            ) from None

    def note(self, mind: Mind) -> None:
        """Says in the log what an edited pack changed in a world that was just read, keeps it so, and remembers it."""
        world, edits = mind.world.id, mind.edits
        self._changes[world] = edits.changes
        for change in changes(edits.changes):
            log.warning("world %s: %s", world, change)
        if edits.records:
            mind.keep(records=edits.records)

    def asleep(self, world: World) -> None:
        """The NPCs that are in a world now came with it, from its file or a save."""
        self._asleep[world.id] = {entity for entity in world.entities if entity.startswith("npc:")}

    def came_along(self, world: World, npc: str) -> bool:
        """Whether an NPC came with its world and nobody has asked for it yet: spawning it is no conflict."""
        return npc in self._asleep[world.id] and npc in world.entities

    def awake(self, world: World, npc: str) -> None:
        """Somebody has asked for an NPC."""
        self._asleep[world.id].discard(npc)


async def _kept(memory: Remembering) -> dict[str, Any]:
    """What was kept of a world; where its file turns out to be broken, it begins anew without it."""
    try:
        return await asyncio.wrap_future(memory.history.records())
    except StorageError as error:
        memory.lose(str(error))
        return {}


def _cast(pack: str, definitions: Definitions) -> Cast:
    """The characters of a pack, and of what was defined. Raises NotFound, PackError."""
    return Cast(load_pack(pack) if pack != NO_PACK else None, definitions)


def _known(world: str, kept: str, named: str | None, records: Mapping[str, Any]) -> Cast:
    """Those of a world that was made before: of the pack that it had, or the one named where that is gone.

    Raises Conflict, NotFound, PackError.
    """
    if named not in (None, kept):
        with contextlib.suppress(NotFound):
            _cast(kept, NOTHING)
            raise Conflict(f'world "{world}" was made with {_named(kept)}', hint=f"open it without naming {named}")
        return _cast(str(named), defined(records))
    try:
        return _cast(kept, defined(records))
    except NotFound as error:
        raise NotFound(error.message, hint="open the world with the folder where its pack is now") from None


def _named(pack: str) -> str:
    return f"the pack {pack}" if pack != NO_PACK else "no pack, but a village of its own"


def changes(found: Sequence[str]) -> list[str]:
    """What an edited pack changed, as far as it fits beside all else in a message."""
    told = fitting(found[:CHANGES], PAGE_BYTES // 8)
    return [*told, f"and {len(found) - len(told)} changes more"] if len(told) < len(found) else told


def place_info(place: Place) -> m.PlaceInfo:
    """A place as messages have it."""
    leads_to = [f"place:{other}" for other in place.leads_to]
    return m.PlaceInfo(place=f"place:{place.id}", name=place.name, leads_to=leads_to)
