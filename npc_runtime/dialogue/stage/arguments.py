"""The stage: plays arguments, turn by turn, and ends every one.

    begin or resume -> (mediate -> choose -> write -> wait until it was heard) ... -> settle

The rules of `quarrel` choose, the director has the line written like any reply, and the game says what was heard. A
party's floor is held only while it speaks, so a player may talk to anybody meanwhile, and goes first.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from npc_runtime.dialogue.commit import hear
from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.events import Ended, Started
from npc_runtime.dialogue.generation.guard import clean_line
from npc_runtime.dialogue.generation.race import Interrupted, race
from npc_runtime.dialogue.quarrel.argument import Argument, Limits, begin
from npc_runtime.dialogue.quarrel.card import degree
from npc_runtime.dialogue.quarrel.course import next_turn, stopped
from npc_runtime.dialogue.quarrel.intervention import Intervened
from npc_runtime.dialogue.quarrel.mediation import mediated
from npc_runtime.dialogue.quarrel.outcome import Outcome
from npc_runtime.dialogue.quarrel.reading import read
from npc_runtime.dialogue.replies import Epoch
from npc_runtime.dialogue.stage.aftermath import settle
from npc_runtime.dialogue.stage.beat import Beat
from npc_runtime.dialogue.stage.casting import Role, cast
from npc_runtime.dialogue.stage.cue import cue
from npc_runtime.dialogue.stage.incidents import Incident, Mediated, Settled, TurnTaken
from npc_runtime.dialogue.stage.playing import Playing, standing
from npc_runtime.dialogue.state import ARGUMENT, Mind
from npc_runtime.dice import mix
from npc_runtime.engine.request import Priority
from npc_runtime.errors import Cancelled, Conflict, Invalid, StorageError, not_found
from npc_runtime.memory.entry import Entry
from npc_runtime.world.entity import bare

__all__ = ["Playing", "Stage"]

_LIMITS = Limits()


class Stage:
    """Plays the arguments of every open world. Belongs to the daemon's event loop."""

    def __init__(self, director: Director) -> None:
        self._director = director
        self._playing: dict[tuple[str, str], Playing] = {}  # by world and argument

    async def begin(
        self,
        world_id: str,
        roles: Sequence[Role],
        topic: str,
        *,
        stakes: float = 0.5,
        limits: Limits = _LIMITS,
        seed: int | None = None,
        priority: Priority = Priority.NORMAL,
        epoch: Epoch | None = None,
    ) -> Playing:
        """An argument between characters who are at one place, to be performed. `epoch`: in which it was asked for.

        Raises NotFound, Invalid, Conflict for a character that is elsewhere or in an argument already, StorageError,
        and Cancelled where the epoch is over.
        """
        mind = self._director.mind(world_id)
        epoch = mind.speaking.epoch if epoch is None else epoch
        epoch.check("the argument was not begun", "argue.start begins one in the world as it is now")
        npcs = [role.npc for role in roles]
        place = self._together(mind, npcs)
        parties = await cast(mind, roles, topic)
        epoch.check("the argument was not begun", "argue.start begins one in the world as it is now")
        place = self._together(mind, npcs)  # while their memories were read, somebody may have gone or been taken
        number = mind.speaking.begin(ARGUMENT)
        chance = (
            seed if seed is not None else mix(self._director.seed, world_id, number, mind.world.clock.now, topic, *npcs)
        )
        id = f"a{secrets.token_hex(6)}"
        argument = begin(id, topic, parties, stakes=stakes, place=place, limits=limits, seed=chance)
        now = mind.world.clock.now
        mind.keep(Entry(role.npc, "taught", fact, now) for role in roles for fact in role.evidence)
        return self._enter(mind, argument, priority, epoch, seeded=seed is not None)

    def resume(self, world_id: str, argument_id: str, *, priority: Priority = Priority.NORMAL) -> Playing:
        """Takes up an argument that broke off, or that a save brought along. Raises NotFound, Conflict."""
        mind = self._director.mind(world_id)
        argument = self._known(mind, argument_id)
        if (world_id, argument_id) in self._playing:
            raise Conflict(f'argument "{argument_id}" is going on', hint="only one that broke off can be resumed")
        return self._enter(mind, argument, priority, mind.speaking.epoch, seeded=False)

    async def perform(self, playing: Playing) -> AsyncGenerator[Incident, None]:
        """What happens, to its end. Raises Cancelled where it breaks off; closing the generator breaks it off too."""
        try:
            await self._kept(playing, playing.record())
            while True:
                while playing.waiting and not playing.void:
                    yield Mediated(playing.mediate(playing.waiting.pop(0)))
                    for hotter in playing.escalated():
                        yield hotter
                if playing.void:
                    raise Cancelled(f"the argument broke off: {playing.void}", hint="argue.resume takes it up again")
                if playing.stopping:
                    playing.argument = stopped(playing.argument)
                if playing.argument.ending is not None:
                    break
                async with aclosing(self._turn(playing)) as incidents:
                    async for incident in incidents:
                        yield incident
                for hotter in playing.escalated():
                    yield hotter
            result, kept = settle(playing.mind, playing.argument)
            with contextlib.suppress(StorageError):
                await kept
            yield Settled(result)
        finally:
            self._playing.pop((playing.mind.world.id, playing.argument.id), None)
            playing.break_off()

    def place(self, world_id: str, argument_id: str) -> str:
        """Where an argument is. Raises NotFound."""
        return self._known(self._director.mind(world_id), argument_id).place

    def is_playing(self, world_id: str, argument_id: str) -> bool:
        """Whether an argument is going on."""
        return (world_id, argument_id) in self._playing

    def intervene(
        self, world_id: str, argument_id: str, by: str, name: str, text: str
    ) -> tuple[Intervened, str, asyncio.Task[list[int]]]:
        """Somebody speaks into an argument; gives how the line is taken as things stand, to whom it was said, and the
        writing of it.

        Everybody near hears the line. It counts from the next turn on; one that has not begun to speak is taken back.
        Raises NotFound, Invalid, Conflict.
        """
        playing = self._on_stage(world_id, argument_id)
        mind, argument = playing.mind, playing.argument
        line = clean_line(text)
        if not line:
            raise Invalid("the line has no words in it", hint="send the text that the mediator says")
        said = read(argument, by, name, line)
        heard = mediated(argument, said, standing(mind, argument, by)).interventions[-1]
        spoken = argument.spoken[-1].speaker if argument.spoken else ""
        to = next((id for id in (said.against, said.side, spoken) if id in playing.present), playing.present[0])
        near = tuple(other for other in mind.world.here(argument.place) if other != by)
        writing = mind.keep(hear(mind, by, name, to, line, near).entries)
        playing.waiting.append(said)
        playing.hurry()
        return heard, to, writing

    def stop(self, world_id: str, argument_id: str) -> tuple[Outcome, asyncio.Task[list[int]]] | None:
        """Ends an argument where it stands, with a stalemate; one that broke off is settled at once, as by `settle`.

        Raises NotFound.
        """
        mind = self._director.mind(world_id)
        argument = self._known(mind, argument_id)
        playing = self._playing.get((world_id, argument_id))
        if playing is None:
            return settle(mind, stopped(argument))
        playing.stopping = True
        playing.hurry(spoken=True)
        return None

    # ---------------------------------------------------------------------------------------------- one turn

    async def _turn(self, playing: Playing) -> AsyncGenerator[Incident, None]:
        """One turn: chosen, written and heard; or taken back, when only its time is spent."""
        playing.acquaint()
        playing.miss()
        if playing.void:
            return
        mind, argument = playing.mind, playing.argument
        beat = playing.beat = Beat(next_turn(argument))
        try:
            reply = self._director.say(mind.world, await cue(playing, beat, self._director.deadline))
            async with aclosing(reply) as events:
                async for event in events:
                    if isinstance(event, Started):
                        beat.reply = event.reply
                        yield TurnTaken(
                            argument.turn + 1,
                            event.reply,
                            beat.spoken.speaker,
                            beat.spoken.toward,
                            beat.spoken.move,
                            degree(argument.stances[beat.spoken.speaker].heat),
                        )
                    if beat.reply:
                        yield event
                    if isinstance(event, Ended):
                        beat.tokens = event.completion_tokens
                        playing.said.append(event.text)
            if beat.reply and not playing.void:
                left = argument.limits.seconds - argument.seconds
                with contextlib.suppress(Interrupted):
                    await race(beat.heard.wait(), beat.cancelled, beat.began + left)
                await self._kept(playing, playing.take())
        finally:
            playing.lapse(beat)

    # ---------------------------------------------------------------------------------------------- who is on it

    def _enter(self, mind: Mind, argument: Argument, priority: Priority, epoch: Epoch, *, seeded: bool) -> Playing:
        place = self._together(mind, [party.id for party in argument.present])
        argument = replace(argument, place=place)
        playing = Playing(mind, argument, priority, seeded, epoch, degree(argument.heat))
        self._playing[mind.world.id, argument.id] = playing
        return playing

    def _together(self, mind: Mind, npcs: Sequence[str]) -> str:
        """Where these characters are. Raises NotFound for one who is nowhere, Conflict where they cannot argue."""
        places = {npc: mind.place(npc) for npc in npcs}
        for npc in npcs:
            mind.world.npc(npc)
            if any(self._in(mind.world.id, npc)):
                raise Conflict(f"{npc} is in an argument already", hint="let that one end first, or stop it")
        if len(set(places.values())) > 1:
            where = ", ".join(f"{npc} is at {bare(place)}" for npc, place in places.items())
            raise Conflict(where, hint="move them to one place with entity.move first")
        return next(iter(places.values()), "")

    def _in(self, world_id: str, npc: str) -> Iterator[Playing]:
        for (world, _), playing in list(self._playing.items()):
            if world == world_id and not playing.broken and npc in playing.present:
                yield playing

    def _known(self, mind: Mind, argument_id: str) -> Argument:
        if argument_id not in mind.arguments:
            raise not_found("argument", argument_id, mind.arguments, where=f'world "{mind.world.id}"')
        return mind.arguments[argument_id]

    def _on_stage(self, world_id: str, argument_id: str) -> Playing:
        self._known(self._director.mind(world_id), argument_id)
        playing = self._playing.get((world_id, argument_id))
        if playing is None or playing.void:
            raise Conflict(f'argument "{argument_id}" is not going on', hint="argue.resume takes it up again")
        return playing

    async def _kept(self, playing: Playing, records: dict[str, Any]) -> None:
        """Keeps how an argument stands; a disk that fails stops nobody."""
        if records:
            with contextlib.suppress(StorageError):
                await playing.mind.keep(records=records)
