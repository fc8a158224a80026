"""The stage: brings characters together for a scene, and reaches those that are being performed."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.encounter import encounter
from npc_runtime.dialogue.encounter.talks import EVERYBODY
from npc_runtime.dialogue.quarrel import argument
from npc_runtime.dialogue.quarrel.course import stopped
from npc_runtime.dialogue.quarrel.intervention import Intervened
from npc_runtime.dialogue.quarrel.outcome import Outcome
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.stage.aftermath import settle
from npc_runtime.dialogue.stage.casting import Role, cast, company, gather, together, unheard
from npc_runtime.dialogue.stage.meeting import Meeting
from npc_runtime.dialogue.stage.performance import Performance
from npc_runtime.dialogue.stage.quarrel import Quarrel
from npc_runtime.dialogue.state import ARGUMENT, Mind
from npc_runtime.dice import mix
from npc_runtime.engine.request import Priority
from npc_runtime.errors import Conflict, not_found
from npc_runtime.memory.entry import Entry

_QUARREL, _MEETING = argument.Limits(), encounter.Limits()
_ENCOUNTER = "encounter"  # among the turns of `speaking`: each encounter without a seed has another chance

Found = TypeVar("Found")
Scene = TypeVar("Scene", bound="Performance[Any, Any]")


class Stage:
    """Plays the scenes of every open world. Belongs to the daemon's event loop."""

    def __init__(self, director: Director) -> None:
        self._director = director

    async def argue(
        self,
        world_id: str,
        roles: Sequence[Role],
        topic: str,
        *,
        stakes: float = 0.5,
        limits: argument.Limits = _QUARREL,
        heard_by: Sequence[str] | None = None,
        seed: int | None = None,
        priority: Priority = Priority.ARGUMENT,
        epoch: Epoch | None = None,
    ) -> Quarrel:
        """An argument between characters who hear each other, to be performed. `epoch`: in which it was asked for.

        `heard_by` is who else does, by id, wherever they all are; without it, everybody who is at their place.
        Raises NotFound, Invalid, Conflict for a character that is elsewhere or in an argument already, StorageError,
        and Cancelled where the epoch is over.
        """
        mind = self._director.mind(world_id)
        epoch = epoch or mind.speaking.epoch
        npcs = [role.npc for role in roles]
        parties, place = await _assembled(Quarrel, mind, npcs, epoch, lambda: cast(mind, roles, topic), heard_by)
        now, number = mind.world.clock.now, mind.speaking.begin(ARGUMENT)
        chance = seed if seed is not None else mix(self._director.seed, world_id, number, now, topic, *npcs)
        id = f"a{secrets.token_hex(6)}"
        language = mind.language
        begun = argument.begin(
            *(id, topic, parties), stakes=stakes, place=place, limits=limits, seed=chance, language=language
        )
        known = ((role.npc, mind.wording.own(fact, role.npc, npcs)) for role in roles for fact in role.evidence)
        mind.keep(Entry(npc, "taught", claim, now) for npc, claim in known)
        return self._quarrel(mind, begun, priority, epoch, heard_by, seeded=seed is not None)

    def resume(
        self,
        world_id: str,
        argument_id: str,
        *,
        heard_by: Sequence[str] | None = None,
        priority: Priority = Priority.ARGUMENT,
    ) -> Quarrel:
        """Takes up an argument that broke off, or that a save brought along. Raises NotFound, Conflict."""
        mind = self._director.mind(world_id)
        found = _argument(mind, argument_id)
        if argument_id in mind.speaking.scenes:
            raise Conflict(f'argument "{argument_id}" is going on', hint="only one that broke off can be resumed")
        parties = [party.id for party in found.present]
        place = together(Quarrel.kind, mind, parties, anywhere=heard_by is not None)
        return self._quarrel(mind, replace(found, place=place), priority, mind.speaking.epoch, heard_by, seeded=False)

    async def meet(
        self,
        world_id: str,
        npcs: Sequence[str],
        *,
        place: str | None = None,
        about: str = "",
        limits: encounter.Limits = _MEETING,
        heard_by: Sequence[str] | None = None,
        private: bool = False,
        quiet: bool | None = None,
        seed: int | None = None,
        priority: Priority = Priority.AMBIENT,
        epoch: Epoch | None = None,
    ) -> Meeting:
        """Characters who hear each other talk, to be performed. Without `npcs`, some of those who are free at `place`.

        `heard_by` as in `argue`. `quiet` None: no lines where every player is known to be elsewhere. `epoch`: in which
        it was asked for. Raises NotFound, Invalid, StorageError, Conflict for characters that are at different places
        or taken, and Cancelled where the epoch is over.
        """
        mind = self._director.mind(world_id)
        epoch = epoch or mind.speaking.epoch
        chance = seed if seed is not None else mix(self._director.seed, world_id, mind.speaking.begin(_ENCOUNTER))
        npcs = npcs or company(mind, place, chance)
        (members, known), where = await _assembled(
            Meeting, mind, npcs, epoch, lambda: gather(mind, npcs, about), heard_by
        )
        id = f"e{secrets.token_hex(6)}"
        begun = encounter.begin(id, members, about=about, place=where, limits=limits, seed=chance, private=private)
        meeting = Meeting(
            director=self._director,
            mind=mind,
            scene=begun,
            between=begun.ids,
            priority=priority,
            seeded=seed is not None,
            epoch=epoch,
            private=private,
            heard_by=heard_by,
            quiet=unheard(mind, where, heard_by) if quiet is None else quiet,
            known=known,
        )
        return _enter(meeting)

    # ---------------------------------------------------------------------------------------------- arguments

    def earshot(self, world_id: str, argument_id: str) -> tuple[str | None, Sequence[str]]:
        """Where one must be to speak into an argument, if that matters, and who hears what is said. Raises NotFound."""
        mind = self._director.mind(world_id)
        found, quarrel = _argument(mind, argument_id), mind.speaking.scenes.get(argument_id)
        if isinstance(quarrel, Quarrel):
            return (found.place if quarrel.heard_by is None else None), quarrel.near
        return found.place, mind.world.here(found.place)

    async def intervene(
        self, world_id: str, argument_id: str, by: str, name: str, text: str
    ) -> tuple[Intervened, str, asyncio.Task[list[int]]]:
        """Somebody speaks into an argument, as `Quarrel.intervene` has it. Raises NotFound, Invalid, Conflict."""
        said = await self._going_on(world_id, argument_id).understood(by, name, text)
        return self._going_on(world_id, argument_id).intervene(said)  # it may have ended while the line was read

    def quarrel(
        self, world_id: str, speaker: str, npc: str | None = None, heard_by: Sequence[str] | None = None
    ) -> Quarrel | None:
        """The argument that a line is said into: to `npc`, one of its parties, or to all.

        `heard_by`: who hears the line, where the game says so, and not everybody who is where the speaker is. Raises
        NotFound for the world.
        """
        mind = self._director.mind(world_id)
        found = mind.world.entities.get(speaker)
        place = found.at if found is not None else None

        def reached(scene: Quarrel) -> bool:
            if heard_by is not None:
                return npc is not None or not set(scene.present).isdisjoint(heard_by)
            if scene.heard_by is not None:
                return npc is not None or speaker in scene.heard_by
            return scene.scene.place == place or (place is None and npc is not None)

        going_on = (one for one in mind.speaking.scenes.values() if isinstance(one, Quarrel) and not one.void)
        return next((one for one in going_on if (npc is None or npc in one.present) and reached(one)), None)

    def _going_on(self, world_id: str, argument_id: str) -> Quarrel:
        mind = self._director.mind(world_id)
        _argument(mind, argument_id)
        quarrel = mind.speaking.scenes.get(argument_id)
        if not isinstance(quarrel, Quarrel) or quarrel.void:
            raise Conflict(f'argument "{argument_id}" is not going on', hint=Quarrel.again)
        return quarrel

    def stop(self, world_id: str, argument_id: str) -> tuple[Outcome, asyncio.Task[list[int]]] | None:
        """Ends an argument where it stands, with a stalemate; one that broke off is settled at once, as by `settle`.

        Raises NotFound.
        """
        mind = self._director.mind(world_id)
        found, quarrel = _argument(mind, argument_id), mind.speaking.scenes.get(argument_id)
        if not isinstance(quarrel, Quarrel):
            return settle(mind, stopped(found))
        quarrel.stop()
        return None

    def _quarrel(
        self,
        mind: Mind,
        found: argument.Argument,
        priority: Priority,
        epoch: Epoch,
        heard_by: Sequence[str] | None,
        *,
        seeded: bool,
    ) -> Quarrel:
        quarrel = Quarrel(
            director=self._director,
            mind=mind,
            scene=found,
            between=[party.id for party in found.parties],
            priority=priority,
            seeded=seeded,
            epoch=epoch,
            heard_by=heard_by,
        )
        return _enter(quarrel)

    # ---------------------------------------------------------------------------------------------- encounters

    def part(self, world_id: str, encounter_id: str) -> None:
        """Ends an encounter where it stands. Raises NotFound."""
        meetings = {meeting.id: meeting for meeting in _meetings(self._director.mind(world_id))}
        if encounter_id not in meetings:
            raise not_found("encounter", encounter_id, meetings, where=f'world "{world_id}"')
        meetings[encounter_id].end("stopped")

    def hush(self, world_id: str, npcs: Iterable[str], place: str | None, seconds: float | None) -> None:
        """Nobody of these, or there, or at all, chats for so long; None: until 0 lifts it. Raises NotFound, Invalid."""
        mind = self._director.mind(world_id)
        who = [mind.persona_id(npc) for npc in npcs] + ([mind.world.place(place)] if place else [])
        now = time.monotonic()
        for one in who or [EVERYBODY]:
            if seconds == 0:
                mind.talks.hushes.lift(one)
            else:
                mind.talks.hushes.hush(one, None if seconds is None else now + seconds)
        for meeting in _meetings(mind):
            if meeting.hushed:
                meeting.end("hushed")


def _argument(mind: Mind, id: str) -> argument.Argument:
    if id not in mind.arguments:
        raise not_found("argument", id, mind.arguments, where=f'world "{mind.world.id}"')
    return mind.arguments[id]


def _meetings(mind: Mind) -> list[Meeting]:
    return [scene for scene in mind.speaking.scenes.values() if isinstance(scene, Meeting)]


def _enter(scene: Scene) -> Scene:
    """It is on stage from now on; talk that its characters are in ends."""
    speaking = scene.mind.speaking
    for npc in scene.npcs:
        speaking.give_way(npc)
    speaking.scenes[scene.id] = scene
    return scene


async def _assembled(
    kind: type[Scene],
    mind: Mind,
    npcs: Sequence[str],
    epoch: Epoch,
    reading: Callable[[], Awaitable[Found]],
    heard_by: Sequence[str] | None,
) -> tuple[Found, str]:
    """What is read of those who are to take part, and where they are."""

    def place() -> str:
        epoch.check(f"the {kind.kind} was not begun", f"{kind.begun_by} begins one in the world as it is now")
        return together(kind.kind, mind, npcs, anywhere=heard_by is not None)

    place()
    found = await reading()
    return found, place()  # meanwhile somebody may have gone or been taken
