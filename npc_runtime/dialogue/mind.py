"""What the characters of one world have in mind: who said what to whom, how they feel, and what they know."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from npc_runtime.dialogue import hearing, journal
from npc_runtime.dialogue.cast import BORN, Cast
from npc_runtime.dialogue.conversation import Conversation, Said
from npc_runtime.dialogue.encounter.talks import Talks
from npc_runtime.dialogue.feelings import Feelings
from npc_runtime.dialogue.hearing import Heard
from npc_runtime.dialogue.knowledge import known, roles
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.remembering import RELATED, Remembering
from npc_runtime.dialogue.speaking import Speaking
from npc_runtime.dialogue.unmistakable import unmistakable
from npc_runtime.errors import not_found
from npc_runtime.memory.entry import Entry, How, Stored
from npc_runtime.memory.history import Forgotten
from npc_runtime.memory.naming import Naming, strings
from npc_runtime.memory.recall import COVERAGE, Memory, rank
from npc_runtime.memory.terms import terms
from npc_runtime.persona.born import Born
from npc_runtime.persona.model import Pack, Persona
from npc_runtime.world.entity import bare, entity_id
from npc_runtime.world.world import World

PACK = "pack"  # the record of the pack that a world was made with
TALK = "talk/"
ARGUMENT = "argument/"
FACTS_AT_ONCE = 500  # looked through before others get their turn


@dataclass
class Mind:
    """Everything that dialogue keeps about one world. Belongs to the daemon's event loop."""

    world: World
    cast: Cast
    memory: Remembering
    feelings: Feelings
    speaking: Speaking
    conversations: dict[str, Conversation] = field(default_factory=dict)
    arguments: dict[str, Argument] = field(default_factory=dict)  # that have not been settled, by id
    talks: Talks = field(default_factory=Talks)  # of its characters among themselves

    @property
    def pack(self) -> Pack:
        """The pack as this world has it: with the creatures that were born here."""
        return self.cast.pack

    def persona(self, npc: str) -> Persona:
        """The persona of an NPC's id. Raises NotFound, listing those there are."""
        try:
            return self.pack.personas[bare(npc)]
        except KeyError:
            raise not_found("persona", bare(npc), self.pack.personas, where=f'the pack "{self.pack.id}"') from None

    def persona_id(self, npc: str) -> str:
        """The full id of a character of the pack, alive or not. Raises NotFound."""
        return f"npc:{self.persona(entity_id(npc, 'npc')).id}"

    def read(self, records: Mapping[str, Any]) -> Mind:
        """This mind as records have it; nothing changes. May run in any thread. Raises StorageError."""
        world = World(self.world.id, self.world.pack, self.world.places, self.world.adjacent)
        cast = self.cast.anew()
        found = Mind(world, cast, self.memory, Feelings(cast), self.speaking)
        cast.load(records)
        world.restore(records)
        for npc in [id for id in world.entities if id.startswith("npc:") and bare(id) not in found.pack.personas]:
            world.leave(npc)  # its author, or the forgetting of a player, took its persona out
        found.feelings.load(records)
        found.talks.load(records)
        found.conversations = {
            key.removeprefix(TALK): Conversation.from_record(key, record)
            for key, record in records.items()
            if key.startswith(TALK)
        }
        found.arguments = {
            key.removeprefix(ARGUMENT): Argument.from_record(record)
            for key, record in records.items()
            if key.startswith(ARGUMENT)
        }
        return found

    def become(self, read: Mind) -> None:
        """Begins anew as what `read` gave; what is being said is void."""
        self.speaking.break_off("a save was restored")
        self.world.become(read.world)
        self.cast, self.feelings, self.talks = read.cast, read.feelings, read.talks
        self.conversations, self.arguments = read.conversations, read.arguments
        self.memory.roles = roles(self.pack)
        self.memory.begin_anew()
        self.speaking.whys.clear()

    def load(self, records: Mapping[str, Any]) -> None:
        """Begins anew from what was kept, or changes nothing. Raises StorageError."""
        self.become(self.read(records))

    def state(self) -> dict[str, Any]:
        """All records of this world and its characters, by key."""
        return self._state(facts=True)

    def _state(self, *, facts: bool) -> dict[str, Any]:
        talks = {TALK + npc: conversation.as_record() for npc, conversation in self.conversations.items()}
        arguments = {ARGUMENT + id: argument.as_record() for id, argument in self.arguments.items()}
        world = self.world.state(facts=facts)
        return {
            PACK: self.world.pack,
            **self.cast.state(),
            **world,
            **self.feelings.state(),
            **self.talks.state(),
            **talks,
            **arguments,
        }

    def keep(self, entries: Iterable[Entry] = (), records: Mapping[str, Any] | None = None) -> asyncio.Task[list[int]]:
        """Writes memories and records, and with them whatever changed in the world. The task raises StorageError."""
        return self.memory.keep(entries, {**self.world.take_changes(), **(records or {})})

    def bear(self, born: Born) -> dict[str, Any]:
        """A creature is born, and can be brought to life; gives the record to keep."""
        record = self.cast.add(born)
        self.memory.roles = roles(self.pack)
        return record

    @property
    def at_rest(self) -> bool:
        """Whether nothing would be lost if the world were closed now and opened again later."""
        now = time.monotonic()
        waiting = self.speaking.pending.any(now) or self.talks.hushes.any(now)
        return self.memory.on_disk and not self.memory.busy and not waiting

    def conversation(self, npc: str) -> Conversation:
        """The hearing of an NPC."""
        return self.conversations.setdefault(npc, Conversation())

    async def hearing(self, npc: str) -> Conversation:
        """The same, with the lines from before the world was opened. Raises StorageError."""
        conversation = self.conversation(npc)
        if not conversation.complete:
            conversation.begin(await self.memory.lines(npc))
        return conversation

    def place(self, npc: str) -> str:
        """Where an NPC is, or nothing."""
        return (self.world.entities[npc].at or "") if npc in self.world.entities else ""

    def names(self) -> dict[str, str]:
        """Display names by id: of everybody in the pack and everybody in the world."""
        written = {f"npc:{persona.id}": persona.name for persona in self.pack.personas.values()}
        return written | {entity.id: entity.name for entity in self.world.entities.values()}

    def hear(self, speaker: str, speaker_name: str, npc: str, line: str, hearers: tuple[str, ...]) -> Heard:
        """A line reaches everybody near, at once."""
        said = Said(speaker, npc, line)
        near = dict.fromkeys((npc, *hearers))
        listeners = [listener for listener in near if listener.startswith("npc:") and listener != speaker]
        for listener in listeners:
            self.conversation(listener).hear(said)
        names, now = self.names() | {speaker: speaker_name}, self.world.clock.now
        heard = hearing.hear(said, listeners, names, now, lambda npc: self.believes(npc, speaker))
        noted = journal.overheard(said, hearers, names, self.place(npc), now)
        return replace(heard, entries=(*heard.entries, *noted))

    def believes(self, npc: str, speaker: str) -> float:
        """How sure a character is of what somebody tells it: 0.2 to 0.9."""
        trust = self.feelings.relation(self.persona(npc), speaker).now(self.world.clock.now).trust
        return round(max(0.2, min(0.9, 0.6 + 0.3 * trust)), 2)

    async def knows(self, npc: str, about: str, limit: int) -> list[tuple[Stored, float]]:
        """What a character knows of something, best first, or what it learned last; secrets are not among it."""
        if not terms(about):
            return [(stored, 0.0) for stored in (await self.memory.latest(npc))[:limit]]
        hits = await self.memory.about(npc, about, self.world.clock.now, limit)
        found = [(hit.stored, hit.score) for hit in hits if hit.covered >= COVERAGE or hit.cosine >= RELATED]
        written = rank(about, known(self.pack, self.persona(npc), ()), limit=limit)
        return [*found, *((_written(npc, hit.memory), hit.score) for hit in written)][:limit]

    async def forget(self, player: str) -> Forgotten:
        """Deletes everything of a player; what is being said is void. Gives what was taken out of the history.

        Raises StorageError where the history cannot be changed: then nothing is.
        """
        return await (await self.strike_out(await self.naming(player)))

    async def strike_out(self, naming: Naming) -> Coroutine[Any, Any, Forgotten]:
        """The first part of forgetting: nothing of a player can be seen or heard any more. Raises StorageError.

        What it gives back takes the bytes out of the file, and may take long.
        """
        player = naming.entity
        facts = []
        for number, fact in enumerate(list(self.world.facts), 1):
            if naming.in_record(fact.key, fact.as_record()):
                facts.append(fact)
            if number % FACTS_AT_ONCE == 0:
                await asyncio.sleep(0)  # other worlds get in between
        erased = await self.memory.erase(naming)
        before = self._state(facts=False)
        self.speaking.break_off("a player was forgotten")
        self.world.forget(player, naming.in_record, facts)
        self.cast.forget(naming)
        self.feelings.forget(naming)
        self.talks.forget(naming)
        self.conversations = {npc: talk.without(naming) for npc, talk in self.conversations.items()}
        self.speaking.forget(naming)
        self.arguments = {
            id: argument for id, argument in self.arguments.items() if not naming.in_value(argument.as_record())
        }
        self.world.take_changes()  # all is written anew: a record that named the player is deleted as a whole
        gone = [key for key in (*before, *(fact.key for fact in facts)) if not naming.in_key(key)]
        return self.memory.forget(naming, erased, {**dict.fromkeys(gone), **self._state(facts=False)})

    async def naming(self, player: str) -> Naming:
        """What gives a player away here: its id, and of the names that it ever had those that are unmistakable.

        What was given up since counts too, theirs and others'. Raises StorageError.
        """
        history = self.memory.history
        entities = await asyncio.wrap_future(history.ever("entity/"))
        born = await asyncio.wrap_future(history.ever(BORN))
        called = [(key.removeprefix("entity/"), str(record["name"])) for key, record in entities]
        called += [(entity.id, entity.name) for entity in self.world.entities.values()]
        names = [name for id, name in called if id == player]
        taken = [text for id, name in called if id != player for text in (bare(id), name)]
        taken += [text for _, each in born for text in (*_called(each["persona"]), each["species"], each["biome"])]
        taken += [text for persona in self.pack.personas.values() for text in _called(persona.model_dump())]
        taken += [self.pack.id, *strings(self.cast.original.model_dump(mode="json"))]
        alias = unmistakable([bare(player)], taken)
        return Naming(player, tuple(unmistakable(names, taken)), *alias)


def _called(persona: Mapping[str, Any]) -> tuple[str, ...]:
    """What goes for a character's name, as its record has it."""
    return persona["id"], persona["name"], persona["role"]


def _written(npc: str, fact: Memory) -> Stored:
    """Something that an author wrote, as a memory without a date."""
    how: How = "lore" if fact.source.startswith("lore:") else "self"
    return Stored(0, Entry(npc, how, fact.text, 0, kind=fact.kind), 1, 0)
