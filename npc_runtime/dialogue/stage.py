"""The stage: plays arguments, turn by turn, and ends every one.

    begin or resume -> (mediate -> choose -> write -> wait until it was heard) ... -> settle

The rules of `quarrel` choose, the director has the line written like any reply, and the game says what was heard. A
party's floor is held only while it speaks, so a player may talk to anybody meanwhile, and goes first.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from npc_runtime.dialogue.aftermath import settle
from npc_runtime.dialogue.casting import Role, cast
from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.events import Ended, Started
from npc_runtime.dialogue.guard import clean_line
from npc_runtime.dialogue.incidents import Escalated, Incident, Mediated, Settled, TurnTaken
from npc_runtime.dialogue.mind import ARGUMENT, Mind
from npc_runtime.dialogue.quarrel.argument import Argument, Limits, Spoken, begin
from npc_runtime.dialogue.quarrel.card import card, degree
from npc_runtime.dialogue.quarrel.course import after, elapsed, next_turn, stopped
from npc_runtime.dialogue.quarrel.intervention import Intervened, Intervention
from npc_runtime.dialogue.quarrel.mediation import mediated
from npc_runtime.dialogue.quarrel.outcome import Outcome
from npc_runtime.dialogue.quarrel.reading import read
from npc_runtime.dialogue.quarrel.stock import face, stock_line
from npc_runtime.dialogue.race import Interrupted, race
from npc_runtime.dialogue.turn import Part, Utterance
from npc_runtime.dialogue.writing import mix
from npc_runtime.engine.request import Priority
from npc_runtime.errors import Cancelled, Conflict, Invalid, StorageError, not_found
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.recall import Memory
from npc_runtime.memory.relations import Numbers
from npc_runtime.world.world import bare

_LIMITS = Limits()


@dataclass
class _Beat:
    """A turn that is being taken."""

    spoken: Spoken
    began: float = field(default_factory=time.monotonic)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    reply: str = ""  # known with the first word
    tokens: int | None = None  # known at the end

    @property
    def seconds(self) -> float:
        """How long it has taken until now."""
        return time.monotonic() - self.began


@dataclass(eq=False)
class Playing:
    """An argument on the stage."""

    mind: Mind
    argument: Argument
    priority: Priority
    seeded: bool  # the caller named the seed: the same words again
    breaks: int  # in speaking when it began
    degree: int  # the hottest so far
    waiting: list[Intervention] = field(default_factory=list)  # what was said into it during this turn
    beat: _Beat | None = None
    stopping: bool = False
    broken: str = ""  # why it broke off
    said: list[str] = field(default_factory=list)  # the lines since it went on stage

    @property
    def void(self) -> str:
        """Why it goes on no further, or nothing."""
        return self.broken or next(iter(self.mind.speaking.breaks[self.breaks :]), "")

    def break_off(self, why: str = "it was taken back") -> None:
        """Leaves the stage as it stands; it can be resumed."""
        self.broken = self.broken or why
        self.hurry(spoken=True)

    def hurry(self, *, spoken: bool = False) -> None:
        """Takes back a turn that has not begun; with `spoken`, also one that has."""
        if self.beat is not None and (spoken or not self.beat.reply):
            self.beat.cancelled.set()

    def take(self) -> dict[str, Any]:
        """The turn counts once it was written to its end and heard; gives the records that changed by it."""
        beat = self.beat
        if beat is None or beat.tokens is None or not beat.heard.is_set() or self.void or self.argument.ending:
            return {}
        self.beat = None
        self.argument = after(self.argument, beat.spoken, seconds=beat.seconds, tokens=beat.tokens)
        return self.record()

    def record(self) -> dict[str, Any]:
        """The argument as it stands, for the world's history."""
        self.mind.arguments[self.argument.id] = self.argument
        return {ARGUMENT + self.argument.id: self.argument.as_record()}


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
    ) -> Playing:
        """An argument between characters who are at one place, to be performed.

        Raises NotFound, Invalid, Conflict for a character that is elsewhere or in an argument already, StorageError.
        """
        mind = self._director.mind(world_id)
        npcs = [role.npc for role in roles]
        place = self._together(mind, npcs)
        parties = await cast(mind, roles, topic)
        chance = seed if seed is not None else mix(self._director.seed, world_id, mind.speaking.begin(ARGUMENT))
        id = f"a{secrets.token_hex(6)}"
        argument = begin(id, topic, parties, stakes=stakes, place=place, limits=limits, seed=chance)
        now = mind.world.clock.now
        mind.keep(Entry(role.npc, "taught", fact, now) for role in roles for fact in role.evidence)
        return self._enter(mind, argument, priority, seeded=seed is not None)

    def resume(self, world_id: str, argument_id: str, *, priority: Priority = Priority.NORMAL) -> Playing:
        """Takes up an argument that broke off, or that a save brought along. Raises NotFound, Conflict."""
        mind = self._director.mind(world_id)
        argument = self._known(mind, argument_id)
        if (world_id, argument_id) in self._playing:
            raise Conflict(f'argument "{argument_id}" is going on', hint="only one that broke off can be resumed")
        return self._enter(mind, argument, priority, seeded=False)

    async def perform(self, playing: Playing) -> AsyncGenerator[Incident, None]:
        """What happens, to its end. Raises Cancelled where it breaks off; closing the generator breaks it off too."""
        try:
            await self._kept(playing, playing.record())
            while True:
                while playing.waiting and not playing.void:
                    heard = self._mediate(playing, playing.waiting.pop(0))
                    if heard is not None:
                        yield Mediated(heard)
                        for hotter in _escalated(playing):
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
                for hotter in _escalated(playing):
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

    def intervene(self, world_id: str, argument_id: str, by: str, name: str, text: str) -> tuple[Intervened, str]:
        """Somebody speaks into an argument; gives how the line is taken as things stand, and to whom it was said.

        Everybody near hears the line. It counts from the next turn on; one that has not begun to speak is taken back.
        Raises NotFound, Invalid, Conflict.
        """
        playing = self._on_stage(world_id, argument_id)
        mind, argument = playing.mind, playing.argument
        line = clean_line(text)
        if not line:
            raise Invalid("the line has no words in it", hint="send the text that the mediator says")
        said = read(argument, by, name, line)
        heard = mediated(argument, said, _standing(mind, argument, by)).interventions[-1]
        to = said.against or said.side or (argument.spoken[-1].speaker if argument.spoken else argument.parties[0].id)
        near = tuple(other for other in mind.world.here(argument.place) if other != by)
        mind.keep(mind.hear(by, name, to, line, near).entries)
        playing.waiting.append(said)
        playing.hurry()
        return heard, to

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
        mind, argument = playing.mind, playing.argument
        self._together(mind, [party.id for party in argument.present], argument)
        beat = playing.beat = _Beat(next_turn(argument))
        try:
            reply = self._director.say(mind.world, self._utterance(playing, beat))
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
            if playing.beat is beat:  # it was never heard: only its time has passed
                playing.beat = None
                playing.argument = elapsed(playing.argument, beat.seconds)

    def _utterance(self, playing: Playing, beat: _Beat) -> Utterance:
        """What the speaker answers, and what it is to do with it."""
        mind, argument, spoken = playing.mind, playing.argument, beat.spoken
        quarrel, facts = card(argument, spoken)
        opponent = argument.party(spoken.toward)
        limits = argument.limits

        def heard() -> dict[str, Any]:
            beat.heard.set()
            return playing.take() if playing.beat is beat else {}

        part = Part(
            move=spoken.move,
            quarrel=quarrel,
            emotion=face(spoken.move, quarrel.heat),
            fallback=stock_line(spoken.move, opponent.name, playing.said, argument.seed, argument.turn),
            then=heard,
            facts=tuple(Memory(fact, "witnessed") for fact in facts),
            tokens=limits.tokens - argument.tokens,
            said=tuple(playing.said),
        )
        return Utterance(
            speaker=opponent.id,
            speaker_name=opponent.name,
            to=spoken.speaker,
            text=_answered(mind, argument, spoken),
            hearers=tuple(other for other in mind.world.here(argument.place) if other != opponent.id),
            priority=playing.priority,
            deadline=min(self._director.deadline, max(0.0, limits.seconds - argument.seconds)),
            seed=mix(argument.seed, argument.turn) if playing.seeded else None,
            part=part,
            cancelled=beat.cancelled,
        )

    def _mediate(self, playing: Playing, said: Intervention) -> Intervened | None:
        """What was said into the argument takes effect, unless it came too late."""
        if playing.argument.ending is not None:
            return None
        playing.argument = mediated(playing.argument, said, _standing(playing.mind, playing.argument, said.by))
        playing.mind.keep(records=playing.record())
        return playing.argument.interventions[-1]

    # ---------------------------------------------------------------------------------------------- who is on it

    def _enter(self, mind: Mind, argument: Argument, priority: Priority, *, seeded: bool) -> Playing:
        place = self._together(mind, [party.id for party in argument.present])
        argument = replace(argument, place=place)
        playing = Playing(mind, argument, priority, seeded, len(mind.speaking.breaks), degree(argument.heat))
        self._playing[mind.world.id, argument.id] = playing
        return playing

    def _together(self, mind: Mind, npcs: Sequence[str], going_on: Argument | None = None) -> str:
        """Where these characters are. Raises NotFound for one who is nowhere, Conflict where they cannot argue.

        For an argument that is going on, Cancelled instead.
        """
        places = {npc: mind.place(npc) for npc in npcs}
        if going_on is not None:
            gone = [npc for npc, place in places.items() if place != going_on.place]
            if gone:
                raise Cancelled(f"the argument broke off: {gone[0]} is gone", hint="argue.resume takes it up again")
            return going_on.place
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
            if world == world_id and not playing.broken and any(party.id == npc for party in playing.argument.parties):
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


def _escalated(playing: Playing) -> Iterator[Escalated]:
    argument = playing.argument
    now = degree(argument.heat)
    if now > playing.degree:
        playing.degree = now
        yield Escalated(max(argument.present, key=lambda party: argument.stances[party.id].heat).id, now)


def _standing(mind: Mind, argument: Argument, mediator: str) -> dict[str, Numbers]:
    """How each party stands to a mediator."""
    now = mind.world.clock.now
    return {party.id: mind.feelings.relation(mind.persona(party.id), mediator).now(now) for party in argument.parties}


def _answered(mind: Mind, argument: Argument, spoken: Spoken) -> str:
    """The line that a turn answers: a mediator's, or the opponent's last one."""
    if argument.mediation is not None:
        return argument.mediation.said.text
    if not argument.spoken:
        return f"What is it, {argument.party(spoken.speaker).name}?"
    lines = mind.conversation(spoken.speaker).lines
    said = (line.text for line in reversed(lines) if (line.speaker, line.to) == (spoken.toward, spoken.speaker))
    return next(said, "...")
