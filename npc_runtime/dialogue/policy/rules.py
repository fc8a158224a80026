"""Choosing the move: what a character does with its turn, and which fact it is given to do it with.

One small rule an intent, in the table at the end. The same situation and the same dice give the same choice.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from npc_runtime.dialogue.policy.actions import Action
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.understanding.intents import Intent, Reading
from npc_runtime.language.english.data import Data
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.english.terms import notion, stem
from npc_runtime.language.language import Language
from npc_runtime.memory.recall import Hit, Memory
from npc_runtime.memory.relations import NEUTRAL, Numbers
from npc_runtime.persona.model import Persona
from npc_runtime.persona.temper import Temper, temper


@dataclass(frozen=True)
class Situation:
    """All that a choice depends on, besides the dice."""

    reading: Reading
    persona: Persona
    mood: str
    feeling: str  # toward the speaker
    speaker: str
    hits: tuple[Hit, ...] = ()  # what recall found for the line, best first
    known: tuple[Memory, ...] = ()  # everything that the character may say here
    told: tuple[Memory, ...] = ()  # what it was told, latest first
    given: tuple[Memory, ...] = ()  # facts that it stated lately, latest first
    action: Action | None = None  # the one on offer that the line asks for
    near_secret: bool = False  # the line is about something it keeps to itself
    numbers: Numbers = NEUTRAL  # where it stands with the speaker
    language: Language = ENGLISH

    @cached_property
    def temper(self) -> Temper:
        """What traits and mood come to."""
        return temper(self.persona.traits, self.mood)


@dataclass(frozen=True)
class Choice:
    """What the character does, the facts it does it with, and why."""

    move: Move
    facts: tuple[Memory, ...] = ()
    action: Action | None = None
    notes: tuple[str, ...] = ()


Rule = Callable[[Situation, random.Random], Choice]

_TELLING = frozenset({"fact", "view", "told", "relation", "secret"})  # kinds of memory that answer by themselves
_NOT_FOR_SALE = frozenset({"who", "where", "when", "why"})  # what is asked for so is nothing on offer
_OFFERS = frozenset({"price", "need", "want"})
_TRADING = frozenset(map(notion, map(stem, Data("lines.questions").words("trading"))))
SULK = 0.5  # how often a hostile character keeps what it knows to itself
ALOOF = 0.15  # the same for a cold one
AFRAID = 0.6  # fear from which on even the brave give in
DISTRUST = -0.4  # trust below which nothing is believed


def choose(situation: Situation, dice: random.Random) -> Choice:
    """The move for a line."""
    return RULES[situation.reading.intent](situation, dice)


def _always(move: Move) -> Rule:
    return lambda situation, dice: Choice(move)


def _unless_hostile(move: Move, otherwise: Move) -> Rule:
    def rule(situation: Situation, dice: random.Random) -> Choice:
        if situation.feeling == "hostile":
            return Choice(otherwise, notes=("hostile toward the speaker",))
        return Choice(move)

    return rule


def _unless_known(move: Move, *, own: bool = False) -> Rule:
    """The move, unless the line names something that the character has a fact about: "do you water your flour?".

    `own`: only what is written about the character itself counts.
    """

    def rule(situation: Situation, dice: random.Random) -> Choice:
        found = _of_itself(situation) if own else [hit.memory for hit in situation.hits]
        known = [memory for memory in found[:1] if memory.kind in _TELLING]
        return _with_fact(known[0], situation.speaker) if known else Choice(move)

    return rule


def _of_itself(situation: Situation) -> list[Memory]:
    """What recall found that is written about the character itself; the village's lore is not what is meant here."""
    return [hit.memory for hit in situation.hits if hit.memory.source == "persona"]


def _apology(situation: Situation, dice: random.Random) -> Choice:
    forgiving = situation.temper.forgiving
    if situation.feeling == "hostile" and forgiving <= 0:
        return Choice(Move.REBUFF, notes=("hostile toward the speaker",))
    if situation.feeling == "cold" and forgiving < 0:
        return Choice(Move.REBUFF, notes=("cold and unforgiving",))
    return Choice(Move.FORGIVE)


def _insult(situation: Situation, dice: random.Random) -> Choice:
    return Choice(Move.COWER if situation.temper.is_timid else Move.RETORT)


def _threat(situation: Situation, dice: random.Random) -> Choice:
    steady = situation.temper.steady
    if situation.numbers.fear >= AFRAID:
        return Choice(Move.COWER, notes=("afraid of the speaker",))
    if steady == 0:
        return Choice(Move.STAND if dice.random() < 0.5 else Move.COWER)
    return Choice(Move.STAND if steady > 0 else Move.COWER)


def _topic(situation: Situation, dice: random.Random) -> Choice:
    found = _answers(situation)
    if found:
        return _unwilling(situation, dice) or _with_fact(found[0], situation.speaker)
    if situation.near_secret:
        return Choice(Move.DEFLECT, notes=("the line touches something that the character keeps to itself",))
    if situation.reading.jest:
        return Choice(Move.CHAT, notes=("recall found nothing, and it was said in jest",))
    if situation.reading.personal and not situation.reading.view:
        return Choice(Move.DEFLECT, notes=("nothing is written about this side of the character",))
    return Choice(Move.ADMIT, notes=("recall found nothing",))


def _answers(situation: Situation) -> list[Memory]:
    """What may be said to a question, best first: of what recall found, only what is of the kind that was asked for."""
    found = [hit.memory for hit in situation.hits]
    if situation.reading.view:
        # Where somebody is found is no view of them.
        return _views(situation) or [memory for memory in found if memory.kind in _TELLING]
    if situation.reading.wanted in _NOT_FOR_SALE:
        return [memory for memory in found if memory.kind not in _OFFERS]
    return found


def _views(situation: Situation) -> list[Memory]:
    """What the character thinks of whoever was asked about, by name or by trade: its relation first."""
    asked = set(situation.reading.topic)
    openings = [(memory, _opening(memory, situation.language)) for memory in situation.known]
    asked |= {name for _, (name, *trade) in openings if asked.intersection(trade)}
    views = [memory for memory, opening in openings if _is_view(memory) and asked.intersection(opening[:1])]
    return sorted(views, key=lambda memory: memory.kind != "relation")


def _opening(memory: Memory, language: Language) -> tuple[str, ...]:
    """Whom a memory is about, and for a neighbour also the trade: the stems of `Bren` and `miller`."""
    return language.terms(memory.text)[: 2 if memory.kind == "person" else 1] or ("",)


def _is_view(memory: Memory) -> bool:
    return memory.kind in ("relation", "view")


def _unwilling(situation: Situation, dice: random.Random) -> Choice | None:
    reluctance = {"hostile": SULK, "cold": ALOOF}.get(situation.feeling, 0.0)
    if dice.random() >= reluctance:
        return None
    return Choice(Move.DEFLECT, notes=(f"{situation.feeling} toward the speaker, and keeps it to itself",))


def _with_fact(memory: Memory, speaker: str) -> Choice:
    """The move that states a fact, by how it became known."""
    if memory.source == f"said:{speaker}":
        return Choice(Move.RECALL, (memory,))
    if memory.kind == "told":
        return Choice(Move.GOSSIP, (memory,))
    if memory.kind == "price":
        return Choice(Move.SELL, (memory,))
    return Choice(Move.ANSWER, (memory,))


def _news(situation: Situation, dice: random.Random) -> Choice:
    if situation.feeling == "hostile":
        return Choice(Move.DEFLECT, notes=("hostile toward the speaker",))
    others = [memory for memory in situation.known if memory.source != f"said:{situation.speaker}"]
    fresh = [memory for memory in situation.told if memory in others]
    fresh = fresh or [memory for memory in others if memory.kind == "told"]
    fresh = fresh or [memory for memory in others if memory.source.startswith("lore:") and memory.kind == "fact"]
    unsaid = [memory for memory in fresh if memory not in situation.given]
    if not unsaid:
        return Choice(Move.ADMIT, notes=("no news that was not told already",))
    return _with_fact(unsaid[0] if unsaid[0].source.startswith("said:") else dice.choice(unsaid), situation.speaker)


def _wares(situation: Situation, dice: random.Random) -> Choice:
    if situation.feeling == "hostile":
        return Choice(Move.REFUSE, notes=("sells nothing to somebody it is hostile to",))
    named = [hit.memory for hit in situation.hits if hit.memory.kind == "price"] or _priced(situation)
    if named:
        return Choice(Move.SELL, (named[0],), situation.action)
    if situation.action:
        return _request(situation, dice)
    if situation.reading.intent is Intent.BUY:
        plain_facts = [hit.memory for hit in situation.hits if hit.memory.kind in ("fact", "view")]
        if plain_facts and situation.reading.question:
            return _with_fact(plain_facts[0], situation.speaker)
        return Choice(Move.ADMIT, notes=("sells nothing like it",))
    wares = [memory for memory in situation.known if memory.kind == "price"]
    unsaid = [memory for memory in wares if memory not in situation.given] or wares
    return Choice(Move.SELL, (unsaid[0],)) if unsaid else Choice(Move.ADMIT, notes=("sells nothing",))


def _priced(situation: Situation) -> list[Memory]:
    """What the character sells of the things that a line names, those first of which it names most."""
    language = situation.language
    asked = {language.notion(term) for term in situation.reading.topic} - _TRADING

    def shared(memory: Memory) -> int:
        return len(asked.intersection(map(language.notion, language.terms(memory.text))))

    wares = [memory for memory in situation.known if memory.kind == "price" and shared(memory)]
    return sorted(wares, key=lambda memory: -shared(memory))


def _quest(situation: Situation, dice: random.Random) -> Choice:
    if situation.feeling == "hostile":
        return Choice(Move.REFUSE, notes=("takes no help from somebody it is hostile to",))
    for kind in ("need", "want"):
        needs = [memory for memory in situation.known if memory.kind == kind]
        if needs:
            unsaid = [memory for memory in needs if memory not in situation.given] or needs
            return Choice(Move.OFFER_WORK, (unsaid[0],))
    return Choice(Move.ADMIT, notes=("needs nothing",))


def _request(situation: Situation, dice: random.Random) -> Choice:
    if situation.feeling == "hostile":
        return Choice(Move.REFUSE, notes=("does no favours for somebody it is hostile to",))
    if situation.action:
        return Choice(Move.AGREE, action=situation.action, notes=(f"the line asks for <{situation.action.text}>",))
    priced = [hit.memory for hit in situation.hits[:1] if hit.memory.kind == "price"]
    if priced:
        return Choice(Move.SELL, (priced[0],), notes=("asked for something that it sells",))
    return Choice(Move.REFUSE, notes=("the game offers no such action now",))


def _tell(situation: Situation, dice: random.Random) -> Choice:
    if situation.feeling == "hostile" or situation.temper.trusting < 0:
        return Choice(Move.DOUBT, notes=("hostile or suspicious",))
    if situation.numbers.trust <= DISTRUST:
        return Choice(Move.DOUBT, notes=("does not trust the speaker",))
    if situation.feeling == "cold" and dice.random() < 0.4:
        return Choice(Move.DOUBT, notes=("cold toward the speaker",))
    if situation.temper.curious > 0 and dice.random() < 0.3:
        return Choice(Move.ASK_BACK, notes=("wants to hear more",))
    return Choice(Move.ACKNOWLEDGE)


def _ask_told(situation: Situation, dice: random.Random) -> Choice:
    tellings = [memory for memory in situation.given[:1] if memory.kind == "told"]
    tellings += [hit.memory for hit in situation.hits if hit.memory.kind == "told"]
    if tellings:
        return _with_fact(tellings[0], situation.speaker)
    return Choice(Move.ADMIT, notes=("nobody told it that",))


def _ask_recall(situation: Situation, dice: random.Random) -> Choice:
    own = f"said:{situation.speaker}"
    said = [hit.memory for hit in situation.hits if hit.memory.source == own]
    said = said or [memory for memory in situation.told if memory.source == own and not situation.reading.topic]
    return Choice(Move.RECALL, (said[0],)) if said else Choice(Move.ADMIT, notes=("the speaker told it no such thing",))


def _small_talk(situation: Situation, dice: random.Random) -> Choice:
    if situation.reading.question and situation.reading.personal and (own := _of_itself(situation)):
        return _with_fact(own[0], situation.speaker)
    return Choice(Move.CHAT)


def _gift(situation: Situation, dice: random.Random) -> Choice:
    if situation.feeling == "hostile":
        return Choice(Move.REBUFF, notes=("hostile toward the speaker",))
    return Choice(Move.THANK, action=situation.action)


RULES: dict[Intent, Rule] = {
    Intent.GREET: _always(Move.GREET),
    Intent.FAREWELL: _always(Move.PART),
    Intent.THANKS: _unless_hostile(Move.WELCOME, Move.REBUFF),
    Intent.COMPLIMENT: _unless_hostile(Move.THANK, Move.REBUFF),
    Intent.APOLOGY: _apology,
    Intent.INSULT: _insult,
    Intent.THREAT: _threat,
    Intent.HOW_ARE_YOU: _always(Move.FEEL),
    Intent.ASK_NAME: _always(Move.INTRODUCE),
    Intent.ASK_WORK: _unless_known(Move.WORK, own=True),
    Intent.ASK_PLACE: _unless_known(Move.PLACE),
    Intent.ASK_OPINION: _always(Move.OPINION),
    Intent.ASK_TOPIC: _topic,
    Intent.ASK_NEWS: _news,
    Intent.ASK_WARES: _wares,
    Intent.BUY: _wares,
    Intent.ASK_QUEST: _quest,
    Intent.REQUEST: _request,
    Intent.TELL: _tell,
    Intent.ASK_TOLD: _ask_told,
    Intent.ASK_RECALL: _ask_recall,
    Intent.PROVOKE: _always(Move.PUZZLE),
    Intent.NONSENSE: _always(Move.PUZZLE),
    Intent.FOREIGN: _always(Move.PUZZLE),
    Intent.SMALL_TALK: _small_talk,
    Intent.GIFT: _gift,
    Intent.AGREE: _always(Move.ACKNOWLEDGE),
    Intent.DISAGREE: _always(Move.ACKNOWLEDGE),
}
