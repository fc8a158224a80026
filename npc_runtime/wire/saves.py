"""The service about saves."""

from __future__ import annotations

import asyncio
from functools import partial

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.state import Mind
from npc_runtime.language.language import Language
from npc_runtime.memory.saves import Save
from npc_runtime.wire import messages as m
from npc_runtime.wire.answering import Answering
from npc_runtime.wire.handling import handles
from npc_runtime.wire.lifecycle import Lifecycle, changes
from npc_runtime.wire.pages import page
from npc_runtime.wire.session import Session, Sessions
from npc_runtime.world.clock import moment


class Saves:
    """The saves of a world."""

    def __init__(self, director: Director, sessions: Sessions, lifecycle: Lifecycle) -> None:
        self._director = director
        self._sessions = sessions
        self._lifecycle = lifecycle

    @handles("save.create")
    def create(self, session: Session, request: m.SaveCreate) -> Answering:
        """Names the world as it is now."""
        mind = self._director.mind(request.world)
        writing = mind.memory.history.save(request.save, mind.world.clock.now)

        async def answer() -> m.Response:
            save = await asyncio.wrap_future(writing)
            mind.memory.tidy_soon()  # another save may have had this name
            return _created(request, save)

        return answer()

    @handles("save.restore", alone=True)
    async def restore(self, session: Session, request: m.SaveRestore) -> m.SaveRestored:
        """Takes the world back to a save, or leaves it as it is. Raises NotFound, StorageError.

        What is being said is cancelled. Nothing else is done in this world meanwhile.
        """
        mind = self._director.mind(request.world)
        history = mind.memory.history
        read: list[Mind] = []
        await asyncio.wrap_future(history.restore(request.save, lambda records: read.append(mind.read(records))))
        mind.become(read[0])
        self._lifecycle.note(mind)
        self._lifecycle.asleep(mind.world)
        mind.memory.tidy_soon()
        at = mind.world.clock.now
        self._sessions.publish(m.EventRestored(world=mind.world.id, save=request.save))
        return m.SaveRestored(
            re=request.id,
            world=mind.world.id,
            save=request.save,
            at=at,
            moment=moment(at, mind.language),
            changes=changes(mind.edits.changes),
        )

    @handles("save.delete")
    def delete(self, session: Session, request: m.SaveDelete) -> Answering:
        """Takes a save away. Raises NotFound."""
        memory = self._director.mind(request.world).memory
        deleting = memory.history.delete_save(request.save)

        async def answer() -> m.Response:
            await asyncio.wrap_future(deleting)
            memory.tidy_soon()
            return m.Done(re=request.id)

        return answer()

    @handles("save.branch")
    def branch(self, session: Session, request: m.SaveBranch) -> Answering:
        """Gives a save a second name. Raises NotFound, Conflict."""
        writing = self._director.mind(request.world).memory.history.branch(request.save, request.twin)

        async def answer() -> m.Response:
            return _created(request, await asyncio.wrap_future(writing))

        return answer()

    @handles("save.list")
    async def list(self, session: Session, request: m.SaveList) -> m.SaveListing:
        """All saves of a world, in order of making."""
        mind = self._director.mind(request.world)
        saves = await asyncio.wrap_future(mind.memory.history.saves(request.after, request.limit + 1))
        info = partial(_info, language=mind.language)
        shown, following = page(saves, request.after, request.limit, lambda save: save.number, info)
        return m.SaveListing(re=request.id, world=request.world, saves=shown, next=following)


def _info(save: Save, language: Language) -> m.SaveInfo:
    return m.SaveInfo(save=save.name, number=save.number, at=save.at, moment=moment(save.at, language))


def _created(request: m.SaveCreate | m.SaveBranch, save: Save) -> m.SaveCreated:
    return m.SaveCreated(re=request.id, world=request.world, save=save.name, at=save.at)
