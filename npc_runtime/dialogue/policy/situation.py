"""The situation: what a line brings to a character's mind, what it makes of it, and the card that says so."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from npc_runtime.dialogue.conversation import Conversation
from npc_runtime.dialogue.generation.prompt import Card, Turn
from npc_runtime.dialogue.memories import MEANT, memory, worded
from npc_runtime.dialogue.policy import present
from npc_runtime.dialogue.policy.actions import match_offer
from npc_runtime.dialogue.policy.knowledge import known, reveals, withheld
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.policy.options import Bounds, options, without_first
from npc_runtime.dialogue.policy.recalling import come_to_mind, unasked, without
from npc_runtime.dialogue.policy.relations import feeling
from npc_runtime.dialogue.policy.rules import Choice, Situation, choose
from npc_runtime.dialogue.state import Mind
from npc_runtime.dialogue.turn.utterance import Utterance
from npc_runtime.dialogue.understanding.intents import Intent, Reading
from npc_runtime.dialogue.understanding.read import plain, sought
from npc_runtime.engine.profile import ModelProfile
from npc_runtime.engine.request import Option
from npc_runtime.language.english.data import Data
from npc_runtime.language.language import Language
from npc_runtime.language.wording import Wording
from npc_runtime.memory.recall import Hit, Memory, rank
from npc_runtime.persona.model import Pack, Persona, Secret
from npc_runtime.persona.temper import temper

HITS = 6
BONDS = 12  # relations that are in a prompt whatever is asked; of many creatures, those that are asked for
_pattern = Data("lines.questions").pattern
_ACTION_INTENTS = frozenset({Intent.REQUEST, Intent.BUY, Intent.GIFT})


@dataclass(frozen=True)
class Recalled:
    """What came to a character's mind for a line."""

    query: str
    about: tuple[Memory, ...]  # what the line may be about
    meant: tuple[Memory, ...]  # those of them that mean what was asked, whatever their words
    latest: tuple[Memory, ...]  # what it learned last, latest first
    told_of: frozenset[str]  # of the words that some secret waits for, those that it was told
    claims: tuple[Hit, ...] = ()  # what a model that decides is given to draw on, best first
    standing: int = 0  # how many of them, the first, come to mind whatever is said


NOTHING = Recalled("", (), (), (), frozenset())


@dataclass(frozen=True)
class Thought:
    """What a character makes of a line: the choice, and what it was chosen from."""

    choice: Choice  # by rules, until the model has decided
    hits: tuple[Hit, ...]
    feeling: str
    claims: tuple[Memory, ...] = ()  # as they are numbered for a model that decides, from 1
    options: tuple[Option, ...] = ()  # what it may decide; none: it only voices the choice
    standing: int = 0  # how many of the claims, the first, come to mind whatever is said


async def recollect(
    mind: Mind, utterance: Utterance, line: str, reading: Reading, news: Sequence[Memory], profile: ModelProfile
) -> Recalled:
    """What comes to a character's mind. `news` came with the line itself: it is not recalled."""
    npc = utterance.to
    conversation = await mind.hearing(npc)
    query = _query(conversation, mind.persona(npc), utterance.speaker, line, reading, mind.language)
    found = await mind.memory.about(npc, query, mind.world.clock.now)
    latest = await mind.memory.latest(npc)
    wording = mind.wording
    about = [(memory(hit.stored.entry, wording), hit.cosine) for hit in found]
    told_of = frozenset([words for words in _awaited(mind, npc) if await _told_of(mind, npc, words)])
    claims: list[Hit] = []
    standing = 0
    if profile.decides:
        written = _written(mind, npc, utterance.speaker, told_of)
        before = "".join([one.text for one in conversation.lines if one.text != line][-1:])
        most, standing = profile.facts + len(news), len(unasked(written, profile.standing))
        claims = await come_to_mind(mind, npc, line, before, written, most, profile.standing)
    return Recalled(
        query=query,
        about=tuple(known for known, _ in about if known not in news),
        meant=tuple(known for known, cosine in about if cosine >= MEANT and known not in news),
        latest=tuple(known for known in (memory(stored.entry, wording) for stored in latest) if known not in news),
        told_of=told_of,
        claims=tuple(hit for hit in claims if hit.memory not in news)[: profile.facts],
        standing=standing,
    )


def _written(mind: Mind, npc: str, speaker: str, told_of: Collection[str]) -> list[Memory]:
    """What a character knows of what was written, with the secrets that it may tell now, and what is so now."""
    persona = mind.persona(npc)
    live = present.live(mind, npc, speaker)
    return [
        *present.superseded(known(mind.pack, persona, _revealed(mind, npc, speaker, told_of)), live, mind, npc),
        *live,
    ]


def _revealed(mind: Mind, npc: str, speaker: str, told_of: Collection[str]) -> list[Secret]:
    """The secrets that a listener may hear now."""
    persona = mind.persona(npc)
    numbers = mind.feelings.relation(persona, speaker).now(mind.world.clock.now)
    return [
        secret
        for secret in persona.secrets
        if reveals(secret, feeling(numbers), numbers, partial(_fact, mind), speaker, told_of.__contains__)
    ]


def _awaited(mind: Mind, npc: str) -> list[str]:
    """The words that secrets of a character wait to hear."""
    reveals = (secret.reveal for secret in mind.persona(npc).secrets)
    return [reveal.told for reveal in reveals if reveal is not None and reveal.told]


async def _told_of(mind: Mind, npc: str, words: str) -> bool:
    terms, wording = mind.language.terms, mind.wording
    wanted = set(terms(words))
    found = await mind.memory.about(npc, words, mind.world.clock.now)
    return any(hit.stored.entry.how == "told" and wanted <= set(terms(hit.stored.entry.text(wording))) for hit in found)


def _query(
    conversation: Conversation, persona: Persona, speaker: str, line: str, reading: Reading, language: Language
) -> str:
    """What to recall for: the line without the character's name; one without a topic keeps to the last topic."""
    query = sought(without(persona.name, line), language)
    if language.terms(query):
        if reading.intent is Intent.ASK_TOPIC:
            conversation.asked[speaker] = query
        return query
    return f"{conversation.asked.get(speaker, '')} {query}" if reading.intent is Intent.ASK_TOPIC else query


def think(
    mind: Mind, utterance: Utterance, line: str, reading: Reading, recalled: Recalled, seed: int, profile: ModelProfile
) -> Thought:
    """Weighs what came to mind: what a model may decide, and what rules choose where none does."""
    speaker, persona = utterance.speaker, mind.persona(utterance.to)
    numbers = mind.feelings.relation(persona, speaker).now(mind.world.clock.now)
    feels = feeling(numbers)
    heard = tuple(dict.fromkeys((*recalled.about, *recalled.latest)))
    revealed = _revealed(mind, utterance.to, speaker, recalled.told_of)
    knowledge = (*_written(mind, utterance.to, speaker, recalled.told_of), *heard)
    query, language = recalled.query, mind.language
    found = rank(query, knowledge, limit=HITS, language=language)
    if not found and language.reads and (asked := _pattern("who_did").match(query)):
        # Who stole the hammer? Whoever knows of a hammer has something to say.
        found = rank(asked[1], knowledge, limit=HITS)
    if not found and language.terms(query):
        found = [Hit(meant, 0.0) for meant in recalled.meant[:HITS]]
    hits = tuple(found)
    given = tuple(
        worded(fact, utterance.to, mind.wording) for fact in mind.conversation(utterance.to).given_to(speaker)
    )
    if language.reads and _pattern("more").search(plain(line, language)):
        hits = tuple(hit for hit in hits if hit.memory not in given)
    secrets = withheld(persona, revealed)
    closest = [] if hits else rank(query, [*knowledge, *secrets], limit=1, language=language)
    action = None
    if utterance.offers and reading.intent in _ACTION_INTENTS:
        action = match_offer(line, utterance.offers, speaker=speaker, names=mind.names())
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
        language=language,
    )
    choice = choose(situation, random.Random(seed))
    if not profile.decides:
        return Thought(choice, hits, feels)
    choice = replace(choice, action=action)  # which goes with the model's choice
    earlier = [said.speaker for said in mind.conversation(utterance.to).lines][:-1]  # the last one is what is answered
    bounds = replace(
        Bounds(speaker, feels, numbers, situation.temper).having_heard(utterance.to, earlier),
        asks=reading.question,
        # Whoever reads the offers tells by itself which of them is asked for.
        requested=action is not None and not profile.acts,
    )
    claims = tuple(hit.memory for hit in recalled.claims)
    open_moves = options(claims, bounds, most=profile.draws_on, voiced=profile.voices)
    return Thought(choice, recalled.claims, feels, claims, open_moves, recalled.standing)


def reduced(thought: Thought, card: Card) -> tuple[Thought, Card]:
    """Without half of what comes to mind whatever is said, for a prompt that does not fit."""
    lost, left = thought.standing - thought.standing // 2, thought.standing // 2
    moves = without_first(thought.options, lost)
    thought = replace(thought, claims=thought.claims[lost:], options=moves, standing=left)
    return thought, replace(card, facts=card.facts[lost:], standing=left, moves=_named(moves))


def beforehand(mind: Mind, utterance: Utterance, profile: ModelProfile) -> Card:
    """The card as it is likely to be for a line that nobody said yet: with what comes to mind where nothing is asked.

    Up to what the line brings it is the card for any line. Nothing is looked up that is not in RAM.
    """
    npc, speaker, persona = utterance.to, utterance.speaker, mind.persona(utterance.to)
    numbers = mind.feelings.relation(persona, speaker).now(mind.world.clock.now)
    feels = feeling(numbers)
    claims = tuple(unasked(_written(mind, npc, speaker, frozenset()), profile.standing or profile.facts))
    standing = len(claims) if profile.standing else 0
    earlier = [said.speaker for said in mind.conversation(npc).lines]
    bounds = Bounds(speaker, feels, numbers, temper(persona.traits, persona.mood)).having_heard(npc, earlier)
    open_moves = options(claims, bounds, most=profile.draws_on, voiced=profile.voices)
    thought = Thought(Choice(Move.CHAT), (), feels, claims, open_moves, standing)
    return card_for(mind, utterance, "", thought, (), profile)


def card_for(
    mind: Mind, utterance: Utterance, line: str, thought: Thought, actions: tuple[str, ...], profile: ModelProfile
) -> Card:
    """The card of a character for one line."""
    npc, persona = utterance.to, mind.persona(utterance.to)
    return Card(
        **who(mind.pack, persona),
        listener=utterance.speaker_name,
        feeling=thought.feeling,
        move=thought.choice.move,
        line=line,
        facts=tuple(
            _nearest(fact, mind.wording) for fact in (thought.claims if profile.decides else thought.choice.facts)
        ),
        moves=_named(thought.options),
        standing=thought.standing,
        now=present.now(mind, npc),
        here=present.here(mind, npc),
        history=_history(mind, npc, utterance.speaker, profile),
        actions=actions,
        **(_more(mind, persona, thought.claims[: thought.standing]) if profile.advised else {}),
    )


def who(pack: Pack, persona: Persona) -> dict[str, Any]:
    """What a card says of who somebody is, whatever goes on."""
    return {
        "name": persona.name,
        "role": persona.role,
        "home": persona.home or pack.village.name,
        "traits": tuple(persona.traits),
        "mood": persona.mood,
        "about": persona.description or persona.looks or "",
        "language": pack.language.code,
    }


def manner(pack: Pack, persona: Persona) -> dict[str, Any]:
    """Where somebody lives and how it talks, on a card for whoever can make something of a long one."""
    name, summary = pack.village.name, pack.village.summary
    setting = pack.language.phrases.text("prompt.sheet.setting", name=name, summary=summary)
    return {"setting": setting, "voice": tuple(persona.voice)}


def _more(mind: Mind, persona: Persona, standing: Sequence[Memory]) -> dict[str, Any]:
    """What a card has for whoever can make something of a long one."""
    known = {fact.text for fact in standing}
    about = (text for text in (*persona.wants, *_reasons(persona)[:BONDS]) if text)
    return {
        **manner(mind.pack, persona),
        "background": tuple(text for text in about if text not in known),
        "advice": True,
    }


def _history(mind: Mind, npc: str, other: str, profile: ModelProfile) -> tuple[Turn, ...]:
    """What was said before: between the two, or all that the character heard, where its model can make use of it."""
    conversation = mind.conversation(npc)
    turns = (
        conversation.heard(npc, other, mind.wording.name) if profile.overhears else conversation.exchanges(npc, other)
    )
    return turns[-profile.history :]


def _named(options: Sequence[Option]) -> tuple[Move, ...]:
    return tuple(Move(option.word) for option in options)


def _nearest(fact: Memory, wording: Wording) -> str:
    """What a character knows, as it stands on a card: of hearsay the last mouth only, which is what people say."""
    return fact.entry.text(wording, nearest=True) if fact.entry is not None else fact.text


def _fact(mind: Mind, scope: str, name: str) -> object:
    """The value of a fact of the world, or None."""
    fact = mind.world.facts.get(scope, name)
    return fact.value if fact else None


def _reasons(persona: Persona) -> list[str | None]:
    return [relation.why for relation in persona.relations.values()]
