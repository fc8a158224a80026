"""What the characters of one world have in mind: who said what to whom, how they feel, and what a line brings up."""

from __future__ import annotations

import asyncio
import random
import re
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

from npc_runtime.dialogue.actions import Offer
from npc_runtime.dialogue.choose import Choice, Situation, choose
from npc_runtime.dialogue.conversation import Conversation, HeardLine, Pending, Said
from npc_runtime.dialogue.events import Ended
from npc_runtime.dialogue.feelings import Feelings
from npc_runtime.dialogue.intents import Intent, Reading
from npc_runtime.dialogue.knowledge import known, withheld
from npc_runtime.dialogue.offers import match_offer
from npc_runtime.dialogue.prompt import Card
from npc_runtime.dialogue.told import statements, told
from npc_runtime.dialogue.wording import plain
from npc_runtime.errors import not_found
from npc_runtime.memory.recall import Hit, Memory, rank
from npc_runtime.memory.terms import terms
from npc_runtime.persona.model import Pack, Persona
from npc_runtime.world.world import World, bare

HITS = 6
WHYS_KEPT = 64  # last replies of a world that can be asked about and judged
SPOKEN_KEPT = 4  # last lines of a character that it must not repeat
_WHO_DID = re.compile(r"^who (?:has |had |was it that |could have )?\w+ (.+)$")
_MORE = re.compile(r"\b(?:else|more|another)\b")
_ACTION_INTENTS = frozenset({Intent.REQUEST, Intent.BUY, Intent.GIFT})


@dataclass
class Why:
    """What a character was told and knew for a reply."""

    reply: str
    intent: str
    move: str = ""
    facts: list[str] = field(default_factory=list)
    knew: list[dict[str, Any]] = field(default_factory=list)  # text, source, score
    prompt: list[dict[str, str]] = field(default_factory=list)  # role, text
    raw: str = ""
    notes: list[str] = field(default_factory=list)
    # For feedback on the reply
    speaker: str = ""  # who was answered
    card: Card | None = None  # None: nothing was thought of yet
    ended: Ended | None = None


@dataclass(frozen=True)
class Thought:
    """What a character makes of a line: the choice, and what it was chosen from."""

    choice: Choice
    hits: tuple[Hit, ...]
    feeling: str


@dataclass
class Mind:
    """Everything that dialogue keeps about one world. Belongs to the daemon's event loop."""

    world: World
    pack: Pack
    feelings: Feelings = field(default_factory=Feelings)
    pending: Pending = field(default_factory=Pending)
    whys: OrderedDict[str, Why] = field(default_factory=OrderedDict)
    floors: dict[str, asyncio.Lock] = field(default_factory=dict)  # npc -> held while it speaks
    turns: dict[str, int] = field(default_factory=dict)  # npc -> replies begun
    spoken: dict[str, deque[str]] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)

    def persona(self, npc: str) -> Persona:
        """The persona of an NPC's id. Raises NotFound, listing those of the pack."""
        try:
            return self.pack.personas[bare(npc)]
        except KeyError:
            raise not_found("persona", bare(npc), self.pack.personas, where=f'the pack "{self.pack.id}"') from None

    def conversation(self, npc: str) -> Conversation:
        """The hearing of an NPC."""
        return self.conversations.setdefault(npc, Conversation())

    def floor(self, npc: str) -> asyncio.Lock:
        """Held while an NPC speaks; those who wait are served in order."""
        return self.floors.setdefault(npc, asyncio.Lock())

    def last_lines(self, npc: str) -> deque[str]:
        """What an NPC said last, heard or not."""
        return self.spoken.setdefault(npc, deque(maxlen=SPOKEN_KEPT))

    def place(self, npc: str) -> str:
        """Where an NPC is, or nothing."""
        return (self.world.entities[npc].at or "") if npc in self.world.entities else ""

    def names(self) -> dict[str, str]:
        """Display names by id: of everybody in the pack and everybody in the world."""
        written = {f"npc:{persona.id}": persona.name for persona in self.pack.personas.values()}
        return written | {entity.id: entity.name for entity in self.world.entities.values()}

    def hear(self, speaker: str, speaker_name: str, npc: str, line: str, hearers: tuple[str, ...]) -> list[Memory]:
        """A line reaches everybody near, at once. Gives back the news in it, as the one spoken to knows it."""
        names = self.names() | {speaker: speaker_name}
        news: list[Memory] = []
        stated = statements(line)
        for listener in dict.fromkeys((npc, *hearers)):
            if not listener.startswith("npc:") or listener == speaker:
                continue
            conversation = self.conversation(listener)
            conversation.lines.append(Said(speaker, npc, line))
            for statement in stated:
                text = told(
                    statement,
                    speaker=speaker_name,
                    addressee=names.get(npc, bare(npc)),
                    overheard=listener != npc,
                    names=names.values(),
                )
                memory = Memory(text, f"said:{speaker}", "told")
                conversation.learn(memory)
                if listener == npc:
                    news.append(memory)
        return news

    def think(
        self,
        npc: str,
        speaker: str,
        line: str,
        reading: Reading,
        offers: tuple[Offer, ...],
        news: list[Memory],
        seed: int,
    ) -> Thought:
        """Recalls what the line asks for and chooses the move. `news` came with the line itself: it is not recalled."""
        persona = self.persona(npc)
        conversation = self.conversation(npc)
        feeling = self.feelings.toward(persona, speaker)
        heard = tuple(memory for memory in reversed(conversation.told) if memory not in news)
        knowledge = (*known(self.pack, persona, feeling), *heard)
        query = self._query(conversation, persona, speaker, line, reading)
        found = rank(query, knowledge, limit=HITS)
        if not found and (asked := _WHO_DID.match(query)):
            # Who stole the hammer? Whoever knows of a hammer has something to say.
            found = rank(asked[1], knowledge, limit=HITS)
        hits = tuple(found)
        given = conversation.given_to(speaker)
        if _MORE.search(plain(line)):
            hits = tuple(hit for hit in hits if hit.memory not in given)
        secrets = withheld(persona, feeling)
        nearest = [] if hits else rank(query, [*knowledge, *secrets], limit=1)
        action = None
        if offers and reading.intent in _ACTION_INTENTS:
            action = match_offer(line, offers, speaker=speaker, names=self.names())
        situation = Situation(
            reading=reading,
            persona=persona,
            mood=persona.mood,
            feeling=feeling,
            speaker=speaker,
            hits=hits,
            known=knowledge,
            told=heard,
            given=given,
            action=action,
            near_secret=any(hit.memory in secrets for hit in nearest),
        )
        return Thought(choose(situation, random.Random(seed)), hits, feeling)

    def card(
        self, npc: str, speaker: str, speaker_name: str, line: str, thought: Thought, actions: tuple[str, ...]
    ) -> Card:
        """The card of a character for one line."""
        persona = self.persona(npc)
        village = self.pack.village
        at = self.place(npc)
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
            facts=tuple(memory.text for memory in thought.choice.facts),
            now=f"You are at {self.world.places[at]}." if at in self.world.places else "",
            history=self.conversation(npc).exchanges(npc, speaker),
            setting=f"The village of {village.name}. {village.summary}",
            lore=more + tuple(fact for fact in persona.facts[:HITS] if fact not in more),
            background=tuple(
                text
                for text in (persona.looks, *persona.wants, *(relation.why for relation in persona.relations.values()))
                if text
            ),
            voice=tuple(persona.voice),
            actions=actions,
        )

    def commit(self, reply: str, upto: int | None) -> HeardLine:
        """A reply was spoken aloud, up to a sentence: now those who heard it know it. Raises NotFound, Conflict."""
        unheard = self.pending.take(reply)
        sentences = unheard.sentences if upto is None else unheard.sentences[:upto]
        text = " ".join(sentences)
        if text:
            for listener in (unheard.npc, *unheard.audience):
                if listener.startswith("npc:"):
                    said = Said(unheard.npc, unheard.to, text, unheard.emotion)
                    self.conversation(listener).lines.append(said)
            self.conversation(unheard.npc).give(unheard.to, unheard.facts)
        return HeardLine(unheard.npc, unheard.to, unheard.at, text, unheard.emotion, unheard.source, unheard.audience)

    def remember_why(self, why: Why) -> None:
        """Keeps the reasons of the last replies."""
        self.whys[why.reply] = why
        while len(self.whys) > WHYS_KEPT:
            self.whys.popitem(last=False)

    @staticmethod
    def _query(conversation: Conversation, persona: Persona, speaker: str, line: str, reading: Reading) -> str:
        """What to recall for: the line without the character's name; one without a topic keeps to the last topic."""
        query = plain(re.sub(rf"(?<!\w){re.escape(persona.name)}(?!\w)", " ", line, flags=re.IGNORECASE))
        if terms(query):
            if reading.intent is Intent.ASK_TOPIC:
                conversation.asked[speaker] = query
            return query
        return f"{conversation.asked.get(speaker, '')} {query}" if reading.intent is Intent.ASK_TOPIC else query
