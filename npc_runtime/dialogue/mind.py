"""What the characters of one world have in mind: who said what to whom, how they feel, and what a line brings up."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from npc_runtime.dialogue import hearing, journal
from npc_runtime.dialogue.actions import Offer
from npc_runtime.dialogue.cast import Cast
from npc_runtime.dialogue.choose import Situation, choose
from npc_runtime.dialogue.conversation import Conversation, HeardLine, Said
from npc_runtime.dialogue.encounter.talks import Talks
from npc_runtime.dialogue.feelings import Feelings, feeling
from npc_runtime.dialogue.gossip.claims import nearest
from npc_runtime.dialogue.gossip.teaching import Spoken, first_source, teach
from npc_runtime.dialogue.hearing import Heard
from npc_runtime.dialogue.inquiry import sought
from npc_runtime.dialogue.intents import Intent, Reading
from npc_runtime.dialogue.knowledge import known, roles, withheld
from npc_runtime.dialogue.offers import match_offer
from npc_runtime.dialogue.passing import Answer
from npc_runtime.dialogue.prompt import Card
from npc_runtime.dialogue.quarrel.argument import Argument
from npc_runtime.dialogue.remembering import MEANT, RELATED, Remembering, memory
from npc_runtime.dialogue.secrets import reveals
from npc_runtime.dialogue.speaking import Speaking
from npc_runtime.dialogue.thought import Recalled, Thought
from npc_runtime.dialogue.wording import plain
from npc_runtime.errors import not_found
from npc_runtime.memory.entry import Entry, How, Stored
from npc_runtime.memory.erase import whole
from npc_runtime.memory.recall import COVERAGE, Hit, Memory, rank
from npc_runtime.memory.terms import STOP_WORDS, terms
from npc_runtime.persona.born import Born
from npc_runtime.persona.model import Pack, Persona
from npc_runtime.world.entity import KINDS, bare, entity_id
from npc_runtime.world.world import World

HITS = 6
BONDS = 12  # relations that are in a prompt whatever is asked; of many creatures, those that are asked for
PACK = "pack"  # the record of the pack that a world was made with
TALK = "talk/"
ARGUMENT = "argument/"
_WHO_DID = re.compile(r"^who (?:has |had |was it that |could have )?\w+ (.+)$")
_MORE = re.compile(r"\b(?:else|more|another)\b")
_ACTION_INTENTS = frozenset({Intent.REQUEST, Intent.BUY, Intent.GIFT})


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

    def load(self, records: Mapping[str, Any]) -> None:
        """Begins anew from what was kept; what is being said is void. Raises StorageError."""
        self.speaking.break_off("a save was restored")
        self.cast.load(records)
        self.memory.roles = roles(self.pack)
        self.world.restore(records)
        for npc in [id for id in self.world.entities if id.startswith("npc:") and bare(id) not in self.pack.personas]:
            self.world.leave(npc)  # its author, or the forgetting of a player, took its persona out
        self.feelings.load(records)
        self.talks.load(records)
        self.conversations = {
            key.removeprefix(TALK): Conversation.from_record(key, record)
            for key, record in records.items()
            if key.startswith(TALK)
        }
        self.arguments = {
            key.removeprefix(ARGUMENT): Argument.from_record(record)
            for key, record in records.items()
            if key.startswith(ARGUMENT)
        }
        self.speaking.whys.clear()

    def state(self) -> dict[str, Any]:
        """All records of this world and its characters, by key."""
        talks = {TALK + npc: conversation.as_record() for npc, conversation in self.conversations.items()}
        arguments = {ARGUMENT + id: argument.as_record() for id, argument in self.arguments.items()}
        lived = {**self.cast.state(), **self.world.state(), **self.feelings.state(), **self.talks.state()}
        return {PACK: self.world.pack, **lived, **talks, **arguments}

    def keep(self, entries: Iterable[Entry] = (), records: Mapping[str, Any] | None = None) -> asyncio.Task[list[int]]:
        """Writes memories and records, and with them whatever changed in the world. The task raises StorageError."""
        return self.memory.keep(entries, {**self.world.take_changes(), **(records or {})})

    def bear(self, born: Born) -> dict[str, Any]:
        """A creature is born, and can be brought to life; gives the record to keep."""
        record = self.cast.add(born)
        self.memory.roles = roles(self.pack)
        return record

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

    async def recollect(self, npc: str, speaker: str, line: str, reading: Reading, news: Sequence[Memory]) -> Recalled:
        """What comes to a character's mind. `news` came with the line itself: it is not recalled."""
        conversation = await self.hearing(npc)
        query = self._query(conversation, self.persona(npc), speaker, line, reading)
        found = await self.memory.about(npc, query, self.world.clock.now)
        latest = await self.memory.latest(npc)
        about = [(memory(hit.stored.entry), hit.cosine) for hit in found]
        return Recalled(
            query=query,
            about=tuple(known for known, _ in about if known not in news),
            meant=tuple(known for known, cosine in about if cosine >= MEANT and known not in news),
            latest=tuple(known for known in (memory(stored.entry) for stored in latest) if known not in news),
            told_of=frozenset([words for words in self._awaited(npc) if await self._told_of(npc, words)]),
        )

    def _awaited(self, npc: str) -> list[str]:
        """The words that secrets of a character wait to hear."""
        reveals = (secret.reveal for secret in self.persona(npc).secrets)
        return [reveal.told for reveal in reveals if reveal is not None and reveal.told]

    async def _told_of(self, npc: str, words: str) -> bool:
        wanted = set(terms(words))
        found = await self.memory.about(npc, words, self.world.clock.now)
        return any(hit.stored.entry.how == "told" and wanted <= set(terms(hit.stored.entry.text)) for hit in found)

    def _fact(self, scope: str, name: str) -> object:
        """The value of a fact of the world, or None."""
        fact = self.world.facts.get(scope, name)
        return fact.value if fact else None

    async def knows(self, npc: str, about: str, limit: int) -> list[tuple[Stored, float]]:
        """What a character knows of something, best first, or what it learned last; secrets are not among it."""
        if not terms(about):
            return [(stored, 0.0) for stored in (await self.memory.latest(npc))[:limit]]
        hits = await self.memory.about(npc, about, self.world.clock.now, limit)
        found = [(hit.stored, hit.score) for hit in hits if hit.covered >= COVERAGE or hit.cosine >= RELATED]
        written = rank(about, known(self.pack, self.persona(npc), ()), limit=limit)
        return [*found, *((_written(npc, hit.memory), hit.score) for hit in written)][:limit]

    def forget(self, player: str) -> asyncio.Task[int]:
        """Deletes everything of a player; what is being said is void. Gives the number of memories that were written.

        The task raises StorageError.
        """
        names = self.names_of(player)
        naming = whole([player, *names])
        before = self.state()
        self.speaking.break_off("a player was forgotten")
        self.world.forget(player, naming)
        self.cast.forget(naming)
        self.feelings.forget(player, naming)
        self.talks.forget(naming)
        self.conversations = {npc: talk.without(player, naming) for npc, talk in self.conversations.items()}
        self.speaking.forget(player, naming)
        self.arguments = {
            id: argument
            for id, argument in self.arguments.items()
            if not naming.search(json.dumps(argument.as_record(), ensure_ascii=False))
        }
        self.world.take_changes()  # all is written anew: a record that named the player is deleted as a whole
        gone = [key for key in before if not naming.search(key)]
        return self.memory.forget(player, names, {**dict.fromkeys(gone), **self.state()})

    def names_of(self, player: str) -> list[str]:
        """Every name that a player ever had here, also in what was given up since. Raises StorageError.

        An ordinary word is no name to look for: the village would forget itself with a player called "You".
        """
        names = [record["name"] for record in self.memory.history.versions(f"entity/{player}").result()]
        present = self.world.entities.get(player)
        every = dict.fromkeys([*names, present.name] if present else names)
        return [name for name in every if len(name) > 1 and name.lower() not in STOP_WORDS | set(KINDS)]

    def think(
        self,
        npc: str,
        speaker: str,
        line: str,
        reading: Reading,
        offers: tuple[Offer, ...],
        recalled: Recalled,
        seed: int,
    ) -> Thought:
        """Weighs what came to mind and chooses the move."""
        persona = self.persona(npc)
        conversation = self.conversation(npc)
        numbers = self.feelings.relation(persona, speaker).now(self.world.clock.now)
        feels = feeling(numbers)
        heard = tuple(dict.fromkeys((*recalled.about, *recalled.latest)))
        revealed = [
            secret
            for secret in persona.secrets
            if reveals(secret, feels, numbers, self._fact, speaker, recalled.told_of.__contains__)
        ]
        knowledge = (*known(self.pack, persona, revealed), *heard)
        query = recalled.query
        found = rank(query, knowledge, limit=HITS)
        if not found and (asked := _WHO_DID.match(query)):
            # Who stole the hammer? Whoever knows of a hammer has something to say.
            found = rank(asked[1], knowledge, limit=HITS)
        if not found and terms(query):
            found = [Hit(meant, 0.0) for meant in recalled.meant[:HITS]]
        hits = tuple(found)
        given = conversation.given_to(speaker)
        if _MORE.search(plain(line)):
            hits = tuple(hit for hit in hits if hit.memory not in given)
        secrets = withheld(persona, revealed)
        nearest = [] if hits else rank(query, [*knowledge, *secrets], limit=1)
        action = None
        if offers and reading.intent in _ACTION_INTENTS:
            action = match_offer(line, offers, speaker=speaker, names=self.names())
        situation = Situation(
            reading=reading,
            persona=persona,
            mood=persona.mood,
            feeling=feels,
            speaker=speaker,
            hits=hits,
            known=knowledge,
            told=recalled.latest,
            given=given,
            action=action,
            near_secret=any(hit.memory in secrets for hit in nearest),
            numbers=numbers,
        )
        return Thought(choose(situation, random.Random(seed)), hits, feels)

    def card(
        self, npc: str, speaker: str, speaker_name: str, line: str, thought: Thought, actions: tuple[str, ...]
    ) -> Card:
        """The card of a character for one line."""
        persona = self.persona(npc)
        village = self.pack.village
        more = tuple(hit.memory.text for hit in thought.hits)
        return Card(
            name=persona.name,
            role=persona.role,
            home=persona.home or village.name,
            traits=tuple(persona.traits),
            mood=persona.mood,
            listener=speaker_name,
            feeling=thought.feeling,
            move=thought.choice.move,
            line=line,
            facts=tuple(map(nearest, thought.choice.facts)),
            now=self.world.now(npc) if npc in self.world.entities else "",
            history=self.conversation(npc).exchanges(npc, speaker),
            setting=f"The village of {village.name}. {village.summary}",
            lore=more + tuple(fact for fact in persona.facts[:HITS] if fact not in more),
            background=tuple(text for text in (persona.looks, *persona.wants, *_reasons(persona)[:BONDS]) if text),
            voice=tuple(persona.voice),
            actions=actions,
        )

    def commit(self, reply: str, upto: int | None) -> tuple[HeardLine, list[Entry], dict[str, Any]]:
        """A reply was spoken aloud, up to a sentence: now those who heard it know it. Raises NotFound, Conflict.

        Gives what was heard, and what to keep of it: memories and records.
        """
        unheard = self.speaking.pending.take(reply)
        npc, to, now = unheard.npc, unheard.to, self.world.clock.now
        text = " ".join(unheard.sentences if upto is None else unheard.sentences[:upto])
        entries: list[Entry] = []
        records: dict[str, Any] = {}
        origin = first_source(unheard.facts, npc)
        if text:
            said = Said(npc, to, text, unheard.emotion)
            for listener in (npc, *unheard.audience):
                if listener.startswith("npc:"):
                    self.conversation(listener).hear(said)
                    entries.append(hearing.line(listener, said, now, origin))
            listeners = [f"npc:{id}" for id in self.pack.personas if f"npc:{id}" in unheard.audience]
            spoken = Spoken(npc, to, text, now, unheard.facts)
            entries += teach(spoken, listeners, self.names(), lambda other: self.believes(other, npc), self._written)
            entries += journal.heard(unheard, reply, text, self.names(), now)
            self.conversation(npc).give(to, unheard.facts)
            if unheard.answers and (upto is None or upto >= len(unheard.sentences)):
                facts = tuple(fact.text for fact in unheard.facts)
                self.conversation(npc).answered(to, Answer(*unheard.answers, facts, text, now))
            records[TALK + npc] = self.conversation(npc).as_record()
        if unheard.then is not None:
            records |= unheard.then()
        line = HeardLine(npc, to, unheard.at, text, unheard.emotion, unheard.source, unheard.audience)
        return line, entries, records

    def _written(self, npc: str, fact: Memory) -> bool:
        """Whether something that was written of another is known to a character by its own persona and lore."""
        persona = self.persona(npc)
        return fact.source.removeprefix("lore:") in persona.knows or fact.text in persona.facts

    @staticmethod
    def _query(conversation: Conversation, persona: Persona, speaker: str, line: str, reading: Reading) -> str:
        """What to recall for: the line without the character's name; one without a topic keeps to the last topic."""
        query = sought(plain(re.sub(rf"(?<!\w){re.escape(persona.name)}(?!\w)", " ", line, flags=re.IGNORECASE)))
        if terms(query):
            if reading.intent is Intent.ASK_TOPIC:
                conversation.asked[speaker] = query
            return query
        return f"{conversation.asked.get(speaker, '')} {query}" if reading.intent is Intent.ASK_TOPIC else query


def _reasons(persona: Persona) -> list[str | None]:
    return [relation.why for relation in persona.relations.values()]


def _written(npc: str, fact: Memory) -> Stored:
    """Something that an author wrote, as a memory without a date."""
    how: How = "lore" if fact.source.startswith("lore:") else "self"
    return Stored(0, Entry(npc, how, fact.text, 0, kind=fact.kind), 1, 0)
