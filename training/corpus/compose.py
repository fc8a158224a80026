"""The generator: draws a situation, and with it a card and the reply that the card's move calls for."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from npc_runtime.dialogue.generation.prompt import Turn
from npc_runtime.dialogue.policy.moves import Move
from training.corpus import absent
from training.corpus.answering import Answering, card
from training.corpus.asking import QUESTIONS, Asking
from training.corpus.disputes import Disputes
from training.corpus.example import Example
from training.corpus.facts import Facts
from training.corpus.hearsay import Hearsay
from training.corpus.knowing import Knowing
from training.corpus.names import Names, Split
from training.corpus.people import Person, person
from training.corpus.player_lines import DEEDS
from training.corpus.replies import REPLIES

# What the player's line is, for each move that needs no fact; repetition makes it likelier.
_LIGHT: dict[Move, tuple[str, ...]] = {
    Move.GREET: ("greet",),
    Move.PART: ("farewell",),
    Move.INTRODUCE: ("ask_name",),
    Move.WORK: ("ask_work",),
    Move.PLACE: ("ask_place",),
    Move.FEEL: ("how_are_you",),
    Move.OPINION: ("ask_opinion",),
    Move.CHAT: (
        "small_talk", "small_talk", "weather", "joke", "hurry", "ask_more", "tell_self", "agree", "disagree", "flirt",
        "ask_want",
    ),
    Move.WELCOME: ("thanks",),
    Move.THANK: ("compliment", "gift", "flirt"),
    Move.FORGIVE: ("apology",),
    Move.REBUFF: ("apology", "compliment", "gift", "flirt", "thanks"),
    Move.RETORT: ("insult",),
    Move.STAND: ("threat",),
    Move.COWER: ("threat", "threat", "insult"),
    Move.PUZZLE: ("provoke", "provoke", "provoke", "meta_ai", "meta_ai", "foreign", "nonsense"),
    Move.DEFLECT: (
        "ask_secret", "ask_secret", "ask_past", "ask_feelings_about", "ask_topic", "ask_want", "ask_person", "ask_news",
    ),
    Move.ASK_BACK: ("ask_topic", "request", "tell_news", "ask_help", "ask_why", "ask_more", "small_talk"),
    Move.ACKNOWLEDGE: ("tell_news", "tell_news", "tell_news", "tell_self", "agree", "disagree"),
    Move.DOUBT: ("tell_news",),
    Move.AGREE: ("request", "request", "request", "ask_help", "agree"),
    Move.REFUSE: ("request", "request", "request", "ask_help", "flirt", "buy", "ask_wares", "ask_quest"),
}  # fmt: skip
_OFTEN = (Move.CHAT, Move.PUZZLE, Move.PUZZLE, Move.ACKNOWLEDGE, Move.AGREE, Move.REFUSE)

_ODDS: dict[str, float] = {
    "answer": 20, "answer_own": 16, "answer_two": 20, "about_listener": 1.5, "gossip": 20, "recall": 8, "sell": 8,
    "offer_work": 5, "admit": 8, "absent": 3, "light": 30, "quarrel": 28, "mediate": 1.5,
}  # fmt: skip
_WITH_HISTORY = 0.2
_ODD = {"light": 0.3, **dict.fromkeys(("answer", "answer_own", "sell", "offer_work", "gossip"), 0.1)}
"""How often the player's line is any line at all: the runtime reads lines amiss, and its move is to be carried out."""


class Composer:
    """Draws examples of one split from one random source."""

    def __init__(self, rng: random.Random, split: Split) -> None:
        self.rng, self.split = rng, split
        names = Names(rng, split)
        self.names, self.facts = names, Facts(names)
        self.asking, self.answering = Asking(names), Answering(rng)
        self.knowing = Knowing(self.facts, self.asking, self.answering)
        hearsay = Hearsay(self.knowing, self.asking, self.answering)
        disputes = Disputes(names, self.asking)
        self._situations: dict[str, Callable[[Person], Example]] = {
            "answer": self.knowing.answer,
            "answer_own": self.knowing.answer_own,
            "answer_two": self.knowing.answer_two,
            "about_listener": self.knowing.about_listener,
            "sell": self.knowing.sell,
            "offer_work": self.knowing.offer_work,
            "gossip": hearsay.gossip,
            "recall": hearsay.recall,
            "admit": self.admit,
            "absent": self.absent,
            "mediate": disputes.mediate,
        }
        self._moving: dict[str, Callable[[Person, Move | None], Example]] = {
            "light": self.light,
            "quarrel": disputes.quarrel,
        }

    def admit(self, who: Person) -> Example:
        """Somebody asks for something that the character does not know."""
        ask = self.rng.choice(self.facts.other().asks)
        intent = self.rng.choice((*QUESTIONS[ask.kind], "ask_why", "ask_feelings_about"))
        topic = ask.topic
        line = self.asking.line(who, intent, topic=topic, person=topic, verb_past=ask.verb, goods=topic)
        reply = self.answering.reply(who, Move.ADMIT, line, REPLIES[Move.ADMIT], topic=topic)
        return Example(card(who, Move.ADMIT, line), reply)

    def absent(self, who: Person) -> Example:
        """No such wares, no work, no news, nothing remembered."""
        intent = self.rng.choice(list(absent.ABSENT))
        thing, topic = self.names.goods(), self.facts.something()
        line = self.asking.line(who, intent, goods=thing, topic=topic)
        bank = [*absent.ABSENT[intent], *(REPLIES[Move.ADMIT] if intent in ("ask_news", "ask_recall") else ())]
        reply = self.answering.reply(who, Move.ADMIT, line, bank, goods=thing, topic=topic)
        return Example(card(who, Move.ADMIT, line), reply)

    def light(self, who: Person, move: Move | None = None) -> Example:
        """A move that needs no fact."""
        rng = self.rng
        move = move or rng.choice((*_LIGHT, *_OFTEN))
        fact = self.facts.other()
        topic = rng.choice(fact.asks).topic
        line = self.asking.line(
            who, rng.choice(_LIGHT[move]), topic=topic, person=self.facts.someone(), item=self.names.item(),
            deed=rng.choice(DEEDS), goods=self.names.goods(), news=fact.sentence, news_lower=fact.clause,
        )  # fmt: skip
        reply = self.answering.reply(who, move, line, self.answering.bank(who, move), topic=topic)
        return Example(card(who, move, line), reply)

    def _odd(self, who: Person, example: Example) -> Example:
        """The same reply to another line, unless it says what it is an answer to or chooses between facts."""
        core = example.reply.partition(") ")[2]
        if len(example.card.facts) > 1 or set("?:") & set(core):
            return example
        other = self.light(who).card.line
        return replace(example, card=replace(example.card, line=other))

    def sample(self, situation: str = "", move: Move | None = None) -> Example:
        """One example; `situation` is a key of the odds, drawn by default; `move` is for light talk and quarrels."""
        rng = self.rng
        situation = situation or rng.choices(list(_ODDS), list(_ODDS.values()))[0]
        who = person(rng, self.split)
        moving = self._moving.get(situation)
        example = moving(who, move) if moving else self._situations[situation](who)
        if self.split == "train" and rng.random() < _ODD.get(situation, 0):
            example = self._odd(who, example)
        if situation != "quarrel" and rng.random() < _WITH_HISTORY:
            earlier = self.light(who) if rng.random() < 0.6 else self.knowing.answer(who)
            history = (Turn(False, earlier.card.line), Turn(True, earlier.reply))
            example = replace(example, card=replace(example.card, history=history))
        return replace(example, situation=situation)
