"""Situations in which the card holds a fact that answers: the reply says it, in the first person where it must."""

from __future__ import annotations

import random

from npc_runtime.dialogue.policy.moves import Move
from training.corpus import absent
from training.corpus.answering import FACT_PLAIN, Answering, card
from training.corpus.asking import Asking
from training.corpus.example import Example
from training.corpus.fact import Ask, Fact
from training.corpus.facts import Facts
from training.corpus.own_facts import OwnFacts
from training.corpus.people import Person
from training.corpus.replies import REPLIES

_DONE_TO_ME = ("stole", "mended", "broke", "found", "returned", "bought", "lost", "admired")
_ONCE = ("", " last night", " last week", " a year ago", " at the market", " in the storm")


class Knowing:
    """Draws examples about facts of the character's own or of lore."""

    def __init__(self, facts: Facts, asking: Asking, answering: Answering) -> None:
        self.facts, self.own, self.asking, self.answering = facts, OwnFacts(facts), asking, answering
        self.rng: random.Random = facts.rng

    def _stated(self, who: Person, fact: Fact, line: str, cards: tuple[str, ...], move: Move, ask: Ask) -> Example:
        values = {"fact": fact.sentence, "fact_lower": fact.clause, "topic": ask.topic, "goods": ask.topic}
        reply = self.answering.reply(who, move, line, REPLIES[move], FACT_PLAIN, **values)
        return Example(card(who, move, line, cards), reply, keys=fact.keys)

    def with_distractor(self, text: str, share: float) -> tuple[str, ...]:
        """The fact alone, or with an unrelated one; mostly the right one first, as the runtime ranks them."""
        if self.rng.random() >= share:
            return (text,)
        other = (self.own.own() if self.rng.random() < 0.25 else self.facts.other()).card
        return (text, other) if self.rng.random() < 0.65 else (other, text)

    def answer(self, who: Person) -> Example:
        """Somebody asks, and the fact that answers is on the card."""
        fact = self.facts.other()
        ask = self.rng.choice(fact.asks)
        if self.rng.random() < 0.1:
            line = self.asking.line(who, "ask_news")
            cards: tuple[str, ...] = (fact.card,)
        else:
            line, cards = self.asking.ask(who, ask), self.with_distractor(fact.card, 0.22)
        return self._stated(who, fact, line, cards, Move.ANSWER, ask)

    def answer_own(self, who: Person) -> Example:
        """The same about the character itself."""
        fact = self.own.own() if self.rng.random() < 0.35 else self.own.open()
        if self.rng.random() < 0.88:
            line = self.asking.ask(who, fact.asks[0])
        else:
            line = self.asking.line(who, self.rng.choice(("ask_past", "ask_want")))
        return self._stated(who, fact, line, (fact.card,), Move.ANSWER, fact.asks[0])

    def answer_two(self, who: Person) -> Example:
        """Two facts about similar people or things: only one was asked for."""
        one, two, ask, ask_two = self.facts.rivals()
        if self.rng.random() < 0.5:
            one, two, ask = two, one, ask_two
        cards = (one.card, two.card) if self.rng.random() < 0.5 else (two.card, one.card)
        example = self._stated(who, one, self.asking.ask(who, ask), cards, Move.ANSWER, ask)
        others = tuple(key for key in two.keys if key and key not in one.card)
        return Example(example.card, example.reply, keys=one.keys, others=others)

    def about_listener(self, who: Person) -> Example:
        """A fact about the listener, told to its face."""
        rng, names, listener = self.rng, self.facts.names, who.listener
        item, verb, thing, when = names.item(), rng.choice(_DONE_TO_ME), names.goods(), rng.choice(_ONCE)
        deed = self.facts.deed(who="@").card[2:-1]
        text, said = rng.choice((
            (f"{verb} your {item}{when}", f"{verb} my {item}{when}"),
            (f"gave you {thing}{when}", f"gave me {thing}{when}"),
            (f"helped you{when}", f"helped me{when}"),
            (f"bought {thing} from you{when}", f"bought {thing} from me{when}"),
            (f"insulted you{when}", f"insulted me{when}"),
            (f"was seen with {(friend := names.person())}{when}", f"were seen with {friend}{when}"),
            (f"comes from {(home := names.place())}", f"come from {home}"),
            (deed, deed),
        ))  # fmt: skip
        fact = Fact(f"{listener} {text}.", f"you {said}", (), (said,), listener)
        line = self.asking.written(who, self.asking.pick(absent.LISTENER_LINES))
        return self._stated(who, fact, line, (fact.card,), Move.ANSWER, Ask("about", listener))

    def sell(self, who: Person) -> Example:
        """Somebody asks for wares, and the price is known."""
        fact = self.own.price()
        line = self.asking.ask(who, fact.asks[0])
        cards: tuple[str, ...] = (fact.card,)
        if self.rng.random() < 0.2 and fact.topic.lower() in line.lower():
            other = self.own.price().card
            cards = (fact.card, other) if self.rng.random() < 0.6 else (other, fact.card)
        return self._stated(who, fact, line, cards, Move.SELL, fact.asks[0])

    def offer_work(self, who: Person) -> Example:
        """Somebody offers help, and help is needed."""
        fact = self.own.task()
        line = self.asking.line(who, "ask_quest")
        return self._stated(who, fact, line, (fact.card,), Move.OFFER_WORK, fact.asks[0])
