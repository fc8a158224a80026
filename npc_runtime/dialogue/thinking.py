"""What a character makes of a line: the move that it chooses, and the card from which it is put into words."""

from __future__ import annotations

import random
import re
from functools import partial

from npc_runtime.dialogue.actions import Offer
from npc_runtime.dialogue.choose import Situation, choose
from npc_runtime.dialogue.feelings import feeling
from npc_runtime.dialogue.gossip.claims import nearest
from npc_runtime.dialogue.intents import Intent, Reading
from npc_runtime.dialogue.knowledge import known, withheld
from npc_runtime.dialogue.mind import Mind
from npc_runtime.dialogue.offers import match_offer
from npc_runtime.dialogue.prompt import Card
from npc_runtime.dialogue.secrets import reveals
from npc_runtime.dialogue.thought import Recalled, Thought
from npc_runtime.dialogue.wording import plain
from npc_runtime.memory.recall import Hit, rank
from npc_runtime.memory.terms import terms
from npc_runtime.persona.model import Persona

HITS = 6
BONDS = 12  # relations that are in a prompt whatever is asked; of many creatures, those that are asked for
_WHO_DID = re.compile(r"^who (?:has |had |was it that |could have )?\w+ (.+)$")
_MORE = re.compile(r"\b(?:else|more|another)\b")
_ACTION_INTENTS = frozenset({Intent.REQUEST, Intent.BUY, Intent.GIFT})


def think(
    mind: Mind,
    npc: str,
    speaker: str,
    line: str,
    reading: Reading,
    offers: tuple[Offer, ...],
    recalled: Recalled,
    seed: int,
) -> Thought:
    """Weighs what came to mind and chooses the move."""
    persona = mind.persona(npc)
    conversation = mind.conversation(npc)
    numbers = mind.feelings.relation(persona, speaker).now(mind.world.clock.now)
    feels = feeling(numbers)
    heard = tuple(dict.fromkeys((*recalled.about, *recalled.latest)))
    revealed = [
        secret
        for secret in persona.secrets
        if reveals(secret, feels, numbers, partial(_fact, mind), speaker, recalled.told_of.__contains__)
    ]
    knowledge = (*known(mind.pack, persona, revealed), *heard)
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
    closest = [] if hits else rank(query, [*knowledge, *secrets], limit=1)
    action = None
    if offers and reading.intent in _ACTION_INTENTS:
        action = match_offer(line, offers, speaker=speaker, names=mind.names())
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
        near_secret=any(hit.memory in secrets for hit in closest),
        numbers=numbers,
    )
    return Thought(choose(situation, random.Random(seed)), hits, feels)


def card_for(
    mind: Mind, npc: str, speaker: str, speaker_name: str, line: str, thought: Thought, actions: tuple[str, ...]
) -> Card:
    """The card of a character for one line."""
    persona = mind.persona(npc)
    village = mind.pack.village
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
        now=mind.world.now(npc) if npc in mind.world.entities else "",
        history=mind.conversation(npc).exchanges(npc, speaker),
        setting=f"The village of {village.name}. {village.summary}",
        lore=more + tuple(fact for fact in persona.facts[:HITS] if fact not in more),
        background=tuple(text for text in (persona.looks, *persona.wants, *_reasons(persona)[:BONDS]) if text),
        voice=tuple(persona.voice),
        actions=actions,
    )


def _fact(mind: Mind, scope: str, name: str) -> object:
    """The value of a fact of the world, or None."""
    fact = mind.world.facts.get(scope, name)
    return fact.value if fact else None


def _reasons(persona: Persona) -> list[str | None]:
    return [relation.why for relation in persona.relations.values()]
