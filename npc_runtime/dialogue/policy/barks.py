"""Barks: lines for which no model is needed, and those that are spoken where none answers; all in an author's words.

a greeting in passing      whoever was greeted a moment ago is greeted again, or just passes by
a repeated question        the same question, and the answer would be the same: what was said is said again
far-away chatter           nobody who plays is near, and nobody waits for it
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from npc_runtime.dialogue.policy.moves import FACT_MOVES, Move
from npc_runtime.dialogue.policy.rules import Choice
from npc_runtime.dialogue.turn.utterance import Utterance
from npc_runtime.dialogue.understanding.intents import Intent, Reading
from npc_runtime.dialogue.understanding.read import plain
from npc_runtime.engine.request import Priority
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language
from npc_runtime.persona import barks as written
from npc_runtime.persona.model import BARK_MOVES, Pack, Persona

GREETED = 30 * 60  # game seconds in which one greeting in the model's words is enough
REPEATED = 10 * 60  # game seconds in which a question counts as the same again
GREETING_WORDS = 5  # a longer line says more than good day


def fallback_line(
    pack: Pack,
    npc: str,
    move: Move | Literal["busy", "any"],
    *,
    mood: str,
    listener: str,
    seed: int,
    recent: Collection[str] = (),
    place: str = "",
) -> str:
    """A line of the character `npc` (its id in the pack) for a move: none of `recent` wherever there is a choice.

    `recent` is what it said lately, latest last; `place` the name of where it is.
    """
    kind = move.value if isinstance(move, Move) else move
    return written.bark(
        pack.barks,
        pack.personas[npc],
        kind if kind in BARK_MOVES else "any",
        seed=seed,
        mood=mood,
        listener=listener,
        home=pack.village.name,
        place=place,
        recent=recent,
        language=pack.language,
    )


@dataclass(frozen=True)
class Answered:
    """A line that was answered and heard to its end, as the character remembers it."""

    line: str  # as `gist` gives it
    move: str
    facts: tuple[str, ...]
    words: str  # what the character said
    at: int  # game time


@dataclass(frozen=True)
class Exchange:
    """A line, and what the character would do with it: all that the rules look at."""

    utterance: Utterance
    line: str
    reading: Reading
    persona: Persona
    choice: Choice
    earlier: tuple[Answered, ...]  # to this speaker, oldest first
    now: int  # game time
    recent: tuple[str, ...] = ()  # what the character said lately, to anybody, latest last
    place: str = ""  # the name of where it is


@dataclass(frozen=True)
class Bark:
    """A line without the model, and the rule that chose it. `repeats`: it says again what was said."""

    words: str
    rule: str
    repeats: bool = False


def bark(exchange: Exchange, pack: Pack, seed: int, language: Language = ENGLISH) -> Bark | None:
    """The line, where the model is not needed. The same seed gives the same line."""
    language = pack.language
    repeated = _said_before(exchange, language)
    if repeated is not None:
        again = language.phrases.text(f"barks.again.{exchange.persona.mood}", words=repeated.words)
        return Bark(again, "the same question was answered a moment ago", repeats=True)
    if _is_greeting(exchange, language):
        if exchange.utterance.passing:
            return Bark(_stock(exchange, pack, seed), "a greeting in passing")
        if any(answer.move == Move.GREET.value for answer in _since(exchange, GREETED)):
            return Bark(_stock(exchange, pack, seed), "the speaker was greeted a moment ago")
    if _far_away(exchange):
        facts = [language.first_person(fact.text) for fact in exchange.choice.facts[:1]]
        return Bark(facts[0] if facts else _stock(exchange, pack, seed), "no player is near")
    return None


def gist(line: str, name: str, language: Language = ENGLISH) -> str:
    """A line as it is compared with earlier ones: plain words, without those of the listener's `name`."""
    called = set(language.words(name))
    return " ".join(word for word in language.words(plain(line, language)) if word not in called)


def _said_before(exchange: Exchange, language: Language) -> Answered | None:
    """The earlier answer to the same question, where it would be the same again."""
    choice = exchange.choice
    if choice.action is not None or (choice.move not in FACT_MOVES and choice.move is not Move.ADMIT):
        return None
    line, facts = gist(exchange.line, exchange.persona.name, language), tuple(fact.claim for fact in choice.facts)
    for answer in reversed(list(_since(exchange, REPEATED))):
        if (answer.line, answer.move, answer.facts) == (line, choice.move.value, facts):
            return answer
    return None


def _is_greeting(exchange: Exchange, language: Language) -> bool:
    reading = exchange.reading
    return (
        reading.intent is Intent.GREET
        and not reading.question
        and len(gist(exchange.line, exchange.persona.name, language).split()) <= GREETING_WORDS
    )


def _far_away(exchange: Exchange) -> bool:
    utterance = exchange.utterance
    everybody = (utterance.speaker, *utterance.hearers)
    return utterance.priority >= Priority.AMBIENT and not any(one.startswith("player:") for one in everybody)


def _since(exchange: Exchange, seconds: int) -> Iterable[Answered]:
    return (answer for answer in exchange.earlier if 0 <= exchange.now - answer.at <= seconds)


def _stock(exchange: Exchange, pack: Pack, seed: int) -> str:
    return fallback_line(
        pack,
        exchange.persona.id,
        exchange.choice.move,
        mood=exchange.persona.mood,
        listener=exchange.utterance.speaker_name,
        seed=seed,
        recent=exchange.recent,
        place=exchange.place,
    )
