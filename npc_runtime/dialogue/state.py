"""What the characters of one world have in mind: who said what to whom, how they feel, and what they know."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from npc_runtime.dialogue.cast import Cast, layout
from npc_runtime.dialogue.conversation import Conversation
from npc_runtime.dialogue.edited import PACK, Edits, fitted
from npc_runtime.dialogue.encounter.talks import Talks
from npc_runtime.dialogue.memories import RELATED, Remembering
from npc_runtime.dialogue.policy.knowledge import known, roles
from npc_runtime.dialogue.policy.relations import Feelings
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.replies import Speaking
from npc_runtime.errors import not_found
from npc_runtime.language.language import Language
from npc_runtime.language.wording import Wording
from npc_runtime.memory.entry import Entry, How, Stored
from npc_runtime.memory.news import BELIEVED
from npc_runtime.memory.recall import COVERAGE, Memory, rank
from npc_runtime.persona.born import Born
from npc_runtime.persona.defined import Definitions
from npc_runtime.persona.model import Pack, Persona
from npc_runtime.world.entity import bare, entity_id
from npc_runtime.world.sightings import FATES, Fate
from npc_runtime.world.world import World

TALK = "talk/"
ARGUMENT = "argument/"
TALKED_OF = 0.25  # score of what comes with something in one talk, and so has to do with it


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
    edits: Edits = field(default_factory=Edits)  # what was done to what was read, since the pack was edited

    def __post_init__(self) -> None:
        # What the world and the memory put into words is in the pack's language too.
        self.world.language = self.memory.history.language = self.language

    @property
    def language(self) -> Language:
        """The language that is spoken in this world: that of its pack."""
        return self.cast.original.language

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
        cast = self.cast.anew(records)
        world = World(self.world.id, self.world.pack, *layout(cast.pack.village), language=self.world.language)
        found = Mind(world, cast, self.memory, Feelings(cast), self.speaking)
        found.edits = fitted(records, found.pack, world.pack, world.places)
        records = found.edits.applied(records)
        world.restore(records)
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
        self.edits = read.edits
        self.memory.roles = roles(self.pack)
        self.memory.begin_anew()
        self.speaking.whys.clear()

    def load(self, records: Mapping[str, Any]) -> None:
        """Begins anew from what was kept, or changes nothing. Raises StorageError."""
        self.become(self.read(records))

    def state(self, *, facts: bool = True) -> dict[str, Any]:
        """All records of this world and its characters, by key; with or without the facts that the game set."""
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
        entries = list(entries)
        for entry in entries:
            self._learn(entry)
        return self.memory.keep(entries, {**self.world.take_changes(), **(records or {})})

    def _learn(self, entry: Entry) -> None:
        """A character sees what has become of somebody, or is told and believes it, of whom it does not see here."""
        kind, whom = entry.news.kind, entry.news.whom
        if kind not in FATES or not entry.owner.startswith("npc:") or entry.owner == whom:
            return
        told = entry.who if entry.how == "told" else ""
        if entry.confidence >= BELIEVED and not (told and self.world.together(entry.owner, whom)):
            self.world.sightings.learn(entry.owner, whom, Fate(kind, entry.at, told))

    def define(self, definitions: Definitions) -> dict[str, Any]:
        """The game defines places or characters; gives the records to keep. Raises PackError."""
        records = self.cast.define(definitions)
        self.world.lay_out(*layout(self.pack.village))
        for npc, persona in self.pack.personas.items():
            self.world.rename(f"npc:{npc}", persona.name)
        self.memory.roles = roles(self.pack)
        return records

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

    def place_name(self, npc: str) -> str:
        """The name of where an NPC is, or nothing."""
        return self.world.places.get(self.place(npc), "")

    @property
    def wording(self) -> Wording:
        """What puts claims into words here: the world's language, and the names of everybody."""
        return Wording(self.world.language, self.names())

    def names(self) -> dict[str, str]:
        """Display names by id: of everybody in the pack and everybody in the world."""
        written = {f"npc:{persona.id}": persona.name for persona in self.pack.personas.values()}
        return written | {entity.id: entity.name for entity in self.world.entities.values()}

    def believes(self, npc: str, speaker: str) -> float:
        """How sure a character is of what somebody tells it: 0.2 to 0.9."""
        trust = self.feelings.relation(self.persona(npc), speaker).now(self.world.clock.now).trust
        return round(max(0.2, min(0.9, 0.6 + 0.3 * trust)), 2)

    async def knows(self, npc: str, about: str, limit: int) -> list[tuple[Stored, float]]:
        """What a character knows of something, best first, or what it learned last; secrets are not among it."""
        if not self.language.terms(about):
            return [(stored, 0.0) for stored in (await self.memory.latest(npc))[:limit]]
        hits = await self.memory.about(npc, about, self.world.clock.now, limit)
        found = [
            (hit.stored, hit.score)
            for hit in hits
            if hit.covered >= COVERAGE or hit.cosine >= RELATED or hit.score >= TALKED_OF
        ]
        written = rank(about, known(self.pack, self.persona(npc), ()), limit=limit, language=self.language)
        return [*found, *((_written(npc, hit.memory), hit.score) for hit in written)][:limit]


def _written(npc: str, fact: Memory) -> Stored:
    """Something that an author wrote, as a memory without a date."""
    how: How = "lore" if fact.source.startswith("lore:") else "self"
    return Stored(0, Entry(npc, how, fact.text, 0, kind=fact.kind), 1, 0)
